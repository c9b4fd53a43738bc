//go:build unix

package lock

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// TryFile takes the lock of a file, or returns [ErrLocked].
func TryFile(path string, kind Kind) (unlock func(), err error) {
	file, err := OpenFile(path, kind)
	if err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil
}

// OpenFile is TryFile for who passes the file on to another program, which has the lock then.
func OpenFile(path string, kind Kind) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		// Without a file, what has kept it from being made is the error.
		if readable, readErr := os.Open(path); readErr == nil {
			file, err = readable, nil
		}
	}
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_SH
	if kind == Exclusive {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, lockError(path, err)
	}
	return file, nil
}
