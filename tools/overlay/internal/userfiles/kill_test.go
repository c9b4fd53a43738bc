package userfiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A scenario is files that there are, and what is done to them, by names. "" in after
// deletes.
type scenario struct {
	before map[string]string
	after  [][2]string
}

func big(mark string) string { return strings.Repeat(mark, 1<<15) }

var scenarios = map[string]scenario{
	"edit": {
		map[string]string{"MODULE.bazel": "module()\n", "app/main.go": "package main\n"},
		[][2]string{{"overlays/uuid/version4.go", big("new ")}, {"overlays/uuid/BUILD.bazel", "go_overlay()\n"}, {"overlays/BUILD.bazel", "set()\n"}, {"MODULE.bazel", "module()\nuse()\n"}},
	},
	"rebase": {
		map[string]string{"a/a.go": big("old "), "b/b.go": "old b", "b/c.go": "", "BUILD.bazel": "digest = 1\n"},
		[][2]string{{"a/a.go", big("new ")}, {"b/b.go", "new b"}, {"b/c.go", "new c"}, {"BUILD.bazel", "digest = 2\n"}},
	},
	"drop": {
		map[string]string{"MODULE.bazel": "module()\n", "BUILD.bazel": "set(a)\n", "o/deep/a/BUILD.bazel": "go_overlay()\n", "o/deep/a/a.go": "mine", "o/deep/b/b.go": "mine, too"},
		[][2]string{{"BUILD.bazel", "set()\n"}, {"o/deep/a/a.go", ""}, {"o/deep/a/BUILD.bazel", ""}, {"o/deep/b/b.go", ""}},
	},
	"all": {
		map[string]string{"x/edited": "old", "x/deleted": "mine", "y/deleted": big("mine ")},
		[][2]string{{"x/edited", big("new ")}, {"x/deleted", ""}, {"new/x", "created"}, {"y/deleted", ""}, {"y/new", "created"}},
	},
}

func (s scenario) set(t *testing.T, dir string) {
	t.Helper()
	for name, content := range s.before {
		write(t, filepath.Join(dir, name), content)
	}
}

// changes are those from number done on.
func (s scenario) changes(dir string, done int) []Change {
	var changes []Change
	for _, after := range s.after[done:] {
		c := Change{Path: filepath.Join(dir, after[0]), Content: []byte(after[1]), Delete: after[1] == "", Root: dir}
		if before, ok := s.before[after[0]]; ok {
			c.Original = append([]byte{}, before...)
		}
		changes = append(changes, c)
	}
	return changes
}

// check returns how many of the changes are done; all others must not be begun, and all
// other files be there.
func (s scenario) check(t *testing.T, dir string) (done int, temporary []string) {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if temporaryName.MatchString(entry.Name()) {
			temporary = append(temporary, path)
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		found[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, content := range s.before {
		want[name] = content
	}
	for done := 0; ; done++ {
		if fmt.Sprint(found) == fmt.Sprint(want) {
			return done, temporary
		}
		if done == len(s.after) {
			break
		}
		if after := s.after[done]; after[1] == "" {
			delete(want, after[0])
		} else {
			want[after[0]] = after[1]
		}
	}
	for name, content := range found {
		t.Errorf("%s has %d bytes: %.20q", name, len(content), content)
	}
	t.Fatal("this is not what the first changes make")
	return 0, nil
}

const (
	envDir      = "USERFILES_TEST_DIR"
	envScenario = "USERFILES_TEST_SCENARIO"
	envKill     = "USERFILES_TEST_KILL"
)

// TestChild is the process that is killed.
func TestChild(t *testing.T) {
	dir := os.Getenv(envDir)
	if dir == "" {
		t.Skip("for other tests")
	}
	kill, err := strconv.Atoi(os.Getenv(envKill))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	n := 0
	err = apply(func(step) error {
		if n++; n != kill {
			return nil
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		if err := self.Kill(); err != nil {
			return err
		}
		select {}
	}, scenarios[os.Getenv(envScenario)].changes(dir, 0))
	if err != nil {
		t.Fatal(err)
	}
}

func child(t *testing.T, dir, name string, kill int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestChild$")
	cmd.Env = append(cmd.Environ(), envDir+"="+dir, envScenario+"="+name, envKill+"="+strconv.Itoa(kill))
	return cmd
}

// TestKilled kills a process before each step, and checks that each file is there, the
// old one or the new one, in order; and that the next command can do the rest, and
// removes what is left.
func TestKilled(t *testing.T) {
	kills := 0
	for name, s := range scenarios {
		seen := map[int]bool{}
		for kill := 1; ; kill++ {
			dir := t.TempDir()
			s.set(t, dir)
			out, err := child(t, dir, name, kill).CombinedOutput()
			done, temporary := s.check(t, dir)
			seen[done] = true
			if err == nil {
				if done != len(s.after) || len(temporary) > 0 {
					t.Errorf("%s: %d changes are done, and %v left", name, done, temporary)
				}
				break
			}
			if bytes.Contains(out, []byte("FAIL")) { // It has ended by itself.
				t.Fatalf("%s, %d: %v\n%s", name, kill, err, out)
			}
			kills++
			s.finish(t, dir, done, temporary)
		}
		for done := range len(s.after) + 1 {
			if !seen[done] {
				t.Errorf("%s was never killed with %d changes done", name, done)
			}
		}
	}
	t.Logf("%d kills", kills)
	if kills < 50 {
		t.Errorf("only %d kills", kills)
	}
}

// TestKilledAnywhere kills at any time, also within steps.
func TestKilledAnywhere(t *testing.T) {
	seen := map[string]int{}
	for range 5 {
		for name, s := range scenarios {
			dir := t.TempDir()
			s.set(t, dir)
			cmd := child(t, dir, name, 0)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out.Read(make([]byte, 1)) // It is ready.
			time.Sleep(time.Duration(rand.Intn(40_000)) * time.Microsecond)
			cmd.Process.Kill()
			cmd.Wait()
			done, temporary := s.check(t, dir)
			seen[fmt.Sprintf("%d done, %d temporary", done, len(temporary))]++
			s.finish(t, dir, done, temporary)
		}
	}
	t.Log(seen)
}

// finish makes the changes that are left, and later a command that writes to all folders.
func (s scenario) finish(t *testing.T, dir string, done int, temporary []string) {
	t.Helper()
	for _, path := range temporary {
		old := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := Apply(s.changes(dir, done)...); err != nil {
		t.Fatal(err)
	}
	if done, _ := s.check(t, dir); done != len(s.after) {
		t.Fatalf("only %d changes are done", done)
	}
	var later []Change
	for _, path := range temporary {
		later = append(later, Change{Path: filepath.Join(filepath.Dir(path), "later "+filepath.Base(path)), Content: []byte("1")})
	}
	if err := Apply(later...); err != nil {
		t.Fatal(err)
	}
	for _, path := range temporary {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", path, err)
		}
	}
}

// TestFullDisk lets each step fail as on a full disk.
func TestFullDisk(t *testing.T) {
	for name, s := range scenarios {
		for failing := 1; ; failing++ {
			dir := t.TempDir()
			s.set(t, dir)
			n := 0
			var at step
			err := apply(func(step step) error {
				if n++; n == failing {
					at = step
					return syscall.ENOSPC
				}
				return nil
			}, s.changes(dir, 0))
			done, temporary := s.check(t, dir)
			if len(temporary) > 0 {
				t.Errorf("%s, %s: %v are left", name, at, temporary)
			}
			if at == "" {
				if err != nil || done != len(s.after) {
					t.Errorf("%s: got %v, %d done", name, err, done)
				}
				break
			}
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s, %s: got %v", name, at, err)
			}
			var partial *PartialError
			if errors.As(err, &partial) {
				if len(partial.Done) != done || done == 0 || len(partial.Done)+len(partial.Left) != len(s.after) {
					t.Errorf("%s, %s: %d done, got %v", name, at, done, err)
				}
				continue
			}
			if done > 0 || !strings.Contains(fmt.Sprint(err), "\nno file has been changed") {
				t.Errorf("%s, %s: %d done, got %v", name, at, done, err)
			}
			if folders := emptyFolders(t, dir); len(folders) > 0 {
				t.Errorf("%s, %s: %v are left", name, at, folders)
			}
		}
	}
}

func emptyFolders(t *testing.T, dir string) (empty []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		entries, err := os.ReadDir(path)
		if len(entries) == 0 {
			empty = append(empty, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return empty
}
