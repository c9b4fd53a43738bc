"""What Bazel's names of output folders tell about configurations."""

visibility([
    "//go_overlay/...",
    "//tests/analysis",
    "//toolchains/...",
])

def is_exec_configuration(bin_dir):
    """Returns whether a configuration builds tools that run during the build.

    Starlark has no name for it. Bazel ends the name of the configuration's output folder with
    -exec, before a hash where there is one.

    Args:
      bin_dir: str, path of the configuration's bin folder, such as
        bazel-out/k8-opt-exec-ST-d57f47055a04/bin.
    """
    folder = bin_dir.split("/")[1]
    return folder.endswith("-exec") or "-exec-ST-" in folder
