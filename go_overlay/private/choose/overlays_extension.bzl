"""The overlays module extension: which sets a build uses by default, and what is demanded of them."""

load("//common:root_tags.bzl", "root_tags")
load("//go_overlay/private/declare:import_paths.bzl", "pattern_error")
load(":default_set_repo.bzl", "default_set_repo")

visibility(["//go_overlay"])

_REQUIRABLE = ["expires", "reason", "upstream"]

def _root_tags(mctx, name):
    return root_tags(mctx, "overlays", name, "decides about overlays")

def _root_use(mctx):
    """Returns the tag by which the root module uses a set, or None."""
    for module in mctx.modules:
        if not module.is_root:
            continue
        uses = module.tags.use
        if len(uses) > 1:
            fail("overlays.use: one set can be active by default, got {}. Compose them with one go_overlay_set.".format(
                " and ".join([str(tag.set) for tag in uses]),
            ))
        if uses:
            return uses[0]
    return None

def _offers(mctx):
    """Returns the sets that other modules offer: dict from names of modules to lists of Labels."""
    offers = {}
    for module in mctx.modules:
        if not module.is_root and module.tags.use:
            for tag in module.tags.use:
                if tag.exec:
                    fail("module {}: overlays.use: exec = True is for the root module, which decides what tools are built with. Take it out there; the root writes overlays.accept(exec = True, module = \"{}\").".format(
                        module.name,
                        module.name,
                    ))
            offers.setdefault(module.name, []).extend([tag.set for tag in module.tags.use])
    return offers

def _accepted_sets(mctx, offers):
    """Returns the offered sets that the root module wants, as a list of Labels."""
    decisions = {}
    for tag, accepts in [(tag, True) for tag in _root_tags(mctx, "accept")] + [(tag, False) for tag in _root_tags(mctx, "deny")]:
        if tag.module in decisions:
            fail("overlays: module {} is accepted or denied twice; keep one of the tags".format(tag.module))
        if tag.module not in offers:
            fail("overlays.{}: module \"{}\" offers no overlays.{} Remove the tag.".format(
                "accept" if accepts else "deny",
                tag.module,
                " Those that do: {}.".format(", ".join(offers)) if offers else "",
            ))
        decisions[tag.module] = tag if accepts else None

    accepted = []
    for name, sets in offers.items():
        if name not in decisions:
            fail("""module {name} offers overlays: {sets}. The root module decides; write one of these in its MODULE.bazel:
  overlays.accept(module = "{name}")
  overlays.deny(module = "{name}")""".format(
                name = name,
                sets = ", ".join([str(label) for label in sets]),
            ))
        decision = decisions[name]
        if not decision:
            continue
        for label in decision.sets:
            if label not in sets:
                fail("overlays.accept: module {} does not offer {}, only {}. Change the sets that are accepted.".format(
                    name,
                    label,
                    ", ".join([str(label) for label in sets]),
                ))
        accepted.extend(decision.sets or sets)
    return accepted

def _policy(mctx):
    tags = _root_tags(mctx, "policy")
    if len(tags) > 1:
        fail("overlays.policy: there can be one, got {}. Merge them.".format(len(tags)))
    if not tags:
        return {"allow": [], "deny": [], "require": []}
    for name in tags[0].require:
        if name not in _REQUIRABLE:
            fail("overlays.policy: require has \"{}\", expected any of {}".format(name, ", ".join(_REQUIRABLE)))
    for attribute in ["allow", "deny"]:
        for pattern in getattr(tags[0], attribute):
            error = pattern_error(pattern)
            if error:
                fail("overlays.policy: {} has {}, {}. As for the go command, ... stands for any string, such as \"example.com/...\".".format(
                    attribute,
                    repr(pattern),
                    error,
                ))
    return {"allow": tags[0].allow, "deny": tags[0].deny, "require": tags[0].require}

def _overlays_impl(mctx):
    use = _root_use(mctx)
    sets = ([use.set] if use else []) + _accepted_sets(mctx, _offers(mctx))
    default_set_repo(
        name = "go_overlay_default",
        exec = any([tag.exec for tag in ([use] if use else []) + _root_tags(mctx, "accept")]),
        policy = json.encode(_policy(mctx)),
        sets = [str(label) for label in sets],
    )
    return mctx.extension_metadata(reproducible = True)

_accept_tag = tag_class(
    attrs = {
        "exec": attr.bool(
            doc = "Whether tools that run during the build are built with overlays that say `exec = True`, as in `use`.",
        ),
        "module": attr.string(
            doc = "Name of the module that offers sets.",
            mandatory = True,
        ),
        "sets": attr.label_list(
            doc = """Pins the sets that are accepted: others that the module offers, now or later, are
not applied, and it is an error if it offers one of these no more. Empty: all.""",
        ),
    },
    doc = "Applies the sets that another module offers, beside the root's own. Only in the root module.",
)

_deny_tag = tag_class(
    attrs = {
        "module": attr.string(
            doc = "Name of the module that offers sets.",
            mandatory = True,
        ),
    },
    doc = "Does not apply the sets that another module offers. Only in the root module.",
)

_policy_tag = tag_class(
    attrs = {
        "allow": attr.string_list(
            doc = """Import paths that may be overlaid; `...` stands for any string, as in patterns of
the go command: `k8s.io/...`. Empty: all.""",
        ),
        "deny": attr.string_list(
            doc = "Import paths that must not be overlaid, whatever `allow` says.",
        ),
        "require": attr.string_list(
            doc = "What each overlay has to state: any of `expires`, `reason`, `upstream`.",
        ),
    },
    doc = "What is demanded of each overlay that a build applies. Only in the root module, at most once.",
)

_use_tag = tag_class(
    attrs = {
        "exec": attr.bool(
            doc = """In the root module, the default of `@go_overlay//go_overlay:exec`: whether tools that run during
the build are built with those overlays of active sets that say `exec = True`. In other modules it is an error.""",
        ),
        "set": attr.label(
            doc = "A `go_overlay_set` or `go_overlay` of any repository.",
            mandatory = True,
        ),
    },
    doc = """In the root module, at most once: makes a set the default of
`@go_overlay//go_overlay:active`. In other modules: offers a set, which the root module accepts or denies.""",
)

overlays = module_extension(
    implementation = _overlays_impl,
    doc = "Chooses the overlays that a build uses by default. Without it there are none.",
    tag_classes = {
        "accept": _accept_tag,
        "deny": _deny_tag,
        "policy": _policy_tag,
        "use": _use_tag,
    },
)
