package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Vendored returns the path and the version of the module that a vendor folder has a package of, as its modules.txt says, or empty
// strings. Where go.mod replaces the module by another one, the version is that one's, as the files are; a folder has none.
func Vendored(vendor, importPath string) (module, version string, err error) {
	content, err := os.ReadFile(filepath.Join(vendor, "modules.txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", "", err
	}
	for _, line := range strings.Split(string(content), "\n") {
		words := strings.Fields(line) // # MODULE [VERSION] [=> MODULE [VERSION]]
		if len(words) < 3 || words[0] != "#" || len(words[1]) <= len(module) || !strings.HasPrefix(importPath+"/", words[1]+"/") {
			continue
		}
		module, version = words[1], ""
		if i := slices.Index(words, "=>"); i >= 0 {
			words = words[i:]
		}
		if len(words) > 2 {
			version = words[2]
		}
	}
	return module, version, nil
}
