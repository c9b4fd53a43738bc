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
		if err := store.CheckName(o.Name); err != nil {
			return err
		}
	}
	if o.Platform == (gosdk.Platform{}) {
		o.Platform = gosdk.Host
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
	lock, err := s.lockFile()
	if err != nil {
		return nil, err
	}
	options := store.InstallOptions{Name: o.Name, Accept: func(m *store.Manifest, name string) error { return s.acceptFile(o.What, m, name, lock) }}
	if o.From == FromArchive {
		var done func()
		options.Progress, done = s.progress("installing "+filepath.Base(path), 0)
		defer done()
		return s.Store.InstallArchive(ctx, path, options)
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

// acceptFile returns an error if an SDK would have the name of a release, but is not what the lock file says of it, or what has that name already.
func (s *SDKs) acceptFile(path string, m *store.Manifest, name string, lock *sdklock.File) error {
	release := sdkmodule.SDK{Version: strings.TrimPrefix(m.Version, "go"), Platform: m.Platform}
	if name != store.NameOf(release.Version, release.Platform) {
		return nil
	}
	own := fmt.Sprintf("give it a name of its own: -name %s-changed", name)
	if entry, ok := lock.Entry(release); ok {
		if got := m.H1(); got != entry.H1 {
			return fmt.Errorf("%s says that it is %s, but its files are not those of the lock file: their sum is %s, expected %s; %s", path, release, got, entry.H1, own)
		}
		return nil
	}
	if sdk, err := s.Store.Find(name); err == nil && sdk.ID != m.ID() {
		return fmt.Errorf("%s says that it is %s, but has other files than the one that is installed, in %s; %s", path, release, sdk.Tree, own)
	}
	fmt.Fprintf(s.Err, "no %s vouches that %s is %s as Go's project has published it\n", sdklock.Name, path, release)
	return nil
}

// lockFile returns the lock file of the folder, which is empty if there is none.
func (s *SDKs) lockFile() (*sdklock.File, error) {
	path, err := sdksource.FindLock(s.Dir)
	if err != nil || path == "" {
		return &sdklock.File{}, err
	}
	return sdklock.Read(path)
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
	return s.Store.Install(ctx, source, o)
}

// release returns which release is meant, and the lock file that has it, or "".
func (s *SDKs) release(ctx context.Context, o InstallOptions) (release sdkmodule.SDK, lock string, err error) {
	release.Platform = o.Platform
	text, why := o.What, ""
	if text == "" {
		want, err := sdksource.Wanted(s.Dir)
		if err != nil {
			return release, "", err
		}
		if want.Custom {
			return release, "", fmt.Errorf("%s: it is no release of Go, and not installed; whoever has made it can give it to you by overlay sdk export", want)
		}
		text, why = want.Version, want.String()+": "
	}
	found, err := sdksource.FindLock(s.Dir)
	if err != nil {
		return release, "", err
	}
	if o.From == FromProxy {
		found = ""
	}
	if o.From == FromLock && found == "" {
		return release, "", fmt.Errorf("%s: there is no %s in it or above it; next: overlay sdk lock VERSION, or leave -from out", s.Dir, sdklock.Name)
	}
	if found != "" {
		release.Version, err = sdksource.Resolve(ctx, text, o.Platform, found)
		if err == nil {
			return release, found, nil
		}
		if o.From == FromLock {
			return release, "", fmt.Errorf("%s%w", why, err)
		}
	}
	if release.Version, err = sdksource.Resolve(ctx, text, o.Platform, ""); err != nil {
		return release, "", fmt.Errorf("%s%w", why, err)
	}
	return release, "", nil
}

// installRelease installs a release of Go, unless it is installed already, and as it should be.
func (s *SDKs) installRelease(ctx context.Context, o InstallOptions) (*store.SDK, error) {
	if sdk := s.custom(o); sdk != nil {
		return sdk, nil
	}
	release, lock, err := s.release(ctx, o)
	if err != nil {
		return nil, err
	}
	name := o.Name
	if name == "" {
		name = store.NameOf(release.Version, release.Platform)
	}
	if sdk := s.healthy(ctx, name, release, lock); sdk != nil {
		return sdk, nil
	}
	return s.download(ctx, store.InstallOptions{Name: name}, release, lock, o.Unverified)
}

// custom returns the SDK that files of the folder ask for by a name that is of no release, if it is installed.
func (s *SDKs) custom(o InstallOptions) *store.SDK {
	if o.What != "" {
		return nil
	}
	want, err := sdksource.Wanted(s.Dir)
	if err != nil || !want.Custom {
		return nil
	}
	sdk, err := s.Store.Find(want.Version)
	if err != nil {
		return nil
	}
	return sdk
}

// healthy returns the SDK with a name if it is the release, with all of its files, which what others have done to is undone.
func (s *SDKs) healthy(ctx context.Context, name string, release sdkmodule.SDK, lock string) *store.SDK {
	sdk, err := s.Store.Find(name)
	if err != nil || sdk.Version != "go"+release.Version || sdk.Platform != release.Platform {
		return nil
	}
	m, err := s.Store.Manifest(sdk)
	if err != nil {
		return nil
	}
	if lock != "" {
		if file, err := sdklock.Read(lock); err != nil {
			return nil
		} else if entry, ok := file.Entry(release); ok && entry.H1 != m.H1() {
			return nil
		}
	}
	problems, err := s.Store.Verify(ctx, []string{name}, func(int64) {})
	if err != nil || len(problems) > 0 {
		return nil
	}
	if _, err := s.Store.Path(ctx, name); err != nil { // It may be packed.
		return nil
	}
	return sdk
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
	release, lock, err := s.release(ctx, o)
	if err != nil {
		return nil, err
	}
	stockName := store.NameOf(release.Version, release.Platform)
	stock := s.healthy(ctx, stockName, release, lock)
	if stock == nil {
		if stock, err = s.download(ctx, store.InstallOptions{Name: stockName}, release, lock, o.Unverified); err != nil {
			return nil, err
		}
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
		name = stockName + "-" + changes.Name()
	}
	if name == stockName {
		return nil, fmt.Errorf("%s is the name of the SDK without overlays; give it another by -name", name)
	}
	if err := store.CheckName(name); err != nil {
		return nil, fmt.Errorf("%w; give it another by -name", err)
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
	if err == nil {
		_, err = s.Store.Manifest(sdk)
	}
	if err != nil {
		// Its manifest can't be read: by its name, then.
		text, platform, ok := strings.Cut(name, "-")
		release.Version, release.Platform = text, gosdk.Host
		if ok {
			release.Platform, err = gosdk.ParsePlatform(platform)
			if err != nil {
				return release, "", err
			}
		}
	} else {
		release = sdkmodule.SDK{Version: strings.TrimPrefix(sdk.Version, "go"), Platform: sdk.Platform}
	}
	if release.Version, err = sdkmodule.ParseVersion(release.Version); err != nil {
		return release, "", err
	}
	path, err := sdksource.FindLock(s.Dir)
	if err != nil || path == "" {
		return release, "", err
	}
	file, err := sdklock.Read(path)
	if err != nil {
		return release, "", err
	}
	if _, ok := file.Entry(release); !ok {
		path = ""
	}
	return release, path, nil
}
