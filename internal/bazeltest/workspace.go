// Package bazeltest is for tests and benchmarks that run Bazel. It makes workspaces,
// reads what Bazel says of a build, and starts real servers of remote caches and remote
// execution: nginx, and BuildBox's casd.
//
// The servers listen on the loopback interface, at ports that are free, and keep all
// that they have in a folder. They end with the process that started them, however it
// ends.
package bazeltest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Bazelrc is the file .bazelrc of a workspace whose Bazel servers live in
// outputUserRoot, and whose caches, in the folder cache, outlive them.
func Bazelrc(outputUserRoot, cache string) string {
	return fmt.Sprintf(`startup --output_user_root=%s
# GoStdlib is the same in every workspace. What comes from the cache is laid
# down, so that a later build without the cache finds it.
build --disk_cache=%s
build --remote_download_outputs=all
common --repository_cache=%s
try-import %%workspace%%/offline.bazelrc
`, outputUserRoot, filepath.Join(cache, "disk"), filepath.Join(cache, "repositories"))
}

// ProfilesVariable is the variable of the environment with the folder for profiles of Bazel's commands, as bazelw
// has it. A test has a folder in there, with its name.
const ProfilesVariable = "GO_OVERLAY_PROFILES"

// ProfilesEnv is the environment in which profiles are those of a test: nothing where none are wanted.
func ProfilesEnv(test string) []string {
	dir := os.Getenv(ProfilesVariable)
	if dir == "" {
		return nil
	}
	return []string{ProfilesVariable + "=" + filepath.Join(dir, filepath.FromSlash(test))}
}

// Cache is the folder of caches that outlive tests and benchmarks, for Bazelrc.
func Cache() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "go_overlay", "e2e"), err
}

// CopyExamples copies the folder examples of the repository root to target, to
// be changed there. It leaves out .bazelrc, for which see Bazelrc, and what
// Bazel itself wrote.
func CopyExamples(root, target string) error {
	return copyFiles(filepath.Join(root, "examples"), target, func(name string, content []byte) []byte {
		switch name {
		case ".bazelrc":
			return nil
		case "MODULE.bazel":
			// The repository is elsewhere, seen from the copy.
			return []byte(strings.ReplaceAll(string(content), `path = ".."`, fmt.Sprintf("path = %q", root)))
		default:
			return content
		}
	})
}

// CopyRepository copies the repository, without what git and Bazel wrote and
// settings of the user's.
func CopyRepository(root, target string) error {
	return copyFiles(root, target, func(name string, content []byte) []byte {
		if filepath.Base(name) == "user.bazelrc" {
			return nil
		}
		return content
	})
}

// copyFiles copies files as edit returns them, which is nil for those to leave out.
func copyFiles(source, target string, edit func(name string, content []byte) []byte) error {
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(target, name), 0o755)
		case !entry.Type().IsRegular(), entry.Name() == ".git", entry.Name() == "offline.bazelrc":
			return nil // Bazel's bazel-* are links.
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if content = edit(name, content); content == nil {
			return nil
		}
		return os.WriteFile(filepath.Join(target, name), content, info.Mode().Perm())
	})
}

// DependOn reads the files of the repository root, so that the go command knows
// that the result of the test depends on them, and does not take it from its
// cache when only a Starlark file has changed.
func DependOn(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		_, err = os.ReadFile(path)
		return err
	})
}

// RemoveAll deletes a folder, read-only folders in it included, such as those of
// Bazel's outputs.
func RemoveAll(dir string) error {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(path, 0o755)
		}
		return err
	})
	if err != nil {
		return err
	}
	return os.RemoveAll(dir)
}
