package sdklock

import (
	"cmp"
	"fmt"
	"go/version"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// An sdk is one that can be downloaded.
type sdk struct {
	version  string
	platform gosdk.Platform
}

func (s sdk) String() string { return s.version + " " + s.platform.String() }

func (s sdk) compare(other sdk) int {
	return cmp.Or(
		compareVersions(s.version, other.version),
		strings.Compare(s.platform.String(), other.platform.String()),
	)
}

const toolchain = "golang.org/toolchain"

// moduleVersion returns the version of the module golang.org/toolchain that it is.
func (s sdk) moduleVersion() string {
	return fmt.Sprintf("v0.0.1-go%s.%s-%s", s.version, s.platform.GOOS, s.platform.GOARCH)
}

// compareVersions orders versions as Go does: 1.9 < 1.10rc1 < 1.10.
func compareVersions(a, b string) int {
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
