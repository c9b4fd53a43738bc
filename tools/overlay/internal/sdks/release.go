package sdks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

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
	name := o.Name
	if name == "" {
		name = store.NameOf(release.Version, release.Platform)
	}
	if _, err := checkRelease(name, release, false); err != nil {
		return nil, err
	}
	return s.releaseAs(ctx, name, release, o.Unverified)
}

// releaseAs returns a release by a name, which it installs if need be.
func (s *SDKs) releaseAs(ctx context.Context, name string, release sdkmodule.SDK, unverified bool) (*store.SDK, error) {
	lock, h1, err := s.lockOf(release)
	if err != nil {
		return nil, err
	}
	if sdk := s.healthy(ctx, name, release, h1); sdk != nil {
		return sdk, nil
	}
	if stockName := store.NameOf(release.Version, release.Platform); name != stockName {
		if stock := s.healthy(ctx, stockName, release, h1); stock != nil {
			return s.installAs(ctx, name, stock)
		}
	}
	return s.download(ctx, store.InstallOptions{Name: name}, release, lock, unverified)
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
