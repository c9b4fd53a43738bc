//go:build unix && go1.24

package goroot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestUmask checks that modes are the same everywhere: a tree is for others, too.
func TestUmask(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o027, 0o077, 0o333} {
		for _, link := range []bool{false, true} {
			t.Run(fmt.Sprintf("%03o, link %t", umask, link), func(t *testing.T) {
				o, dir, want := anSDK(t)
				before := read(t, dir)
				o.Link = link
				for _, folder := range folders {
					want[folder] = file{"", fs.ModeDir | 0o755}
				}
				if err := os.Mkdir(o.Out, 0o755); err != nil {
					t.Fatal(err)
				}
				old := syscall.Umask(umask)
				err := Write(context.Background(), o)
				syscall.Umask(old)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, read(t, o.Out), want)
				compare(t, read(t, dir), before)
			})
		}
	}
}

// TestUmaskWithoutFolders checks the same of a tree that has none to try.
func TestUmaskWithoutFolders(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]file{"VERSION": {"go1.26.8", 0o644}})
	out := filepath.Join(t.TempDir(), "out")
	old := syscall.Umask(0o077)
	err := Write(context.Background(), Options{Root: filepath.Join(dir, "ROOT"), Files: []string{filepath.Join(dir, "VERSION")}, Out: out})
	syscall.Umask(old)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, read(t, out), map[string]file{"VERSION": {"go1.26.8", 0o444}})
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the folder has %v, %v", info.Mode(), err)
	}
}

// TestPipe checks that what is no file is an error at once: to open a pipe would
// wait for somebody to write to it.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "a.go")
	if err := syscall.Mkfifo(pipe, 0o444); err != nil {
		t.Fatal(err)
	}
	for _, link := range []bool{false, true} {
		err := Write(context.Background(), Options{
			Root:  filepath.Join(dir, "ROOT"),
			Files: []string{pipe},
			Out:   filepath.Join(t.TempDir(), "out"),
			Link:  link,
		})
		checkError(t, err, "a.go: expected a file, found p")
	}
}
