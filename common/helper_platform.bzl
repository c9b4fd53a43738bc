"""The platform that the Go helper runs on."""

visibility([
    "//toolchains/...",
    "//tools/...",
])

HelperPlatformInfo = provider(
    doc = "The platform that a Go program of ours is built for.",
    fields = {
        "goos": "`str`: its GOOS.",
    },
)
