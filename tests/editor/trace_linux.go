package editor

import (
	"errors"
	"runtime"
	"syscall"
)

// MayTrace tells whether a process may trace a child, as debuggers do.
func MayTrace() (bool, error) {
	// The thread that begins the child is the one that traces it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec("/bin/true", []string{"true"}, &syscall.ProcAttr{
		Sys: &syscall.SysProcAttr{Ptrace: true},
	})
	for _, refusal := range []error{syscall.EACCES, syscall.ENOSYS, syscall.EPERM} {
		if errors.Is(err, refusal) {
			return false, nil
		}
	}
	if err != nil {
		return false, err
	}
	// It waits to be told to go on.
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return false, err
	}
	var status syscall.WaitStatus
	for !status.Exited() && !status.Signaled() {
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
			return false, err
		}
	}
	return true, nil
}
