package std

import (
	"os"
	"slices"
	"strings"
)

// An importcfg is the file that tells the compiler where the packages are that it imports.
type importcfg []string

func (t *tool) readImportcfg() (importcfg, error) {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil, nil // The package imports nothing.
	}
	data, err := os.ReadFile(t.args[i])
	if err != nil {
		return nil, err
	}
	return strings.Split(string(data), "\n"), nil
}

const packageFile = "packagefile "

// imports returns the paths of imported packages.
func (c importcfg) imports() []string {
	var paths []string
	for _, line := range c {
		if entry, ok := strings.CutPrefix(line, packageFile); ok {
			path, _, _ := strings.Cut(entry, "=")
			paths = append(paths, path)
		}
	}
	return paths
}

// useImportcfg has the compiler read packages that are reused where they come from.
func (t *tool) useImportcfg(c importcfg) error {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil
	}
	lines := slices.Clone(c)
	for j, line := range lines {
		if entry, ok := strings.CutPrefix(line, packageFile); ok {
			if path, _, _ := strings.Cut(entry, "="); t.marked(reusedMark, path) {
				lines[j] = packageFile + path + "=" + t.baseArchive(path)
			}
		}
	}
	t.args[i] += ".go_overlay"
	return os.WriteFile(t.args[i], []byte(strings.Join(lines, "\n")), 0o644)
}
