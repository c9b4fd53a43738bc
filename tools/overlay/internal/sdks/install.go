package sdks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// Where an SDK can come from.
const (
	FromLock    = "lock"
	FromProxy   = "proxy"
	FromFolder  = "dir"
	FromZip     = "zip"
	FromArchive = "archive"
)

// Froms are all of them.
var Froms = []string{FromLock, FromProxy, FromFolder, FromZip, FromArchive}

// InstallOptions say what to install.
type InstallOptions struct {
	What       string         // a version, or part of one; or the path of a folder, zip or archive. Empty: what files of the folder ask for
	From       string         // one of Froms, or empty: told by What
	Name       string         // of the SDK, or empty
	Platform   gosdk.Platform // or none: that of the machine
	Overlays   string         // label of a set or overlay whose changes it is to have, or empty
	Unverified bool
	Use        bool // make it the current one
}

// Install installs an SDK.
func (s *SDKs) Install(ctx context.Context, o InstallOptions) error {
	if o.From == "" {
		o.From = fromOf(o.What)
	}
	if o.Name != "" {
		if err := s.checkName(o.Name); err != nil {
			return err
		}
	}
	var sdk *store.SDK
	var err error
	switch o.From {
	case FromFolder, FromZip, FromArchive:
		if o.Overlays != "" {
			return fmt.Errorf("-overlays takes a version, and %s is a %s; install it first, or leave -overlays out", o.What, o.From)
		}
		sdk, err = s.installFile(ctx, o)
	default:
		if o.Overlays != "" {
			sdk, err = s.installPatched(ctx, o)
		} else {
			sdk, err = s.installRelease(ctx, o)
		}
	}
	if err != nil {
		return err
	}
	if !o.Use {
		_, err = fmt.Fprintf(s.Out, "%s is installed: %s\n", sdk.Name, sdk.Tree)
		return err
	}
	return s.Use(ctx, sdk.Name, "")
}

// fromOf tells by an operand what it is.
func fromOf(what string) string {
	for _, suffix := range []string{".tar.zst", ".tzst", ".tar.gz", ".tgz", ".tar"} {
		if strings.HasSuffix(what, suffix) {
			return FromArchive
		}
	}
	switch {
	case strings.HasSuffix(what, ".zip"):
		return FromZip
	case strings.ContainsAny(what, `/\`) || what == "." || what == "..":
		return FromFolder
	}
	return ""
}

// installFile installs what is in a folder or file of the user's.
func (s *SDKs) installFile(ctx context.Context, o InstallOptions) (*store.SDK, error) {
	path := s.abs(o.What)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if want := o.From == FromFolder; info.IsDir() != want {
		return nil, fmt.Errorf("%s: expected a %s, found a %s", o.What, o.From, map[bool]string{true: "folder", false: "file"}[info.IsDir()])
	}
	if info.IsDir() { // It may be a folder with anything, and a million files.
		if _, err := os.Stat(filepath.Join(path, "VERSION")); err != nil {
			return nil, fmt.Errorf("%s: expected a GOROOT, but there is no file VERSION: %w", o.What, err)
		}
	}
	lock, _, err := s.lockFile()
	if err != nil {
		return nil, err
	}
	options := store.InstallOptions{Name: o.Name, Accept: func(m *store.Manifest, name string) error { return s.acceptFile(o, m, name, lock) }}
	if o.From == FromArchive {
		var done func()
		options.Progress, done = s.progress("installing "+filepath.Base(path), 0)
		defer done()
		tell := s.watchName(&options)
		sdk, err := s.Store.InstallArchive(ctx, path, options)
		tell(sdk)
		return sdk, err
	}
	open := store.FromFolder
	if o.From == FromZip {
		open = store.FromZip
	}
	source, err := open(path)
	if err != nil {
		return nil, err
	}
	return s.installSource(ctx, source, options)
}

// acceptFile returns an error if an SDK can't have a name: that of a release is for what the lock file says of it, or what has that name already.
func (s *SDKs) acceptFile(o InstallOptions, m *store.Manifest, name string, lock *sdklock.File) error {
	if o.Platform != (gosdk.Platform{}) && o.Platform != m.Platform {
		return fmt.Errorf("%s is for %s, expected %s", o.What, m.Platform, o.Platform)
	}
	if err := s.checkName(name); err != nil {
		return fmt.Errorf("%s: %w", o.What, err)
	}
	release := releaseIn(m)
	isRelease, err := checkRelease(name, release, false)
	if err != nil {
		return fmt.Errorf("%s: %w", o.What, err)
	}
	if isRelease {
		if err := s.acceptRelease(o.What, m, name, lock); err != nil {
			return fmt.Errorf("%w; give it a name of its own: -name %s-changed", err, name)
		}
	}
	return nil
}

func (s *SDKs) acceptRelease(path string, m *store.Manifest, name string, lock *sdklock.File) error {
	release := releaseIn(m)
	if entry, ok := lock.Entry(release); ok {
		if got := m.H1(); got != entry.H1 {
			return fmt.Errorf("%s says that it is %s, but its files are not those of the lock file: their sum is %s, expected %s", path, release, got, entry.H1)
		}
		return nil
	}
	if s.Store.IsVerified(m.ID()) {
		return nil
	}
	if sdk, err := s.Store.Find(name); err == nil && sdk.ID != m.ID() {
		return fmt.Errorf("%s says that it is %s, but has other files than the one that is installed, in %s", path, release, sdk.Tree)
	}
	fmt.Fprintf(s.Err, "no %s vouches that %s is %s as Go's project has published it\n", sdklock.Name, path, release)
	return nil
}

func (s *SDKs) installSource(ctx context.Context, source *store.Source, o store.InstallOptions) (sdk *store.SDK, err error) {
	defer func() { err = errors.Join(err, source.Close()) }()
	var total int64
	for _, f := range source.Files {
		total += f.Size
	}
	var done func()
	o.Progress, done = s.progress("installing "+filepath.Base(source.Name), total)
	defer done()
	tell := s.watchName(&o)
	sdk, err = s.Store.Install(ctx, source, o)
	tell(sdk)
	return sdk, err
}
