package std

import (
	"os"
	"path/filepath"
	"slices"
)

// compile takes the archive of the base where nothing of the package has changed, nor the
// export data of what it imports. Else it runs the compiler, and marks the package if its
// own export data has changed.
func (t *tool) compile() error {
	if t.Base == "" {
		return t.run()
	}
	out, err := t.output()
	if err != nil {
		return err
	}
	imported, err := t.readImportcfg()
	if err != nil {
		return err
	}
	base := t.baseArchive(t.importPath)
	_, err = os.Stat(base)
	isNew := os.IsNotExist(err)
	if err != nil && !isNew {
		return err
	}
	if !t.changed() && !isNew && !slices.ContainsFunc(imported.Packages(), t.exportsChanged) {
		if header := t.flag("-asmhdr"); header >= 0 {
			if err := os.WriteFile(t.args[header], nil, 0o644); err != nil {
				return err
			}
		}
		if err := os.WriteFile(out, []byte(placeholder), 0o644); err != nil {
			return err
		}
		return t.mark(reusedMark, t.importPath)
	}
	if t.marked(compiledMark, t.importPath) {
		return t.copyCompiled(false)
	}
	if err := t.useImportcfg(imported); err != nil {
		return err
	}
	if err := t.run(); err != nil {
		return err
	}
	if err := t.copyCompiled(true); err != nil {
		return err
	}
	if !isNew {
		if same, err := sameExportData(out, base); err != nil || same {
			return err
		}
	}
	return t.mark(exportsMark, t.importPath)
}

func (t *tool) exportsChanged(importPath string) bool { return t.marked(exportsMark, importPath) }

// copyCompiled keeps what was compiled, or takes it, if the go command is at the
// package for a second time.
func (t *tool) copyCompiled(keep bool) error {
	kept := t.markFile(compiledMark, t.importPath)
	for _, file := range []struct{ flag, kept string }{
		{"-asmhdr", kept + ".h"},
		{"-o", kept}, // Last, as it is the mark.
	} {
		i := t.flag(file.flag)
		if i < 0 {
			continue
		}
		target, source := t.args[i], file.kept
		if keep {
			target, source = source, target
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
		}
		if err := copyFile(target, source); err != nil {
			return err
		}
	}
	return nil
}

// assemble runs the assembler, but for packages that are reused. The go command assembles
// twice: before it compiles, when nobody knows yet, and after it.
func (t *tool) assemble() error {
	if !t.marked(reusedMark, t.importPath) {
		return t.run()
	}
	out, err := t.output()
	if err != nil {
		return err
	}
	return os.WriteFile(out, nil, 0o644)
}
