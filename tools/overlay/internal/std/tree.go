package std

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
)

// linkTree lays a GOROOT out as folders with symbolic links to the files of an SDK
// and to changed ones, as far as the standard library needs them and without tools.
// Who compiles copies it anyway.
func linkTree(sdk, target, tools string, changes []goroot.Change) error {
	for _, folder := range []string{"src", filepath.Join("pkg", "include")} {
		if err := linkFiles(filepath.Join(sdk, folder), filepath.Join(target, folder)); err != nil {
			return err
		}
	}
	if tools != "" {
		// What names their version.
		if err := linkFiles(filepath.Join(tools, "src"), filepath.Join(target, "src")); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := change(target, c); err != nil {
			return err
		}
	}
	return nil
}

var toolFolder = filepath.Join("pkg", "tool")

// placeTools lays out empty files in place of tools. The builder would copy them, and
// the go command does not run them: it has this program do so.
func placeTools(from, to string) error {
	return copyFiles(from, to, func(target, _ string) error {
		return os.WriteFile(target, nil, 0o755)
	})
}

// isCommand tells whether a folder, by its name below src, has the source of commands,
// a third of all files. Some packages of cmd/internal belong to what is compiled.
func isCommand(name string) bool {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "cmd/")
	return ok && rest != "internal" && !strings.HasPrefix(rest, "internal/")
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
			if filepath.Base(from) == "src" && isCommand(name) {
				return fs.SkipDir
			}
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
