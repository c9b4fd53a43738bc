//go:build unix

package main

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// diskUsage adds up the blocks of a folder.
func diskUsage(dir string) (u usage, err error) {
	seen := map[[2]uint64]bool{}
	manifests := filepath.Join(dir, "manifests")
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		stat := info.Sys().(*syscall.Stat_t)
		id := [2]uint64{uint64(stat.Dev), uint64(stat.Ino)}
		if seen[id] {
			return nil
		}
		seen[id] = true
		bytes := int64(stat.Blocks) * 512
		u.all += bytes
		if entry.Type().IsRegular() && filepath.Dir(path) != manifests {
			u.files += bytes
		}
		return nil
	})
	return u, err
}
