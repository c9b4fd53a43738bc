//go:build go1.24

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// TestSDKRepair damages what "overlay sdk repair" has to get again, and looks what becomes of SDKs that are, or are not, installed.
func TestSDKRepair(t *testing.T) {
	s := newShop(t, "1.26.8")
	edit := func(path, from, to string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.ok("sdk install 1.26.8")
	tree := strings.TrimSpace(s.ok("sdk path 1.26.8"))
	manifest, err := filepath.EvalSymlinks(filepath.Join(filepath.Dir(filepath.Dir(tree)), "sdks", "1.26.8"))
	if err != nil {
		t.Fatal(err)
	}

	// A manifest that the tree does not tell, as there is more in it.
	fakeproxy.WriteFile(t, filepath.Join(tree, "src", "mine.go"), "package mine\n")
	edit(manifest, "version go1", "version go9")
	s.ok("sdk repair", "fetched Go 1.26.8 ", "what was found there is in ", "ok\n")
	s.ok("sdk list", "1.26.8")
	s.ok("sdk verify", "ok\n")
	s.ok("sdk exec 1.26.8 -- go version", "go1.26.8 ")

	// An SDK that is not the release, and has its name.
	changed := t.TempDir()
	if err := os.CopyFS(changed, os.DirFS(tree)); err != nil {
		t.Fatal(err)
	}
	edit(filepath.Join(changed, "go.env"), "auto", "path")
	s.ok("sdk remove 1.26.8")
	s.ok("sdk install -name 1.26.8 " + changed)
	own := strings.TrimSpace(s.ok("sdk path 1.26.8"))
	edit(filepath.Join(own, "src", "errors", "errors.go"), "errors", "wrong")
	s.ok("sdk repair", "fetched Go 1.26.8 ", "mended 1.26.8", "ok\n")
	if is := strings.TrimSpace(s.ok("sdk path 1.26.8")); is != own {
		t.Errorf("1.26.8 was %s, and is %s", own, is)
	}

	// One whose release is not installed.
	s.ok("sdk install -name mine " + changed)
	s.ok("sdk remove 1.26.8")
	edit(filepath.Join(own, "src", "errors", "errors.go"), "errors", "wrong")
	s.ok("sdk repair", "fetched Go 1.26.8 ", "ok\n")
	s.fails("sdk path 1.26.8", "not installed", "mine")

	// What is not in the release.
	edit(filepath.Join(own, "go.env"), "path", "lost")
	s.fails("sdk repair", "go.env", "next: install what these are from again")
	s.ok("sdk install -name mine " + changed)
	s.ok("sdk verify", "ok\n")
}
