package tests

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bazelbuild/buildtools/build"
)

// loads is the direction in which Starlark files load each other: each folder, and the
// folders that its files load. A folder loads only what is above it here, so that
// there is no circle.
var loads = []struct {
	folder string
	loads  []string
}{
	{"common", nil},

	{"go_overlay/private/settings", []string{"common"}},
	{"go_overlay/private/declare", []string{"common", "go_overlay/private/settings"}},
	{"go_overlay/private/choose", []string{"common", "go_overlay/private/declare", "go_overlay/private/settings"}},
	{"go_overlay/private/compile", []string{"common", "go_overlay/private/declare", "go_overlay/private/settings"}},
	{"go_overlay/private/std", []string{"common", "go_overlay/private/compile", "go_overlay/private/declare"}},
	{"go_overlay/private/report", []string{
		"common",
		"go_overlay/private/compile",
		"go_overlay/private/declare",
		"go_overlay/private/settings",
	}},
	{"go_overlay", []string{"go_overlay/private/choose", "go_overlay/private/declare", "go_overlay/private/report"}},

	{"toolchains/private/toolchain", []string{
		"common",
		"go_overlay/private/choose",
		"go_overlay/private/compile",
		"go_overlay/private/declare",
		"go_overlay/private/settings",
		"go_overlay/private/std",
	}},
	{"toolchains/private/sdk", []string{"common", "toolchains/private/toolchain"}},
	{"toolchains/private/goroot", []string{
		"common",
		"go_overlay/private/choose",
		"go_overlay/private/declare",
		"go_overlay/private/std",
		"toolchains/private/toolchain",
	}},
	{"toolchains/private/test_rules", []string{"go_overlay", "toolchains/private/toolchain"}},
	{"toolchains", []string{
		"common",
		"toolchains/private/goroot",
		"toolchains/private/sdk",
		"toolchains/private/test_rules",
		"toolchains/private/toolchain",
	}},

	{"tools/private", []string{"common"}},
	{"tools", []string{"tools/private"}},
}

// TestLoads checks that Starlark files load each other in the direction that is
// declared above, and that visibility() of private ones lets no others load them.
func TestLoads(t *testing.T) {
	declared := map[string][]string{}
	for _, l := range loads {
		for _, loaded := range l.loads {
			if _, ok := declared[loaded]; !ok {
				t.Errorf("%s is declared to load %s, which is not above it: is there a circle?", l.folder, loaded)
			}
		}
		declared[l.folder] = l.loads
	}
	files := starlarkFiles(t)
	found := map[string]map[string]bool{} // folder → folders that it loads
	loadedBy := map[string]map[string]bool{}
	for name, file := range files {
		folder := path.Dir(name)
		for _, loaded := range loadsOf(t, name, file) {
			from := path.Dir(loaded)
			if from == folder {
				continue
			}
			add(found, folder, from)
			add(loadedBy, loaded, folder)
			if !slices.Contains(declared[folder], from) {
				t.Errorf("%s loads %s: %s is not declared to load %s", name, loaded, folder, from)
			}
		}
	}
	for folder, wanted := range declared {
		for _, loaded := range wanted {
			if !found[folder][loaded] {
				t.Errorf("%s is declared to load %s, but does not", folder, loaded)
			}
		}
	}
	for name, file := range files {
		if !strings.Contains(name, "/private/") || !strings.HasSuffix(name, ".bzl") {
			continue
		}
		for _, visible := range visibilityOf(t, name, file) {
			// Generated repositories load what is public.
			if visible != "public" && visible != "//tests/analysis" && !loadedBy[name][strings.TrimPrefix(visible, "//")] &&
				!strings.HasSuffix(visible, "/...") {
				t.Errorf("%s is visible to %s, which does not load it", name, visible)
			}
		}
	}
}

func add(m map[string]map[string]bool, key, value string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][value] = true
}

// starlarkFiles returns the Starlark files of the module, parsed, but for tests, which
// load what they test.
func starlarkFiles(t *testing.T) map[string]*build.File {
	t.Helper()
	files := map[string]*build.File{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "examples", "tests"}, name) {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".bzl" && entry.Name() != "BUILD.bazel" {
			return nil
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		files[name], err = build.Parse(name, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// loadsOf returns the files of this repository that a file loads.
func loadsOf(t *testing.T, name string, file *build.File) []string {
	t.Helper()
	loaded := map[string]bool{}
	for _, statement := range file.Stmt {
		load, ok := statement.(*build.LoadStmt)
		if !ok || strings.HasPrefix(load.Module.Value, "@") {
			continue
		}
		folder, base, ok := strings.Cut(load.Module.Value, ":")
		if !ok || folder != "" && !strings.HasPrefix(folder, "//") {
			t.Errorf("%s loads %q, expected a label such as //folder:file.bzl", name, load.Module.Value)
			continue
		}
		if folder == "" {
			folder = path.Dir(name)
		}
		loaded[path.Join(strings.TrimPrefix(folder, "//"), base)] = true
	}
	return slices.Sorted(maps.Keys(loaded))
}

// visibilityOf returns what a file says by visibility().
func visibilityOf(t *testing.T, name string, file *build.File) []string {
	t.Helper()
	for _, statement := range file.Stmt {
		call, ok := statement.(*build.CallExpr)
		if !ok || len(call.List) != 1 {
			continue
		}
		if function, ok := call.X.(*build.Ident); !ok || function.Name != "visibility" {
			continue
		}
		if list := build.Strings(call.List[0]); list != nil {
			return list
		}
		if one, ok := call.List[0].(*build.StringExpr); ok {
			if one.Value == "private" {
				return nil
			}
			return []string{one.Value}
		}
	}
	t.Errorf("%s does not say by visibility() who may load it", name)
	return nil
}
