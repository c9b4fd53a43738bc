//go:build 386 || amd64 || arm || arm64 || loong64 || riscv64 || s390x

package files

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// Link makes target a hard link of what source leads to, in one call: to look up
// where links lead would take longer than the rest.
func Link(target, source string) error {
	const (
		workingDirectory = -100  // AT_FDCWD
		followLinks      = 0x400 // AT_SYMLINK_FOLLOW
	)
	from, err := syscall.BytePtrFromString(source)
	if err != nil {
		return err
	}
	to, err := syscall.BytePtrFromString(target)
	if err != nil {
		return err
	}
	dir := workingDirectory
	_, _, errno := syscall.Syscall6(syscall.SYS_LINKAT,
		uintptr(dir), uintptr(unsafe.Pointer(from)),
		uintptr(dir), uintptr(unsafe.Pointer(to)), followLinks, 0)
	if errno != 0 {
		return &os.LinkError{Op: "link", Old: source, New: target, Err: errno}
	}
	return nil
}

// clone lets w have the content of r without a copy of it.
func clone(w, r *os.File) error {
	const request = 0x40049409 // FICLONE, on the platforms above
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, w.Fd(), request, r.Fd())
	switch errno {
	case 0:
		return nil
	case syscall.EINVAL, syscall.ENOTTY:
		// What file systems say that don't know the request.
		return errors.ErrUnsupported
	default:
		return &os.PathError{Op: "clone", Path: w.Name(), Err: errno}
	}
}
