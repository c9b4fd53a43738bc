//go:build !unix

package process

import (
	"os"
	"os/exec"
	"os/signal"
)

// Run runs the program. If it fails, the error is an *exec.ExitError.
func (p Program) Run() error {
	// Ctrl-C is for the program, too, whose exit code the caller gets.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)
	cmd := exec.Command(p.Path, p.Args[1:]...)
	cmd.Dir, cmd.Env = p.Dir, p.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	for _, file := range p.Held {
		file.Close() // It was only locked.
	}
	return err
}
