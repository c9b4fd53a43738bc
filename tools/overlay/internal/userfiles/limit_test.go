//go:build linux || darwin

package userfiles

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

// TestFileLimit lets the system end a write in the middle.
func TestFileLimit(t *testing.T) {
	s := scenarios["rebase"]
	if dir := os.Getenv(envDir); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
			t.Skip(err)
		}
		if err := Apply(s.changes(dir, 0)...); !errors.Is(err, syscall.EFBIG) {
			t.Fatalf("got %v, want %v", err, syscall.EFBIG)
		}
		return
	}
	dir := t.TempDir()
	s.set(t, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestFileLimit$", "-test.v")
	cmd.Env = append(cmd.Environ(), envDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if done, temporary := s.check(t, dir); done > 0 || len(temporary) > 0 {
		t.Errorf("%d changes are done, %v left", done, temporary)
	}
}
