// Package paths compares paths.
package paths

import "path/filepath"

// Below tells whether a path is a folder, or below it.
func Below(folder, path string) bool {
	if folder == "" {
		return false
	}
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}
