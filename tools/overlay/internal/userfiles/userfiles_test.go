package userfiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
	}
}

func checkNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s has %v, want %v", dir, got, want)
	}
}

// TestChanged checks that nothing is done if a file is not the original.
func TestChanged(t *testing.T) {
	for _, tt := range []struct {
		change Change
		how    string
	}{
		{Change{Path: "other", Original: []byte("read"), Content: []byte("new")}, "changed"},
		{Change{Path: "other", Original: []byte("read"), Delete: true}, "changed"},
		{Change{Path: "other", Content: []byte("new")}, "created"},
		{Change{Path: "other", Original: []byte{}, Content: []byte("new")}, "changed"},
		{Change{Path: "missing", Original: []byte{}, Content: []byte("new")}, "removed"},
		{Change{Path: "missing", Original: []byte("read"), Delete: true}, "removed"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "other"), "other")
		tt.change.Path = filepath.Join(dir, tt.change.Path)
		err := Apply(Change{Path: filepath.Join(dir, "folder", "first")}, tt.change)
		var changed *ChangedError
		if !errors.As(err, &changed) || changed.How != tt.how || changed.Path != tt.change.Path {
			t.Errorf("got %v, want %s", err, tt.how)
		}
		if want := tt.change.Path + " has been " + tt.how + " meanwhile; run the command again\nno file has been changed"; fmt.Sprint(err) != want {
			t.Errorf("got %v", err)
		}
		checkNames(t, dir, "other")
		checkFile(t, filepath.Join(dir, "other"), "other")
	}
}

// TestChangedLate checks that what is changed between the check and the change itself
// is kept, too.
func TestChangedLate(t *testing.T) {
	for _, original := range [][]byte{nil, []byte("read")} {
		dir := t.TempDir()
		first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
		if original != nil {
			write(t, second, string(original))
		}
		n := 0
		err := apply(func(step step) error {
			if step == stepChange {
				if n++; n == 2 {
					write(t, second, "the user's")
				}
			}
			return nil
		}, []Change{{Path: first}, {Path: second, Content: []byte("new"), Original: original}})
		var partial *PartialError
		var changed *ChangedError
		if !errors.As(err, &partial) || !errors.As(err, &changed) || strings.Contains(err.Error(), "no file") ||
			!strings.Contains(err.Error(), "\nchanged already: "+first+"\nnot changed: "+second) {
			t.Errorf("got %v", err)
		}
		checkNames(t, dir, "first", "second")
		checkFile(t, second, "the user's")
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, mode := range map[string]fs.FileMode{"kept": 0o750, "set": 0o600} {
		write(t, path(name), "old")
		if err := os.Chmod(path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	old := []byte("old")
	err := Apply(Change{Path: path("kept"), Original: old, Content: []byte("new")}, Change{Path: path("set"), Original: old, Content: []byte("new"), Mode: 0o640},
		Change{Path: path("a/new")}, Change{Path: path("a/tool"), Mode: 0o755})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"kept": 0o750, "set": 0o640, "a/new": 0o644, "a/tool": 0o755} {
		if info, err := os.Stat(path(name)); err != nil || info.Mode() != want {
			t.Errorf("%s: got %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

// TestReadOnly checks that what is read-only stays as it is, for root, too.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "folder", "file")
	write(t, file, "old")
	other := Change{Path: filepath.Join(dir, "other")}
	for _, c := range []Change{{Path: file, Original: []byte("old"), Content: []byte("new")}, {Path: file, Original: []byte("old"), Delete: true}} {
		for _, name := range []string{file, filepath.Dir(file)} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if info.IsDir() && runtime.GOOS == "windows" {
				continue // There are no such folders.
			}
			if err := os.Chmod(name, info.Mode()&^anyWrite); err != nil {
				t.Fatal(err)
			}
			err = Apply(other, c)
			if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), name+" is read-only") || !strings.Contains(err.Error(), "\nno file has been changed") {
				t.Errorf("got %v", err)
			}
			if err := os.Chmod(name, info.Mode()); err != nil {
				t.Fatal(err)
			}
			checkFile(t, file, "old")
			checkNames(t, dir, "folder")
			checkNames(t, filepath.Dir(file), "file")
		}
	}
}

// TestPermission checks files and folders that are writable, but not for this user.
func TestPermission(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("root can write everywhere")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "folder", "file")
	write(t, file, "old")
	for name, mode := range map[string]fs.FileMode{file: 0o422, filepath.Dir(file): 0o522} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, remove := range []bool{false, true} {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
			err = Apply(Change{Path: file, Original: []byte("old"), Delete: remove})
			if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), file) {
				t.Errorf("%v: got %v", mode, err)
			}
			if err := os.Chmod(name, info.Mode()); err != nil {
				t.Fatal(err)
			}
			checkFile(t, file, "old")
		}
	}
}

// TestLinks checks that a link stays, and what it leads to gets the content.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("a/b/target"), "old")
	for name, target := range map[string]string{"folder": "a/b", "link": "folder/second", "a/b/second": "../b/target", "dangling": "new/file", "loop": "loop"} {
		if err := os.Symlink(target, path(name)); err != nil {
			t.Skip(err)
		}
	}
	if err := Apply(Change{Path: path("link"), Original: []byte("old"), Content: []byte("new")}, Change{Path: path("dangling"), Content: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path("a/b/target"), "new")
	checkFile(t, path("new/file"), "new")
	checkNames(t, path("a/b"), "second", "target")
	for _, name := range []string{"link", "dangling"} {
		if info, err := os.Lstat(path(name)); err != nil || info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s is no link any more: %v, %v", name, info, err)
		}
	}

	if err := Apply(Change{Path: path("loop")}); err == nil || !strings.Contains(err.Error(), "loop: too many links") {
		t.Errorf("got %v", err)
	}
	twice := []Change{{Path: path("folder/target"), Original: []byte("new"), Content: []byte("1")}, {Path: path("link"), Original: []byte("new"), Content: []byte("2")}}
	if err := Apply(twice...); err == nil || !strings.Contains(err.Error(), "are the same file") {
		t.Errorf("got %v", err)
	}
	checkFile(t, path("a/b/target"), "new")

	// Not what a link leads to is removed, and no link in the place of a folder.
	if err := Apply(Change{Path: path("link"), Original: []byte("new"), Delete: true, Root: dir}); err != nil {
		t.Fatal(err)
	}
	checkNames(t, dir, "a", "dangling", "folder", "loop", "new")
	if err := Apply(Change{Path: path("folder/target"), Original: []byte("new"), Delete: true, Root: path("new")}); err != nil {
		t.Fatal(err)
	}
	checkNames(t, dir, "a", "dangling", "folder", "loop", "new")
	checkNames(t, path("a/b"), "second")
}

// TestEmptyFolders checks which folders are removed with their last file.
func TestEmptyFolders(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"root/a/b/file", "root/other/keep", "root/other/file", "outside/file", "root/stays/file"} {
		write(t, path(name), "1")
	}
	if err := os.Mkdir(path("root/a/empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	var changes []Change
	for _, name := range []string{"root/a/b/file", "root/other/file", "outside/file"} {
		changes = append(changes, Change{Path: path(name), Original: []byte("1"), Delete: true, Root: path("root")})
	}
	changes = append(changes, Change{Path: path("root/stays/file"), Original: []byte("1"), Delete: true})
	if err := Apply(changes...); err != nil {
		t.Fatal(err)
	}
	checkNames(t, dir, "outside", "root")
	checkNames(t, path("root"), "a", "other", "stays")
	checkNames(t, path("root/a"), "empty")

	if err := os.Remove(path("root/a/empty")); err != nil {
		t.Fatal(err)
	}
	write(t, path("root/file"), "1")
	if err := Apply(Change{Path: path("root/file"), Original: []byte("1"), Delete: true, Root: path("root")}); err != nil {
		t.Fatal(err)
	}
	checkNames(t, path("root"), "a", "other", "stays")
}

// TestLeftovers checks which temporary files are removed.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".go_overlay-1.tmp", ".go_overlay-x.tmp", "go_overlay-1.tmp", ".go_overlay-2.tmp.orig", ".go_overlay-3.tmp"} {
		write(t, filepath.Join(dir, name), "1")
		if name == ".go_overlay-3.tmp" {
			continue
		}
		old := time.Now().Add(-61 * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := Apply(Change{Path: filepath.Join(dir, "new")}); err != nil {
		t.Fatal(err)
	}
	checkNames(t, dir, ".go_overlay-2.tmp.orig", ".go_overlay-3.tmp", ".go_overlay-x.tmp", "go_overlay-1.tmp", "new")
}

// TestNoChange checks that a file with the right content is not touched.
func TestNoChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "1")
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Apply(Change{Path: path, Original: []byte("1"), Content: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("got another file, %v", err)
	}
}

func TestInTheWay(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "1")
	for path, want := range map[string]string{
		dir:                               "is a folder, expected a file",
		filepath.Join(dir, "file", "x"):   "file",
		filepath.Join(dir, "file/x/y"):    "file",
		filepath.Join(dir, "new/x\x00/y"): "new",
	} {
		if err := Apply(Change{Path: filepath.Join(dir, "a/b/c")}, Change{Path: path, Original: nil}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", path, err)
		}
		checkNames(t, dir, "file")
	}
	if err := Apply(Change{Path: filepath.Join(dir, "file"), Delete: true}); err == nil {
		t.Error("deleted what was not read")
	}
	checkFile(t, filepath.Join(dir, "file"), "1")
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	unlock, err := Lock(ctx, dir, Wait)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(ctx, dir, 50*time.Millisecond)
	if want := "another overlay command is writing in " + dir; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	interrupted, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Lock(interrupted, dir, Wait); !errors.Is(err, interrupt.Err) {
		t.Errorf("got %v, want %v", err, interrupt.Err)
	}
	if other, err := Lock(ctx, t.TempDir(), 50*time.Millisecond); err != nil {
		t.Errorf("another workspace: %v", err)
	} else {
		other()
	}
	time.AfterFunc(50*time.Millisecond, unlock)
	unlock, err = Lock(ctx, dir, Wait)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	checkNames(t, dir)
	if _, err := Lock(ctx, filepath.Join(dir, "missing"), Wait); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// TestConcurrent checks that no update is lost of those that are made under the lock,
// and that without it the originals tell.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, "")
	const writers = 8
	failed := make(chan error)
	for i := range writers {
		go func() {
			failed <- func() error {
				unlock, err := Lock(context.Background(), dir, time.Minute)
				if err != nil {
					return err
				}
				defer unlock()
				content, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				return Apply(Change{Path: path, Original: content, Content: append(content, byte('a'+i))})
			}()
		}()
	}
	for range writers {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if content, err := os.ReadFile(path); err != nil || len(content) != writers {
		t.Errorf("got %q, %v", content, err)
	}
	checkNames(t, dir, "file")

	// Of several that create a file, one does.
	created := filepath.Join(dir, "created")
	for i := range writers {
		go func() { failed <- Apply(Change{Path: created, Content: []byte{byte('a' + i)}}) }()
	}
	done := 0
	for range writers {
		var changed *ChangedError
		if err := <-failed; err == nil {
			done++
		} else if !errors.As(err, &changed) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d have created the file", done)
	}
	checkNames(t, dir, "created", "file")
}
