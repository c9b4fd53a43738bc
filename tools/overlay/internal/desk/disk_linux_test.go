package desk

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestVerbsOnFullDisk lets the command run out of space, with more of it each time.
func TestVerbsOnFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	program := buildOverlay(t)
	for name, verb := range killedVerbs() {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "workspace")
			if err := os.Mkdir(root, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=16m"); err != nil {
				t.Skipf("mounting a small disk takes root: %v", err)
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(root, syscall.MNT_DETACH); err != nil {
					t.Error(err)
				}
			})
			k := newKilled(t, root, program, verb)
			ballast := filepath.Join(root, ".git", "ballast")
			failed := 0
			for free := int64(0); ; free += 36 << 10 {
				k.restore(t)
				fillDisk(t, root, ballast, free)
				out, err := k.command(t).CombinedOutput()
				_, temporary := k.files(t)
				done := k.check(t)
				if len(temporary) > 0 {
					t.Errorf("left: %v", temporary)
				}
				if err := os.Remove(ballast); err != nil {
					t.Fatal(err)
				}
				if done == "all done" {
					break
				}
				if failed++; err == nil || !strings.Contains(string(out), syscall.ENOSPC.Error()) {
					t.Fatalf("%d bytes are free: got %v, %s", free, err, out)
				}
				k.again(t)
			}
			t.Logf("failed %d times", failed)
			if failed == 0 {
				t.Error("never runs out of space")
			}
		})
	}
}

// fillDisk leaves so many bytes free.
func fillDisk(t *testing.T, disk, ballast string, free int64) {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(disk, &stat); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ballast, make([]byte, max(0, int64(stat.Bavail)*stat.Bsize-free)), 0o666); err != nil {
		t.Fatal(err)
	}
}
