"""Versions that the bases of overlays are from: of Go modules, and of SDKs."""

visibility(["//tests/analysis"])

def is_base_version(text):
    """Returns whether a string is the version of a Go module, or of an SDK.

    Args:
      text: str.

    Returns:
      bool.
    """
    if text.startswith("go"):
        return _is_sdk_version(text.removeprefix("go"))
    return text.startswith("v") and _is_module_version(text.removeprefix("v"))

# From Go 1.21 on, the first release is called 1.21.0, and 1.21 is a version of the language.
_FIRST_WITH_ZERO = 21

def _is_sdk_version(text):
    """Returns whether a string is 1.N.M, 1.NrcM or 1.NbetaM, or 1.N where Go calls its first release so."""
    prerelease = False
    for kind in ["rc", "beta"]:
        before, found, number = text.partition(kind)
        if found:
            if not _is_number(number):
                return False
            text = before
            prerelease = True
    numbers = text.split(".")
    if numbers[0] != "1" or len(numbers) not in [2, 3] or not all([_is_number(number) for number in numbers]):
        return False
    return len(numbers) == 3 or prerelease or int(numbers[1]) < _FIRST_WITH_ZERO

def _is_module_version(text):
    """Returns whether a string is a semantic version in the form that go.mod has it, without v in front.

    That is one of three numbers, and a pre-release (as pseudo-versions have it, too). Of metadata of the
    build, Go keeps only what it adds itself, for versions of 2 and more whose module has no go.mod.
    """
    text, plus, metadata = text.partition("+")
    core, dash, prerelease = text.partition("-")
    numbers = core.split(".")
    if len(numbers) != 3 or not all([_is_number(number) for number in numbers]):
        return False
    if dash and not all([_is_identifier(part) for part in prerelease.split(".")]):
        return False
    return not plus or metadata == "incompatible" and numbers[0] not in ["0", "1"]

def _is_number(text):
    return text.isdigit() and (text == "0" or not text.startswith("0"))

def _is_identifier(text):
    return text.replace("-", "x").isalnum() and (not text.isdigit() or _is_number(text))
