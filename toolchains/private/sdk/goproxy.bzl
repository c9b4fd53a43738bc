"""Fetches modules through GOPROXY, by the rules of the go command.

They are those of `go help goproxy`, `go help goauth` and cmd/go/internal/modfetch/proxy.go. Where from
is of no concern to what is fetched, so that the environment is read without a note to Bazel: another
GOPROXY fetches nothing again.
"""

load(":urls.bzl", "glob_matches_prefix", "netrc_auth", "parse_proxy")

visibility("private")

def fetch_module(rctx, *, module, version, folder, sha256, what, mismatch, tried):
    """Downloads the zip of a module. Fails unless that succeeds.

    Args:
      rctx: repository_ctx.
      module: str, module path in lower case.
      version: str, module version in lower case.
      folder: str, path of a new folder for the zip.
      sha256: str, digest that the zip has to have, in hex; empty for any.
      what: str, what is fetched, for messages.
      mismatch: str, what to do if the zip has another digest, for messages.
      tried: list of str, why it is not had from elsewhere, for messages.

    Returns:
      struct(url = str, where it came from, for messages, without credentials; sha256 = str, hex; zip = str, path).
    """
    if sha256:
        # Without a URL, Bazel looks into its repository cache only. What is there needs no GOPROXY.
        zip = folder + "/repository_cache.zip"
        if rctx.download(allow_fail = True, output = zip, sha256 = sha256, url = []).success:
            return struct(sha256 = sha256, url = "Bazel's repository cache", zip = zip)

    tried = list(tried)
    for proxy in _proxies(rctx, module):
        if proxy.base == "off":
            tried.append("off: GOPROXY says that nothing is to be fetched")
            break
        if proxy.base == "direct":
            proxy = _origin(rctx, module)
            if proxy.problem:
                tried.append("direct: " + proxy.problem)
                break
        url = "{}/{}/@v/{}.zip".format(proxy.base.removesuffix("/"), module, version)
        zip = _zip_path(rctx, folder, url)
        download = _download(rctx, url, proxy.auth or _netrc_auth(rctx, url), zip, sha256)
        if not download.problem:
            return struct(sha256 = download.sha256, url = url, zip = zip)
        if download.sha256:
            fail("""{what}: the zip is not the one that was asked for. Nothing was unpacked.
  from      {url}
  expected  sha256 {expected}
  found     sha256 {found}
{mismatch}""".format(
                expected = sha256,
                found = download.sha256,
                mismatch = mismatch,
                url = url,
                what = what,
            ))
        tried.append("{}: {}".format(url, download.problem))
        if not download.is_not_found and not proxy.falls_back:
            break
    fail("""{what} could not be fetched. GOPROXY led to
  {tried}
Where that is not what it should be, set it for Bazel alone in .bazelrc: common --repo_env=GOPROXY=…""".format(
        tried = "\n  ".join(tried),
        what = what,
    ))

def _zip_path(rctx, folder, url):
    """Returns a path that has the URL in it: when Bazel can't unpack a file, its path is all it tells."""
    path = "{}/{}".format(folder, url.partition("://")[2])
    return path.replace(":", "_") if rctx.os.name.startswith("windows") else path

def _proxies(rctx, module):
    """Returns where to look for a module.

    Returns:
      list of struct(auth = dict as in the auth argument of repository_ctx.download, or None; base = str,
      a URL without credentials, "direct" or "off"; falls_back = bool, whether any failure leads to the
      next one, and not only that there is no such module).
    """
    settings = _settings(rctx)
    if glob_matches_prefix(settings["GONOPROXY"] or settings["GOPRIVATE"], module):
        return [struct(auth = None, base = "direct", falls_back = False)]
    proxies = []
    rest = settings["GOPROXY"]
    for _ in range(len(rest)):
        element = rest.partition(",")[0].partition("|")[0]
        separator, rest = rest[len(element):len(element) + 1], rest[len(element) + 1:]
        element = element.strip()
        if element in ["direct", "off"]:
            proxies.append(struct(auth = None, base = element, falls_back = False))
            break
        if element:
            proxy = parse_proxy(element)
            if proxy.problem:
                fail("GOPROXY: element {}: {}; see go help goproxy".format(len(proxies) + 1, proxy.problem))
            proxies.append(struct(auth = proxy.auth, base = proxy.base, falls_back = separator == "|"))
    if not proxies:
        fail("GOPROXY is \"{}\", which names no proxy; see go help goproxy".format(settings["GOPROXY"]))
    return proxies

def _settings(rctx):
    names = ["GOPROXY", "GONOPROXY", "GOPRIVATE"]
    settings = {name: rctx.os.environ.get(name, "") for name in names}

    # What the environment does not say, its user may have said by go env -w; else it knows the default of Go.
    go = rctx.which("go") if "" in settings.values() else None
    if go:
        result = rctx.execute([go, "env", "-json"] + names, environment = {"GOTOOLCHAIN": "local"})
        if result.return_code == 0:
            settings = json.decode(result.stdout)
    if not settings["GOPROXY"]:
        fail("""GOPROXY is not set{}: there is nowhere to fetch Go SDKs from.
Set it in the environment, or for Bazel alone in .bazelrc: common --repo_env=GOPROXY=https://…
See go help goproxy for what it may be.""".format("" if go else ", and there is no go command to ask for its default"))
    return settings

def _origin(rctx, module):
    """Finds the proxy that a module says to be at.

    Returns:
      struct(auth, base, falls_back; problem = str, empty if it is found).
    """
    page = "go_get.html"
    url = "https://{}?go-get=1".format(module)
    if not rctx.download(allow_fail = True, output = page, url = [url]).success:
        return struct(problem = url + " can't be read; Bazel's warning says why")
    content = rctx.read(page)
    rctx.delete(page)
    for tag in content.split("<meta")[1:]:
        tag = tag.partition(">")[0].replace("'", "\"").replace("\n", " ")
        if "\"go-import\"" not in tag:
            continue
        fields = [field for field in tag.partition("content=\"")[2].partition("\"")[0].split(" ") if field]
        if len(fields) == 3 and fields[1] == "mod" and (module + "/").startswith(fields[0] + "/"):
            proxy = parse_proxy(fields[2])
            return struct(auth = proxy.auth, base = proxy.base, falls_back = False, problem = proxy.problem)
    return struct(problem = url + " does not say where the module is")

def _netrc_auth(rctx, url):
    environment = rctx.os.environ
    if environment.get("GOAUTH", "netrc") == "off":
        return None
    netrc = environment.get("NETRC", "")
    home = environment.get("HOME", "")
    names = [home + "/.netrc"] if home else []
    if rctx.os.name.startswith("windows"):
        home = environment.get("USERPROFILE", "")
        names = [home + "/_netrc", home + "/.netrc"] if home else []
    for name in [netrc] if netrc else names:
        file = rctx.path(name)
        if file.exists:
            # Another password is no reason to fetch again what was fetched.
            return netrc_auth(rctx.read(file, watch = "no"), url)
    return None

def _download(rctx, url, auth, zip, sha256):
    """Downloads a file.

    Returns:
      struct(problem = str, empty if it succeeded; sha256 = str, the digest of a whole zip that came, in hex, the
      right one or not; is_not_found = bool, whether there is no such file).
    """
    if auth and not url.startswith("https://"):
        return _failed("credentials are for https only, which keeps them secret")
    if not sha256 and url.startswith("http://"):
        return _failed("by plain http, Bazel fetches only what the lock file has the sha256 of; lock it, or use https")
    result = rctx.download(
        allow_fail = True,
        auth = {url: auth} if auth else {},
        output = zip,
        sha256 = sha256,
        url = [url],
    )
    if result.success:
        return struct(is_not_found = False, problem = "", sha256 = result.sha256)

    # Bazel keeps to itself why, but not what came.
    if not rctx.path(zip).exists:
        if url.startswith("file://"):
            exists = rctx.path(url.removeprefix("file://")).exists
            return _failed(_BROKEN) if exists else _failed("there is no such file", True)
        return _why(rctx, url, auth)
    if not _is_whole(rctx, zip):
        return _failed(_BROKEN)
    found = rctx.download(allow_fail = True, output = zip + ".found", url = ["file://{}".format(rctx.path(zip))])
    return struct(
        is_not_found = False,
        problem = _BROKEN,
        sha256 = found.sha256 if found.success else "",
    )

_BROKEN = "the download broke off, or is not what was asked for; Bazel's warning says which"

def _failed(problem, is_not_found = False):
    return struct(is_not_found = is_not_found, problem = problem, sha256 = "")

def _is_whole(rctx, zip):
    """Returns whether a file ends as a zip does; True if there is nothing to tell by."""
    sh = rctx.which("sh")
    if not sh:
        return True
    return rctx.execute([sh, "-c", "tail -c 22 \"$1\" | head -c 4", "sh", zip]).stdout in ["PK\005\006", ""]

# Both print the HTTP status. The password is where no other process can read it.
_CURL = """
if [ -n "$LOGIN" ]; then printf 'user = "%s"\\n' "$LOGIN"; fi |
  "$1" --disable --config - --silent --show-error --globoff --location --output /dev/null --range 0-0 --connect-timeout 10 \
    --max-time 20 --write-out '%{http_code}' "$2"
"""
_PYTHON = """
import base64, os, sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Range": "bytes=0-0"})
login = os.environ["LOGIN"]
if login:
    encoded = base64.b64encode(login.encode()).decode()
    request.add_unredirected_header("Authorization", "Basic " + encoded)
try:
    print(urllib.request.urlopen(request, timeout=20).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError as error:
    sys.exit(str(error))
"""

def _why(rctx, url, auth):
    """Asks why nothing came, which Bazel keeps to itself. It makes a difference: 404 leads to the next proxy."""
    curl, python, sh = rctx.which("curl"), rctx.which("python3"), rctx.which("sh")
    login = "{login}:{password}".format(**auth) if auth else ""
    if curl and sh:
        login = login.replace("\\", "\\\\").replace("\"", "\\\"")
        command = [sh, "-c", _CURL, "sh", curl, url]
    elif python:
        command = [python, "-I", "-c", _PYTHON, url]
    else:
        return _failed("the download failed, and there is neither curl nor python3 to ask for the HTTP status")
    result = rctx.execute(command, environment = {"LOGIN": login}, timeout = 60)
    status = result.stdout.strip()
    if status in ["", "000"]:
        return _failed(result.stderr.strip() or "the download failed; Bazel's warning says why")
    return _failed(
        _BROKEN if status in ["200", "206"] else "HTTP " + status + {
            "401": ", credentials are missing or wrong: put them into the netrc file",
            "403": ", access is refused",
            "404": ", it has no such version",
            "410": ", it has no such version any more",
        }.get(status, ""),
        status in ["404", "410"],
    )
