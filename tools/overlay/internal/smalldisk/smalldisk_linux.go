// Package smalldisk lets tests run out of space.
package smalldisk

import (
	"os"
	"syscall"
	"testing"
)

// Mount mounts a file system in memory on a folder, for a test, which is skipped where that can't be done.
func Mount(t *testing.T, dir, size string) {
	t.Helper()
	mount(t, "tmpfs", dir, "tmpfs", 0, "size="+size)
}

// MountReadOnly lets a folder be seen at another one, where nobody can write.
func MountReadOnly(t *testing.T, source, dir string) {
	t.Helper()
	mount(t, source, dir, "", syscall.MS_BIND, "")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}

func mount(t *testing.T, source, dir, kind string, flags uintptr, options string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(source, dir, kind, flags, options); err != nil {
		t.Skipf("mounting takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// Fill leaves so many bytes of a disk free, by a file.
func Fill(t *testing.T, disk, ballast string, free int64) {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(disk, &stat); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ballast, make([]byte, max(0, int64(stat.Bavail)*stat.Bsize-free)), 0o666); err != nil {
		t.Fatal(err)
	}
}
