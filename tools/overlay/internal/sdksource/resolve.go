package sdksource

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// FindLock returns the path of the lock file of a folder, or an empty string: it is there, or in a
// folder above, but not above the root of a workspace or repository. A go.work may be in the midst of one.
func FindLock(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, sdklock.Name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) { // It may well be there, and is not to be passed over.
			return "", fmt.Errorf("looking for the lock file: %w", err)
		}
		for _, root := range []string{"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel", "overlays.json", ".git"} {
			if exists(filepath.Join(dir, root)) {
				return "", nil
			}
		}
		if dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// partialForm is what is no version of a release, but the beginning of some: 1, 1.26, and 1.27rc.
var partialForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+((rc|beta))?)?$`)

func isNewest(text string) bool { return text == "latest" || text == "stable" }

// IsPartial tells whether a text is part of a version, or latest or stable, which [Resolve] makes a
// version of. 1.20 is, too: the first release of Go 1.20 is 1.20.0 here.
func IsPartial(text string) bool { return isNewest(text) || partialForm.MatchString(text) }

var versionForm = regexp.MustCompile(`^(?:latest:)?(?:go|v)?([0-9].*?)(?:\.x)?$`)

// Version returns a version without what only some tools write: 1.26.8 for go1.26.8 and v1.26.8, 1.26 for 1.26.x and latest:1.26.
// What does not look like one is returned as it is.
func Version(text string) string {
	if form := versionForm.FindStringSubmatch(text); form != nil {
		return form[1]
	}
	return text
}

// IsVersion tells whether a text is a version of a release, or part of one, and so no command.
func IsVersion(text string) bool {
	text = Version(text)
	_, err := parseRelease(text)
	return err == nil || IsPartial(text)
}

// A NotLockedError says that a lock file has no version that a text means.
type NotLockedError struct{ text string }

func (e *NotLockedError) Error() string { return e.text }

// Resolve returns the version that a user means by a text: 1.26.8 in any form that [Version] knows, 1.26, 1, latest or
// stable. A whole version is returned as it is, without a look at what there is, unless there is a lock file.
// Part of one means the newest release that begins so, or where there is none, the newest prerelease: of
// those in the lock file, if its path is given, or else of those that GOPROXY lists. It is a [NotLockedError] if the lock file
// has none.
func Resolve(ctx context.Context, text string, platform gosdk.Platform, lock string) (string, error) {
	wanted := Version(text)
	if !IsPartial(wanted) {
		if _, err := parseRelease(wanted); err != nil {
			return "", fmt.Errorf("expected a version of Go such as 1.26.8, 1.26, 1.27rc1 or latest, found %q", text)
		}
		if lock == "" {
			return parseRelease(wanted)
		}
	}
	var there []string
	where := "GOPROXY lists"
	if lock != "" {
		file, err := sdklock.Read(lock)
		if err != nil {
			return "", err
		}
		there, where = VersionsFor(file.SDKs(), platform), lock+" has"
	} else {
		var err error
		if there, err = Remote(ctx, platform); err != nil {
			return "", fmt.Errorf("which version %s is: %w", text, err)
		}
	}
	if found := newest(wanted, there); found != "" {
		return found, nil
	}
	err := unknown(wanted, platform, there, where)
	if lock == "" {
		return "", fmt.Errorf("%w; all of them: overlay sdk list -remote", err)
	}
	if IsPartial(wanted) {
		wanted = "VERSION"
	}
	return "", &NotLockedError{fmt.Sprintf("%v; to lock one: overlay sdk lock -file %s -platforms %s %s", err, lock, platform, wanted)}
}

// parseRelease reads a version of one release. The first of each language version before 1.21 has two
// names, of which the proxy has the shorter one: 1.20, for 1.20.0.
func parseRelease(text string) (string, error) {
	if short, ok := strings.CutSuffix(text, ".0"); ok && partialForm.MatchString(short) && strings.Contains(short, ".") &&
		version.Compare("go"+short, "go1.21") < 0 {
		return sdkmodule.ParseVersion(short)
	}
	return sdkmodule.ParseVersion(text)
}

// newest returns the newest of versions that a text may mean, or an empty string. Versions are sorted,
// the newest first.
func newest(wanted string, versions []string) string {
	if !IsPartial(wanted) {
		release, err := parseRelease(wanted)
		if err == nil && slices.Contains(versions, release) {
			return release
		}
		return ""
	}
	prerelease := ""
	for _, v := range versions {
		switch {
		case !isNewest(wanted) && !begins(v, wanted):
		case !isPrerelease(v), strings.HasSuffix(wanted, "rc"), strings.HasSuffix(wanted, "beta"):
			return v
		case prerelease == "":
			prerelease = v
		}
	}
	return prerelease
}

// begins tells whether a version begins with part of one: 1.26.8 and 1.26rc1 do so with 1.26, but not with 1.2.
func begins(v, part string) bool {
	rest, ok := strings.CutPrefix(v, part)
	if !ok || rest == "" {
		return ok
	}
	digit := rest[0] >= '0' && rest[0] <= '9'
	return !digit || strings.HasSuffix(part, "rc") || strings.HasSuffix(part, "beta")
}

func isPrerelease(v string) bool { return strings.ContainsAny(v, "rb") }

// unknown says that there is no such version, and names those that may have been meant.
func unknown(wanted string, platform gosdk.Platform, there []string, where string) error {
	if len(there) == 0 {
		return fmt.Errorf("%s no version for %s", where, platform)
	}
	message := fmt.Sprintf("%s no %s for %s", where, wanted, platform)
	if near := near(wanted, there); len(near) > 0 {
		message += "; near it: " + strings.Join(near, ", ")
	}
	return fmt.Errorf("%s; the newest: %s", message, newest("latest", there))
}

// near returns versions that may have been meant: the newest of the same language version, or the next ones below and above, or if it is no
// version, those that look alike. Versions are sorted, the newest first.
func near(wanted string, there []string) []string {
	const limit = 3
	if !version.IsValid("go" + wanted) {
		near := suggest.Near(wanted, there)
		return near[:min(limit, len(near))]
	}
	language := strings.TrimPrefix(version.Lang("go"+wanted), "go")
	var near []string
	for _, v := range there {
		if begins(v, language) && len(near) < limit {
			near = append(near, v)
		}
	}
	if len(near) > 0 {
		return near
	}
	at := slices.IndexFunc(there, func(v string) bool { return sdkmodule.CompareVersions(v, wanted) < 0 })
	if at < 0 {
		at = len(there)
	}
	return there[max(0, at-1):min(at+1, len(there))]
}

// VersionsFor returns the versions of SDKs for a platform, the newest first.
func VersionsFor(sdks []sdkmodule.SDK, platform gosdk.Platform) []string {
	var versions []string
	for _, s := range sdks {
		if s.Platform == platform {
			versions = append(versions, s.Version)
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return sdkmodule.CompareVersions(b, a) })
	return slices.Compact(versions)
}

// Remote returns the versions that GOPROXY lists for a platform, the newest first. A proxy may have
// more than it lists.
func Remote(ctx context.Context, platform gosdk.Platform) (versions []string, err error) {
	g, err := openGo(ctx, "")
	if err != nil {
		return nil, err
	}
	return remote(ctx, g, platform, g.close)
}

func remote(ctx context.Context, g *goOrProxy, platform gosdk.Platform, done func() error) (versions []string, err error) {
	defer func() { err = errors.Join(err, done()) }()
	sdks, err := g.list(ctx)
	if ctx.Err() != nil {
		return nil, interrupt.Err
	} else if err != nil {
		return nil, fmt.Errorf("what GOPROXY has of %s: %w", sdkmodule.Path, err)
	}
	return VersionsFor(sdks, platform), nil
}

// Newest returns the newest of versions that part of one means, as [Resolve] has it, or an empty string.
func Newest(part string, versions []string) string {
	sorted := slices.Clone(versions)
	slices.SortFunc(sorted, func(a, b string) int { return sdkmodule.CompareVersions(b, a) })
	return newest(Version(part), sorted)
}
