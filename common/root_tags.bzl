"""Tags of module extensions that only the root module may use."""

visibility([
    "//go_overlay/...",
    "//toolchains/...",
])

def root_tags(mctx, extension, name, why):
    """Returns the root module's tags of a class that no other module may use.

    Args:
      mctx: module_ctx.
      extension: str, name of the extension, for messages.
      name: str, name of the tag class.
      why: str, what only the root module does, for messages.

    Returns:
      list of tags.
    """
    tags = []
    for module in mctx.modules:
        found = getattr(module.tags, name)
        if module.is_root:
            tags = found
        elif found:
            fail("""{extension}.{tag} in module {name}: only the root module {why}.
Write use_extension(..., dev_dependency = True) in the MODULE.bazel of {name}, \
so that the tag counts only where {name} is the root.""".format(
                extension = extension,
                name = module.name,
                tag = name,
                why = why,
            ))
    return tags
