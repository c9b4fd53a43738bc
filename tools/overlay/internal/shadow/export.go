package shadow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// An Exported is what the go command compiles changes from without a program of ours. Paths are relative to the folder that was
// exported, with slashes, and empty for what no change needs.
type Exported struct {
	GoWork string // for the variable GOWORK, which has to be an absolute path
	JSON   string // for the flag -overlay, of go commands that run in the top folder of the repository
	GOROOT string // in which bin/go is the go command to run, with GOTOOLCHAIN=local
}

// Export writes shadow modules, a go.work, the files that others have in the place of theirs, and a GOROOT into a folder that is not there
// yet, or is empty: all of it, or nothing. Files are copies, and nothing names a place of the machine: go.work and the JSON name the
// repository by where it is as seen from the folder, and the other way round.
//
// Times of files are those of the export: by them, the go command tells whether a folder has changed since it last read it.
func Export(ctx context.Context, g *Go, modules []Module, root, folder string) (exported Exported, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return exported, err
	}
	err = writeWhole(folder, func(temporary string) error {
		p := &preparing{
			Setup:   &Setup{Folder: temporary, Env: g.Env, Files: map[string]string{}},
			Options: Options{Root: root},
			g:       g,
			args:    &Arguments{},
			made:    map[string][]byte{},
		}
		exported, err = p.export(ctx, modules, folder)
		return err
	})
	return exported, err
}

func (p *preparing) export(ctx context.Context, modules []Module, folder string) (exported Exported, err error) {
	std := p.divide(modules)
	if err := p.refuse(); err != nil {
		return exported, err
	}
	if std != nil {
		if err := p.exportGOROOT(ctx, *std); err != nil {
			return exported, err
		}
		exported.GOROOT = "goroot"
	}
	for _, m := range p.shadows {
		if err := p.exportModule(ctx, m); err != nil {
			return exported, err
		}
	}
	if len(p.shadows) > 0 {
		text, err := p.goWork(ctx, func(path string) (string, error) { return relative(folder, path) })
		if err != nil {
			return exported, err
		}
		exported.GoWork = "go.work"
		p.GoWork = filepath.Join(p.Folder, exported.GoWork)
		p.made[p.GoWork] = text
		if err := p.addSums(); err != nil {
			return exported, err
		}
	}
	replace := map[string]string{}
	for _, m := range p.replaced {
		for _, f := range m.Files {
			if !paths.Below(p.Root, m.path(f)) {
				return exported, fmt.Errorf("%s is outside of the repository, %s, so that no path leads to it on other machines", m.path(f), p.Root)
			}
			key, err := relative(p.Root, m.path(f))
			if err != nil {
				return exported, err
			}
			replace[key] = ""
			if f.New == nil {
				continue
			}
			name := filepath.Join("files", filepath.FromSlash(key))
			p.made[filepath.Join(p.Folder, name)] = f.New
			if replace[key], err = relative(p.Root, filepath.Join(folder, name)); err != nil {
				return exported, err
			}
		}
	}
	if len(replace) > 0 {
		content, err := record.Marshal(map[string]any{"Replace": replace})
		if err != nil {
			return exported, err
		}
		exported.JSON = "overlay.json"
		p.made[filepath.Join(p.Folder, exported.JSON)] = content
	}
	// A folder that is a module of its own is none of ./... where it is in the repository.
	p.made[filepath.Join(p.Folder, "go.mod")] = []byte("module go_overlay_export\n")
	return exported, p.writeMade()
}

// exportModule writes a shadow module of files of its own.
func (p *preparing) exportModule(ctx context.Context, m Module) error {
	tree, err := treeOf(m)
	if err != nil {
		return err
	}
	if _, ok := tree["go.mod"]; !ok {
		tree["go.mod"] = moduleFile{content: []byte("module " + m.Path + "\n")}
	}
	for _, name := range tree.names() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		file, target := tree[name], filepath.Join(p.shadowOf(m), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			return err
		}
		if file.path == "" {
			err = output.Write(output.File{Path: target, Content: file.content})
		} else if err = files.Copy(target, file.path, 0o644); err == nil {
			err = os.Chmod(target, 0o644|file.exec) // Whatever the umask is.
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *preparing) exportGOROOT(ctx context.Context, std Module) error {
	if err := p.g.refuseStd(std); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(p.Folder, "changes.*.tmp")
	if err != nil {
		return err
	}
	changes, err := stdChanges(temporary, std)
	if err == nil {
		var made string
		target := filepath.Join(p.Folder, "goroot")
		if made, err = writeTree(ctx, p.g.GOROOT, target, changes, false); err == nil {
			err = os.Rename(made, target)
		}
	}
	return errors.Join(err, removeTree(temporary))
}

// relative returns where a path is as seen from a folder, with slashes, as go.work has paths.
func relative(folder, path string) (string, error) {
	rel, err := filepath.Rel(folder, path)
	if err != nil {
		return "", fmt.Errorf("%s can't be named from %s, as by a path of both: export to a folder on the same drive: %w", path, folder, err)
	}
	rel = filepath.ToSlash(rel)
	if filepath.IsLocal(rel) {
		rel = "./" + rel
	}
	return rel, nil
}

// writeWhole has a folder written that is not there, or is empty. After an error, there is nothing of it.
func writeWhole(folder string, write func(temporary string) error) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s: expected an empty folder: %w", folder, err)
	case len(entries) > 0:
		return fmt.Errorf("%s: expected an empty folder, found %s in it: delete it, or name another folder", folder, entries[0].Name())
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(folder), "export.*.tmp")
	if err != nil {
		return err
	}
	err = os.Chmod(temporary, 0o755)
	if err == nil {
		err = write(temporary)
	}
	if err == nil && entries != nil {
		err = os.Remove(folder)
	}
	if err == nil {
		err = os.Rename(temporary, folder)
	}
	if err != nil {
		err = errors.Join(err, removeTree(temporary))
	}
	return err
}
