//go:build !unix

package shadow

import (
	"os"
	"os/exec"
	"os/signal"
)

// Run runs the go command. If it fails, the error is an *exec.ExitError.
func (s *Setup) Run(dir string) error {
	// Ctrl-C is for the go command, too, whose exit code it gets.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)
	cmd := exec.Command(s.Program, s.Args...)
	cmd.Dir, cmd.Env = dir, s.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
