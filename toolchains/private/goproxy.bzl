"""Fetches modules through GOPROXY, by the rules of the go command.

They are those of `go help goproxy` and cmd/go/internal/modfetch/proxy.go. Where from is of no
concern to what is fetched, so that the environment is read without a note to Bazel: another GOPROXY
fetches nothing again.
"""

load("@bazel_tools//tools/build_defs/repo:utils.bzl", "read_netrc", "use_netrc")
load(":urls.bzl", "glob_matches_prefix", "split_userinfo")

visibility(["//toolchains/private/..."])

_NOT_FOUND = ["404", "410"]

def fetch_module(rctx, *, module, version, output, sha256, what, mismatch):
    """Downloads the zip of a module. Fails unless that succeeds.

    Args:
      rctx: repository_ctx.
      module: str, module path in lower case.
      version: str, module version in lower case.
      output: str, path of the zip.
      sha256: str, digest that the zip has to have, in hex; empty for any.
      what: str, what is fetched, for messages.
      mismatch: str, what to do if the zip has another digest, for messages.

    Returns:
      struct(url = str, without credentials; sha256 = str, hex).
    """
    tried = []
    for proxy in _proxies(rctx, module):
        base = proxy.base
        if base == "off":
            tried.append("off: GOPROXY says that nothing is to be fetched")
            break
        if base == "direct":
            base = _origin(rctx, module)
            if not base:
                tried.append("direct: https://{}?go-get=1 does not say where the module is".format(module))
                break
        base, auth = split_userinfo(base)
        url = "{}/{}/@v/{}.zip".format(base.removesuffix("/"), module, version)
        auth = {url: auth} if auth else _netrc_auth(rctx, url)
        result = rctx.download(allow_fail = True, auth = auth, output = output, sha256 = sha256, url = [url])
        if result.success:
            return struct(sha256 = result.sha256, url = url)
        status, reason = _status(rctx, url, auth)
        if sha256 and status not in _NOT_FOUND:
            # Bazel does not tell one failure from another. It may have been the digest.
            result = rctx.download(allow_fail = True, auth = auth, output = output, url = [url])
            if result.success and result.sha256 != sha256:
                fail("""{what}: the zip is not the one that was asked for. Nothing was unpacked.
  from      {url}
  expected  sha256 {expected}
  found     sha256 {found}
{mismatch}""".format(
                    expected = sha256,
                    found = result.sha256,
                    mismatch = mismatch,
                    url = url,
                    what = what,
                ))
            if result.success:
                return struct(sha256 = result.sha256, url = url)
        tried.append("{}: {}".format(url, reason))
        if not proxy.falls_back and status not in _NOT_FOUND:
            break
    fail("""{what} could not be fetched. GOPROXY led to
  {tried}
Where that is not what it should be, set it for Bazel alone in .bazelrc: common --repo_env=GOPROXY=…""".format(
        tried = "\n  ".join(tried),
        what = what,
    ))

def _proxies(rctx, module):
    """Returns where to look for a module.

    Returns:
      list of struct(base = str, a URL, "direct" or "off"; falls_back = bool, whether any failure leads
      to the next one, and not only that there is no such module).
    """
    settings = _settings(rctx)
    if glob_matches_prefix(settings["GONOPROXY"] or settings["GOPRIVATE"], module):
        return [struct(base = "direct", falls_back = False)]
    proxies = []
    rest = settings["GOPROXY"]
    for _ in range(len(rest)):
        base = rest.partition(",")[0].partition("|")[0]
        separator, rest = rest[len(base):len(base) + 1], rest[len(base) + 1:]
        base = base.strip()
        if base:
            proxies.append(struct(base = _checked(base), falls_back = separator == "|"))
        if base in ["direct", "off"]:
            break
    if not proxies:
        fail("GOPROXY is \"{}\", which names no proxy; see go help goproxy".format(settings["GOPROXY"]))
    return proxies

def _checked(base):
    """Returns an element of GOPROXY as a URL, direct or off."""
    if base in ["direct", "off"]:
        return base
    if ":/" not in base and not base.startswith("/") and ("." in base or ":" in base or "/" in base):
        base = "https://" + base
    if base.partition("://")[0] not in ["http", "https", "file"] or "://" not in base:
        fail("GOPROXY names \"{}\": expected a URL with https, http or file, or direct, or off".format(split_userinfo(base)[0]))
    return base

def _settings(rctx):
    names = ["GOPROXY", "GONOPROXY", "GOPRIVATE"]
    environment = rctx.os.environ
    settings = {name: environment.get(name, "") for name in names}
    if settings["GOPROXY"]:
        return settings

    # Its user may have said so by go env -w; else it knows the default of Go.
    go = rctx.which("go")
    if go:
        result = rctx.execute([go, "env", "-json"] + names, environment = {"GOTOOLCHAIN": "local"})
        if result.return_code == 0:
            settings = json.decode(result.stdout)
            if settings["GOPROXY"]:
                return settings
    fail("""GOPROXY is not set{}: there is nowhere to fetch Go SDKs from.
Set it in the environment, or for Bazel alone in .bazelrc: common --repo_env=GOPROXY=https://…
See go help goproxy for what it may be.""".format("" if go else ", and there is no go command to ask for its default"))

def _origin(rctx, module):
    """Returns the base URL of the proxy that a module says to be at; None if it says nothing."""
    page = "go_get.html"
    if not rctx.download(allow_fail = True, output = page, url = ["https://{}?go-get=1".format(module)]).success:
        return None
    content = rctx.read(page)
    rctx.delete(page)
    for tag in content.split("<meta")[1:]:
        tag = tag.partition(">")[0].replace("'", "\"")
        if "\"go-import\"" not in tag:
            continue
        fields = tag.partition("content=\"")[2].partition("\"")[0].split(" ")
        if len(fields) == 3 and fields[1] == "mod" and (module + "/").startswith(fields[0] + "/"):
            return fields[2]
    return None

def _netrc_auth(rctx, url):
    environment = rctx.os.environ
    home = environment.get("HOME", "") or environment.get("USERPROFILE", "")
    for netrc in [environment.get("NETRC", ""), home + "/.netrc", home + "/_netrc"]:
        if netrc and rctx.path(netrc).exists:
            return use_netrc(read_netrc(rctx, netrc), [url], {})
    return {}

# Gives curl the password where no other process can read it.
_CURL = """
if [ -n "$LOGIN" ]; then printf 'user = "%s"\\n' "$LOGIN"; fi |
  "$1" --config - --silent --show-error --location --output /dev/null --range 0-0 --max-time 60 --write-out '%{http_code}' "$2"
"""

def _status(rctx, url, auth):
    """Asks why a download failed, which Bazel keeps to itself.

    Returns:
      (str, the HTTP status or empty; str, the reason for messages).
    """
    if url.startswith("file://"):
        exists = rctx.path(url.removeprefix("file://")).exists
        return ("", "it can't be read, or is damaged") if exists else ("404", "there is no such file")
    curl, sh = rctx.which("curl"), rctx.which("sh")
    if not curl or not sh:
        return "", "the download failed, and there is no curl to ask why; try the URL by hand"
    login = auth.get(url, {})
    login = "{}:{}".format(login["login"], login["password"]) if login else ""
    result = rctx.execute(
        [sh, "-c", _CURL, "sh", curl, url],
        environment = {"LOGIN": login.replace("\\", "\\\\").replace("\"", "\\\"")},
        timeout = 90,
    )
    status = result.stdout.strip()
    if result.return_code != 0 and status in ["", "000"]:
        return "", result.stderr.strip()
    if status in ["200", "206"]:
        return status, "the download broke off, or is not what the server says it is"
    return status, "HTTP {}".format(status) + {
        "401": ", credentials are missing or wrong: put them into the netrc file",
        "403": ", access is refused",
        "404": ", it has no such version",
        "410": ", it has no such version any more",
    }.get(status, "")
