"""The depth of a configuration: how many deps of overlays lead to it.

What an overlay makes a package import (`deps`) is overlaid, too, but can't be so in the same configuration: its toolchain
holds this overlay, which depends on it. Therefore deps are built in a configuration that is one deeper, and as it
has to end somewhere:

| depth | what is built there | overlays |
|---|---|---|
| 0 | the program | all |
| 1 | deps of overlays of it | all |
| 2, `DEEPEST` | deps of overlays of those | have no deps: the macro go_overlay leaves them out. Packages of overlays that would have some are compiled without overlays (`deps_end`) |
| 3, `END` | deps of overlays at depth 2 that come from a select(), which the macro can't leave out | none |

Archives tell their depth (`compile/archives.bzl`), for a program may reach a package at several. What it links is the
copy of the least depth (`compile/link.bzl`).
"""

visibility([
    "//go_overlay/private/compile",
    "//toolchains/private/toolchain",
])

OWN = 0
DEEPEST = 2
END = 3

def read_depth(setting):
    """Returns the depth, of the value of the build setting depth."""
    return int(setting or OWN)

def deeper(setting):
    """Returns the value of the build setting depth for deps of overlays."""
    return str(min(read_depth(setting) + 1, END))
