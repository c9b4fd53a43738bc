// Package goroot writes the folder of a Go SDK, as it is or with changed files.
package goroot

import (
	"fmt"
	"path/filepath"
)

// Name returns the name of a file in an SDK, with slashes. Root is a file in the
// top folder of the SDK.
func Name(root, file string) (string, error) {
	top := filepath.Dir(root)
	name, err := filepath.Rel(top, file)
	if err != nil || !filepath.IsLocal(name) {
		return "", fmt.Errorf("%s is not in the SDK, which is %s", file, top)
	}
	return filepath.ToSlash(name), nil
}
