package programs

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestSDKLockInterrupt checks that nothing stays behind when the program is asked to stop
// in the middle of a download.
func TestSDKLockInterrupt(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			asked := make(chan bool, 1)
			proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				asked <- true
				<-r.Context().Done()
			}))
			defer proxy.Close()
			temporary, dir := t.TempDir(), t.TempDir()
			cmd := exec.Command("overlay", "sdk", "lock", "1.26.8")
			cmd.Dir = dir
			cmd.Env = append(cmd.Environ(), "GOPROXY="+proxy.URL, "GONOPROXY=none", "TMPDIR="+temporary)
			stderr, done := start(t, cmd)
			select {
			case <-asked:
			case err := <-done:
				t.Fatalf("ended too soon: %v\n%s", err, stderr)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) != 1 {
				t.Errorf("got %v, %v, want one temporary folder", left, err)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			<-done
			if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.HasPrefix(stderr.String(), "interrupted\n") {
				t.Errorf("got the exit code %d and:\n%s", code, stderr)
			}
			for _, dir := range []string{temporary, dir} {
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("%v are left, %v", left, err)
				}
			}
		})
	}
}
