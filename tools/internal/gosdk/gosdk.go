// Package gosdk has what there is to know of a Go SDK: the platform that it runs on, the
// names of its files, and changes to them. A name is relative to the SDK, with slashes.
package gosdk

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Name returns the name of a file in an SDK. Root is a file in the top folder of the SDK.
func Name(root, file string) (string, error) {
	top := filepath.Dir(root)
	name, err := filepath.Rel(top, file)
	if err != nil || !filepath.IsLocal(name) {
		return "", fmt.Errorf("%s is not in the SDK, which is %s", file, top)
	}
	return filepath.ToSlash(name), nil
}

// IncludedHeader returns the name under which assembly of all packages finds a header
// of the runtime, which cmd/dist has copied there if there is such a file, or an empty
// string for other files.
func IncludedHeader(name string) string {
	header, ok := strings.CutPrefix(name, "src/runtime/")
	if !ok || strings.Contains(header, "/") || path.Ext(header) != ".h" {
		return ""
	}
	return "pkg/include/" + header
}

var execProgram = regexp.MustCompile(`^go_.+_.+_exec$`)

// IsProgram tells whether a file of an SDK should be executable by its name alone: those that come
// from a module zip have lost their modes. It is what the go command takes for a program.
func IsProgram(name string) bool {
	return strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") || execProgram.MatchString(path.Base(name))
}
