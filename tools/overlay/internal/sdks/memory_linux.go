package sdks

import "syscall"

// isMemory tells whether a folder is in memory.
func isMemory(dir string) bool {
	const tmpfsMagic = 0x01021994
	var stat syscall.Statfs_t
	return syscall.Statfs(dir, &stat) == nil && stat.Type == tmpfsMagic
}
