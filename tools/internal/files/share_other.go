//go:build !(linux && (386 || amd64 || arm || arm64 || loong64 || riscv64 || s390x))

package files

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Link makes target a hard link of what source leads to.
func Link(target, source string) error {
	// There, a mode tells nothing about who may write.
	if runtime.GOOS == "windows" {
		return errors.ErrUnsupported
	}
	source, err := filepath.EvalSymlinks(source)
	if err != nil {
		return err
	}
	return os.Link(source, target)
}

// clone would let w have the content of r without a copy of it.
func clone(w, r *os.File) error { return errors.ErrUnsupported }
