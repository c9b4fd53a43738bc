//go:build unix

package lock

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// tryLock locks the folder itself, so that nothing is left in it.
func tryLock(dir string) (unlock func(), err error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { folder.Close() }, nil // It was only read.
	}
	folder.Close()
	return nil, lockError(dir, err)
}

func lockError(path string, err error) error {
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return ErrLocked
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EBADF), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOLCK):
		// NFS is one that locks no folders.
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	default:
		return &os.PathError{Op: "lock", Path: path, Err: err}
	}
}
