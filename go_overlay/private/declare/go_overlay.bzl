"""The go_overlay macro: what users write, turned into attributes that Bazel has types for."""

load("//common:labels.bzl", "display_label")
load(":go_overlay_rule.bzl", go_overlay_rule = "go_overlay")

visibility(["//go_overlay"])

def go_overlay(name, importpath, base = {}, deps = [], parts = [], patches = {}, **kwargs):
    """Changes one Go package, whoever owns it.

    ```starlark
    go_overlay(
        name = "uuid",
        srcs = ["version4.go"],
        importpath = "github.com/google/uuid",
    )
    ```

    The overlay does nothing by itself: it has to be in the active set. What does not suit the package
    fails the build of that package: a name that it does not have, a diff that does not apply, a base
    that has changed, a file that is now identical to upstream.

    Args:
      name: name of the target.
      importpath: import path of the package.
      base: dict from names of changed files to digests of the package's own, a string or a list of them.
      deps: labels of Go libraries that the package imports with the overlay.
      parts: labels of targets that have the import path but only a part of the package.
      patches: dict from labels of unified diffs to lists of the names of files that they change. A list of
        labels fails the build of the package, with a message that has the dict to write.
      **kwargs: the other attributes of the rule, documented there.
    """
    go_overlay_rule(
        name = name,
        base = _joined(base, " "),
        deps = _deps(deps),
        has_deps = bool(deps),
        importpath = importpath,
        parts = _canonical(parts),
        patches = _joined(_checked(name, {label: [] for label in patches} if type(patches) == "list" else patches), "\n"),
        **kwargs
    )

def _joined(values, separator):
    """Returns a dict of lists as a dict of strings; a select() has to have strings already."""
    if type(values) != "dict":
        return values
    return {
        key: separator.join(value) if type(value) == "list" else value
        for key, value in values.items()
    }

def _checked(overlay, patches):
    """Returns patches, the names in whose lists are joined with newlines, and must have none themselves."""
    for diff, names in patches.items() if type(patches) == "dict" else []:
        for name in names if type(names) == "list" else []:
            if "\n" in name:
                fail("{}: patches names the file {} for {}, expected a name a string, such as [\"hash.go\", \"util.go\"]".format(
                    display_label(native.package_relative_label(overlay)),
                    repr(name),
                    diff,
                ))
    return patches

_DEEPEST = Label("//go_overlay/private/settings:deepest")

def _deps(labels):
    """Returns deps that end at some depth (depth.bzl); a select() is left as it is, for there is none of a select()."""
    if type(labels) != "list" or not labels:
        return labels
    return select({
        _DEEPEST: [],
        "//conditions:default": labels,
    })

def _canonical(labels):
    """Returns labels relative to the BUILD file in their canonical form; a select() has to have that already."""
    if type(labels) != "list":
        return labels
    return [str(native.package_relative_label(label)) for label in labels]
