package files

import (
	"os"
	"testing"
)

// TestClone checks that cloning either does it, or says that a copy is needed: within a
// file system, and between two.
func TestClone(t *testing.T) {
	for _, dir := range []string{t.TempDir(), "/dev/shm", "/var/tmp"} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		source, err := os.Open("share_linux.go")
		if err != nil {
			t.Fatal(err)
		}
		defer source.Close()
		target, err := os.CreateTemp(dir, "files_test")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(target.Name())
		defer target.Close()
		err = clone(target, source)
		if err != nil && !CannotShare(err) {
			t.Error(err)
		}
		got, readErr := os.ReadFile(target.Name())
		want, _ := os.ReadFile("share_linux.go")
		if readErr != nil || err == nil && string(got) != string(want) {
			t.Errorf("got %q, %v", got, readErr)
		}
	}
}
