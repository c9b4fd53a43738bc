package desk

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/smalldisk"
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
			smalldisk.Mount(t, root, "16m")
			k := newKilled(t, root, program, verb)
			ballast := filepath.Join(root, ".git", "ballast")
			failed := 0
			for free := int64(0); ; free += 36 << 10 {
				k.restore(t)
				smalldisk.Fill(t, root, ballast, free)
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
