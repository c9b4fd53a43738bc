package shadow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// folderOf returns the folder of a shadow module, relative to the entry, with slashes. Binaries say it in their build information: it
// is the same on all machines.
func folderOf(m Module) string { return m.Path + "@" + m.Version }

// A state says what the shadow modules of an entry have been made of.
type state struct {
	Modules map[string]*shadowState // by their folders
}

type shadowState struct {
	Source   string   // folder that was copied
	Complete bool     // whether all files of it are there
	Changed  []string // names of files that are, or may be, others than those of Source
}

// makeShadows makes the shadow modules, and removes those that are none any more.
func (p *preparing) makeShadows(ctx context.Context) error {
	path := filepath.Join(p.Folder, "shadows.json")
	old := state{}
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &old)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		old = state{} // All are made anew.
	}
	next := state{Modules: map[string]*shadowState{}}
	for _, m := range p.shadows {
		s := &shadowState{Source: m.Dir}
		if was := old.Modules[folderOf(m)]; was != nil && was.Source == m.Dir {
			s.Complete = was.Complete
			s.Changed = append(s.Changed, was.Changed...)
		}
		for _, f := range m.Files {
			if !slices.Contains(s.Changed, f.Name) {
				s.Changed = append(s.Changed, f.Name)
			}
			p.Files[filepath.Join(p.Folder, filepath.FromSlash(folderOf(m)), filepath.FromSlash(f.Name))] = editedPath(p, m, f)
		}
		if !slices.Contains(s.Changed, "go.mod") {
			s.Changed = append(s.Changed, "go.mod") // One is made where there is none.
		}
		slices.Sort(s.Changed)
		next.Modules[folderOf(m)] = s
	}
	// It says what may have been changed before anything is: who is interrupted leaves nothing that the next one doesn't look at.
	save := func() error {
		content, err := record.Marshal(next)
		if err != nil {
			return err
		}
		if now, err := os.ReadFile(path); err == nil && bytes.Equal(now, content) {
			return nil
		}
		return output.Write(output.File{Path: path, Content: content})
	}
	if err := save(); err != nil {
		return err
	}
	for folder, was := range old.Modules {
		if next.Modules[folder] == nil || next.Modules[folder].Source != was.Source {
			if err := removeTree(filepath.Join(p.Folder, filepath.FromSlash(folder))); err != nil {
				return err
			}
		}
	}
	for _, m := range p.shadows {
		s := next.Modules[folderOf(m)]
		folder := filepath.Join(p.Folder, filepath.FromSlash(folderOf(m)))
		if _, err := os.Stat(folder); err != nil {
			s.Complete = false
		}
		if !s.Complete {
			if err := removeTree(folder); err != nil {
				return err
			}
			if err := mirror(ctx, folder, m.Dir); err != nil {
				return err
			}
			s.Complete = true
		}
		changed, err := change(folder, m, s.Changed)
		if err != nil {
			return err
		}
		s.Changed = changed
	}
	return save()
}

// editedPath returns the path of a file of a shadow module as people edit it, or else as it is there.
func editedPath(p *preparing, m Module, f File) string {
	if f.Source != "" {
		return f.Source
	}
	return filepath.Join(p.Folder, filepath.FromSlash(folderOf(m)), filepath.FromSlash(f.Name))
}

// change makes files of a shadow module what they are to be: names are those that may be others than the module's. It returns those that are.
func change(folder string, m Module, names []string) (changed []string, err error) {
	for _, name := range names {
		target := filepath.Join(folder, filepath.FromSlash(name))
		source := filepath.Join(m.Dir, filepath.FromSlash(name))
		i := slices.IndexFunc(m.Files, func(f File) bool { return f.Name == name })
		switch {
		case i >= 0 && m.Files[i].New == nil:
			err = os.Remove(target)
			if errors.Is(err, os.ErrNotExist) {
				err = nil
			}
		case i >= 0:
			err = put(target, m.Files[i].New)
		case name == "go.mod" && !exists(source):
			err = put(target, []byte("module "+m.Path+"\n"))
		default:
			err = restore(target, source)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		changed = append(changed, name)
	}
	return changed, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// put gives a file a content, if it has another one. It never writes through a link.
func put(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return output.Write(output.File{Path: path, Content: content, Mode: 0o444})
}

// restore gives a file the content of the module again, or removes it if the module has none.
func restore(target, source string) error {
	content, err := os.ReadFile(source)
	if errors.Is(err, os.ErrNotExist) {
		err = os.Remove(target)
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		return err
	}
	if err != nil {
		return err
	}
	return put(target, content)
}

// mirror makes a folder with all files of another one: hard links to those that nobody may write to, and copies of others.
func mirror(ctx context.Context, target, source string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(target), "mirror.*.tmp")
	if err != nil {
		return err
	}
	err = files.Mirror(temporary, source, func(target, source string) error {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		info, err := os.Stat(source)
		if err != nil {
			return err
		}
		if info.Mode()&^0o111 == 0o444 && info.Size() > 0 {
			if err := files.Link(target, source); err == nil || !files.CannotShare(err) {
				return err
			}
		}
		return files.Copy(target, source, 0o444|info.Mode()&0o111)
	})
	if err == nil {
		err = os.Chmod(temporary, 0o755)
	}
	if err == nil {
		err = os.Rename(temporary, target)
	}
	if err != nil {
		return errors.Join(err, removeTree(temporary))
	}
	return nil
}

// removeTree removes a folder, also one in which folders are read-only.
func removeTree(folder string) error {
	err := os.RemoveAll(folder)
	if errors.Is(err, fs.ErrPermission) {
		filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				os.Chmod(path, 0o755)
			}
			return nil
		})
		err = os.RemoveAll(folder)
	}
	return err
}

// goWork returns the text of a go.work like that of the repository, or for the module of the repository, with shadow modules in the place of
// modules.
func (p *preparing) goWork(ctx context.Context) ([]byte, error) {
	var text strings.Builder
	var work struct {
		Go, Toolchain string
		Use           []struct{ DiskPath string }
		Replace       []struct {
			Old, New struct{ Path, Version string }
		}
	}
	lines, uses := "", []string(nil)
	if p.g.GOWORK != "" && p.g.GOWORK != "off" {
		out, err := p.g.Output(ctx, "work", "edit", "-json", p.g.GOWORK)
		if err == nil {
			err = json.Unmarshal(out, &work)
		}
		if err != nil {
			return nil, err
		}
		for _, use := range work.Use {
			uses = append(uses, absolute(filepath.Dir(p.g.GOWORK), use.DiskPath))
		}
		lines = p.g.GOWORK
	} else {
		uses = append(uses, filepath.Dir(p.g.GOMOD))
		lines = p.g.GOMOD
	}
	content, err := os.ReadFile(lines)
	if err != nil {
		return nil, err
	}
	for _, line := range directives(string(content), "go", "toolchain", "godebug") {
		fmt.Fprintln(&text, line)
	}
	for _, use := range uses {
		fmt.Fprintf(&text, "use %s\n", quote(use))
	}
	for _, r := range work.Replace {
		if slices.ContainsFunc(p.shadows, func(m Module) bool { return m.Path == r.Old.Path }) {
			continue
		}
		to := r.New.Path
		if r.New.Version == "" {
			to = absolute(filepath.Dir(p.g.GOWORK), to)
		}
		fmt.Fprintf(&text, "replace %s => %s\n", strings.TrimSpace(r.Old.Path+" "+r.Old.Version), strings.TrimSpace(quote(to)+" "+r.New.Version))
	}
	shadows := slices.Clone(p.shadows)
	slices.SortFunc(shadows, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	for _, m := range shadows {
		fmt.Fprintf(&text, "replace %s => %s\n", m.Path, quote("./"+folderOf(m)))
	}
	return []byte(text.String()), nil
}

func absolute(folder, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// quote returns a path as go.work can have it.
func quote(path string) string {
	if strings.ContainsAny(path, " \t\"'`()[]{},;=>") || strings.Contains(path, "//") {
		return fmt.Sprintf("%q", path)
	}
	return path
}

// directives returns the lines of a go.mod or go.work that have one of some verbs, those of blocks as lines of their own.
func directives(text string, verbs ...string) []string {
	var found []string
	block := ""
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "//")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case block != "" && fields[0] == ")":
			block = ""
		case block != "":
			if slices.Contains(verbs, block) {
				found = append(found, block+" "+strings.Join(fields, " "))
			}
		case len(fields) > 1 && fields[1] == "(":
			block = fields[0]
		case slices.Contains(verbs, fields[0]):
			found = append(found, strings.Join(fields, " "))
		}
	}
	return found
}

// addSums puts the sums of the user's go.work beside the one that is made, with what the go command has added to those there.
func (p *preparing) addSums() error {
	sums := p.GoWork + ".sum"
	if p.g.GOWORK == "" || p.g.GOWORK == "off" {
		return nil
	}
	users, err := os.ReadFile(p.g.GOWORK + ".sum")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := os.ReadFile(sums)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	lines := map[string]bool{}
	for _, line := range strings.Split(string(users)+"\n"+string(known), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines[line] = true
		}
	}
	all := make([]string, 0, len(lines))
	for line := range lines {
		all = append(all, line)
	}
	slices.Sort(all)
	p.made[sums] = []byte(strings.Join(all, "\n") + "\n")
	return nil
}
