//go:build unix

package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tortured names a folder to a process that is to use a store in it until it is killed: store, what to install from, and what has gone wrong. With
// edited, it also edits files through links, after which a loss can't be told from an edit.
const (
	tortured = "GO_OVERLAY_TEST_TORTURED"
	edited   = "GO_OVERLAY_TEST_EDITED"
)

var torturedVersions = []string{"1.25.9", "1.26.6", "1.26.7", "1.26.8"}

func TestMain(m *testing.M) {
	if dir := os.Getenv(tortured); dir != "" {
		torture(dir, os.Getenv(edited) != "")
		return
	}
	os.Exit(m.Run())
}

// torture does all that can be done with a store, in any order.
func torture(dir string, edits bool) {
	s, err := Open(filepath.Join(dir, "store"), func(string) {})
	for err == nil {
		name := torturedVersions[rand.IntN(len(torturedVersions))]
		verb := rand.IntN(len(torturedVerbs))
		if torturedVerbs[verb].name == "edit" && !edits {
			continue
		}
		if err = torturedVerbs[verb].do(s, dir, name); err != nil {
			err = fmt.Errorf("%s %s: %w", torturedVerbs[verb].name, name, err)
		}
		if expected(err, edits) {
			err = nil
		}
	}
	os.WriteFile(filepath.Join(dir, "failed", fmt.Sprint(os.Getpid())), []byte(err.Error()), 0o644)
}

// expected tells whether an error is one that an SDK is not there for, or is in use, or has been edited.
func expected(err error, edits bool) bool {
	if err == nil || errors.As(err, new(*NotInstalledError)) {
		return true
	}
	if edits && strings.Contains(err.Error(), "next: overlay sdk repair") {
		return true
	}
	for _, text := range []string{"is not removed: ", "is not packed: ", "no earlier Go SDK", "it has been removed", errNoCurrent.Error()} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

var torturedVerbs = []struct {
	name string
	do   func(s *Store, dir, name string) error
}{
	{"install", torturedInstall},
	{"install", torturedInstall},
	{"use", func(s *Store, _, name string) error { _, err := s.Use(ctx, name, ""); return err }},
	{"rollback", func(s *Store, _, _ string) error { _, err := s.Rollback(ctx); return err }},
	{"remove", func(s *Store, _, name string) error { _, err := s.Remove(ctx, []string{name}); return err }},
	{"pack", func(s *Store, _, name string) error { _, err := s.Pack(ctx, []string{name}, quiet); return err }},
	{"pack all", func(s *Store, _, _ string) error { _, err := s.Pack(ctx, nil, quiet); return err }},
	{"clean", func(s *Store, _, _ string) error { _, err := s.Clean(ctx, CleanOptions{Keep: 2}); return err }},
	{"path", func(s *Store, _, name string) error { _, err := s.Path(ctx, name); return err }},
	{"pin", func(s *Store, _, name string) error { return s.Pin(ctx, name, rand.IntN(3) == 0) }},
	{"repair", func(s *Store, _, _ string) error { _, _, _, err := s.Repair(ctx, nil, quiet); return err }},
	{"export", func(s *Store, dir, name string) error {
		target := filepath.Join(dir, fmt.Sprintf("%d.tar", os.Getpid()))
		return errors.Join(s.Export(ctx, name, target, ExportOptions{}), removeIfThere(target))
	}},
	{"exec", func(s *Store, _, name string) error {
		tree, held, err := s.Hold(ctx, name)
		if err != nil {
			return err
		}
		defer held.Close()
		for i := 0; i < 10 && err == nil; i++ { // Nobody may take it away.
			time.Sleep(time.Millisecond)
			_, err = os.Stat(filepath.Join(tree, "bin/go"))
		}
		return err
	}},
	{"edit", func(s *Store, _, name string) error {
		tree, err := s.Path(ctx, name)
		if err != nil {
			return err
		}
		path := filepath.Join(tree, []string{"src/fmt/print.go", "src/strings/strings.go", "bin/go", "go.env"}[rand.IntN(4)])
		if os.Chmod(path, 0o755) == nil { // It may be gone: nobody holds it.
			if file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err == nil {
				fmt.Fprintf(file, "// edited by %d\n", os.Getpid())
				file.Close()
			}
		}
		return nil
	}},
}

func torturedInstall(s *Store, dir, name string) error {
	source, err := FromFolder(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	_, err = s.Install(ctx, source, InstallOptions{Name: name})
	return err
}

// TestTorture has eight processes use a store, and kills them. What is installed then is what it was installed as, but for what was edited through
// links in every other round, which a repair and another installation put in order. 200 kills are in the second tier.
func TestTorture(t *testing.T) {
	rounds := 3
	if os.Getenv("GO_OVERLAY_ALL_TESTS") != "" {
		rounds = 25
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "failed"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, version := range torturedVersions {
		if err := os.Rename(folderOf(t, sdkFiles(version)), filepath.Join(dir, version)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(filepath.Join(dir, "store"), func(text string) { t.Log(text) })
	if err != nil {
		t.Fatal(err)
	}
	kills, damaged := 0, 0
	for round := 0; round < rounds; round++ {
		edits := round%2 == 1
		var processes []*exec.Cmd
		for i := 0; i < 8; i++ {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), tortured+"="+dir)
			if edits {
				cmd.Env = append(cmd.Env, edited+"=1")
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			processes = append(processes, cmd)
		}
		time.Sleep(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		for _, cmd := range processes { // Those that still live go on, with what the dead have left.
			time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
			cmd.Process.Kill()
			cmd.Wait()
			if !cmd.ProcessState.Exited() {
				kills++
			}
		}
		for _, text := range contentsOf(t, filepath.Join(dir, "failed")) {
			t.Errorf("a process has failed: %s", text)
		}
		damaged += afterKills(t, s, dir, edits)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d kills, in %d rounds of which a repair was needed", kills, damaged)
}

// afterKills fails unless a store is in order, or can be put in order. It returns 1 if that took a repair.
func afterKills(t *testing.T, s *Store, dir string, edits bool) (damaged int) {
	t.Helper()
	names, err := s.names()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := s.Verify(ctx, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		if !edits {
			t.Fatalf("lost, or damaged, though nothing was edited: %v", problems)
		}
		damaged = 1
		_, _, left, err := s.Repair(ctx, nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range left {
			if p.kind == badManifest {
				t.Errorf("lost: %v", p)
			}
		}
		for _, name := range torturedVersions { // which know what was edited
			if len(left) > 0 {
				if err := torturedInstall(s, dir, name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	verified(t, s)
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
		t.Fatal(err)
	}
	nothingLeaked(t, s)
	for _, name := range names {
		tree, err := s.Path(ctx, name)
		if err != nil {
			t.Error(err)
			continue
		}
		checkTree(t, tree, name)
	}
	verified(t, s)
	return damaged
}
