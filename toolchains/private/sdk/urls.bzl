"""Of URLs, of the patterns in Go's environment variables, and of netrc files."""

visibility(["//tests/analysis"])

# The characters from ! to ~, as Starlark has no chr().
_FIRST = 0x21
_ASCII = "".join([
    "!\"#$%&'()*+,-./0123456789:;<=>?@",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`",
    "abcdefghijklmnopqrstuvwxyz{|}~",
])
_DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"

def parse_proxy(element):
    """Reads an element of GOPROXY that is neither direct nor off.

    What is wrong with it is told without quoting it, for there may be a password in it.

    Args:
      element: str, as the go command takes it.

    Returns:
      struct(auth = dict as in the auth argument of repository_ctx.download, or None; base = str, the
      URL without credentials; problem = str, empty if there is none).
    """
    if ":/" not in element and not element.startswith("/") and ("." in element or ":" in element or "/" in element):
        element = "https://" + element
    scheme, _, rest = element.partition("://")
    scheme = scheme.lower()
    if scheme not in ["http", "https", "file"] or not rest:
        return _problem("expected a URL with https, http or file, or direct, or off")
    authority, _, _ = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    base = scheme + "://" + rest.removeprefix(userinfo + at)
    if "?" in base or "#" in base or "@" in base:
        return _problem("?, # and @ are not supported behind the host; write / in a password as %2F")
    if scheme == "file":
        return _problem("a URL with file:// has three slashes and then a path") if authority else _proxy(base, None)
    port = host.rpartition("]")[2].partition(":")[2]
    if not host or port.strip(_DIGITS):
        return _problem("behind the host comes a port that is no number; write / in a password as %2F")
    if not at:
        return _proxy(base, None)
    login, _, password = userinfo.partition(":")
    login, password = _unescape(login), _unescape(password)
    if login == None or password == None:
        return _problem("credentials may have visible ASCII characters only, and % as %25")
    return _proxy(base, {"login": login, "password": password, "type": "basic"})

def _proxy(base, auth):
    return struct(auth = auth, base = base, problem = "")

def _problem(problem):
    return struct(auth = None, base = "", problem = problem)

def _unescape(text):
    """Returns a part of a URL without its %xx; None if there is one that is no visible ASCII character."""
    parts = text.split("%")
    unescaped = parts[0]
    for part in parts[1:]:
        digits = part[:2]
        if len(digits) != 2 or digits.strip(_HEX):
            return None
        code = int(digits, 16) - _FIRST
        if code < 0 or code >= len(_ASCII):
            return None
        unescaped += _ASCII[code] + part[2:]
    return unescaped

def netrc_auth(netrc, url):
    """Looks up the credentials of a URL, as the go command does: by https only.

    That is not what Bazel's own functions do, which also quote a file that they can't read.

    Args:
      netrc: str, content of a netrc file.
      url: str.

    Returns:
      dict as in the auth argument of repository_ctx.download, or None.
    """
    scheme, _, rest = url.partition("://")
    if scheme != "https":
        return None

    # The go command wants the port behind the name of the machine, others know names only.
    host = rest.partition("/")[0]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    found = {}
    in_macro = False
    for line in netrc.replace("\r", "").split("\n"):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if in_macro:
            in_macro = bool(words)
            continue
        for index in range(0, len(words), 2):
            key, value = (words[index:] + [""])[:2]
            if key == "machine":
                found = {"machine": value}
            elif key == "default":
                # The go command has no use for it, and it comes last.
                return None
            elif key == "macdef":
                in_macro = True
            elif key in ["login", "password"]:
                found[key] = value
            if found.get("machine") in [host, name] and found.get("login") and found.get("password"):
                return {"login": found["login"], "password": found["password"], "type": "basic"}
    return None

def glob_matches_prefix(globs, path):
    """Tells whether a pattern matches a path or one of its parents, as GOPRIVATE is read.

    Args:
      globs: str, patterns with commas between them, each as of Go's path.Match.
      path: str, such as golang.org/toolchain.

    Returns:
      bool.
    """
    elements = path.split("/")
    for glob in globs.split(","):
        glob = glob.removesuffix("/")
        patterns = glob.split("/")
        if not glob or len(patterns) > len(elements):
            continue
        simple = [pattern.partition("\\")[0].partition("[")[0] for pattern in patterns]
        if not all([
            # What comes from [ or \ on may match anything.
            _matches(head if head == pattern else head + "*", elements[index])
            for index, (head, pattern) in enumerate(zip(simple, patterns))
        ]):
            continue
        if simple != patterns:
            fail("GONOPROXY or GOPRIVATE has the pattern \"{}\": only * and ? are understood here".format(glob))
        return True
    return False

def _matches(pattern, name):
    """Returns whether a pattern with * and ? matches a name without slashes."""

    # The prefixes of the name, by length, that the pattern so far matches.
    lengths = {0: None}
    for character in pattern.elems():
        if character == "*":
            lengths = {length: None for length in range(min(lengths), len(name) + 1)}
        else:
            lengths = {
                length + 1: None
                for length in lengths
                if length < len(name) and character in ["?", name[length]]
            }
        if not lengths:
            return False
    return len(name) in lengths
