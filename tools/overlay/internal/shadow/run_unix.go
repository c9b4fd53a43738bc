//go:build unix

package shadow

import (
	"os"
	"syscall"
)

// Run becomes the go command, so that its input and output, signals and exit code are its own. It returns only if that fails.
func (s *Setup) Run(dir string) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	err := syscall.Exec(s.Program, append([]string{"go"}, s.Args...), s.Env)
	return &os.PathError{Op: "exec", Path: s.Program, Err: err}
}
