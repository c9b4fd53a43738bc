package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Replacements returns what the go.mod of a workspace replaces: by the paths of modules, those of other modules, or of folders,
// which begin with . or are absolute. gazelle's go_deps fetches these, and keeps the import paths.
func Replacements(root string) (map[string]string, error) {
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	replaced := map[string]string{}
	inBlock := false
	for _, line := range strings.Split(string(content), "\n") {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case inBlock && words[0] == ")":
			inBlock = false
			continue
		case strings.Join(words, "") == "replace(":
			inBlock = true
			continue
		case words[0] == "replace":
			words = words[1:]
		case !inBlock:
			continue
		}
		// PATH [VERSION] => PATH [VERSION]
		for i, word := range words {
			if word == "=>" && i > 0 && i+1 < len(words) {
				if from := strings.Trim(words[0], "\"`"); replaced[from] == "" {
					replaced[from] = strings.Trim(words[i+1], "\"`")
				}
			}
		}
	}
	return replaced, nil
}
