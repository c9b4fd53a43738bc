"""What the root module demands of overlays before a build may use them."""

load("//common:labels.bzl", "display_label")
load("//go_overlay/private/declare:dates.bzl", "is_date")

visibility([
    "//tests/analysis",
    "//toolchains/private/goroot",
    "//toolchains/private/toolchain",
])

# Value of the flag that leaves expiry unchecked.
UNCHECKED = "unchecked"

_TODAY_FLAG = "--@go_overlay//go_overlay:today"

def policy_errors(packages, policy, today):
    """Returns why overlays must not be used.

    Args:
      packages: dict, the `packages` field of GoOverlayInfo.
      policy: struct of the lists of str allow, deny and require, from overlays.policy.
      today: str, the day of the build, YYYY-MM-DD; UNCHECKED; or empty where nobody said.

    Returns:
      list of str, a message for each violation.
    """
    if today and today != UNCHECKED and not is_date(today):
        return ["{}={}: expected a date YYYY-MM-DD that there is, or {}".format(_TODAY_FLAG, today, UNCHECKED)]
    errors = []
    for importpath, package in packages.items():
        for overlay in package.overlays:
            label = display_label(overlay.label)
            errors.extend(_importpath_errors(label, importpath, policy))
            errors.extend(_missing_errors(label, overlay, policy))
            errors.extend(_expiry_errors(label, overlay, today))
    return errors

def matches(pattern, importpath):
    """Returns whether an import path matches a pattern of the go command.

    Args:
      pattern: str, an import path in which `...` stands for any string; `/...` at the end for the
        empty one, too.
      importpath: str.

    Returns:
      bool.
    """
    if pattern.endswith("/...") and importpath == pattern.removesuffix("/..."):
        return True
    parts = pattern.split("...")
    if len(parts) == 1:
        return pattern == importpath
    if not importpath.startswith(parts[0]):
        return False
    rest = importpath[len(parts[0]):]
    for part in parts[1:-1]:
        index = rest.find(part)
        if index < 0:
            return False
        rest = rest[index + len(part):]
    return rest.endswith(parts[-1])

def _importpath_errors(label, importpath, policy):
    denied = [pattern for pattern in policy.deny if matches(pattern, importpath)]
    if denied:
        rule = "denies: deny has \"{}\"".format(denied[0])
    elif policy.allow and not any([matches(pattern, importpath) for pattern in policy.allow]):
        rule = "does not allow: allow has " + ", ".join(["\"{}\"".format(pattern) for pattern in policy.allow])
    else:
        return []
    return ["{} changes package {}, which overlays.policy {}. Build without it, or change the policy in the root's MODULE.bazel.".format(
        label,
        importpath,
        rule,
    )]

def _missing_errors(label, overlay, policy):
    return [
        "{label} has no {name}, which overlays.policy requires. Add {name} = \"…\" to {label}.".format(
            label = label,
            name = name,
        )
        for name in policy.require
        if not getattr(overlay, name)
    ]

def _expiry_errors(label, overlay, today):
    if not overlay.expires or today == UNCHECKED:
        return []
    if not today:
        return ["""{label} expires on {expires}, but the build does not know what day it is. Say it:
  {flag}=$(date -u +%F)
or put "common {flag}={unchecked}" into .bazelrc, and the day where it matters, such as on CI.""".format(
            expires = overlay.expires,
            flag = _TODAY_FLAG,
            label = label,
            unchecked = UNCHECKED,
        )]
    if overlay.expires < today:
        return ["""{label} expired on {expires}, and today is {today}.{reason}{upstream}
Delete the overlay if it is not needed any more; otherwise change its expires.{command}""".format(
            command = "\nThe command overlay deletes it:\n  overlay drop " + label if label.startswith("//") else "",
            expires = overlay.expires,
            label = label,
            reason = "\n  reason: " + overlay.reason if overlay.reason else "",
            today = today,
            upstream = "\n  upstream: " + overlay.upstream if overlay.upstream else "",
        )]
    return []
