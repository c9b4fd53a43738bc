package std

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

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

// goCommand is where an SDK for this machine has the go command.
var goCommand = filepath.FromSlash(gosdk.Host.Binary("go"))

var toolFolder = filepath.Join("pkg", "tool")

// placeTools lays out empty files in place of tools. The builder would copy them, and
// the go command does not run them: it has this program do so.
func placeTools(from, to string) error {
	return files.Mirror(to, from, func(target, _ string) error {
		return os.WriteFile(target, nil, 0o755)
	})
}

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
