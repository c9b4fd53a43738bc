package sdks

import (
	"errors"
	"fmt"
	"go/build"
	"io"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// releaseNamed returns the release that a name is that of: 1.26.8, or 1.26.8-linux_arm64.
func releaseNamed(name string) (release sdkmodule.SDK, ok bool) {
	text, platform, found := strings.Cut(name, "-")
	version, err := sdkmodule.ParseVersion(text)
	if err != nil || version != text {
		return release, false
	}
	release = sdkmodule.SDK{Version: version, Platform: gosdk.Host}
	if found {
		if release.Platform, err = gosdk.ParsePlatform(platform); err != nil || !isPort(release.Platform) {
			return release, false // Sets have names with _, too.
		}
	}
	return release, true
}

// isPort tells whether there is Go for what looks like a platform: whether it says something in the name of a Go file.
func isPort(p gosdk.Platform) bool {
	other := build.Context{GOOS: "other", GOARCH: "other", Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}}
	for _, part := range []string{p.GOOS, p.GOARCH} {
		if matches, err := other.MatchFile("", "x_"+part+".go"); err != nil || matches {
			return false
		}
	}
	return true
}

// checkName returns an error if a new SDK can't have a name, as what it would mean is another one.
func (s *SDKs) checkName(name string) error {
	if err := store.CheckName(name); err != nil {
		return fmt.Errorf("%w; give it another by -name", err)
	}
	means := ""
	_, isRelease := releaseNamed(name)
	switch version := sdksource.Version(name); {
	case name == "current":
		means = "the one that overlay sdk use has chosen"
	case version != name:
		means = version
	case !isRelease && sdksource.IsPartial(name):
		means = "the newest version that there is of it"
	default:
		return nil
	}
	if _, err := s.Store.Find(name); !errors.As(err, new(*store.NotInstalledError)) {
		return nil
	}
	return fmt.Errorf("%s can't be the name of an SDK: it means %s; give it another by -name", name, means)
}

// checkRelease returns an error if an SDK has the name of a release, which is for that as it was published and nothing else, or else whether it has.
func checkRelease(name string, sdk sdkmodule.SDK, patched bool) (isRelease bool, err error) {
	release, isRelease := releaseNamed(name)
	switch {
	case isRelease && release != sdk:
		return true, fmt.Errorf("%s is the name of Go %s, and this is %s; give it another by -name", name, release, sdk)
	case isRelease && patched:
		return true, fmt.Errorf("%s is the name of Go %s without overlays; give it another by -name", name, release)
	}
	return isRelease, nil
}

// releaseIn returns the release that an SDK says that it is.
func releaseIn(m *store.Manifest) sdkmodule.SDK {
	return sdkmodule.SDK{Version: strings.TrimPrefix(m.Version, "go"), Platform: m.Platform}
}

// watchName returns what tells which SDK has lost its name to one that is installed as options say, if one has.
func (s *SDKs) watchName(o *store.InstallOptions) (tell func(sdk *store.SDK)) {
	var old *store.SDK
	accept := o.Accept
	o.Accept = func(m *store.Manifest, name string) error {
		old, _ = s.Store.Find(name) // Where there is none, none loses it.
		if accept == nil {
			return nil
		}
		return accept(m, name)
	}
	return func(sdk *store.SDK) {
		if sdk != nil && old != nil && old.ID != sdk.ID {
			fmt.Fprintf(s.Err, "%s was the name of another SDK until now: that in %s\n", sdk.Name, old.Tree)
		}
	}
}
