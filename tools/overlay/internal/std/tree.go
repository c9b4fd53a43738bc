package std

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
)

// linkTree lays a GOROOT out as folders with symbolic links to the files of an SDK
// and to changed ones, and returns its path. Who compiles copies it anyway.
func linkTree(sdk, target, tools string, changes []goroot.Change) (string, error) {
	if tools == "" {
		tools = sdk
	}
	for _, part := range []struct{ folder, from string }{
		{"src", sdk},
		{"pkg/include", sdk},
		{"pkg/tool", tools},
	} {
		folder := filepath.FromSlash(part.folder)
		if err := linkFiles(filepath.Join(part.from, folder), filepath.Join(target, folder)); err != nil {
			return "", err
		}
	}
	if tools != sdk {
		// What names the version.
		if err := linkFiles(filepath.Join(tools, "src"), filepath.Join(target, "src")); err != nil {
			return "", err
		}
	}
	for _, c := range changes {
		if err := change(target, c); err != nil {
			return "", err
		}
	}
	return target, nil
}

func change(target string, c goroot.Change) error {
	names := []string{c.Name}
	if copied := goroot.IncludedHeader(c.Name); copied != "" {
		if _, err := os.Lstat(filepath.Join(target, filepath.FromSlash(copied))); err == nil {
			names = append(names, copied)
		}
	}
	for _, name := range names {
		path := filepath.Join(target, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil && (!os.IsNotExist(err) || c.File == "") {
			return err
		}
		if c.File == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := link(c.File, path); err != nil {
			return err
		}
	}
	return nil
}

// linkFiles links all files below a folder into another one, in place of those
// that are there.
func linkFiles(from, to string) error {
	from, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if err := os.Remove(target); err != nil && !os.IsNotExist(err) {
			return err
		}
		return link(path, target)
	})
}

// link makes a link to the file that a path leads to, by whatever links.
func link(path, target string) error {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(resolved)
	if err != nil {
		return err
	}
	if err := os.Symlink(absolute, target); err != nil {
		return fmt.Errorf("linking %s: %w", path, err)
	}
	return nil
}
