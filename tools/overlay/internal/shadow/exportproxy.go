package shadow

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
)

// A Published is a module of a proxy, with changes.
type Published struct {
	Path, Version string // v1.6.0-overlay.0123456789ab
	Base          string // version that the changes are for: v1.6.0
	Sum, GoModSum string // as go.sum has them
}

// Replace returns the line for go.mod or go.work.
func (p Published) Replace() string {
	return fmt.Sprintf("replace %s %s => %[1]s %[3]s", p.Path, p.Base, p.Version)
}

// Sums returns the lines for go.sum.
func (p Published) Sums() []string {
	return []string{
		fmt.Sprintf("%s %s %s", p.Path, p.Version, p.Sum),
		fmt.Sprintf("%s %s/go.mod %s", p.Path, p.Version, p.GoModSum),
	}
}

// ExportProxy writes modules with changes into a folder that is not there yet, or is empty, as a module proxy: all of them, or nothing. Each has
// a version of its own, which tells what it has: the same content has the same version, and the same bytes, everywhere.
func ExportProxy(ctx context.Context, modules []Module, folder string) (published []Published, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	modules = slices.Clone(modules)
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	for _, m := range modules {
		if err := publishable(m); err != nil {
			return nil, err
		}
	}
	err = writeWhole(folder, func(temporary string) error {
		for _, m := range modules {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			p, err := publish(m, temporary)
			if err != nil {
				return err
			}
			published = append(published, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return published, nil
}

// publishable returns an error for what can't be a module of a proxy.
func publishable(m Module) error {
	switch {
	case m.Std:
		return errors.New("overlays change Go's own packages, which no module proxy has; next: overlay export -to FOLDER, or a set without those")
	case m.Vendor:
		return fmt.Errorf("%s is in a vendor folder, which has a part of it only; next: run go mod download %[1]s, and export with -mod=mod in GOFLAGS", m.Path)
	case m.Own || m.Version == "":
		return fmt.Errorf("%s has no version here, so that nothing can be said in its place; next: name an overlay, or a set, of modules that have one", m.Path)
	case !versionForm.MatchString(m.Version):
		return fmt.Errorf("%s has the version %s, expected one such as v1.6.0", m.Path, m.Version)
	}
	return nil
}

func publish(m Module, folder string) (Published, error) {
	p := Published{Path: m.Path, Base: m.Version}
	tree, err := treeOf(m)
	if err != nil {
		return p, err
	}
	if err := tree.check(m); err != nil {
		return p, err
	}
	digest, err := tree.sum(m.Path + "@" + m.Version)
	if err != nil {
		return p, err
	}
	p.Version = versionWith(m.Version, hex.EncodeToString(digest))
	digest, err = tree.sum(m.Path + "@" + p.Version)
	if err != nil {
		return p, err
	}
	p.Sum = "h1:" + base64.StdEncoding.EncodeToString(digest)
	mod := []byte("module " + m.Path + "\n")
	if file, ok := tree["go.mod"]; ok {
		if mod, err = file.read(); err != nil {
			return p, err
		}
	}
	digest, err = moduleTree{"go.mod": {content: mod}}.sum("")
	if err != nil {
		return p, err
	}
	p.GoModSum = "h1:" + base64.StdEncoding.EncodeToString(digest)

	archive, err := tree.zip(m.Path + "@" + p.Version)
	if err != nil {
		return p, err
	}
	info, err := record.Marshal(map[string]any{"Version": p.Version})
	if err != nil {
		return p, err
	}
	at := filepath.Join(folder, filepath.FromSlash(upstream.Escape(m.Path)), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		return p, err
	}
	file := filepath.Join(at, upstream.Escape(p.Version))
	return p, output.Write(
		output.File{Path: file + ".zip", Content: archive},
		output.File{Path: file + ".mod", Content: mod},
		output.File{Path: file + ".info", Content: info},
		output.File{Path: filepath.Join(at, "list"), Content: []byte(p.Version + "\n")},
	)
}

var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+incompatible)?$`)

// versionWith returns the version of a module with changes: v1.6.0-overlay.DIGEST, which is before v1.6.0, as all versions with a hyphen are.
// One that has a hyphen already, such as v1.6.0-rc.1 or that of a commit, has the digest behind it: it comes after that, and the go
// command does not look for it in version control.
func versionWith(version, digest string) string {
	version, incompatible := strings.CutSuffix(version, "+incompatible")
	// Numbers must not begin with a zero.
	part := digest[:12]
	for i := 12; part[0] == '0' && strings.Trim(part, "0123456789") == "" && i+12 <= len(digest); i++ {
		part = digest[i : i+12]
	}
	separator := "-"
	if strings.Contains(version, "-") {
		separator = "."
	}
	version += separator + "overlay." + part
	if incompatible {
		version += "+incompatible"
	}
	return version
}

// A moduleTree has the files of a module, by names.
type moduleTree map[string]moduleFile

type moduleFile struct {
	path    string // has the content, or is empty
	content []byte
	exec    fs.FileMode
}

func (f moduleFile) open() (io.ReadCloser, error) {
	if f.path == "" {
		return io.NopCloser(bytes.NewReader(f.content)), nil
	}
	return os.Open(f.path)
}

func (f moduleFile) read() ([]byte, error) {
	if f.path == "" {
		return f.content, nil
	}
	return os.ReadFile(f.path)
}

// treeOf returns the files of a module with its changes.
func treeOf(m Module) (moduleTree, error) {
	tree := moduleTree{}
	err := files.Walk(m.Dir, func(name, path string, info fs.FileInfo) error {
		tree[name] = moduleFile{path: path, exec: info.Mode() & 0o111}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if f.New == nil {
			delete(tree, f.Name)
			continue
		}
		tree[f.Name] = moduleFile{content: f.New}
	}
	return tree, nil
}

func (t moduleTree) names() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check returns an error if the go command would take no zip of the files.
func (t moduleTree) check(m Module) error {
	const most, mostOfOne = 500 << 20, 16 << 20
	total := int64(0)
	folded := map[string]string{}
	for _, name := range t.names() {
		size := int64(len(t[name].content))
		if path := t[name].path; path != "" {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			size = info.Size()
		}
		total += size
		switch other, ok := folded[strings.ToLower(name)]; {
		case ok:
			return fmt.Errorf("%s: %s and %s are one name where upper and lower case are the same, which modules can't have: choose another name", m.Path, other, name)
		case strings.ContainsAny(name, "\"'*<>?`|\\:") || strings.HasSuffix(name, "."):
			return fmt.Errorf("%s: %s is no name that files of modules can have: choose another name", m.Path, name)
		case strings.HasSuffix(name, "/go.mod"):
			return fmt.Errorf("%s: %s makes a module of its own of the folder, which is not in this one: take it out of the overlay", m.Path, name)
		case (name == "go.mod" || name == "LICENSE") && size > mostOfOne:
			return fmt.Errorf("%s: %s has %d bytes, and may have %d in a module", m.Path, name, size, mostOfOne)
		case total > most:
			return fmt.Errorf("%s: the files have more than %d bytes, which modules can't have", m.Path, most)
		}
		folded[strings.ToLower(name)] = name
	}
	return nil
}

// sum returns what go.sum has of files, in base64.
func (t moduleTree) sum(prefix string) ([]byte, error) {
	if prefix != "" {
		prefix += "/"
	}
	all := sha256.New()
	for _, name := range t.names() { // The prefix changes nothing about their order.
		r, err := t[name].open()
		if err != nil {
			return nil, err
		}
		hash := sha256.New()
		_, err = io.Copy(hash, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		fmt.Fprintf(all, "%x  %s\n", hash.Sum(nil), prefix+name)
	}
	return all.Sum(nil), nil
}

// zip returns an archive that has no times and modes, and is not compressed: that may depend on the version of Go.
func (t moduleTree) zip(prefix string) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range t.names() {
		f, err := w.CreateHeader(&zip.FileHeader{Name: prefix + "/" + name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		r, err := t[name].open()
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(f, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
