//go:build unix

package process

import (
	"os"
	"syscall"
)

// Run becomes the program, so that its input and output, signals and exit code are its own. It returns only if that fails.
func (p Program) Run() error {
	if p.Dir != "" {
		if err := os.Chdir(p.Dir); err != nil {
			return err
		}
	}
	for _, file := range p.Held {
		if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, file.Fd(), syscall.F_SETFD, 0); errno != 0 {
			return &os.PathError{Op: "keep", Path: file.Name(), Err: errno}
		}
	}
	err := syscall.Exec(p.Path, p.Args, p.Env)
	return &os.PathError{Op: "exec", Path: p.Path, Err: err}
}
