"""Sums of modules, in the form of go.sum."""

visibility(["//tests/analysis"])

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

def h1_from_hex(digest):
    """Puts a digest into the form of go.sum.

    Args:
      digest: str, SHA-256 in hex.

    Returns:
      str, h1: and base64.
    """
    encoded = ""
    for start in range(0, len(digest), 6):
        # Three bytes, four characters.
        group = digest[start:start + 6]
        bits = int(group + "0" * (6 - len(group)), 16)
        for shift in [18, 12, 6, 0]:
            encoded += _BASE64[(bits >> shift) & 63]

    # 32 bytes leave one over.
    return "h1:" + encoded[:-1] + "="
