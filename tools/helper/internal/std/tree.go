package std

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// linkTree lays a GOROOT out as folders with symbolic links to the files of an SDK
// and to changed ones, as far as the standard library needs them and without tools.
func linkTree(sdk, target string, changes []gosdk.Change) error {
	for _, folder := range sourceFolders {
		if err := linkFiles(filepath.Join(sdk, folder), filepath.Join(target, folder)); err != nil {
			return err
		}
	}
	return makeChanges(target, changes, link)
}

// sourceFolders are the folders of an SDK with what the standard library is made of.
var sourceFolders = []string{"src", filepath.Join("pkg", "include")}

// seemLikeSDK lays out a folder from which the builder copies the source of an SDK.
func seemLikeSDK(sdk, target string) error {
	for _, folder := range sourceFolders {
		path := filepath.Join(target, folder)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := link(path, filepath.Join(sdk, folder)); err != nil {
			return err
		}
	}
	return nil
}

// standInForGo lays out a folder in which this program is the go command of an SDK.
func standInForGo(sdk string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	path := filepath.Join(sdk, goCommand)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return link(path, self)
}

// goCommand is where an SDK for this machine has the go command.
var goCommand = filepath.FromSlash(gosdk.Host.Binary("go"))

// versionFiles returns the changes that name the version of rebuilt tools.
func versionFiles(tools string) ([]gosdk.Change, error) {
	tools, err := filepath.Abs(tools)
	if err != nil {
		return nil, err
	}
	changes, err := gosdk.ChangesIn(tools)
	notSource := func(c gosdk.Change) bool { return !strings.HasPrefix(c.Name, "src/") }
	return slices.DeleteFunc(changes, notSource), err
}

var toolFolder = filepath.Join("pkg", "tool")

// placeTools lays out empty files in place of tools. The builder would copy them, and
// the go command does not run them: it has this program do so.
func placeTools(from, to string) error {
	return files.Mirror(to, from, func(target, _ string) error {
		return os.WriteFile(target, nil, 0o755)
	})
}

// isCommand tells whether a folder, by its name below src, has the source of commands,
// a third of all files. Some packages of cmd/internal belong to what is compiled.
func isCommand(name string) bool {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "cmd/")
	return ok && rest != "internal" && !strings.HasPrefix(rest, "internal/")
}

// makeChanges makes changes in a GOROOT. A function puts a file where there is none.
func makeChanges(root string, changes []gosdk.Change, put func(target, source string) error) error {
	for _, c := range changes {
		if err := makeChange(root, c, put); err != nil {
			return err
		}
	}
	return nil
}

func makeChange(root string, c gosdk.Change, put func(target, source string) error) error {
	names := []string{c.Name}
	if copied := gosdk.IncludedHeader(c.Name); copied != "" {
		if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(copied))); err == nil {
			names = append(names, copied)
		}
	}
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil && (!os.IsNotExist(err) || c.File == "") {
			return err
		}
		if c.File == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := put(path, c.File); err != nil {
			return err
		}
	}
	return nil
}

// linkFiles links all files below a folder into another one.
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
		return link(target, path)
	})
}

// link makes a link to what a path leads to, by whatever links.
func link(target, source string) error {
	resolved, err := filepath.EvalSymlinks(source)
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(resolved)
	if err != nil {
		return err
	}
	if err := os.Symlink(absolute, target); err != nil {
		return fmt.Errorf("linking %s: %w", source, err)
	}
	return nil
}
