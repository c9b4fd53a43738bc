package sdks

import (
	"os"
	"syscall"
)

// isMemory tells whether a folder is in memory.
func isMemory(dir string) bool {
	const tmpfsMagic = 0x01021994
	var stat syscall.Statfs_t
	return syscall.Statfs(dir, &stat) == nil && stat.Type == tmpfsMagic
}

// isPrivate tells whether a path is a folder of the user's that nobody else can write.
func isPrivate(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
