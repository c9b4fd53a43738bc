//go:build unix

package scratch

import (
	"os"
	"syscall"
)

// tryLock locks a file until it is closed, and tells whether nobody else has.
func tryLock(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
