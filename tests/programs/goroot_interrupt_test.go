package programs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestGorootInterrupt checks that nothing stays behind when the program is asked to
// stop while it writes a GOROOT.
func TestGorootInterrupt(t *testing.T) {
	// It takes far longer to copy a thousand of these than to see the first of them. The
	// file itself takes no place.
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 16<<20); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"goroot", "-out", "out", "-root", "ROOT"}
	for i := range 1000 {
		arguments = append(arguments, "-overlay", fmt.Sprintf("src/%03d=large", i))
	}
	arguments = append(arguments, "large")

	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := exec.Command("helper", arguments...)
			cmd.Dir = dir
			stderr, done := start(t, cmd)
			awaitFile(t, filepath.Join(dir, "out", "src", "000"), stderr, done)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			<-done
			if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.HasPrefix(stderr.String(), "writing the GOROOT out: interrupted\n") {
				t.Errorf("got the exit code %d and:\n%s", code, stderr)
			}
			if _, err := os.Stat(filepath.Join(dir, "out")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder is left: %v", err)
			}
		})
	}
}
