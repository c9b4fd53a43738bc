//go:build unix

package standin

import (
	"os"
	"syscall"
)

// Become makes this process the program, which gets args as all of its
// arguments, the first being its name.
func Become(program string, args []string) error {
	return &os.PathError{Op: "exec", Path: program, Err: syscall.Exec(program, args, os.Environ())}
}
