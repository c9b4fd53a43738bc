package apply

import (
	"cmp"
	"io/fs"
	"slices"
	"time"
)

// readDir returns the method ReadDir of a context that sees the given files.
func readDir(contents map[string]string) func(string) ([]fs.FileInfo, error) {
	return func(string) ([]fs.FileInfo, error) {
		var infos []fs.FileInfo
		for name, content := range contents {
			infos = append(infos, fileInfo{name, int64(len(content))})
		}
		slices.SortFunc(infos, func(a, b fs.FileInfo) int { return cmp.Compare(a.Name(), b.Name()) })
		return infos, nil
	}
}

// A fileInfo is of a regular file.
type fileInfo struct {
	name string
	size int64
}

func (f fileInfo) Name() string     { return f.name }
func (f fileInfo) Size() int64      { return f.size }
func (fileInfo) Mode() fs.FileMode  { return 0o444 }
func (fileInfo) ModTime() time.Time { return time.Time{} }
func (fileInfo) IsDir() bool        { return false }
func (fileInfo) Sys() any           { return nil }
