package sdkmodule

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// CachedZip is where a module cache has the zip of an SDK, if it has it.
func CachedZip(modCache string, s SDK) string {
	return filepath.Join(modCache, "cache", "download", filepath.FromSlash(Path), "@v", s.ModuleVersion()+".zip")
}

// ModCache is where the module cache is where no go command tells.
func ModCache() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := filepath.SplitList(os.Getenv("GOPATH"))
	if len(gopath) == 0 || gopath[0] == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		gopath = []string{filepath.Join(home, "go")}
	}
	return filepath.Join(gopath[0], "pkg", "mod")
}

// Share makes a file a hard link of another one, which nobody writes to, or else a copy.
func Share(target, source string) error {
	err := files.Link(target, source)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) || err == nil {
		return err
	}
	return files.Copy(target, source, 0o666) // Links may be forbidden in many ways.
}

func copyTo(target, source string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	return files.Copy(target, source, 0o666)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
