//go:build unix

package main

import (
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"testing"
)

// TestDiskUsage checks that a file counts once, and which of them are those of SDKs.
func TestDiskUsage(t *testing.T) {
	dir := t.TempDir()
	random := make([]byte, 1<<20) // No file system makes it smaller.
	rand.New(rand.NewSource(1)).Read(random)
	content := string(random)
	if err := errors.Join(
		appendTo(filepath.Join(dir, "objects/ab/one"), content),
		appendTo(filepath.Join(dir, "manifests/two"), content),
		os.Mkdir(filepath.Join(dir, "trees"), 0o755),
		os.Link(filepath.Join(dir, "objects/ab/one"), filepath.Join(dir, "trees/one")),
		os.Symlink("../manifests/two", filepath.Join(dir, "trees/two")),
	); err != nil {
		t.Fatal(err)
	}
	used, err := diskUsage(dir)
	if err != nil {
		t.Fatal(err)
	}
	// A file system may take more than the content, and for folders anything.
	if used.files < 1<<20 || used.files > 1<<20+1<<16 || used.all < used.files+1<<20 || used.all > used.files+1<<20+1<<17 {
		t.Errorf("files %d, all %d", used.files, used.all)
	}
}
