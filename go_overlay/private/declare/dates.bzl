"""Dates, as YYYY-MM-DD: in this form they compare as strings."""

visibility([
    "//go_overlay/private/choose",
    "//tests/analysis",
])

_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

def is_date(text):
    """Returns whether a string is a date YYYY-MM-DD.

    Args:
      text: str.

    Returns:
      bool.
    """
    parts = text.split("-")
    if [len(part) for part in parts] != [4, 2, 2] or not all([part.isdigit() for part in parts]):
        return False
    month, day = int(parts[1], 10), int(parts[2], 10)
    return 1 <= month and month <= 12 and 1 <= day and day <= _DAYS[month - 1]
