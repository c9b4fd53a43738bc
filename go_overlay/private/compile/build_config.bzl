"""What decides which files of a package Go compiles."""

visibility(["//go_overlay/private/std"])

# Variables from which go/build takes its tags: the helper is to know the same ones as rules_go's builder.
_VARIABLES = ["GOAMD64", "GOARCH", "GOARM", "GOEXPERIMENT"]

def build_config(go):
    """Returns what rules_go's builder tells go/build when it compiles a package.

    Args:
      go: GoContext.

    Returns:
      A struct of `manifest`, a dict as the helper's manifest has it, and `env`, the environment of the helper.
    """
    return struct(
        env = {name: go.env[name] for name in _VARIABLES if go.env.get(name)},
        manifest = {
            "cgo": not go.mode.pure,
            "go_version": go.sdk.version or "",
            "goarch": go.mode.goarch,
            "goos": go.mode.goos,
            "tags": go.mode.tags,
        },
    )
