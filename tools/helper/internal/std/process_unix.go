//go:build unix

package std

import (
	"os"
	"syscall"
)

// replaceProcess makes this process the program, which gets args as all of its
// arguments, the first being its name.
func replaceProcess(program string, args []string) error {
	return &os.PathError{Op: "exec", Path: program, Err: syscall.Exec(program, args, os.Environ())}
}
