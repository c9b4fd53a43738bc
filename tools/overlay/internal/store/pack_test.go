package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// TestPackAndClean cleans while another process packs: what that has written belongs to no SDK yet.
func TestPackAndClean(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	c := &Cleaning{Kept: map[string]string{}}
	idle, busy, err := s.idle(nil, s.stays, c)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := s.packObjects(ctx, idle, busy, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
		t.Fatal(err)
	}
	if err := s.removePacked(ctx, idle, plain, s.stays, c); err != nil {
		t.Fatal(err)
	}
	if len(c.Removed) > 0 || !strings.Contains(c.Kept["1.26.7"], "next: overlay sdk pack 1.26.7") || !isTree(sdk.Tree) {
		t.Errorf("nothing is packed, but it says: %+v", c)
	}
	verified(t, s)
}

// TestPackRemoved removes an SDK while another process begins to pack.
func TestPackRemoved(t *testing.T) {
	s := newStore(t)
	install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	c := &Cleaning{Kept: map[string]string{}}
	idle, busy, err := s.idle(nil, s.stays, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	plain, err := s.packObjects(ctx, idle, busy, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.removePacked(ctx, idle, plain, s.stays, c); err != nil || len(c.Removed) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	verified(t, s)
}

// TestPackPlatforms packs SDKs of a platform of which none is in use.
func TestPackPlatforms(t *testing.T) {
	s := newStore(t)
	var all []*SDK
	for _, platform := range []string{"linux_amd64", "linux_arm64"} {
		for _, version := range []string{"1.26.7", "1.26.8"} {
			files := map[string]string{}
			for name, content := range sdkFiles(version) {
				if gosdk.IsProgram(name) {
					content += platform
				}
				files[strings.Replace(name, "linux_amd64", platform, 1)] = content
			}
			source, err := FromFolder(folderOf(t, files))
			if err != nil {
				t.Fatal(err)
			}
			sdk, err := s.Install(ctx, source, InstallOptions{Name: version + "-" + platform})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, sdk)
		}
	}
	if _, err := s.Use(ctx, "1.26.8-linux_amd64", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3, 0, 3, 0} { // programs that are deltas
		m, err := s.Manifest(all[i])
		if err != nil {
			t.Fatal(err)
		}
		deltas := 0
		for _, f := range m.Files {
			if head, err := s.packedHead(f.Object); err == nil && head.base != nil && f.Size > 100<<10 {
				deltas++
			}
		}
		if deltas != want {
			t.Errorf("%s: %d programs are deltas, want %d", all[i].Name, deltas, want)
		}
	}
	verified(t, s)
}

// TestPackAgainstDelta packs an SDK beside newer ones that are packed as deltas: it becomes one against what those are deltas against.
func TestPackAgainstDelta(t *testing.T) {
	s := newStore(t)
	install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	if _, err := s.Use(ctx, "1.26.7", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"current", "generations"} { // None is in use.
		if err := os.RemoveAll(s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	install(t, s, "1.26.6")
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	deltas := 0
	err := eachFile(s.path("packed"), func(path string, _ fs.FileInfo) error {
		o, err := parseObject(filepath.Base(path))
		if err != nil {
			return err
		}
		o.Size = 1
		head, err := s.packedHead(o)
		if err != nil || head.base == nil {
			return err
		}
		deltas++
		base, err := s.packedHead(*head.base)
		if base.base != nil {
			t.Errorf("%s is a delta against a delta", path)
		}
		return err
	})
	if err != nil || deltas < 6 {
		t.Errorf("%d deltas, %v", deltas, err)
	}
	verified(t, s)
}
