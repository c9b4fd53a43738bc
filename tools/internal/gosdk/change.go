package gosdk

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// A Change is a file of a GOROOT that is not as the SDK has it.
type Change struct {
	Name string // in the GOROOT, with slashes: src/net/http/server.go
	File string // what has the content; an empty string deletes the file
}

// String returns the change as an argument.
func (c Change) String() string {
	if c.File == "" {
		return "-delete " + c.Name
	}
	return "-overlay " + c.Name + "=" + c.File
}

// ChangesFlags defines the flags -overlay NAME=FILE and -delete NAME, which may be
// given several times each, and appends what they say to changes.
func ChangesFlags(flags *flag.FlagSet, changes *[]Change) {
	add := func(c Change) error {
		if err := c.Check(); err != nil {
			return err
		}
		*changes = append(*changes, c)
		return nil
	}
	flags.Func("overlay", "`NAME=FILE`: file of the GOROOT, and what has its content", func(value string) error {
		name, file, _ := strings.Cut(value, "=")
		if file == "" {
			return errors.New("expected NAME=FILE, such as src/net/http/server.go=overlays/server.go")
		}
		return add(Change{Name: name, File: file})
	})
	flags.Func("delete", "`NAME`: file of the SDK that the GOROOT lacks", func(value string) error {
		return add(Change{Name: value})
	})
}

// ChangesIn returns changes by all files of a folder, which have the names there that
// they are to have in the GOROOT. Empty ones mark the folder, and are none.
func ChangesIn(folder string) ([]Change, error) {
	// A folder may be a link to one, as a build lays it out.
	var changes []Change
	err := files.Walk(folder, func(name, path string, info fs.FileInfo) error {
		if info.Size() > 0 {
			changes = append(changes, Change{Name: name, File: path})
		}
		return nil
	})
	return changes, err
}

// Check returns an error unless the name is one of a file in a GOROOT, in the one
// form that can be compared.
func (c Change) Check() error {
	name := c.Name
	if path.Clean(name) != name || name == "." || strings.Contains(name, `\`) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q is not the name of a file in a GOROOT, expected one relative to it, with slashes, such as src/net/http/server.go", name)
	}
	return nil
}
