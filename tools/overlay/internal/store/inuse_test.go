package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

// TestHold holds an SDK that is packed, and one whose name becomes that of another one: the tree that is held is the one that is returned.
func TestHold(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.7")
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	tree, held, err := s.Hold(ctx, "1.26.7")
	if err != nil || tree != sdk.Tree {
		t.Fatalf("it is in %s, %v, want %s", tree, err, sdk.Tree)
	}
	defer held.Close()
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.8")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{Name: "1.26.7"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	checkTree(t, tree, "1.26.7")
}

// TestInterrupted waits for others that don't end.
func TestInterrupted(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	short := func() context.Context {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	look, err := lock.TryFile(s.heldPath(sdk.Tree), lock.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Hold(short(), "1.26.8"); !errors.Is(err, interrupt.Err) {
		t.Errorf("hold, while another one looks: %v", err)
	}
	look()
	done, err := s.takeAway(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if _, _, err := s.Hold(short(), "1.26.8"); !errors.Is(err, interrupt.Err) {
		t.Errorf("hold: %v", err)
	}
	if err := s.Pin(short(), "1.26.8", true); !errors.Is(err, interrupt.Err) {
		t.Errorf("pin: %v", err)
	}
}

// TestNoGoCommand takes the go command out of a tree: another one on PATH would be run in its place.
func TestNoGoCommand(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	program := filepath.Join(sdk.Tree, "bin", "go")
	for how, get := range map[string]func() error{
		"path": func() error { _, err := s.Path(ctx, "1.26.8"); return err },
		"use":  func() error { _, err := s.Use(ctx, "1.26.8", ""); return err },
		"hold": func() error {
			_, held, err := s.Hold(ctx, "1.26.8")
			if err == nil {
				held.Close()
			}
			return err
		},
		"repair": func() error { _, _, _, err := s.Repair(ctx, nil, quiet); return err },
	} {
		if err := os.Remove(program); err != nil {
			t.Fatal(err)
		}
		if problems, err := s.Verify(ctx, nil, quiet); err != nil || len(problems) != 1 || problems[0].Path != program {
			t.Errorf("verify: %v, %v", problems, err)
		}
		if err := get(); err != nil {
			t.Errorf("%s: %v", how, err)
		}
		checkTree(t, sdk.Tree, "1.26.8")
	}

	// Its content is lost, but not that of another file, which somebody has put beside it.
	m, err := s.Manifest(sdk)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		if f.Path == "bin/go" {
			if err := os.Remove(s.objectPath(f.Object)); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit(t, filepath.Join(sdk.Tree, "src/fmt/print.go"), "an edit")
	putFile(t, filepath.Join(sdk.Tree, "src/fmt/copy.go"), sdkFiles("1.26.8")["src/fmt/print.go"])
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) != 2 || left[0].name != "bin/go" || left[1].name != "bin/go" {
		t.Errorf("left are %v, %v", left, err)
	}
	install(t, s, "1.26.8")
	checkTree(t, sdk.Tree, "1.26.8")

	files := sdkFiles("1.26.9")
	delete(files, "bin/go")
	source, err := FromFolder(folderOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{Name: "1.26.9"}); err == nil || !strings.Contains(err.Error(), "there is no file bin/go") {
		t.Errorf("install: %v", err)
	}
}
