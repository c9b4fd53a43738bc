package lock

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// tryLock opens a file that stands for the folder, for nobody else to open. Folders
// themselves can't be locked.
func tryLock(dir string) (unlock func(), err error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("go_sdk_lock-%x", sha256.Sum256([]byte(strings.ToLower(absolute))))
	path := filepath.Join(os.TempDir(), name)
	return TryFile(path, Exclusive)
}

// TryFile takes the lock of a file, or returns [ErrLocked].
func TryFile(path string, kind Kind) (unlock func(), err error) {
	file, err := OpenFile(path, kind)
	if err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil
}

// OpenFile is TryFile for who has to keep the lock while another program runs.
func OpenFile(path string, kind Kind) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	// Who has the lock may remove the file, as elsewhere.
	access, share := uint32(syscall.GENERIC_READ), uint32(syscall.FILE_SHARE_READ|syscall.FILE_SHARE_DELETE)
	if kind == Exclusive {
		access, share = syscall.GENERIC_WRITE, syscall.FILE_SHARE_DELETE
	}
	file, err := syscall.CreateFile(name, access, share, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation syscall.Errno = 32
	if errors.Is(err, sharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return os.NewFile(uintptr(file), path), nil
}
