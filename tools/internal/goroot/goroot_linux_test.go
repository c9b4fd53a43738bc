//go:build go1.24

package goroot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// TestOtherFileSystem checks that what can't be linked to where the tree is becomes
// a copy.
func TestOtherFileSystem(t *testing.T) {
	o, dir, want := anSDK(t)
	o.Link = true
	parent, err := os.MkdirTemp(otherFileSystem(t, dir), "goroot_test")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(parent)
	o.Out = filepath.Join(parent, "out")
	if err := Write(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	got := read(t, o.Out)
	for _, folder := range folders {
		delete(got, folder)
	}
	compare(t, got, want)
}

// otherFileSystem returns a folder that is on another one than dir.
func otherFileSystem(t *testing.T, dir string) string {
	device := func(dir string) uint64 {
		var stat syscall.Stat_t
		if err := syscall.Stat(dir, &stat); err != nil {
			return 0
		}
		return uint64(stat.Dev)
	}
	for _, other := range []string{"/dev/shm", "/var/tmp", "/tmp"} {
		if d := device(other); d != 0 && d != device(dir) {
			return other
		}
	}
	t.Fatalf("all folders for temporary files are on the file system of %s: set TMPDIR to a folder on another one", dir)
	return ""
}

// TestReadError checks that a file of which only a part can be read is not left.
func TestReadError(t *testing.T) {
	// Its length is 0, and nothing is mapped where it begins.
	const unreadable = "/proc/self/mem"
	out := t.TempDir()
	for _, link := range []bool{false, true} {
		err := Write(context.Background(), Options{
			Root:    "sdk/ROOT",
			Changes: []gosdk.Change{{Name: "src/mem.go", File: unreadable}},
			Out:     out,
			Link:    link,
		})
		checkError(t, err, "src/mem.go: ", "input/output error")
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v", err)
		}
		compare(t, read(t, out), nil)
	}
}
