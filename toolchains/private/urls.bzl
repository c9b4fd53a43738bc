"""Of URLs and of the patterns in Go's environment variables."""

visibility([
    "//tests/...",
    "//toolchains/private/...",
])

# The characters from ! to ~, as Starlark has no chr().
_FIRST = 0x21
_ASCII = "".join([
    "!\"#$%&'()*+,-./0123456789:;<=>?@",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`",
    "abcdefghijklmnopqrstuvwxyz{|}~",
])

def split_userinfo(url):
    """Takes the credentials out of a URL, for they must not get into messages.

    Args:
      url: str.

    Returns:
      (str, the URL without them; dict as in the auth argument of repository_ctx.download, or None).
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    if not at:
        return url, None
    login, _, password = userinfo.partition(":")
    return scheme + separator + host + slash + path, {
        "login": _unescape(login),
        "password": _unescape(password),
        "type": "basic",
    }

def _unescape(text):
    first, _, rest = text.partition("%")
    if not rest:
        return text
    unescaped = first
    for part in rest.split("%"):
        code = int(part[:2], 16) - _FIRST
        if code < 0 or code >= len(_ASCII):
            fail("credentials in GOPROXY: %{} is not the code of a visible ASCII character".format(part[:2]))
        unescaped += _ASCII[code] + part[2:]
    return unescaped

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
        glob = glob.strip().removesuffix("/")
        if not glob:
            continue
        if "[" in glob or "\\" in glob:
            fail("GONOPROXY or GOPRIVATE has the pattern \"{}\": only * and ? are understood here".format(glob))
        patterns = glob.split("/")
        if len(patterns) <= len(elements) and all([
            _matches(pattern, elements[index])
            for index, pattern in enumerate(patterns)
        ]):
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
