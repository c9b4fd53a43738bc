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
	name16, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const share = 0
	file, err := syscall.CreateFile(name16, syscall.GENERIC_WRITE, share, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation syscall.Errno = 32
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return func() { syscall.CloseHandle(file) }, nil
}
