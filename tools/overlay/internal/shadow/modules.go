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

// shadowOf returns the folder of a shadow module.
func (p *preparing) shadowOf(m Module) string {
	return filepath.Join(p.Folder, filepath.FromSlash(folderOf(m)))
}

// A state says what the shadow modules of an entry have been made of.
type state struct {
	Modules map[string]*shadowState // by their folders
}

type shadowState struct {
	Source   string   // folder that was copied
	Complete bool     // whether all files of it are there
	Changed  []string // names of files that are, or may be, others than those of Source

	// Folders has the times at which something was last added to folders, removed or renamed there. A file that was
	// written to in its place it doesn't tell; all are read-only.
	Folders map[string]int64
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
	if err := p.removeLeft(); err != nil {
		return err
	}
	next := state{Modules: map[string]*shadowState{}}
	for _, m := range p.shadows {
		s := &shadowState{Source: m.Dir}
		if was := old.Modules[folderOf(m)]; was != nil && was.Source == m.Dir {
			s.Complete = was.Complete && was.intact(p.shadowOf(m))
			s.Changed, s.Folders = append(s.Changed, was.Changed...), was.Folders
		}
		for _, f := range m.Files {
			if !slices.Contains(s.Changed, f.Name) {
				s.Changed = append(s.Changed, f.Name)
			}
			p.Files[filepath.Join(p.shadowOf(m), filepath.FromSlash(f.Name))] = editedPath(p, m, f)
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
		folder := p.shadowOf(m)
		if !s.Complete {
			if err := removeTree(folder); err != nil {
				return err
			}
			if err := p.mirror(ctx, folder, m.Dir); err != nil {
				return err
			}
			s.Complete, s.Folders = true, nil
		}
		changed, touched, err := p.change(folder, m, s.Changed)
		if err != nil {
			return err
		}
		s.Changed = changed
		if touched || s.Folders == nil {
			if s.Folders, err = foldersOf(folder); err != nil {
				return err
			}
		}
	}
	return save()
}

// editedPath returns the path of a file of a shadow module as people edit it, or else as it is there.
func editedPath(p *preparing, m Module, f File) string {
	if f.Source != "" {
		return f.Source
	}
	return filepath.Join(p.shadowOf(m), filepath.FromSlash(f.Name))
}

// intact tells whether the folders of a shadow module have what they had.
func (s *shadowState) intact(folder string) bool {
	for name, when := range s.Folders {
		info, err := os.Stat(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil || info.ModTime().UnixNano() != when {
			return false
		}
	}
	return len(s.Folders) > 0
}

func foldersOf(folder string) (map[string]int64, error) {
	found := map[string]int64{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			found[filepath.ToSlash(name)] = info.ModTime().UnixNano()
		}
		return err
	})
	return found, err
}

// change makes files of a shadow module what they are to be: names are those that may be others than the module's. It returns those that
// are, and whether any was written.
func (p *preparing) change(folder string, m Module, names []string) (changed []string, touched bool, err error) {
	for _, name := range names {
		target := filepath.Join(folder, filepath.FromSlash(name))
		source := filepath.Join(m.Dir, filepath.FromSlash(name))
		i := slices.IndexFunc(m.Files, func(f File) bool { return f.Name == name })
		var wrote bool
		switch {
		case i >= 0 && m.Files[i].New == nil:
			wrote, err = remove(target)
		case i >= 0:
			wrote, err = p.put(target, m.Files[i].New)
		case name == "go.mod" && !exists(source):
			wrote, err = p.put(target, []byte("module "+m.Path+"\n"))
		default:
			wrote, err = p.restore(target, source)
			if err == nil {
				touched = touched || wrote
				continue
			}
		}
		if err != nil {
			return nil, false, err
		}
		touched = touched || wrote
		changed = append(changed, name)
	}
	return changed, touched, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// remove removes a file, if it is there.
func remove(path string) (wrote bool, err error) {
	err = os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// put gives a file a content, if it has another one. It never writes through a link. Who is killed leaves nothing beside the
// file, where a pattern of go:embed could match it.
func (p *preparing) put(path string, content []byte) (wrote bool, err error) {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return false, err
	}
	file := output.File{Path: filepath.Join(p.Folder, "file"), Content: content, Mode: 0o444}
	temporary, err := output.WriteBeside(file, "file.*.tmp", func(*os.File) error { return nil })
	if err != nil {
		return false, err
	}
	if err := os.Rename(temporary, path); err != nil {
		return false, errors.Join(err, os.Remove(temporary))
	}
	return true, nil
}

// restore gives a file the content of the module again, or removes it if the module has none.
func (p *preparing) restore(target, source string) (wrote bool, err error) {
	content, err := os.ReadFile(source)
	if errors.Is(err, os.ErrNotExist) {
		return remove(target)
	}
	if err != nil {
		return false, err
	}
	return p.put(target, content)
}

// removeLeft removes what killed commands have left in the entry, which is locked.
func (p *preparing) removeLeft() error {
	left, err := filepath.Glob(filepath.Join(escapeGlob(p.Folder), "*.tmp"))
	for _, path := range left {
		err = errors.Join(err, removeTree(path))
	}
	return err
}

// escapeGlob returns a pattern of filepath.Glob that matches a path only.
func escapeGlob(path string) string {
	if os.PathSeparator == '\\' {
		return path // There, it has no such way.
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// mirror makes a folder with all files of another one: hard links to those that nobody may write to, and copies of others.
func (p *preparing) mirror(ctx context.Context, target, source string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(p.Folder, "mirror.*.tmp")
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
// modules. Place returns paths of the repository as it is to have them.
func (p *preparing) goWork(ctx context.Context, place func(path string) (string, error)) ([]byte, error) {
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
		use, err := place(use)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "use %s\n", quote(use))
	}
	for _, r := range work.Replace {
		if slices.ContainsFunc(p.shadows, func(m Module) bool { return m.Path == r.Old.Path }) {
			continue
		}
		to := r.New.Path
		if r.New.Version == "" {
			if to, err = place(absolute(filepath.Dir(p.g.GOWORK), to)); err != nil {
				return nil, err
			}
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
