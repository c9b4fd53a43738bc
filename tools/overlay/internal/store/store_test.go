package store

import (
	"archive/zip"
	"context"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

var ctx = context.Background()

func quiet(int64) {}

// newStore returns an empty store, which takes warnings for errors.
func newStore(t *testing.T) *Store {
	t.Helper()
	return openStore(t, filepath.Join(t.TempDir(), "store"))
}

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, func(text string) { t.Errorf("warning: %s", text) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sdkFiles are those of a small SDK, of which programs are alike in all versions, and some files the same.
func sdkFiles(version string) map[string]string {
	program := func(seed int64) string {
		content := make([]byte, 200<<10)
		rand.New(rand.NewSource(seed)).Read(content)
		return string(content) + version
	}
	return map[string]string{
		"VERSION":                       "go" + version + "\ntime 2026-01-01T00:00:00Z\n",
		"go.env":                        "GOTOOLCHAIN=auto\n",
		"bin/go":                        program(1),
		"pkg/tool/linux_amd64/compile":  program(2),
		"pkg/tool/linux_amd64/link":     program(3),
		"src/go.mod":                    "module std\n",
		"src/fmt/print.go":              "package fmt // " + version + "\n" + strings.Repeat("// the same\n", 1000),
		"src/strings/strings.go":        "package strings\n" + strings.Repeat("// the same\n", 500),
		"src/strings/testdata/empty":    "",
		"src/strings/testdata/empty2":   "",
		"src/go/build/testdata/a b.txt": "a name with a blank\n",
		"lib/wasm/go_js_wasm_exec":      "#!/bin/sh\n",
	}
}

// folderOf writes the files of an SDK into a folder.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// zipOf writes files into a module zip.
func zipOf(t *testing.T, version string, content map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sdk.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(file)
	names := make([]string, 0, len(content))
	for name := range content {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		entry, err := w.Create(sdkmodule.Path + "@v0.0.1-go" + version + ".linux-amd64/" + zipName(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(content[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func install(t *testing.T, s *Store, version string) *SDK {
	t.Helper()
	source, err := FromFolder(folderOf(t, sdkFiles(version)))
	if err != nil {
		t.Fatal(err)
	}
	sdk, err := s.Install(ctx, source, InstallOptions{Name: version})
	if err != nil {
		t.Fatal(err)
	}
	return sdk
}

// contentsOf returns the files below a folder.
func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := files.Walk(dir, func(name, path string, info fs.FileInfo) error {
		content, err := os.ReadFile(path)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkTree fails unless an SDK is laid out as it should be.
func checkTree(t *testing.T, tree, version string) {
	t.Helper()
	want := sdkFiles(version)
	got := contentsOf(t, tree)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s is not what it should be", tree, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d files, want %d", tree, len(got), len(want))
	}
}

func verified(t *testing.T, s *Store) {
	t.Helper()
	problems, err := s.Verify(ctx, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("verify: %v", p)
	}
}

func TestInstall(t *testing.T) {
	s := newStore(t)
	a, b := install(t, s, "1.26.7"), install(t, s, "1.26.8")
	checkTree(t, a.Tree, "1.26.7")
	checkTree(t, b.Tree, "1.26.8")
	same := func(name string) bool {
		one, err := os.Stat(filepath.Join(a.Tree, name))
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.Stat(filepath.Join(b.Tree, name))
		if err != nil {
			t.Fatal(err)
		}
		return os.SameFile(one, other)
	}
	if !same("src/strings/strings.go") {
		t.Error("a file that two SDKs have is there twice")
	}
	if same("src/strings/testdata/empty") || same("src/fmt/print.go") {
		t.Error("two files are one that should not be")
	}
	for name, want := range map[string]fs.FileMode{"bin/go": 0o555, "pkg/tool/linux_amd64/link": 0o555, "lib/wasm/go_js_wasm_exec": 0o555, "VERSION": 0o444, "src/strings/testdata/empty": 0o444} {
		if info, err := os.Stat(filepath.Join(a.Tree, name)); err != nil || modesTell && info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
	verified(t, s)

	// The same by a zip is the same SDK, and its sum is that of the module.
	source, err := FromZip(zipOf(t, "1.26.8", sdkFiles("1.26.8")))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Install(ctx, source, InstallOptions{Name: "again"})
	if err != nil || c.ID != b.ID || c.Tree != b.Tree {
		t.Errorf("by a zip: %+v, %v, want %s", c, err, b.ID)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}

	// And so is it by a folder in which the go command has made go.mod of what module zips have instead.
	files := sdkFiles("1.26.8")
	files["src/_go.mod"] = files["src/go.mod"]
	if source, err = FromFolder(folderOf(t, files)); err != nil {
		t.Fatal(err)
	}
	if c, err = s.Install(ctx, source, InstallOptions{Name: "unpacked"}); err != nil || c.ID != b.ID {
		t.Errorf("by a folder of the module cache: %+v, %v, want %s", c, err, b.ID)
	}
}

// TestRollbackAgain goes back from a bad SDK, on to a good one, and back from that: not to the bad one.
func TestRollbackAgain(t *testing.T) {
	s := newStore(t)
	for _, version := range []string{"1.26.6", "1.26.7", "1.26.8"} {
		install(t, s, version)
	}
	for _, step := range []string{"1.26.6", "1.26.7", "rollback", "1.26.8", "rollback"} {
		var err error
		if step == "rollback" {
			_, err = s.Rollback(ctx)
		} else {
			_, err = s.Use(ctx, step, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.CurrentName(); err != nil || got != "1.26.6" {
		t.Errorf("the current one is %s, %v", got, err)
	}
}

// TestSwitchAtOnce switches in several processes.
func TestSwitchAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	versions := []string{"1.26.7", "1.26.8"}
	for _, version := range versions {
		install(t, s, version)
		if _, err := s.Use(ctx, version, ""); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	var over atomic.Bool
	for i := range 2 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range 400 {
				var err error
				if i == 0 {
					_, err = s.Use(ctx, versions[n%2], "")
				} else if _, err = s.Rollback(ctx); err != nil && strings.Contains(err.Error(), "no earlier") {
					err = nil
				}
				if err != nil {
					t.Error(err)
				}
			}
			over.Store(true)
		}()
	}
	for !over.Load() {
		if _, err := s.CurrentName(); err != nil {
			t.Error(err)
			break
		}
	}
	wait.Wait()
	if err := s.EnsureCurrent(ctx); err != nil {
		t.Error(err)
	}
}

// TestPlaces refuses what can be no place for a store, or a GOROOT.
func TestPlaces(t *testing.T) {
	if runtime.GOOS != "windows" { // where no path has one
		if _, err := Open(filepath.Join(t.TempDir(), "a:b"), nil); err == nil || !strings.Contains(err.Error(), "can't be on PATH") {
			t.Errorf("a colon: %v", err)
		}
	}
	s := newStore(t)
	install(t, s, "1.26.8")
	for _, on := range []string{s.Dir, s.path("below")} {
		if _, err := s.Use(ctx, "1.26.8", on); err == nil || !strings.Contains(err.Error(), "leave -on out") {
			t.Errorf("in the store: %v", err)
		}
	}
}

func TestUseAndRollback(t *testing.T) {
	s := newStore(t)
	if _, err := s.Rollback(ctx); err == nil || !strings.Contains(err.Error(), "overlay sdk use") {
		t.Errorf("rollback of nothing: %v", err)
	}
	versions := []string{"1.26.6", "1.26.7", "1.26.8"}
	for _, version := range versions {
		install(t, s, version)
		if _, err := s.Use(ctx, version, ""); err != nil {
			t.Fatal(err)
		}
	}
	current := func(want string) {
		t.Helper()
		checkTree(t, s.Current(), want)
		if got, err := s.CurrentName(); err != nil || got != want {
			t.Errorf("the current one is %s, %v, want %s", got, err, want)
		}
	}
	current("1.26.8")
	for _, want := range []string{"1.26.7", "1.26.6"} {
		if _, err := s.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
		current(want)
	}
	if _, err := s.Rollback(ctx); err == nil {
		t.Error("there is nothing before the first one")
	}
	current("1.26.6")
	c, err := s.Clean(ctx, CleanOptions{Keep: 0})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.Removed)
	if !slices.Equal(c.Removed, []string{"1.26.7", "1.26.8"}) || c.Kept["1.26.6"] == "" {
		t.Errorf("removed %q, kept %q", c.Removed, c.Kept)
	}
	current("1.26.6")
	verified(t, s)
}

func TestClean(t *testing.T) {
	s := newStore(t)
	for _, version := range []string{"1.26.5", "1.26.6", "1.26.7", "1.26.8"} {
		install(t, s, version)
		used := time.Now().Add(-time.Hour)
		if version == "1.26.6" {
			used = time.Now().Add(-48 * time.Hour)
		}
		if err := os.Chtimes(s.path("used", version), used, used); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Pin(ctx, "1.26.5", true); err != nil {
		t.Fatal(err)
	}
	_, held, err := s.Hold(ctx, "1.26.7")
	if err != nil {
		t.Fatal(err)
	}
	dry, err := s.Clean(ctx, CleanOptions{Keep: -1, MaxAge: 24 * time.Hour, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	before := usage(s.Dir)
	c, err := s.Clean(ctx, CleanOptions{Keep: -1, MaxAge: 24 * time.Hour})
	if err != nil || !slices.Equal(c.Removed, []string{"1.26.6"}) || !slices.Equal(dry.Removed, c.Removed) || dry.Bytes != c.Bytes || c.Bytes == 0 {
		t.Errorf("by age: %+v, %v; dry run: %+v", c, err, dry)
	}
	if after := usage(s.Dir); after >= before {
		t.Errorf("the store had %d bytes, and has %d", before, after)
	}
	c, err = s.Clean(ctx, CleanOptions{Keep: -1, MaxSize: 1})
	if err != nil || !slices.Equal(c.Removed, []string{"1.26.8"}) || len(c.Kept) != 2 {
		t.Errorf("by size: %+v, %v", c, err)
	}
	held.Close()
	if c, err = s.Clean(ctx, CleanOptions{Keep: 0}); err != nil || !slices.Equal(c.Removed, []string{"1.26.7"}) {
		t.Errorf("by number: %+v, %v", c, err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.5"}); err == nil || !strings.Contains(err.Error(), "unpin") {
		t.Errorf("removing what is pinned: %v", err)
	}
	if err := s.Pin(ctx, "1.26.5", false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.5"}); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, s)
}

// nothingLeft fails if there are files in a store without SDKs.
func nothingLeft(t *testing.T, s *Store) {
	t.Helper()
	for name := range contentsOf(t, s.Dir) {
		if name != "format" && name != "lock" && name != "packing" {
			t.Errorf("%s is left", name)
		}
	}
}

func TestPack(t *testing.T) {
	s := newStore(t)
	var plain int64
	for _, version := range []string{"1.26.5", "1.26.6", "1.26.7", "1.26.8"} {
		plain += usage(install(t, s, version).Tree)
	}
	if _, err := s.Use(ctx, "1.26.7", ""); err != nil {
		t.Fatal(err)
	}
	c, err := s.Pack(ctx, nil, quiet)
	if err != nil || !slices.Equal(c.Removed, []string{"1.26.5", "1.26.6", "1.26.8"}) {
		t.Fatalf("packed %+v, %v", c, err)
	}
	verified(t, s)
	stats, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	// Each program is random, so that without deltas it would take all of its size.
	if one := plain / 4; stats.Store > one+one/4 {
		t.Errorf("four SDKs of %d bytes take %d when they are packed", one, stats.Store)
	}
	for _, version := range []string{"1.26.5", "1.26.8"} {
		tree, err := s.Path(ctx, version)
		if err != nil {
			t.Fatal(err)
		}
		checkTree(t, tree, version)
	}
	// What they were deltas against may go.
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	verified(t, s)
	for i := 0; i < 3; i++ {
		if _, err := s.Pack(ctx, nil, quiet); err != nil {
			t.Fatal(err)
		}
		verified(t, s)
		for _, version := range []string{"1.26.6", "1.26.5", "1.26.8"} {
			if _, err := s.Use(ctx, version, ""); err != nil {
				t.Fatal(err)
			}
			checkTree(t, s.Current(), version)
			if _, err := s.Pack(ctx, nil, quiet); err != nil {
				t.Fatal(err)
			}
			verified(t, s)
		}
	}
}

func TestRepair(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	other := install(t, s, "1.26.7")
	edited := filepath.Join(sdk.Tree, "src/strings/strings.go")
	overwrite := func(path, text string) {
		t.Helper()
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	overwrite(edited, "an edit through a link")
	if err := os.WriteFile(filepath.Join(sdk.Tree, "src/strings/new.go"), []byte("package strings\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(sdk.Tree, "go.env")); err != nil {
		t.Fatal(err)
	}
	problems, err := s.Verify(ctx, nil, quiet)
	if err != nil || len(problems) < 3 {
		t.Fatalf("verify finds %q, %v", problems, err)
	}
	// A changed object is in no tree that is laid out then.
	if err := os.RemoveAll(other.Tree); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Path(ctx, "1.26.7"); err == nil || !strings.Contains(err.Error(), "next: overlay sdk repair") {
		t.Errorf("laying out with a damaged object: %v", err)
	}
	_, kept, left, err := s.Repair(ctx, nil, quiet)
	if err != nil || len(left) == 0 || kept == "" {
		t.Fatalf("repair: kept %s, left %q, %v", kept, left, err)
	}
	if found := contentsOf(t, kept); len(found) != 2 {
		t.Errorf("kept are %q", found)
	}
	s.Warn = func(text string) { // The edit is in the tree until its text is known again.
		if !strings.Contains(text, "what was found there is in") {
			t.Errorf("warning: %s", text)
		}
	}
	install(t, s, "1.26.8") // which has what was lost
	verified(t, s)
	checkTree(t, sdk.Tree, "1.26.8")
	if tree, err := s.Path(ctx, "1.26.7"); err != nil {
		t.Error(err)
	} else {
		checkTree(t, tree, "1.26.7")
	}
}

func TestExport(t *testing.T) {
	s := newStore(t)
	install(t, s, "1.26.7")
	sdk := install(t, s, "1.26.8")
	dir := t.TempDir()
	for _, name := range []string{"a.tar.zst", "b.tar.zst", "a.tar.gz", "a.tar"} {
		if err := s.Export(ctx, "1.26.8", filepath.Join(dir, name), ExportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if one, other := contentsOf(t, dir)["a.tar.zst"], contentsOf(t, dir)["b.tar.zst"]; one != other {
		t.Error("two exports are not the same")
	}
	if err := s.Export(ctx, "1.26.8", filepath.Join(dir, "since.tar.zst"), ExportOptions{Since: "1.26.7"}); err != nil {
		t.Fatal(err)
	}
	since, err := os.Stat(filepath.Join(dir, "since.tar.zst"))
	if err != nil || since.Size() > 20<<10 {
		t.Errorf("a delta has %d bytes, %v", since.Size(), err)
	}
	for _, name := range []string{"a.tar.zst", "a.tar.gz", "a.tar"} {
		to := newStore(t)
		got, err := to.InstallArchive(ctx, filepath.Join(dir, name), InstallOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.ID != sdk.ID || got.Name != "1.26.8" {
			t.Errorf("%s: %+v", name, got)
		}
		checkTree(t, got.Tree, "1.26.8")
		verified(t, to)
	}
	for prefix, ok := range map[string]bool{"usr/local/go": true, "/usr/local/go/": true, "": false, "/": false, "../go": false, "a//b": false} {
		path := filepath.Join(dir, "layer.tar")
		err := s.Export(ctx, "1.26.8", path, ExportOptions{Layer: "1.26.7", Prefix: prefix})
		if (err == nil) != ok {
			t.Errorf("a layer below %q: %v", prefix, err)
		}
		if ok {
			for _, e := range readTar(t, path) {
				if !strings.HasPrefix("usr/local/go/", e.header.Name) && !strings.HasPrefix(e.header.Name, "usr/local/go/") {
					t.Errorf("a layer below %q has %s", prefix, e.header.Name)
				}
			}
		}
	}
	to := newStore(t)
	if _, err := to.InstallArchive(ctx, filepath.Join(dir, "since.tar.zst"), InstallOptions{}); err == nil || !strings.Contains(err.Error(), "what 1.26.7 has not, whose identity is ") {
		t.Errorf("without what it is a delta against: %v", err)
	}
	install(t, to, "1.26.7")
	got, err := to.InstallArchive(ctx, filepath.Join(dir, "since.tar.zst"), InstallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	checkTree(t, got.Tree, "1.26.8")
	verified(t, to)
}

// TestNear names SDKs that may be meant by one that is not installed.
func TestNear(t *testing.T) {
	s := newStore(t)
	for _, version := range []string{"1.9.1", "1.26.7", "1.26.8"} {
		install(t, s, version)
	}
	for name, want := range map[string]string{
		"1.26.9":      "is 1.26.7 or 1.26.8 meant?; next: overlay sdk install 1.26.9",
		"1.99.1":      "those that are: 1.9.1, 1.26.7, 1.26.8; next: overlay sdk install 1.99.1", // 1.9.1 looks like it.
		"1.26.8-mine": "; next: overlay sdk list",
	} {
		if _, err := s.Find(name); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
