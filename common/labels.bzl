"""Labels as messages show them."""

visibility([
    "//go_overlay/...",
    "//toolchains/...",
])

def display_label(label):
    """Returns a label as the user of the main repository writes it.

    Args:
      label: Label.

    Returns:
      str: //pkg:name in the main repository, @@repo//pkg:name elsewhere.
    """
    text = str(label)
    return text.lstrip("@") if text.startswith("@@//") or text.startswith("@//") else text
