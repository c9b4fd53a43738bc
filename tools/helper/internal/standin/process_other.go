//go:build !unix

package standin

import (
	"os"
	"os/exec"
)

// Become runs the program, which gets args as all of its arguments, the
// first being its name.
func Become(program string, args []string) error {
	cmd := &exec.Cmd{Path: program, Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	return cmd.Run()
}
