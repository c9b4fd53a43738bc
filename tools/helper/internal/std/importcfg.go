package std

import "github.com/go-overlay/go_overlay/tools/helper/internal/importcfg"

// readImportcfg reads the file that tells the compiler where the packages are that it imports.
func (t *tool) readImportcfg() (importcfg.Config, error) {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil, nil // The package imports nothing.
	}
	return importcfg.Read(t.args[i])
}

// useImportcfg has the compiler read packages that are reused where they come from.
func (t *tool) useImportcfg(c importcfg.Config) error {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil
	}
	t.args[i] += ".go_overlay"
	return c.WithArchives(func(path string) string {
		if !t.marked(reusedMark, path) {
			return ""
		}
		return t.baseArchive(path)
	}).Write(t.args[i])
}
