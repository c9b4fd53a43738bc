// Package shadow lets the go command compile packages with overlays.
//
// The go command has files of the repository and of its vendor folders replaced by its flag -overlay. From Go 1.25 on it lets no file
// of the module cache be replaced so; such a module becomes a shadow module: a folder with all files of it, as links where
// that is safe, and the changed ones in their place. A go.work beside the one of the repository has it in the place of
// the module. Of Go's own packages, a whole GOROOT is made.
//
// What is made is in a folder of the user's cache, an entry for each repository, and never in the repository. Its paths stay the
// same when overlays are edited, so that the go command compiles what an edit reaches, and nothing else. Whoever builds
// while overlays are edited gets what stands there, as with any source.
package shadow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// A Module is one of which overlays change files.
type Module struct {
	Path    string // std for Go's own packages
	Version string // that the changes are for: v1.6.0, go1.26.8; or empty
	Dir     string // where the go command has it: in the module cache, a vendor folder, the repository; GOROOT
	Std     bool   // whether it is Go itself
	Own     bool   // whether it is the repository
	Vendor  bool   // whether it is in a vendor folder
	Files   []File
}

// A File is one that overlays change.
type File struct {
	Name     string   // relative to Dir, with slashes
	Old      []byte   // nil if there is none
	New      []byte   // nil if it is deleted
	Source   string   // path of the file that has New as it is, or empty
	Overlays []string // names, for messages
}

// path returns where the go command has the file.
func (m Module) path(f File) string { return filepath.Join(m.Dir, filepath.FromSlash(f.Name)) }

// A Setup is what the go command is to be run with.
type Setup struct {
	Program string   // path of the go command
	Args    []string // for it
	Env     []string

	Folder string // the entry; empty if nothing had to be made
	GoWork string // path of the go.work, or empty
	GOROOT string // path of the GOROOT with overlays, or empty
	// ModFile is the path of what the flag -modfile of the go command has in the place of GoWork, or empty.
	ModFile string
	JSON    string // path of what the flag -overlay of the go command has, or empty

	// Files has the paths of files, as they are edited or else made, by those that the go command has for them.
	Files map[string]string
}

// Options are what Prepare is told beside the changes.
type Options struct {
	Cache    string // folder for what is made
	Name     string // of what is in force, such as the set; each has an entry of its own in a repository
	Root     string // folder of the repository
	ToolExec []string
}

// Prepare makes what the go command needs to compile with changes, and returns how to run it with arguments. A flag -overlay among these,
// or in GOFLAGS, is another source of changes.
func Prepare(ctx context.Context, g *Go, args *Arguments, modules []Module, o Options) (*Setup, error) {
	setup := &Setup{Program: g.Program, Args: args.List(), Env: g.Env, Files: map[string]string{}}
	if !args.Compiles() {
		return setup, nil
	}
	users, usersText, err := g.usersOverlay(ctx, args)
	if err != nil {
		return nil, err
	}
	modules, err = merge(modules, users)
	if err != nil {
		return nil, err
	}
	if len(modules) == 0 {
		return setup, nil
	}
	if err := args.refuseVersions(); err != nil {
		return nil, err
	}
	p := &preparing{Setup: setup, Options: o, g: g, args: args, made: map[string][]byte{}}
	std := p.divide(modules)
	if err := p.refuse(); err != nil {
		return nil, err
	}
	if std != nil {
		if err := p.makeGOROOT(ctx, *std); err != nil {
			return nil, err
		}
	}
	if len(p.shadows)+len(p.replaced) == 0 {
		return setup, p.setFlags()
	}
	// What differs between two commands that run at once is in entries of their own: but for edits, an entry always has the same.
	sum := sha256.Sum256([]byte(strings.Join([]string{o.Root, o.Name, g.GOMOD, g.GOWORK, g.GOVERSION, usersText}, "\x00")))
	setup.Folder = filepath.Join(o.Cache, "work", filepath.Base(o.Root)+"-"+hex.EncodeToString(sum[:6]))
	return setup, p.makeEntry(ctx)
}

// preparing is a setup that is being made.
type preparing struct {
	*Setup
	Options
	g    *Go
	args *Arguments

	shadows  []Module // that become shadow modules
	replaced []Module // whose files the go command replaces by -overlay

	replace map[string]string // of -overlay
	made    map[string][]byte // what the entry has beside shadow modules, by paths
}

// divide tells the ways in which modules are given to the go command, and returns Go itself, if it is among them.
func (p *preparing) divide(modules []Module) (std *Module) {
	for i, m := range modules {
		switch {
		case m.Std:
			std = &modules[i]
		case p.g.isCached(m.Dir):
			p.shadows = append(p.shadows, m)
		default:
			p.replaced = append(p.replaced, m)
		}
	}
	return std
}

// refuse returns an error where the user has told the go command what keeps it from compiling with the changes.
func (p *preparing) refuse() error {
	if len(p.shadows) == 0 {
		return nil
	}
	names := p.shadows[0].Path
	if len(p.shadows) > 1 {
		names += fmt.Sprintf(" and %d others", len(p.shadows)-1)
	}
	reason := fmt.Sprintf("overlays change %s, which the go command is given by a go.work", names)
	for _, flag := range []string{"mod", "modfile"} {
		value, in := p.args.flag(flag), ""
		if value == "" {
			value, in = p.g.goflag(flag), " in GOFLAGS"
		}
		from := "-" + flag + "=" + value + in
		switch {
		case value == "", flag == "mod" && value == "readonly":
		case flag == "mod" && value == "vendor":
			return fmt.Errorf("%s can't be had here: %s, and it is not in the vendor folder; run go mod vendor, or leave the flag out", from, reason)
		default:
			return fmt.Errorf("%s can't be had here: %s, and with such the go command refuses the flag; "+
				"leave it out, or let go mod tidy or go get, which need no overlays, change go.mod", from, reason)
		}
	}
	if p.g.GO111MODULE == "off" {
		return fmt.Errorf("GO111MODULE=off can't be had here: %s, and without modules there is none", reason)
	}
	if (p.g.GOMOD == "" || p.g.GOMOD == os.DevNull) && (p.g.GOWORK == "" || p.g.GOWORK == "off") {
		return fmt.Errorf("%s is in no module: %s, which needs one", p.g.Dir, reason)
	}
	return nil
}

// makeEntry writes the entry: shadow modules, go.work, and the JSON of -overlay.
func (p *preparing) makeEntry(ctx context.Context) error {
	unlock, err := takeFolder(ctx, p.Folder)
	if err != nil {
		return p.unwritable(err)
	}
	defer unlock()
	p.replace = map[string]string{}
	for _, m := range p.replaced {
		for _, f := range m.Files {
			p.replace[m.path(f)] = p.sourceOf(f)
			p.Files[m.path(f)] = p.replace[m.path(f)]
		}
	}
	if len(p.shadows) > 0 {
		if err := p.makeShadows(ctx); err != nil {
			return p.unwritable(err)
		}
		text, err := p.goWork(ctx, func(path string) (string, error) { return path, nil })
		if err != nil {
			return err
		}
		p.GoWork = filepath.Join(p.Folder, "go.work")
		p.made[p.GoWork] = text
		if err := p.addSums(); err != nil {
			return err
		}
		if err := p.setModules(ctx, text); err != nil {
			return err
		}
	}
	if len(p.replace) > 0 {
		content, err := record.Marshal(map[string]any{"Replace": p.replace})
		if err != nil {
			return err
		}
		p.JSON = filepath.Join(p.Folder, "overlay.json")
		p.made[p.JSON] = content
	}
	if err := p.setFlags(); err != nil {
		return err
	}
	return p.unwritable(p.writeMade())
}

// sourceOf returns the path of a file that has what a file is to be: the overlay file, or one of the entry. It is empty if the
// file is deleted.
func (p *preparing) sourceOf(f File) string {
	if f.New == nil {
		return ""
	}
	// Profiles name a file by the base name of what cover is given.
	if f.Source != "" && (!p.args.covers(p.g) || filepath.Base(f.Source) == filepath.Base(f.Name)) {
		return f.Source
	}
	sum := sha256.Sum256(f.New)
	path := filepath.Join(p.Folder, "files", hex.EncodeToString(sum[:8]), filepath.Base(f.Name))
	p.made[path] = f.New
	return path
}

// writeMade writes the files of the entry that are not there as they are to be.
func (p *preparing) writeMade() error {
	var files []output.File
	for path, content := range p.made {
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		files = append(files, output.File{Path: path, Content: content})
	}
	// What names other files comes after them.
	slices.SortFunc(files, func(a, b output.File) int {
		return strings.Compare(filepath.Dir(b.Path)+"\x00"+b.Path, filepath.Dir(a.Path)+"\x00"+a.Path)
	})
	return output.Write(files...)
}

// unwritable says of an error where the entry is, and how to have it elsewhere.
func (p *preparing) unwritable(err error) error {
	if err == nil || errors.Is(err, interrupt.Err) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w\nthe folder for what the go command compiles can't be written; another one can be named in the environment, as GO_OVERLAY_SHADOW", err)
}

// merge adds changes of the user's own flag -overlay to those of overlays.
func merge(modules, users []Module) ([]Module, error) {
	merged := slices.Clone(modules)
	changed := map[string][]string{} // by paths, the overlays
	for _, m := range modules {
		for _, f := range m.Files {
			changed[m.path(f)] = f.Overlays
		}
	}
	var errs []error
	for _, m := range users {
		for _, f := range m.Files {
			if overlays, ok := changed[m.path(f)]; ok {
				errs = append(errs, fmt.Errorf("%s is changed by %s and by the flag -overlay: take it out of one", m.path(f), strings.Join(overlays, ", ")))
			}
		}
		i := slices.IndexFunc(merged, func(other Module) bool { return other.Dir == m.Dir && other.Std == m.Std })
		if i < 0 {
			merged = append(merged, m)
			continue
		}
		merged[i].Files = append(slices.Clone(merged[i].Files), m.Files...)
	}
	return merged, errors.Join(errs...)
}
