package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
)

// An SDK is one that is installed. What is told here takes no look at its files, nor at the list of them.
type SDK struct {
	Name     string
	ID       Digest // that of the manifest
	Version  string // go1.26.8
	Platform gosdk.Platform
	Tree     string // its GOROOT in the store, which need not be there
	LaidOut  bool   // whether it is
	Current  bool
	Before   bool // whether it is the one before the current one, to which a rollback leads
	Pinned   bool
	LastUsed time.Time
}

var nameForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._+-]*$`)

// CheckName returns an error unless an SDK may have a name.
func CheckName(name string) error {
	if !nameForm.MatchString(name) || len(name) > 100 || strings.HasSuffix(name, ".") || strings.HasSuffix(name, temporarySuffix) {
		return fmt.Errorf("%q can't be the name of an SDK, expected letters, digits, and . _ + - such as 1.26.8-prod", cut(name))
	}
	return nil
}

// NameOf returns the name that an SDK has unless its user gives it another: the version, and the platform if that is not the one of this machine.
func NameOf(version string, platform gosdk.Platform) string {
	name := strings.TrimPrefix(version, "go")
	if platform != gosdk.Host {
		name += "-" + platform.String()
	}
	return name
}

// setName makes an SDK one that is installed.
func (s *Store) setName(name string, m *Manifest) error {
	dir, err := s.folder("sdks")
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // where links need a privilege
		return writeFlushed(filepath.Join(dir, name), m.Text())
	}
	return writeLink(filepath.Join(dir, name), filepath.Join("..", "manifests", m.ID().String()))
}

// manifest reads what files an SDK has.
func (s *Store) manifest(id Digest) (*Manifest, error) {
	path := s.path("manifests", id.String())
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if found := Digest(sha256.Sum256(text)); found != id {
		return nil, &damagedError{path, fmt.Sprintf("expected the SHA-256 %s, found %s", id, found)}
	}
	m, err := ParseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Manifest reads what files an SDK has.
func (s *Store) Manifest(sdk *SDK) (*Manifest, error) {
	m, err := s.manifest(sdk.ID)
	return m, damagedOrMissing(err)
}

// names returns the names of all SDKs, in the order of their versions.
func (s *Store) names() ([]string, error) {
	entries, err := os.ReadDir(s.path("sdks"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if nameForm.MatchString(entry.Name()) && !strings.HasSuffix(entry.Name(), temporarySuffix) {
			names = append(names, entry.Name())
		}
	}
	slices.SortFunc(names, CompareNames)
	return names, nil
}

// CompareNames orders names as the versions that they begin with: 1.9 < 1.10rc1 < 1.10 < 1.10-prod.
func CompareNames(a, b string) int {
	versionOf := func(name string) string {
		v, _, _ := strings.Cut(name, "-")
		return "go" + v
	}
	return cmp.Or(version.Compare(versionOf(a), versionOf(b)), strings.Compare(a, b))
}

// List returns all SDKs that are installed. Those whose manifests can't be read are left out, and are errors.
func (s *Store) List() ([]*SDK, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	generations, _ := s.History()
	var errs []error
	var sdks []*SDK
	for _, name := range names {
		sdk, err := s.sdkBeside(name, generations)
		if err != nil && !exists(s.path("sdks", name)) {
			continue // It has been removed meanwhile.
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w; next: overlay sdk repair", name, err))
			continue
		}
		sdks = append(sdks, sdk)
	}
	return sdks, errors.Join(errs...)
}

func (s *Store) sdk(name string) (*SDK, error) {
	generations, _ := s.History() // Where there are none, no SDK is current.
	return s.sdkBeside(name, generations)
}

// sdkBeside is the same for who knows the generations.
func (s *Store) sdkBeside(name string, generations []Generation) (*SDK, error) {
	path := s.path("sdks", name)
	sdk := &SDK{Name: name}
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if target, err := os.Readlink(path); err == nil {
		if sdk.ID, err = ParseDigest(filepath.Base(target)); err != nil {
			return nil, fmt.Errorf("%s leads to %s: %w", path, target, err)
		}
	} else {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sdk.ID = sha256.Sum256(text)
	}
	if sdk.Version, sdk.Platform, err = readHead(path); err != nil {
		return nil, err
	}
	sdk.Tree = s.tree(sdk.Version, sdk.ID)
	sdk.LaidOut = isTree(sdk.Tree)
	sdk.Pinned = exists(s.path("pins", name))
	sdk.LastUsed = info.ModTime()
	if used, err := os.Stat(s.path("used", name)); err == nil {
		sdk.LastUsed = used.ModTime()
	}
	for _, g := range inForce(generations) {
		if filepath.Base(g.Tree) == filepath.Base(sdk.Tree) {
			sdk.Current, sdk.Before = sdk.Current || g.Current, sdk.Before || !g.Current
		}
	}
	return sdk, nil
}

// Find returns the SDK with a name.
func (s *Store) Find(name string) (*SDK, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	sdk, err := s.sdk(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.notInstalled(name)
	}
	return sdk, err
}

// A NotInstalledError says that the store has no SDK with a name.
type NotInstalledError struct {
	Name string
	near []string
	all  []string
}

func (e *NotInstalledError) Error() string {
	text := fmt.Sprintf("the Go SDK %s is not installed", e.Name)
	switch {
	case len(e.near) > 0:
		text += "; is " + strings.Join(e.near, " or ") + " meant?"
	case len(e.all) > 0:
		text += "; those that are: " + strings.Join(e.all, ", ")
	}
	if strings.Contains(e.Name, "-") || !version.IsValid("go"+e.Name) { // What is no release comes from nowhere.
		return text + "; next: overlay sdk list"
	}
	return text + "; next: overlay sdk install " + e.Name
}

func (s *Store) notInstalled(name string) error {
	names, err := s.names()
	if err != nil {
		return err
	}
	near := suggest.Near(name, names)
	if language := version.Lang("go" + name); language != "" { // What looks like it, may be far from it.
		near = slices.DeleteFunc(near, func(n string) bool { return version.Lang("go"+n) != language })
	}
	return &NotInstalledError{Name: name, near: near, all: names}
}

// install gives an SDK a name and lays it out. Its objects and its manifest are in the store.
func (s *Store) install(ctx context.Context, name string, m *Manifest) error {
	tree := s.tree(m.Version, m.ID())
	if exists(tree) {
		// What others have done to it is undone: who installs again may do so for that.
		if err := s.mendTree(ctx, m, tree); err != nil {
			return err
		}
	} else if err := s.ensure(ctx, m, tree); err != nil {
		return err
	}
	return s.setName(name, m)
}

// InstallOptions say how an SDK is installed.
type InstallOptions struct {
	Name      string                               // or NameOf
	FilesOnly bool                                 // take files and manifest only, which others may lack; no name changes, and nothing is laid out
	Accept    func(m *Manifest, name string) error // or nil: it is asked before anything changes
	Verified  bool                                 // whether what Accept lets be is what the checksum database has published
	Progress  func(bytes int64)                    // or nil: so many more have been read
}

// Install takes the files of a source into the store, as an SDK with a name, and lays it out. An SDK that has the name already, with other
// files, loses it. After an error nothing has changed but for objects that nobody asks for, which [Store.Clean] removes. With FilesOnly there is
// no SDK to return.
func (s *Store) Install(ctx context.Context, source *Source, o InstallOptions) (sdk *SDK, err error) {
	return s.installing(ctx, o, func(shelf *shelf, o *InstallOptions) (*Manifest, error) {
		return shelf.ingest(ctx, source, o.Progress)
	})
}

// installing installs what a function puts on a shelf.
func (s *Store) installing(ctx context.Context, o InstallOptions, fill func(*shelf, *InstallOptions) (*Manifest, error)) (sdk *SDK, err error) {
	done, err := s.add(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	shelf, remove, err := s.newShelf()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	m, err := fill(shelf, &o)
	if err != nil {
		return nil, err
	}
	if program := m.Platform.Binary("go"); !slices.ContainsFunc(m.Files, func(f File) bool { return f.Path == program }) {
		return nil, fmt.Errorf("expected a Go SDK, but there is no file %s", program)
	}
	if o.Name == "" {
		o.Name = NameOf(m.Version, m.Platform)
	}
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	if o.Accept != nil {
		if err := o.Accept(m, o.Name); err != nil {
			return nil, err
		}
	}
	if old, err := s.sdk(o.Name); err == nil && old.Pinned && old.ID != m.ID() {
		return nil, fmt.Errorf("%s is pinned, and is an SDK with other files; next: give this one another name by -name, or overlay sdk unpin %s", o.Name, o.Name)
	}
	if err := shelf.store(); err != nil {
		return nil, s.unwritable(err)
	}
	if err := s.writeManifest(m); err != nil {
		return nil, s.unwritable(err)
	}
	if o.Verified {
		if err := s.setVerified(m.ID()); err != nil {
			return nil, s.unwritable(err)
		}
	}
	if o.FilesOnly {
		return nil, nil
	}
	if err := s.install(ctx, o.Name, m); err != nil {
		return nil, err
	}
	s.touch(o.Name)
	return s.sdk(o.Name)
}

// touch remembers that an SDK is used now. Where that can't be written it doesn't matter.
func (s *Store) touch(name string) {
	path := s.path("used", name)
	now := time.Now()
	if os.Chtimes(path, now, now) == nil {
		return
	}
	_ = s.mark(name)
}

// Pin keeps an SDK from being cleaned away, packed or removed, or lets it go again.
func (s *Store) Pin(ctx context.Context, name string, pinned bool) error {
	done, err := s.add(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := s.Find(name); err != nil {
		return err
	}
	if !pinned {
		return s.unwritable(removeIfThere(s.path("pins", name)))
	}
	dir, err := s.folder("pins")
	if err != nil {
		return s.unwritable(err)
	}
	return s.unwritable(writeFlushed(filepath.Join(dir, name), nil))
}
