// Package sdkmodule gets Go SDKs through GOPROXY, where they are versions of the module
// golang.org/toolchain: by the go command, or where there is none, by itself.
package sdkmodule

import (
	"cmp"
	"fmt"
	"go/version"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// An SDK is one that can be downloaded.
type SDK struct {
	Version  string // as ParseVersion returns it
	Platform gosdk.Platform
}

func (s SDK) String() string { return s.Version + " " + s.Platform.String() }

// Compare orders SDKs as the lock file has them: by version, then by platform.
func (s SDK) Compare(other SDK) int {
	return cmp.Or(
		CompareVersions(s.Version, other.Version),
		strings.Compare(s.Platform.String(), other.Platform.String()),
	)
}

// Path is that of the module.
const Path = "golang.org/toolchain"

// ModuleVersion returns the version of the module golang.org/toolchain that it is.
func (s SDK) ModuleVersion() string {
	return fmt.Sprintf("v0.0.1-go%s.%s-%s", s.Version, s.Platform.GOOS, s.Platform.GOARCH)
}

// fromModuleVersion returns the SDK that a version of the module is, such as v0.0.1-go1.26.8.linux-amd64.
func fromModuleVersion(text string) (s SDK, ok bool) {
	rest, ok := strings.CutPrefix(text, "v0.0.1-go")
	dot := strings.LastIndex(rest, ".")
	if !ok || dot < 0 {
		return SDK{}, false
	}
	platform, err := gosdk.ParsePlatform(strings.Replace(rest[dot+1:], "-", "_", 1))
	if err != nil {
		return SDK{}, false
	}
	version, err := ParseVersion(rest[:dot])
	return SDK{Version: version, Platform: platform}, err == nil && version == rest[:dot]
}

func fromModuleVersions(texts []string) (sdks []SDK) {
	for _, text := range texts {
		if s, ok := fromModuleVersion(text); ok {
			sdks = append(sdks, s)
		}
	}
	return sdks
}

// CompareVersions orders versions as Go does: 1.9 < 1.10rc1 < 1.10.
func CompareVersions(a, b string) int {
	return cmp.Or(version.Compare("go"+a, "go"+b), strings.Compare(a, b))
}

// ParseVersion returns a version of Go without the "go" that it may begin with.
func ParseVersion(s string) (string, error) {
	v := strings.TrimPrefix(s, "go")
	// What follows a hyphen is for toolchains that somebody else has made.
	if !version.IsValid("go"+v) || strings.Contains(v, "-") || !strings.Contains(v, ".") {
		return "", fmt.Errorf("expected a version of Go such as 1.26.8 or 1.26rc1, found %q", s)
	}
	if version.Lang("go"+v) == "go"+v && version.Compare("go"+v, "go1.21") >= 0 {
		return "", fmt.Errorf("%q is a version of the language; write %s.0 for its first release", s, v)
	}
	return v, nil
}

// ParsePlatforms reads platforms that are separated by commas.
func ParsePlatforms(s string) ([]gosdk.Platform, error) {
	var platforms []gosdk.Platform
	for _, field := range strings.Split(s, ",") {
		platform, err := gosdk.ParsePlatform(strings.TrimSpace(field))
		if err != nil {
			return nil, err
		}
		platforms = append(platforms, platform)
	}
	return platforms, nil
}
