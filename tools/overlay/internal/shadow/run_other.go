//go:build !unix

package shadow

import (
	"os"
	"os/exec"
)

// Run runs the go command. If it fails, the error is an *exec.ExitError.
func (s *Setup) Run(dir string) error {
	cmd := exec.Command(s.Program, s.Args...)
	cmd.Dir, cmd.Env = dir, s.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
