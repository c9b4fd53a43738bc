package programs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStdInterrupt checks that nothing stays behind when the program is asked to stop
// while the builder runs, and that the builder is told.
func TestStdInterrupt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		signal  syscall.Signal
		shell   string // before the program
		ignored bool
	}{
		{name: "SIGINT", signal: syscall.SIGINT},
		{name: "SIGTERM", signal: syscall.SIGTERM},
		{name: "SIGHUP", signal: syscall.SIGHUP},
		{name: "SIGHUP, after nohup", signal: syscall.SIGHUP, shell: `trap "" HUP; `, ignored: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, temporary := t.TempDir(), t.TempDir()
			for _, folder := range []string{"bin", "lib", "pkg/include", "pkg/tool", "src"} {
				if err := os.MkdirAll(filepath.Join(dir, "sdk", folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for name, content := range map[string]string{
				"sdk/ROOT": "",
				"out":      "",
				// Not by exec, or sleep would have no trap.
				"builder": "#!/bin/sh\n" + `trap 'echo > "$DIR/told"; exit 1' TERM; echo > "$DIR/started"` + "\n" +
					`until [ -e "$DIR/done" ]; do sleep 0.05; done` + "\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("sh", "-c", tt.shell+`exec helper std list -builder ./builder -root sdk/ROOT -out out -- argument`)
			cmd.Dir = dir
			cmd.Env = append(cmd.Environ(), "TMPDIR="+temporary, "DIR="+dir)
			stderr, done := start(t, cmd)
			awaitFile(t, filepath.Join(dir, "started"), stderr, done)
			if err := cmd.Process.Signal(tt.signal); err != nil {
				t.Fatal(err)
			}
			if tt.ignored {
				time.Sleep(100 * time.Millisecond)
				if err := os.WriteFile(filepath.Join(dir, "done"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := <-done
			_, told := os.Stat(filepath.Join(dir, "told"))
			if tt.ignored {
				if err != nil || told == nil {
					t.Errorf("an ignored signal: %v, builder told: %v\n%s", err, told == nil, stderr)
				}
			} else if cmd.ProcessState.ExitCode() != 1 || !strings.HasSuffix(stderr.String(), ": interrupted\n") || told != nil {
				t.Errorf("got %v, builder told: %v, and:\n%s", err, told == nil, stderr)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("%v are left, %v", left, err)
			}
		})
	}
}
