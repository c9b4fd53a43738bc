package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// edit changes a file as somebody does who doesn't know that it has other links.
func edit(t *testing.T, path, text string) {
	t.Helper()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// putFile makes a file, and the folders that it is in.
func putFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// telling lets a store say where it has kept changes.
func telling(s *Store) *Store {
	s.Warn = func(string) {}
	return s
}

// isKept fails unless a store has kept a text.
func isKept(t *testing.T, s *Store, text string) {
	t.Helper()
	for _, found := range contentsOf(t, s.path("kept")) {
		if found == text {
			return
		}
	}
	t.Errorf("%q is lost", text)
}

// TestDamagedBase edits what a packed object is a delta against: when that is there again, so is the object.
func TestDamagedBase(t *testing.T) {
	s := telling(newStore(t))
	install(t, s, "1.26.7")
	current := install(t, s, "1.26.8")
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(current.Tree, "bin/go"), "an edit")
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) < 2 {
		t.Fatalf("left are %v, %v", left, err)
	}
	isKept(t, s, "an edit")
	install(t, s, "1.26.8")
	verified(t, s)
	tree, err := s.Path(ctx, "1.26.7")
	if err != nil {
		t.Fatal(err)
	}
	checkTree(t, tree, "1.26.7")
}

// TestLinkedFolder has a link in a tree to where somebody works on the standard library.
func TestLinkedFolder(t *testing.T) {
	for _, how := range []string{"install", "repair", "remove"} {
		t.Run(how, func(t *testing.T) {
			s := telling(newStore(t))
			sdk := install(t, s, "1.26.8")
			mine := t.TempDir()
			putFile(t, filepath.Join(mine, "fmt/print.go"), "my own")
			putFile(t, filepath.Join(mine, "strings/strings.go"), sdkFiles("1.26.8")["src/strings/strings.go"])
			src := filepath.Join(sdk.Tree, "src")
			if err := os.RemoveAll(src); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(mine, src); err != nil {
				t.Skip(err)
			}
			var err error
			switch how {
			case "install":
				install(t, s, "1.26.8")
			case "repair":
				_, _, _, err = s.Repair(ctx, nil, quiet)
			case "remove":
				_, err = s.Remove(ctx, []string{"1.26.8"})
			}
			if err != nil {
				t.Fatal(err)
			}
			if found := contentsOf(t, mine); len(found) != 2 || found["fmt/print.go"] != "my own" {
				t.Errorf("where the link leads is %q", found)
			}
			if how != "remove" {
				checkTree(t, sdk.Tree, "1.26.8")
			}
			verified(t, s)
		})
	}
}

// TestChangesAreKept removes trees that somebody has changed.
func TestChangesAreKept(t *testing.T) {
	remove := map[string]func(*Store) error{
		"pack":   func(s *Store) error { _, err := s.Pack(ctx, nil, quiet); return err },
		"clean":  func(s *Store) error { _, err := s.Clean(ctx, CleanOptions{}); return err },
		"remove": func(s *Store) error { _, err := s.Remove(ctx, []string{"1.26.7"}); return err },
	}
	for how, do := range remove {
		t.Run(how, func(t *testing.T) {
			s := telling(newStore(t))
			sdk := install(t, s, "1.26.7")
			install(t, s, "1.26.8")
			if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
				t.Fatal(err)
			}
			putFile(t, filepath.Join(sdk.Tree, "src/mine/mine.go"), "package mine")
			edit(t, filepath.Join(sdk.Tree, "src/strings/strings.go"), "an edit") // Both SDKs have it.
			if err := do(s); err != nil {
				t.Fatal(err)
			}
			if exists(sdk.Tree) {
				t.Error("the tree is still there")
			}
			isKept(t, s, "package mine")
			isKept(t, s, "an edit")
		})
	}
}

// TestHeldTree holds an SDK whose name becomes that of another one.
func TestHeldTree(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.7")
	_, held, err := s.Hold(ctx, "1.26.7")
	if err != nil {
		t.Fatal(err)
	}
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.8")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{Name: "1.26.7"}); err != nil {
		t.Fatal(err)
	}
	c, err := s.Clean(ctx, CleanOptions{Keep: -1})
	if err != nil || len(c.Kept) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	checkTree(t, sdk.Tree, "1.26.7")
	held.Close()
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil || exists(sdk.Tree) {
		t.Errorf("nobody holds it any more, but it is there: %v", err)
	}
}

// TestNamesThatArePaths asks every verb for an SDK outside of the store.
func TestNamesThatArePaths(t *testing.T) {
	s := newStore(t)
	install(t, s, "1.26.8")
	before := len(contentsOf(t, filepath.Dir(s.Dir)))
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.7")))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"../out", "/tmp/out", "..", ".", "", "a/b", `a\b`, "-x", "x.1.tmp", "a\nb", "a.", strings.Repeat("a", 101)}
	for _, name := range names {
		verbs := map[string]func() error{
			"hold":    func() error { _, _, err := s.Hold(ctx, name); return err },
			"path":    func() error { _, err := s.Path(ctx, name); return err },
			"use":     func() error { _, err := s.Use(ctx, name, ""); return err },
			"pin":     func() error { return s.Pin(ctx, name, true) },
			"unpin":   func() error { return s.Pin(ctx, name, false) },
			"remove":  func() error { _, err := s.Remove(ctx, []string{name}); return err },
			"pack":    func() error { _, err := s.Pack(ctx, []string{name}, quiet); return err },
			"verify":  func() error { _, err := s.Verify(ctx, []string{name}, quiet); return err },
			"repair":  func() error { _, _, _, err := s.Repair(ctx, []string{name}, quiet); return err },
			"export":  func() error { return s.Export(ctx, name, filepath.Join(s.Dir, "x.tar"), ExportOptions{}) },
			"install": func() error { _, err := s.Install(ctx, source, InstallOptions{Name: name}); return err },
		}
		if name == "" { // which stands for the name that it has
			delete(verbs, "install")
		}
		for verb, do := range verbs {
			if err := do(); err == nil || !strings.Contains(err.Error(), "can't be the name of an SDK") {
				t.Errorf("%s %q: %v", verb, name, err)
			}
		}
	}
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
		t.Fatal(err)
	}
	if after := len(contentsOf(t, filepath.Dir(s.Dir))); after > before+1 { // the lock of who packs
		t.Errorf("there were %d files, and are %d", before, after)
	}
}

// TestRemoveDamaged removes an SDK that can neither be read nor repaired, which else would keep all from being cleaned.
func TestRemoveDamaged(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	for _, path := range []string{s.path("manifests", sdk.ID.String()), sdk.Tree} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err == nil || !strings.Contains(err.Error(), "1.26.7") {
		t.Errorf("clean: %v", err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	verified(t, s)
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
		t.Error(err)
	}
}

// TestCurrentOfUnknown keeps the current tree though nothing tells any more what it needs.
func TestCurrentOfUnknown(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.7")
	if _, err := s.Use(ctx, "1.26.7", ""); err != nil {
		t.Fatal(err)
	}
	install(t, s, "1.26.8")
	for _, path := range []string{s.path("manifests", sdk.ID.String()), s.path("sdks", "1.26.7")} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Clean(ctx, CleanOptions{}); err == nil || !strings.Contains(err.Error(), "overlay sdk use another") {
		t.Errorf("clean: %v", err)
	}
	checkTree(t, s.Current(), "1.26.7")
}

// TestMarks finds what says something of SDKs that are not there.
func TestMarks(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	if err := s.setVerified(sdk.ID); err != nil {
		t.Fatal(err)
	}
	left := []string{s.path("pins", "1.26.7"), s.path("used", "1.26.7"), s.path("verified", Digest{}.String()), s.path("overlay.1.tmp"), s.path("sdks", "x.1.tmp")}
	for _, path := range left {
		putFile(t, path, "")
	}
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
		t.Fatal(err)
	}
	for _, path := range left {
		if exists(path) {
			t.Errorf("%s is left", path)
		}
	}
	if again := install(t, s, "1.26.7"); again.Pinned {
		t.Error("it is pinned, which nobody has done")
	}
	checkTree(t, sdk.Tree, "1.26.8")
	if !s.IsVerified(sdk.ID) {
		t.Error("it was verified, and is so no more")
	}
}

// TestHalfATree lays out where somebody has begun to delete.
func TestHalfATree(t *testing.T) {
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.8")
	for _, name := range []string{"VERSION", "bin", "src/fmt"} {
		if err := os.RemoveAll(filepath.Join(sdk.Tree, name)); err != nil {
			t.Fatal(err)
		}
	}
	putFile(t, filepath.Join(sdk.Tree, "src/fmt"), "in the place of a folder")
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	checkTree(t, s.Current(), "1.26.8")
	isKept(t, s, "in the place of a folder")

	on := t.TempDir()
	putFile(t, filepath.Join(on, filepath.Base(sdk.Tree), "mine"), "my own")
	if _, err := s.Use(ctx, "1.26.8", on); err == nil || !strings.Contains(err.Error(), "is no Go SDK; next: remove it") {
		t.Errorf("where something is in the way: %v", err)
	}
}

// TestOtherTimes mends a tree of a store whose files have lost their times, as copies have.
func TestOtherTimes(t *testing.T) {
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.8")
	for name := range contentsOf(t, s.path("objects")) {
		if err := os.Chtimes(s.path("objects", name), time.Time{}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(sdk.Tree, "src/fmt/print.go")); err != nil {
		t.Fatal(err)
	}
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	checkTree(t, sdk.Tree, "1.26.8")
}

// TestPackedDamage has every reader of a packed object say what to do.
func TestPackedDamage(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	install(t, s, "1.26.8")
	if _, err := s.Pack(ctx, nil, quiet); err != nil {
		t.Fatal(err)
	}
	for name, text := range contentsOf(t, s.path("packed")) {
		path := s.path("packed", name)
		for _, damage := range []string{"", text[:len(text)/2], text[:40], packedFormat + "\n", "go_overlay packed object 2\n" + text[27:], text[:len(text)-1] + "x", text + "x"} {
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(damage), 0o444); err != nil {
				t.Fatal(err)
			}
			problems, err := s.Verify(ctx, nil, quiet)
			if err != nil || len(problems) != 1 {
				t.Errorf("verify with %.40q: %v, %v", damage, problems, err)
			}
			if _, err := s.Path(ctx, "1.26.8"); err == nil || !strings.Contains(err.Error(), "next: overlay sdk repair") || !strings.Contains(err.Error(), path) {
				t.Errorf("path with %.40q: %v", damage, err)
			}
			if err := s.Export(ctx, "1.26.8", filepath.Join(t.TempDir(), "x.tar"), ExportOptions{}); err == nil || !strings.Contains(err.Error(), "next: overlay sdk repair") {
				t.Errorf("export with %.40q: %v", damage, err)
			}
		}
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, s)
}

// TestCurrentElsewhere edits and deletes the current GOROOT in another place, and one whose name is another SDK's.
func TestCurrentElsewhere(t *testing.T) {
	s := telling(newStore(t))
	install(t, s, "1.26.8")
	on := t.TempDir()
	tree, err := s.Use(ctx, "1.26.8", on)
	if err != nil {
		t.Fatal(err)
	}
	repaired := func(path string) {
		t.Helper()
		for _, names := range [][]string{nil, {"1.26.8"}} {
			if problems, err := s.Verify(ctx, names, quiet); err != nil || len(problems) != 1 || problems[0].Path != path || problems[0].SDK != "1.26.8" {
				t.Errorf("verify %v: %v, %v, want one of %s", names, problems, err, path)
			}
		}
		if mended, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(mended) != 1 || len(left) != 0 {
			t.Errorf("repair: %v, left are %v, %v", mended, left, err)
		}
		checkTree(t, s.Current(), "1.26.8")
		verified(t, s)
	}
	edited := filepath.Join(tree, "bin/go")
	replace := func(text string) { // It may be a link of an object.
		t.Helper()
		if err := os.Remove(edited); err != nil {
			t.Fatal(err)
		}
		putFile(t, edited, text)
	}
	replace("an edit")
	repaired(edited)
	kept, err := filepath.Glob(tree + ".*.kept")
	if err != nil || len(kept) != 1 || contentsOf(t, kept[0])["bin/go"] != "an edit" {
		t.Errorf("kept are %v, %v", kept, err)
	}
	if err := removeTree(tree); err != nil { // as by a restart
		t.Fatal(err)
	}
	repaired(tree)
	if err := removeTree(tree); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureCurrent(ctx); err != nil {
		t.Error(err)
	}
	checkTree(t, s.Current(), "1.26.8")

	if tree, err = s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.9")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{Name: "1.26.8"}); err != nil {
		t.Fatal(err)
	}
	edited = filepath.Join(tree, "bin/go")
	replace("another edit")
	if problems, err := s.Verify(ctx, nil, quiet); err != nil || len(problems) != 1 || problems[0].Path != edited {
		t.Errorf("verify: %v, %v", problems, err)
	}
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	isKept(t, s, "another edit")
	checkTree(t, s.Current(), "1.26.8")
}

// TestCleanElsewhere uses SDKs in another place: what is there of those before, which can be laid out again, goes with what belongs to nobody.
func TestCleanElsewhere(t *testing.T) {
	s := telling(newStore(t))
	on := t.TempDir()
	var trees []string
	for _, version := range []string{"1.26.5", "1.26.6", "1.26.7", "1.26.8"} {
		install(t, s, version)
		tree, err := s.Use(ctx, version, on)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	putFile(t, filepath.Join(trees[1], "mine"), "my own")
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1, DryRun: true}); err != nil || !isTree(trees[0]) {
		t.Errorf("a dry run: %v", err)
	}
	c, err := s.Clean(ctx, CleanOptions{Keep: -1})
	if err != nil || c.Bytes == 0 || !strings.Contains(c.Kept[trees[1]], "mine: the SDK has no such file; next: remove it") {
		t.Errorf("clean: %+v, %v", c, err)
	}
	for i, want := range []bool{false, true, true, true} {
		if isTree(trees[i]) != want {
			t.Errorf("%s is there: %v, want %v", trees[i], !want, want)
		}
	}
	for age, stays := range map[time.Duration]bool{time.Minute: true, 2 * time.Hour: false} {
		left := filepath.Join(on, "."+filepath.Base(trees[0])+".1.tmp")
		putFile(t, filepath.Join(left, "VERSION"), "") // as of a process that was killed
		then := time.Now().Add(-age)
		if err := errors.Join(os.Chtimes(left, then, then), removeTree(trees[0])); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Use(ctx, "1.26.5", on); err != nil || exists(left) != stays {
			t.Errorf("what is left of a process since %v is there: %v, %v", age, !stays, err)
		}
		if _, err := s.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := os.Remove(filepath.Join(trees[1], "mine")); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if _, err := s.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
	}
	checkTree(t, s.Current(), "1.26.5")
	verified(t, s)
}
