//go:build unix

package main

import (
	"bufio"
	"context"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt checks that a command ends with its context, and what it started, too.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// With a trap, the shell waits for what it started, and leaves no zombie.
	cmd := command(ctx, "", "sh", "-c", `trap "exit 3" INT; sh -c "echo started; exec sleep 60"; echo done`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	cancel()
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("got error %v, want exit status 3", err)
	}
	if elapsed := time.Since(start); elapsed > cmd.WaitDelay/2 {
		t.Errorf("the command ended %v after its context: it was killed", elapsed)
	}
	if err := syscall.Kill(-cmd.Process.Pid, 0); err != syscall.ESRCH {
		t.Errorf("signal to the process group: got %v, want %v", err, syscall.ESRCH)
	}
	if err := cmd.Cancel(); err != os.ErrProcessDone {
		t.Errorf("another interrupt: got error %v, want %v", err, os.ErrProcessDone)
	}
}
