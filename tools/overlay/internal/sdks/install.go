package sdks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
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
	Patched    bool           // whether it is to have overlays
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
		if o.Patched {
			return fmt.Errorf("-overlays takes a version, and %s is a %s; install it first, or leave -overlays out", o.What, o.From)
		}
		sdk, err = s.installFile(ctx, o)
	default:
		if o.Patched {
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

// lockFile returns the lock file of the folder, and its path: an empty one, and "", if there is none.
func (s *SDKs) lockFile() (file *sdklock.File, path string, err error) {
	path, err = sdksource.FindLock(s.Dir)
	if err != nil || path == "" {
		return &sdklock.File{}, "", err
	}
	file, err = sdklock.Read(path)
	return file, path, err
}

// lockOf returns the path of the lock file of the folder, if that has a release, and the sum that it has. Both are "" if it has not.
func (s *SDKs) lockOf(release sdkmodule.SDK) (path, h1 string, err error) {
	file, path, err := s.lockFile()
	if err != nil {
		return "", "", err
	}
	entry, ok := file.Entry(release)
	if !ok {
		return "", "", nil
	}
	return path, entry.H1, nil
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

// release returns which release is meant.
func (s *SDKs) release(ctx context.Context, o InstallOptions) (release sdkmodule.SDK, err error) {
	release.Platform = o.Platform
	if release.Platform == (gosdk.Platform{}) {
		release.Platform = gosdk.Host
	}
	text, why := o.What, ""
	if text == "" {
		want, err := sdksource.Wanted(s.Dir)
		if err != nil {
			return release, err
		}
		text, _, _ = strings.Cut(want.Version, "-") // what one is made of that is no release
		why = want.String() + ": "
	}
	_, lock, err := s.lockFile()
	if err != nil {
		return release, err
	}
	if o.From == FromLock && lock == "" {
		return release, fmt.Errorf("%s: there is no %s in it or above it; next: overlay sdk lock VERSION, or leave -from out", s.Dir, sdklock.Name)
	}
	if o.From == FromProxy {
		lock = ""
	}
	release.Version, err = sdksource.Resolve(ctx, text, release.Platform, lock)
	if lock != "" && o.From != FromLock && errors.As(err, new(*sdksource.NotLockedError)) {
		release.Version, err = sdksource.Resolve(ctx, text, release.Platform, "")
	}
	if err != nil {
		return release, fmt.Errorf("%s%w", why, err)
	}
	return release, nil
}

// installRelease installs a release of Go, unless it is installed already, and as it should be.
func (s *SDKs) installRelease(ctx context.Context, o InstallOptions) (*store.SDK, error) {
	if o.What == "" {
		if want, err := sdksource.Wanted(s.Dir); err != nil {
			return nil, err
		} else if want.Custom {
			sdk, err := s.custom(ctx, o, want.Version)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", want, err)
			}
			return sdk, nil
		}
	}
	release, err := s.release(ctx, o)
	if err != nil {
		return nil, err
	}
	stockName := store.NameOf(release.Version, release.Platform)
	if o.Name == "" || o.Name == stockName {
		return s.stock(ctx, release, o)
	}
	if _, err := checkRelease(o.Name, release, false); err != nil {
		return nil, err
	}
	lock, h1, err := s.lockOf(release)
	if err != nil {
		return nil, err
	}
	if sdk := s.healthy(ctx, o.Name, release, h1); sdk != nil {
		return sdk, nil
	}
	if stock := s.healthy(ctx, stockName, release, h1); stock != nil {
		return s.installAs(ctx, o.Name, stock)
	}
	return s.download(ctx, store.InstallOptions{Name: o.Name}, release, lock, o.Unverified)
}

// stock returns a release by its own name, which it installs if need be.
func (s *SDKs) stock(ctx context.Context, release sdkmodule.SDK, o InstallOptions) (*store.SDK, error) {
	lock, h1, err := s.lockOf(release)
	if err != nil {
		return nil, err
	}
	name := store.NameOf(release.Version, release.Platform)
	if sdk := s.healthy(ctx, name, release, h1); sdk != nil {
		return sdk, nil
	}
	return s.download(ctx, store.InstallOptions{Name: name}, release, lock, o.Unverified)
}

// installAs gives an SDK that is laid out another name.
func (s *SDKs) installAs(ctx context.Context, name string, sdk *store.SDK) (*store.SDK, error) {
	source, err := store.FromFolder(sdk.Tree)
	if err != nil {
		return nil, err
	}
	return s.installSource(ctx, source, store.InstallOptions{Name: name, Accept: func(m *store.Manifest, _ string) error {
		if m.ID() != sdk.ID {
			return fmt.Errorf("%s: somebody changes it; next: overlay sdk verify %s", sdk.Tree, sdk.Name)
		}
		return nil
	}})
}

// custom returns the SDK that files of the folder ask for by a name that is of no release, and so comes from nowhere.
func (s *SDKs) custom(ctx context.Context, o InstallOptions, name string) (*store.SDK, error) {
	sdk, err := s.Store.Find(name)
	switch {
	case errors.As(err, new(*store.NotInstalledError)):
		return nil, errors.New("it is no release of Go, and not installed; whoever has made it can give it to you by overlay sdk export")
	case err != nil:
		return nil, fmt.Errorf("%w; next: overlay sdk repair %s", err, name)
	case o.Name != "" || o.From != "" || o.Platform != (gosdk.Platform{}):
		return nil, errors.New("it is installed, but no release of Go, which -name, -from and -platform are for; next: name a version")
	}
	if err := s.whole(ctx, sdk); err != nil {
		return nil, fmt.Errorf("%s is installed, but damaged: %w; next: overlay sdk repair %[1]s", name, err)
	}
	return sdk, nil
}

// healthy returns the SDK with a name if it is a release, as a sum says, or else the checksum database, and has all of its files.
func (s *SDKs) healthy(ctx context.Context, name string, release sdkmodule.SDK, h1 string) *store.SDK {
	sdk, err := s.Store.Find(name)
	if err != nil {
		return nil
	}
	m, err := s.Store.Manifest(sdk)
	if err != nil || releaseIn(m) != release {
		return nil
	}
	if h1 == "" && !s.Store.IsVerified(sdk.ID) || h1 != "" && h1 != m.H1() {
		return nil
	}
	if s.whole(ctx, sdk) != nil {
		return nil
	}
	return sdk
}

// whole returns an error unless an SDK has all of its files, and lays it out if it is packed.
func (s *SDKs) whole(ctx context.Context, sdk *store.SDK) error {
	problems, err := s.Store.Verify(ctx, []string{sdk.Name}, func(int64) {})
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return errors.New(problems[0].String())
	}
	_, err = s.Store.Path(ctx, sdk.Name)
	return err
}

// download installs a release from GOPROXY, or what the module cache has of it.
func (s *SDKs) download(ctx context.Context, o store.InstallOptions, release sdkmodule.SDK, lock string, unverified bool) (sdk *store.SDK, err error) {
	dir, remove, err := s.Store.Temporary()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	zip, err := s.get(ctx, dir, release, lock, unverified)
	if err != nil {
		return nil, err
	}
	source, err := store.FromZip(zip.Path)
	if err != nil {
		return nil, err
	}
	o.Accept = func(m *store.Manifest, _ string) error {
		if got := m.H1(); got != zip.H1 {
			return fmt.Errorf("%s: the sum of its files is %s, expected %s, by %s", zip.From, got, zip.H1, zip.VerifiedBy)
		}
		return nil
	}
	o.Verified = zip.VerifiedBy == sdksource.Database
	return s.installSource(ctx, source, o)
}

func (s *SDKs) get(ctx context.Context, dir string, release sdkmodule.SDK, lock string, unverified bool) (*sdksource.Zip, error) {
	advance, done := s.progress("downloading Go "+release.String(), 0)
	defer done()
	var before int64
	return sdksource.Download(ctx, release.Version, release.Platform, sdksource.Options{
		Folder: dir, Lock: lock, Unverified: unverified, Warnings: s.Err,
		Progress: func(now, _ int64) { advance(now - before); before = now },
	})
}

// installPatched installs a release with what overlays make of it.
func (s *SDKs) installPatched(ctx context.Context, o InstallOptions) (*store.SDK, error) {
	release, err := s.release(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := checkRelease(o.Name, release, true); err != nil {
		return nil, err
	}
	stock, err := s.stock(ctx, release, o)
	if err != nil {
		return nil, err
	}
	d, err := desk.Open(s.Dir, s.Out, s.Err)
	if err != nil {
		return nil, err
	}
	changes, err := d.SDKChanges(ctx, stock.Tree, o.Overlays)
	if err != nil {
		return nil, err
	}
	source, err := store.FromFolder(stock.Tree)
	if err != nil {
		return nil, err
	}
	change(source, changes)
	name := o.Name
	if name == "" {
		name = stock.Name + "-" + changes.Name()
	}
	if err := s.checkName(name); err != nil {
		return nil, err
	}
	if _, err := checkRelease(name, release, true); err != nil {
		return nil, err
	}
	sdk, err := s.installSource(ctx, source, store.InstallOptions{Name: name})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.Err, "%s is Go %s with %s\n", name, release.Version, strings.Join(changes.Overlays, ", "))
	return sdk, nil
}

// change makes files of a source what overlays make of them.
func change(source *store.Source, changes *desk.SDKChanges) {
	for _, f := range changes.Files {
		source.Files = slices.DeleteFunc(source.Files, func(old store.SourceFile) bool { return old.Path == f.Name })
		if f.New == nil {
			continue
		}
		source.Files = append(source.Files, store.SourceFile{Path: f.Name, Size: int64(len(f.New)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(f.New)), nil
		}})
	}
}

// Remove removes SDKs.
func (s *SDKs) Remove(ctx context.Context, names []string) error {
	c, err := s.Store.Remove(ctx, s.allNamed(names))
	if err != nil {
		return err
	}
	return s.tellCleaning(c, "removed", false)
}

// Export writes an SDK to a file.
func (s *SDKs) Export(ctx context.Context, text, target string, o store.ExportOptions) error {
	sdk, err := s.installed(text)
	if err != nil {
		return err
	}
	for _, other := range []*string{&o.Since, &o.Layer} {
		if *other != "" {
			base, err := s.find(*other)
			if err != nil {
				return err
			}
			*other = base.Name
		}
	}
	if target == "" {
		target = "go" + sdk.Name
		switch {
		case o.Since != "":
			target += "-since-" + o.Since + ".tar.zst"
		case o.Layer != "":
			target += "-layer.tar"
		default:
			target += ".tar.zst"
		}
	}
	if err := s.Store.Export(ctx, sdk.Name, s.abs(target), o); err != nil {
		return err
	}
	info, err := os.Stat(s.abs(target))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s has %s (%s)\n", target, sdk.Name, size(info.Size()))
	if err == nil && o.Layer == "" {
		_, err = fmt.Fprintf(s.Out, "next: overlay sdk install %s\n", shell.Word(target))
	}
	return err
}

// releaseOf returns the release that an SDK is, or is made of, and the lock file of the folder if it has that.
func (s *SDKs) releaseOf(name string) (release sdkmodule.SDK, lock string, err error) {
	sdk, err := s.Store.Find(name)
	var m *store.Manifest
	if err == nil {
		m, err = s.Store.Manifest(sdk)
	}
	if err == nil {
		release = releaseIn(m)
		if release.Version, err = sdkmodule.ParseVersion(release.Version); err != nil {
			return release, "", err
		}
	} else {
		var ok bool
		if release, ok = releaseNamed(name); !ok { // Its manifest can't be read: by its name, then.
			return release, "", err
		}
	}
	lock, _, err = s.lockOf(release)
	return release, lock, err
}
