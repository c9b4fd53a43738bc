package store

import (
	"os"
	"path/filepath"
	"strconv"
)

// findRunning asks /proc. What it says nothing about, such as processes of other users, is not known.
func findRunning() *running {
	r := &running{byPath: map[string]int{}}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		process, err := strconv.Atoi(entry.Name())
		if err != nil || process == os.Getpid() {
			continue
		}
		for _, link := range []string{"exe", "cwd"} {
			if path, err := os.Readlink(filepath.Join("/proc", entry.Name(), link)); err == nil {
				r.byPath[path] = process
			}
		}
	}
	return r
}
