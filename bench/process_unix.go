//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// interruptAlone has a command interrupted, with the processes that it has started,
// by the end of its context alone: Ctrl-C in a terminal would meet it a second time,
// or in the middle of tidying up.
func interruptAlone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		if err == syscall.ESRCH {
			return os.ErrProcessDone
		}
		return err
	}
}
