package shadow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// makeGOROOT makes a GOROOT with changes, and has its go command take the place of the one that was asked.
func (p *preparing) makeGOROOT(ctx context.Context, std Module) error {
	if err := p.g.refuseStd(std); err != nil {
		return err
	}
	folder := filepath.Join(p.Cache, "goroot")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return p.unwritable(err)
	}
	folder, err := filepath.EvalSymlinks(folder) // The go command has it so.
	if err != nil {
		return err
	}
	root := filepath.Join(folder, p.g.GOVERSION+"-"+p.identity(std))
	if !exists(root) {
		if err := p.writeGOROOT(ctx, root, std); err != nil {
			return p.unwritable(err)
		}
	}
	touch(root)
	if err := checkGOROOT(root, std); err != nil {
		return err
	}
	for _, f := range std.Files {
		if f.Source != "" {
			p.Files[filepath.Join(root, filepath.FromSlash(f.Name))] = f.Source
		}
	}
	p.GOROOT = root
	p.Program = filepath.Join(root, "bin", "go")
	if runtime.GOOS == "windows" {
		p.Program = filepath.Join(root, "bin", "go.exe")
	}
	// A go.mod that asks for a newer Go is an error then, and not another Go, without the changes. What runs below finds this one first.
	p.Env = withVariable(p.Env, "GOTOOLCHAIN", "local")
	p.Env = withoutVariable(p.Env, "GOROOT")
	p.Env = withVariable(p.Env, "PATH", filepath.Join(root, "bin")+string(filepath.ListSeparator)+Variable(p.Env, "PATH"))
	patched := *p.g
	patched.Program, patched.Env = p.Program, p.Env
	out, err := patched.Output(ctx, "env", "-json", "GOROOT", "GOVERSION")
	if err != nil {
		return err
	}
	var found Settings
	if err := json.Unmarshal(out, &found); err != nil {
		return fmt.Errorf("go env -json wrote what is no JSON: %w", err)
	}
	if real, err := filepath.EvalSymlinks(found.GOROOT); err != nil || real != root || found.GOVERSION != p.g.GOVERSION {
		return fmt.Errorf("%s has the GOROOT %s and is %s, expected %s and %s: it would compile without overlays", p.Program, found.GOROOT, found.GOVERSION, root, p.g.GOVERSION)
	}
	return nil
}

// refuseStd returns an error for changes that no GOROOT can be made of.
func (g *Go) refuseStd(std Module) error {
	for _, f := range std.Files {
		if strings.HasPrefix(f.Name, "src/cmd/") || strings.HasPrefix(f.Name, "pkg/") || strings.HasPrefix(f.Name, "bin/") {
			return fmt.Errorf("%s: %s belongs to Go's own tools, which would have to be compiled anew; a go_goroot target of Bazel does so", strings.Join(f.Overlays, ", "), f.Name)
		}
	}
	if std.Version != "" && std.Version != g.GOVERSION {
		return fmt.Errorf("%s: it is for %s, and the go command has %s; next: overlay rebase", strings.Join(std.Files[0].Overlays, ", "), std.Version, g.GOVERSION)
	}
	return nil
}

// identity returns a name of what a GOROOT is made of: that of the go command, and the changes.
func (p *preparing) identity(std Module) string {
	hash := sha256.New()
	fmt.Fprintln(hash, p.g.GOROOT)
	if info, err := os.Stat(filepath.Join(p.g.GOROOT, "VERSION")); err == nil {
		fmt.Fprintln(hash, info.Size(), info.ModTime().UnixNano())
		if info.Mode().Perm()&0o222 != 0 { // Others may have been changed since.
			files.Walk(p.g.GOROOT, func(name, _ string, info fs.FileInfo) error {
				fmt.Fprintln(hash, name, info.Size(), info.ModTime().UnixNano())
				return nil
			})
		}
	}
	for _, f := range std.Files {
		fmt.Fprintf(hash, "%q %t %d\n%s", f.Name, f.New == nil, len(f.New), f.New)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// writeGOROOT writes a GOROOT, or nothing.
func (p *preparing) writeGOROOT(ctx context.Context, root string, std Module) error {
	source, err := p.linkable(ctx)
	if err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(root), "changes.*.tmp")
	if err != nil {
		return err
	}
	defer removeTree(temporary)
	changes, err := stdChanges(temporary, std)
	if err != nil {
		return err
	}
	made, err := writeTree(ctx, source, root, changes, true)
	if err != nil {
		return err
	}
	return settle(made, root)
}

// settle gives a tree that was made its name, unless another command has been faster.
func settle(made, root string) error {
	err := os.Rename(made, root)
	if err == nil {
		return nil
	}
	if removed := removeTree(made); removed != nil || !exists(root) {
		return errors.Join(err, removed)
	}
	return nil
}

// stdChanges writes what files of Go itself are to be into a folder.
func stdChanges(folder string, std Module) (changes []gosdk.Change, err error) {
	for i, f := range std.Files {
		change := gosdk.Change{Name: f.Name}
		if f.New != nil {
			change.File = filepath.Join(folder, fmt.Sprint(i))
			mode := fs.FileMode(0o444)
			if info, err := os.Stat(filepath.Join(std.Dir, filepath.FromSlash(f.Name))); err == nil {
				mode |= info.Mode() & 0o111 // lib/wasm/go_js_wasm_exec is a program.
			}
			if err := os.WriteFile(change.File, f.New, mode); err != nil {
				return nil, err
			}
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// Completed returns changes of Go itself, which is in their Dir, with those that follow from them in a GOROOT: copies of headers, and go.env by which
// the go command stays the one that has the changes. They are what a GOROOT with the changes has otherwise than Dir, in the order of their names.
func Completed(ctx context.Context, std Module) ([]File, error) {
	temporary, err := os.MkdirTemp("", "overlay")
	if err != nil {
		return nil, err
	}
	defer removeTree(temporary)
	changes, err := stdChanges(temporary, std)
	if err != nil {
		return nil, err
	}
	// Of a tree with nothing but what is beside changes.
	options := goroot.Options{Root: filepath.Join(std.Dir, "VERSION"), Changes: changes, Out: filepath.Join(temporary, "goroot")}
	add := func(name string) error {
		path := filepath.Join(std.Dir, filepath.FromSlash(name))
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() || slices.Contains(options.Files, path) {
			return nil
		}
		options.Files = append(options.Files, path)
		return err
	}
	errs := []error{add("go.env")}
	overlays := map[string][]string{} // by names of what follows
	for _, f := range std.Files {
		if header := gosdk.IncludedHeader(f.Name); header != "" {
			overlays[header] = f.Overlays
			errs = append(errs, add(header))
		}
		if f.Old != nil {
			errs = append(errs, add(f.Name))
			continue
		}
		folder := path.Dir(f.Name)
		entries, err := os.ReadDir(filepath.Join(std.Dir, filepath.FromSlash(folder)))
		if err != nil && !errors.Is(err, os.ErrNotExist) { // The package may be new.
			errs = append(errs, err)
		}
		for _, entry := range entries { // Names must differ by more than their cases.
			errs = append(errs, add(path.Join(folder, entry.Name())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := goroot.Write(ctx, options); err != nil {
		return nil, err
	}
	completed := slices.Clone(std.Files)
	err = files.Walk(options.Out, func(name, path string, info fs.FileInfo) error {
		if slices.ContainsFunc(std.Files, func(f File) bool { return f.Name == name }) {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		old, err := os.ReadFile(filepath.Join(std.Dir, filepath.FromSlash(name)))
		if err == nil && !bytes.Equal(content, old) {
			completed = append(completed, File{Name: name, Old: old, New: content, Overlays: overlays[name]})
		}
		return err
	})
	slices.SortFunc(completed, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return completed, err
}

// writeTree writes a GOROOT like another one, with changes, to a folder beside a path, and returns it.
func writeTree(ctx context.Context, source, beside string, changes []gosdk.Change, link bool) (made string, err error) {
	var names []string
	err = files.Walk(source, func(name, path string, info fs.FileInfo) error {
		names = append(names, path)
		return nil
	})
	if err != nil {
		return "", err
	}
	made, err = os.MkdirTemp(filepath.Dir(beside), "tree.*.tmp")
	if err != nil {
		return "", err
	}
	options := goroot.Options{Root: filepath.Join(source, "VERSION"), Files: names, Changes: changes, Out: made, Link: link}
	if err := goroot.Write(ctx, options); err != nil {
		return "", errors.Join(err, removeTree(made))
	}
	return made, os.Chmod(made, 0o755)
}

// linkable returns a GOROOT of which others may have hard links: that of the go command, if nobody may write to its files, or else
// a copy, which is made once.
func (p *preparing) linkable(ctx context.Context) (string, error) {
	if info, err := os.Stat(filepath.Join(p.g.GOROOT, "VERSION")); err != nil || info.Mode().Perm()&0o222 == 0 {
		return p.g.GOROOT, err
	}
	copied := filepath.Join(p.Cache, "goroot", p.g.GOVERSION+"-"+p.identity(Module{}))
	if exists(copied) {
		touch(copied)
		return copied, nil
	}
	made, err := writeTree(ctx, p.g.GOROOT, copied, nil, true)
	if err != nil {
		return "", err
	}
	return copied, settle(made, copied)
}

// checkGOROOT returns an error if a GOROOT that was made before has not the changes any more.
func checkGOROOT(root string, std Module) error {
	for _, f := range std.Files {
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		content, err := os.ReadFile(path)
		if f.New == nil && errors.Is(err, os.ErrNotExist) || err == nil && f.New != nil && string(content) == string(f.New) {
			continue
		}
		return fmt.Errorf("%s is not what overlays make of it: the folder has been changed; next: delete %s, and run the command again", path, root)
	}
	return nil
}
