"""A test over Go versions, experiments and platforms."""

load("//go_overlay:defs.bzl", "go_overlay_test")

visibility(["//toolchains"])

_OWN = ""

def go_matrix_test(
        name,
        test,
        versions = [_OWN],
        experiments = [_OWN],
        platforms = [_OWN],
        runners = {},
        **kwargs):
    """Runs a `go_test` once for each combination of Go version, experiments and platform.

    Makes a `go_overlay_test` for each, whose name is that of the matrix and what it stands for, such as
    `matrix_1.26.8_jsonv2_linux_386`, and a `test_suite` of the matrix's name.

    ```starlark
    go_matrix_test(
        name = "matrix",
        test = ":lib_test",
        versions = ["1.25", "1.26"],
        experiments = ["", "jsonv2"],
    )
    ```

    Args:
      name: str, name of the suite.
      test: label of a `go_test`. Tag it `manual` if it is not to be run by itself, too.
      versions: list of str, as `sdk_version` of `go_overlay_test`; "" for the build's own.
      experiments: list of str, each as the environment variable GOEXPERIMENT: several names have
        commas between them; "" for the build's own, "none" for none.
      platforms: list of str, each GOOS_GOARCH, such as "linux_386", or "" for the build's own. A test
        is skipped where Bazel runs tests on another platform, and it has no runner.
      runners: dict from GOOS_GOARCH to label, as `runner` of `go_overlay_test`, such as
        `{"js_wasm": ":node"}`.
      **kwargs: attributes of each test, such as `size`, `overlays` or `tags`.
    """
    for platform in runners:
        if platform not in platforms:
            fail("{}: runners has {}, which is not in platforms".format(name, platform))
    for platform in platforms:
        if platform and platform.count("_") != 1:
            fail("{}: platform \"{}\" is not of the form GOOS_GOARCH, such as linux_amd64".format(name, platform))
    compatible_with = kwargs.pop("target_compatible_with", None) or []
    cells = {}
    for version in versions:
        for experiment in experiments:
            for platform in platforms:
                cell = "_".join([name] + [
                    part.replace(",", "_")
                    for part in [version, experiment, platform]
                    if part
                ])
                if cell in cells:
                    fail("{}: two tests would be {}; is something in versions, experiments or platforms twice?".format(name, cell))
                if cell == name:
                    fail("{}: versions, experiments and platforms ask for nothing but the test itself".format(name))
                cells[cell] = None
                goos, _, goarch = platform.partition("_")
                go_overlay_test(
                    name = cell,
                    goarch = goarch,
                    goexperiment = experiment.split(",") if experiment else [],
                    goos = goos,
                    runner = runners.get(platform),
                    sdk_version = version,
                    target = test,
                    target_compatible_with = compatible_with + ([] if platform in runners else _constraints(goos, goarch)),
                    **kwargs
                )
    native.test_suite(
        name = name,
        tags = kwargs.get("tags"),
        visibility = kwargs.get("visibility"),
        tests = [":" + cell for cell in cells],
    )

def _constraints(goos, goarch):
    """Returns the constraints of platforms that run programs for GOOS and GOARCH."""
    if not goos:
        return []

    # 64-bit x86 runs 32-bit programs.
    names = [goos, "amd64" if goarch == "386" else goarch]
    return [Label("@io_bazel_rules_go//go/toolchain:" + part) for part in names]
