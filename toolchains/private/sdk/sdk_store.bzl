"""Takes the files of an SDK from the SDK store, a folder in which the command `overlay sdk` keeps each file once."""

load(":h1.bzl", "h1_from_hex")

visibility("private")

_VARIABLE = "GO_OVERLAY_SDK_STORE"

# A name that no SDK has.
_LINKS = "_store"

def take_from_store(rctx, *, version, platform, prefix, h1, folder):
    """Lays the files of an SDK out as its module zip has them.

    Which store it is is of no concern to what is taken, as it is with GOPROXY.

    Args:
      rctx: repository_ctx.
      version: str, Go version.
      platform: str, GOOS_GOARCH.
      prefix: str, what all names in the zip begin with.
      h1: str, sum that the files have to have; if it is empty, nothing is taken.
      folder: str, path of a new folder for the files. They may be hard links; the modes of those are right.

    Returns:
      struct(count = int, how many files there have to be; problem = str, why there are none, empty also if there is
      no store; sum = str, what they have to have by content, in hex; url = str, where they are from, for messages).
      If there are none, nor is the folder.
    """
    store = rctx.os.environ.get(_VARIABLE, "")
    sh = rctx.which("sh")
    if not store or not h1 or not sh or rctx.os.name.startswith("windows"):
        return _none("")
    where = "{}={}".format(_VARIABLE, store)
    if not store.startswith("/"):
        return _none("{}: this is no absolute path".format(where))
    listed = rctx.execute([sh, rctx.path(rctx.attr._list_store), store, version, platform, prefix])
    if listed.return_code:
        return _none("{}: {}".format(where, listed.stderr.strip()))
    lines = listed.stdout.splitlines()
    sum = lines.pop(0)
    if h1_from_hex(sum) != h1:
        return _none("{}: its Go {} has the sum {}, expected {}".format(where, version, h1_from_hex(sum), h1))

    # A process for each file takes longer.
    for line in lines:
        object, _, name = line.partition(" ")
        path = "{}/{}".format(_LINKS, name)
        if object == "-":
            rctx.file(path, executable = False)
        else:
            rctx.symlink("{}/objects/{}".format(store, object), path)
    taken = rctx.execute([
        sh,
        rctx.path(rctx.attr._take_store),
        _LINKS,
        folder,
        # One link more of a file changes the ctime of all of them. Bazel 7 does not mind; 9.0 and 9.1 fetch again.
        "copies" if hasattr(rctx, "repo_metadata") else "hard",
    ])
    rctx.delete(_LINKS)
    if taken.return_code:
        rctx.delete(folder)
        return _none("{}: {}".format(where, taken.stderr.strip().partition("\n")[0]))
    return struct(count = len(lines), problem = "", sum = sum, url = where)

def _none(problem):
    return struct(count = 0, problem = problem, sum = "", url = "")
