package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// objectOf returns the object that a file of an SDK is.
func objectOf(t *testing.T, s *Store, sdk *SDK, name string) Object {
	t.Helper()
	m, err := s.Manifest(sdk)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(m.Files, func(f File) bool { return f.Path == name })
	if at < 0 {
		t.Fatalf("%s has no %s", sdk.Name, name)
	}
	return m.Files[at].Object
}

// rot changes a byte of a file, and nothing that tells of it.
func rot(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	edit(t, path, string(content))
	if err := errors.Join(os.Chmod(path, info.Mode()), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
}

// TestOtherModes makes all files writable, which is no other content.
func TestOtherModes(t *testing.T) {
	if !modesTell {
		t.Skip("modes tell nothing here")
	}
	writable := func(dir string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				err = os.Chmod(path, 0o755)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	install(t, s, "1.26.7")
	for how, mend := range map[string]func() error{
		"repair":  func() error { _, _, _, err := s.Repair(ctx, nil, quiet); return err },
		"install": func() error { install(t, s, "1.26.8"); install(t, s, "1.26.7"); return nil },
	} {
		writable(s.Dir)
		if err := mend(); err != nil {
			t.Errorf("%s: %v", how, err)
		}
		verified(t, s)
		if exists(s.path("kept")) {
			t.Errorf("%s keeps what is as it should be", how)
		}
		object, err := os.Stat(s.objectPath(objectOf(t, s, sdk, "bin/go")))
		if err != nil {
			t.Fatal(err)
		}
		if file, err := os.Stat(filepath.Join(sdk.Tree, "bin/go")); err != nil || !os.SameFile(file, object) {
			t.Errorf("%s: what was a link is a copy, %v", how, err)
		}
	}
	// A tree has what the store has lost.
	writable(sdk.Tree)
	lost := s.objectPath(objectOf(t, s, sdk, "bin/go"))
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	if _, kept, left, err := s.Repair(ctx, nil, quiet); err != nil || kept != "" || len(left) > 0 {
		t.Errorf("kept is %q, left are %v, %v", kept, left, err)
	}
	verified(t, s)
}

// TestKeptOnce edits a file that several SDKs have links of.
func TestKeptOnce(t *testing.T) {
	s := telling(newStore(t))
	from := newStore(t)
	versions := []string{"1.26.6", "1.26.7", "1.26.8"}
	var sdk *SDK
	for _, version := range versions {
		sdk = install(t, s, version)
	}
	text := strings.Repeat("an edit", 10_000)
	edit(t, filepath.Join(sdk.Tree, "src/strings/strings.go"), text)
	// Somebody has put the right one into a tree, so that all are mended at once.
	found := filepath.Join(install(t, from, "1.26.8").Tree, "src/strings/strings.go")
	right, err := os.ReadFile(found)
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, filepath.Join(sdk.Tree, "src/strings/right"), string(right))
	_, kept, left, err := s.Repair(ctx, nil, quiet)
	if err != nil || len(left) > 0 {
		t.Fatalf("left are %v, %v", left, err)
	}
	var first os.FileInfo
	copies := 0
	err = eachFile(kept, func(path string, info fs.FileInfo) error {
		if info.Size() == int64(len(text)) {
			copies++
			if first == nil {
				first = info
			}
			if !os.SameFile(first, info) {
				t.Errorf("%s is another copy of what is kept already", path)
			}
		}
		return nil
	})
	if want := len(versions) + 1; err != nil || copies != want {
		t.Errorf("kept are %d names of the edit, %v, want %d", copies, err, want)
	}
	verified(t, s)
}

// TestLinksInTrees has links in trees that lead nowhere, to themselves, and out of the store.
func TestLinksInTrees(t *testing.T) {
	for what, damage := range map[string]func(s *Store, sdk *SDK){
		"object": func(s *Store, sdk *SDK) {
			path := filepath.Join(sdk.Tree, "src/strings/strings.go")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			putFile(t, path, string(text)) // a copy, as in a store that was copied
			edit(t, s.objectPath(objectOf(t, s, sdk, "src/strings/strings.go")), "damaged")
		},
		"manifest": func(s *Store, sdk *SDK) { edit(t, s.path("manifests", sdk.ID.String()), "damaged") },
	} {
		t.Run(what, func(t *testing.T) {
			s := telling(newStore(t))
			sdk := install(t, s, "1.26.8")
			mine := t.TempDir()
			putFile(t, filepath.Join(mine, "mine"), "my own")
			for name, target := range map[string]string{"bin/.#go": "me@host.1:2", "bin/self": ".", "bin/elsewhere": mine} {
				if err := os.Symlink(target, filepath.Join(sdk.Tree, name)); err != nil {
					t.Skip(err)
				}
			}
			damage(s, sdk)
			// A manifest is mended after objects, and what a tree has too much is seen by the next one.
			var left []Problem
			for range 2 {
				var err error
				if _, _, left, err = s.Repair(ctx, nil, quiet); err != nil {
					t.Fatal(err)
				}
			}
			if len(left) > 0 {
				t.Errorf("left are %v", left)
			}
			verified(t, s)
			checkTree(t, sdk.Tree, "1.26.8")
			if found := contentsOf(t, mine); len(found) != 1 {
				t.Errorf("where a link leads is %q", found)
			}
		})
	}
}

// TestBaseOfNobody damages what a packed object is a delta against, and what belongs to no SDK any more.
func TestBaseOfNobody(t *testing.T) {
	// prepared returns a store with 1.26.7 as deltas against 1.26.8, which was removed, and one of the bases.
	prepared := func(t *testing.T) (*Store, Object) {
		t.Helper()
		s := telling(newStore(t))
		install(t, s, "1.26.7")
		sdk := install(t, s, "1.26.8")
		base := objectOf(t, s, sdk, "bin/go")
		if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Pack(ctx, nil, quiet); err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"1.25.1", "1.25.2"} {
			install(t, s, version)
			if _, err := s.Use(ctx, version, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Remove(ctx, []string{"1.26.8"}); err != nil {
			t.Fatal(err)
		}
		verified(t, s)
		if !exists(s.objectPath(base)) {
			t.Fatal("the base is gone")
		}
		return s, base
	}
	whole := func(t *testing.T, s *Store) {
		t.Helper()
		if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) > 0 {
			t.Errorf("left are %v, %v", left, err)
		}
		verified(t, s)
		if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
			t.Fatal(err)
		}
		verified(t, s)
		tree, err := s.Path(ctx, "1.26.7")
		if err != nil {
			t.Fatal(err)
		}
		checkTree(t, tree, "1.26.7")
	}
	lost := func(t *testing.T, s *Store) {
		t.Helper()
		if _, kept, left, err := s.Repair(ctx, nil, quiet); err != nil || kept == "" || len(left) != 1 || left[0].SDK != "1.26.7" {
			t.Fatalf("kept is %q, left are %v, %v", kept, left, err)
		}
	}
	t.Run("its SDK again", func(t *testing.T) {
		s, base := prepared(t)
		rot(t, s.objectPath(base))
		lost(t, s)
		install(t, s, "1.26.8")
		whole(t, s)
	})
	t.Run("the SDK of the delta again", func(t *testing.T) {
		s, base := prepared(t)
		rot(t, s.objectPath(base))
		lost(t, s)
		source, err := FromFolder(folderOf(t, sdkFiles("1.26.7")))
		if err != nil {
			t.Fatal(err)
		}
		if sdk, err := s.Install(ctx, source, InstallOptions{FilesOnly: true}); err != nil || sdk != nil {
			t.Fatal(sdk, err)
		}
		whole(t, s)
	})
	t.Run("a copy in a tree", func(t *testing.T) {
		s, base := prepared(t)
		rot(t, s.objectPath(base))
		putFile(t, filepath.Join(s.Current(), "copy"), sdkFiles("1.26.8")["bin/go"])
		whole(t, s)
	})
	t.Run("packed", func(t *testing.T) {
		s, base := prepared(t)
		if _, err := s.Pack(ctx, nil, quiet); err != nil {
			t.Fatal(err)
		}
		if exists(s.objectPath(base)) {
			t.Error("what no SDK has stays unpacked")
		}
		rot(t, s.packedPath(base))
		lost(t, s)
		install(t, s, "1.26.8")
		whole(t, s)
	})
	t.Run("a wrong size", func(t *testing.T) {
		s, base := prepared(t)
		sdk, err := s.Find("1.26.7")
		if err != nil {
			t.Fatal(err)
		}
		packed := s.packedPath(objectOf(t, s, sdk, "bin/go"))
		text, err := os.ReadFile(packed)
		if err != nil {
			t.Fatal(err)
		}
		smaller := base
		smaller.Size--
		edit(t, packed, strings.Replace(string(text), packedHead{&base}.String(), packedHead{&smaller}.String(), 1))
		lost(t, s)
		if !exists(s.objectPath(base)) {
			t.Error("a base in order was taken out")
		}
	})
}

// TestLostInKept has the right content of a file where a repair has kept it.
func TestLostInKept(t *testing.T) {
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.8")
	putFile(t, s.path("kept/before/print.go"), sdkFiles("1.26.8")["src/fmt/print.go"])
	edit(t, filepath.Join(sdk.Tree, "src/fmt/print.go"), "an edit")
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	verified(t, s)
	isKept(t, s, "an edit")
}

// TestReadErrors reads a packed object that the disk does not give.
func TestReadErrors(t *testing.T) {
	var err error = &fs.PathError{Op: "read", Path: "x", Err: errors.New("input/output error")}
	_, err = damageReader{iotest.ErrReader(fmt.Errorf("damaged delta: %w", err)), "x"}.Read(make([]byte, 1))
	if kind := kindOf(err, badObject); kind != unreadable || reason(err) != "it can't be read: input/output error" {
		t.Errorf("it is taken for damage: %v", err)
	}
	_, err = damageReader{iotest.ErrReader(errors.New("has more than 1 bytes, expected as many")), "x"}.Read(make([]byte, 1))
	if kind := kindOf(err, badObject); kind != badObject {
		t.Errorf("it is not taken for damage: %v", err)
	}
}

// TestLinksInObjects cleans a store with links among its objects: it is the link that goes, and nothing is left for it.
func TestLinksInObjects(t *testing.T) {
	s := newStore(t)
	install(t, s, "1.26.8")
	mine := t.TempDir()
	putFile(t, filepath.Join(mine, "mine"), "my own")
	for name, target := range map[string]string{"objects/00/nowhere": "nowhere", "objects/00/elsewhere": mine} {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, s.path(name)); err != nil {
			t.Skip(err)
		}
	}
	if _, err := s.Remove(ctx, []string{"1.26.8"}); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, s)
	if !exists(filepath.Join(mine, "mine")) {
		t.Error("what a link leads to is gone")
	}
}

// TestTreesOfUnknown removes trees whose manifests are gone, so that nothing tells what others have put there.
func TestTreesOfUnknown(t *testing.T) {
	for how, damage := range map[string]func(path string) error{
		"gone":    os.Remove,
		"damaged": func(path string) error { edit(t, path, "damaged"); return nil },
	} {
		t.Run(how, func(t *testing.T) {
			s := telling(newStore(t))
			sdk := install(t, s, "1.26.7")
			install(t, s, "1.26.8")
			putFile(t, filepath.Join(sdk.Tree, "src/mine/mine.go"), "package mine")
			if err := damage(s.path("manifests", sdk.ID.String())); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
				t.Fatal(err)
			}
			if exists(sdk.Tree) {
				t.Error("the tree is still there")
			}
			isKept(t, s, "package mine")
			verified(t, s)
		})
	}
}

// TestHeldIsKnown changes a tree that is in use, whose SDK is removed meanwhile.
func TestHeldIsKnown(t *testing.T) {
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	_, held, err := s.Hold(ctx, "1.26.7")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.path("sdks", "1.26.7")); err != nil {
		t.Fatal(err)
	}
	putFile(t, filepath.Join(sdk.Tree, "src/mine/mine.go"), "package mine")
	if c, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil || len(c.Kept) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	held.Close()
	if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil || exists(sdk.Tree) {
		t.Errorf("nobody holds it any more, but it is there: %v", err)
	}
	isKept(t, s, "package mine")
	if found := contentsOf(t, s.path("kept")); len(found) != 1 {
		t.Errorf("%d files are kept", len(found))
	}
}

// TestRotOfATree installs what is laid out already, and has changed without a trace.
func TestRotOfATree(t *testing.T) {
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.8")
	rot(t, filepath.Join(sdk.Tree, "bin/go"))
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.8")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{}); err == nil || !strings.Contains(err.Error(), "next: overlay sdk repair") {
		t.Errorf("install: %v", err)
	}
	if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) == 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	install(t, s, "1.26.8")
	verified(t, s)
	checkTree(t, sdk.Tree, "1.26.8")
}
