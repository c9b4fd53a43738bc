// Package standin is for programs that run the builder of rules_go with themselves in the
// place of a tool that it starts.
package standin

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// At lets a path, in a folder that it makes, be this program. That is a link, where there
// are any for its user.
func At(path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return err
	}
	if os.Symlink(self, path) == nil {
		return nil
	}
	return files.Copy(path, self, 0o755)
}

// Exit says what went wrong, unless a program that was run in its turn has said it, and returns the exit code.
func Exit(err error) int {
	if err == nil {
		return 0
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	fmt.Fprintln(os.Stderr, "go_overlay:", err)
	return 1
}
