"""Digests of files, as overlays pin them."""

visibility(["//tests/analysis"])

_PREFIX = "sha256:"

def is_digest(text):
    """Returns whether a string is a digest: sha256: and 64 hexadecimal digits.

    Args:
      text: str.

    Returns:
      bool.
    """
    digits = text.removeprefix(_PREFIX)
    return (
        text.startswith(_PREFIX) and
        len(digits) == 64 and
        all([digit in "0123456789abcdef" for digit in digits.elems()])
    )
