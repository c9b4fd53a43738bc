package e2e

import (
	"os"
	"path/filepath"
	"syscall"
)

// mountDisk mounts a small file system, which takes root.
func mountDisk(dir string) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1g")
}

// unmountDisk does so even if some process has files open in it.
func unmountDisk(dir string) error {
	return syscall.Unmount(dir, syscall.MNT_DETACH)
}

// ballast is the file that fills a disk.
const ballast = "ballast"

// fillDisk leaves so many bytes free.
func fillDisk(dir string, free int64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, ballast))
	if err != nil {
		return err
	}
	defer file.Close()
	return syscall.Fallocate(int(file.Fd()), 0, 0, int64(stat.Bavail)*int64(stat.Bsize)-free)
}

func freeDisk(dir string) error {
	return os.Remove(filepath.Join(dir, ballast))
}
