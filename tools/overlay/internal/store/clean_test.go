package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// usedInTurn installs SDKs, each an hour after the one before, and makes each the current one, with on in another place.
func usedInTurn(t *testing.T, s *Store, on string, versions ...string) {
	t.Helper()
	for i, version := range versions {
		install(t, s, version)
		if _, err := s.Use(ctx, version, on); err != nil {
			t.Fatal(err)
		}
		used := time.Now().Add(time.Duration(i-len(versions)) * time.Hour)
		if err := os.Chtimes(s.path("used", version), used, used); err != nil {
			t.Fatal(err)
		}
	}
}

// rollsBackTo fails unless a rollback leads to an SDK that has a name.
func rollsBackTo(t *testing.T, s *Store, want string) {
	t.Helper()
	if _, err := s.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if name, err := s.CurrentName(); err != nil || name != want {
		t.Errorf("the current one is %s, %v, want %s", name, err, want)
	}
	checkTree(t, s.Current(), want)
}

// TestBeforeCurrent has the SDK that a rollback leads to stay, by its name, unless somebody names it.
func TestBeforeCurrent(t *testing.T) {
	for how, take := range map[string]func(s *Store) (*Cleaning, error){
		"number": func(s *Store) (*Cleaning, error) { return s.Clean(ctx, CleanOptions{}) },
		"age":    func(s *Store) (*Cleaning, error) { return s.Clean(ctx, CleanOptions{Keep: -1, MaxAge: time.Minute}) },
		"size":   func(s *Store) (*Cleaning, error) { return s.Clean(ctx, CleanOptions{Keep: -1, MaxSize: 1}) },
		"pack":   func(s *Store) (*Cleaning, error) { return s.Pack(ctx, nil, quiet) },
	} {
		s := newStore(t)
		usedInTurn(t, s, "", "1.26.6", "1.26.7", "1.26.8")
		c, err := take(s)
		if err != nil || !slices.Equal(c.Removed, []string{"1.26.6"}) || c.Kept["1.26.7"] != "overlay sdk rollback leads to it" {
			t.Errorf("by %s: %+v, %v", how, c, err)
		}
		rollsBackTo(t, s, "1.26.7")
	}

	s := newStore(t)
	usedInTurn(t, s, "", "1.26.6", "1.26.7", "1.26.8")
	if c, err := s.Pack(ctx, []string{"1.26.7"}, quiet); err != nil || !slices.Equal(c.Removed, []string{"1.26.7"}) {
		t.Errorf("pack: %+v, %v", c, err)
	}
	rollsBackTo(t, s, "1.26.7")
}

// TestRemoveBeforeCurrent removes the SDK that a rollback leads to by its name: all of it goes, and the rollback leads to the one before.
func TestRemoveBeforeCurrent(t *testing.T) {
	for how, on := range map[string]string{"in the store": "", "elsewhere": t.TempDir()} {
		s := newStore(t)
		usedInTurn(t, s, on, "1.26.6", "1.26.7", "1.26.8")
		sdk, err := s.Find("1.26.7")
		if err != nil {
			t.Fatal(err)
		}
		if c, err := s.Remove(ctx, []string{"1.26.7"}); err != nil || c.Bytes == 0 {
			t.Errorf("%s: %+v, %v", how, c, err)
		}
		if exists(sdk.Tree) || on != "" && exists(filepath.Join(on, filepath.Base(sdk.Tree))) {
			t.Errorf("%s: its tree is left", how)
		}
		nothingLeaked(t, s)
		rollsBackTo(t, s, "1.26.6")
	}

	// Where it has another name, that is what it is then.
	s := newStore(t)
	usedInTurn(t, s, "", "1.26.7", "1.26.8")
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.7")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(ctx, source, InstallOptions{Name: "mine"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if name, err := s.CurrentName(); err != nil || name != "mine" {
		t.Errorf("the current one is %s, %v", name, err)
	}
}

// TestKeepAndSize asks for less than those take that are to stay.
func TestKeepAndSize(t *testing.T) {
	s := newStore(t)
	for i, version := range []string{"1.26.6", "1.26.7", "1.26.8"} {
		install(t, s, version)
		used := time.Now().Add(time.Duration(i-3) * time.Hour)
		if err := os.Chtimes(s.path("used", version), used, used); err != nil {
			t.Fatal(err)
		}
	}
	c, err := s.Clean(ctx, CleanOptions{Keep: 2, MaxSize: 1})
	if err != nil || !slices.Equal(c.Removed, []string{"1.26.6"}) || c.Kept["1.26.8"] != "it is one of the 2 that were used last" || len(c.Kept) != 2 {
		t.Errorf("clean: %+v, %v", c, err)
	}
}

// TestPinnedName installs other files by the name of a pinned SDK.
func TestPinnedName(t *testing.T) {
	s := newStore(t)
	pinned := install(t, s, "1.26.7")
	if err := s.Pin(ctx, "1.26.7", true); err != nil {
		t.Fatal(err)
	}
	source, err := FromFolder(folderOf(t, sdkFiles("1.26.8")))
	if err != nil {
		t.Fatal(err)
	}
	other := func() error { _, err := s.Install(ctx, source, InstallOptions{Name: "1.26.7"}); return err }
	if err := other(); err == nil || !strings.Contains(err.Error(), "overlay sdk unpin 1.26.7") {
		t.Errorf("install: %v", err)
	}
	if again := install(t, s, "1.26.7"); again.ID != pinned.ID || !again.Pinned {
		t.Errorf("the same again: %+v", again)
	}
	if err := s.Pin(ctx, "1.26.7", false); err != nil {
		t.Fatal(err)
	}
	if err := other(); err != nil {
		t.Error(err)
	}
}

// nothingLeaked fails if a store has what it does not need, just after Clean.
func nothingLeaked(t *testing.T, s *Store) {
	t.Helper()
	sdks, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	roots, err := s.roots(sdks)
	if err != nil {
		t.Fatal(err)
	}
	needed, err := s.needed(roots)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{".": true}
	for _, name := range []string{"format", "lock", "packing", "current", "objects", "packed", "manifests", "sdks", "trees", "generations", "pins", "used", "kept", "tmp"} {
		known[name] = true
	}
	for name := range needed {
		known[name] = true
	}
	trees := inTrees(roots)
	for _, root := range roots {
		known["manifests/"+root.id.String()] = true
	}
	for _, sdk := range sdks {
		for _, folder := range []string{"sdks/", "pins/", "used/"} {
			known[folder+sdk.Name] = true
		}
	}
	for tree := range trees {
		known["used/"+tree] = true
	}
	generations, err := s.History()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range generations {
		known["generations/"+g.name] = g.Current || trees[filepath.Base(g.Tree)]
	}
	err = filepath.WalkDir(s.Dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.Dir, path)
		folder, rest, _ := strings.Cut(filepath.ToSlash(name), "/")
		switch base := filepath.Base(name); {
		case folder == "kept" || folder == "trees" && (rest == "" || trees[strings.Split(rest, "/")[0]]):
		case (folder == "objects" || folder == "packed") && rest != "":
			if !entry.IsDir() && !known[folder+"/"+base] {
				t.Errorf("leaked: %s", name)
			}
		case !known[filepath.ToSlash(name)]:
			t.Errorf("leaked: %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
