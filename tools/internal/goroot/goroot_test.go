//go:build go1.24

package goroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// A file is what a test has in a folder.
type file struct {
	content string
	mode    fs.FileMode
}

// lay writes files with exactly their modes, by their names in a folder.
func lay(t *testing.T, dir string, files map[string]file) {
	t.Helper()
	for name, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, file.mode); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns the files in a folder, and the folders in it, by their names.
func read(t *testing.T, dir string) map[string]file {
	t.Helper()
	files := map[string]file{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		files[filepath.ToSlash(name)] = file{string(content), info.Mode()}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func compare(t *testing.T, got, want map[string]file) {
	t.Helper()
	for name, file := range want {
		if got[name] != file {
			t.Errorf("%s: got %v %q, want %v %q", name, got[name].mode, got[name].content, file.mode, file.content)
		}
	}
	for name, file := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: got %v, want nothing", name, file.mode)
		}
	}
}

// anSDK writes an SDK of more files than one worker writes at a time, as a module zip
// has it laid down: read-only. It returns its options.
func anSDK(t *testing.T) (o Options, dir string, files map[string]file) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "sdk")
	files = map[string]file{
		"VERSION":                  {"go1.26.8", 0o444},
		"bin/go":                   {"go", 0o555},
		"pkg/tool/linux_amd64/asm": {"asm", 0o555},
		"src/make.bash":            {"make", 0o555},
		"src/empty.go":             {"", 0o444},
	}
	for i := range 50 {
		for _, folder := range []string{"src/a", "src/b/c", "src/b/d", "test"} {
			files[fmt.Sprintf("%s/%d.go", folder, i)] = file{fmt.Sprintf("package %d", i), 0o444}
		}
	}
	lay(t, dir, files)
	o = Options{Root: filepath.Join(dir, "ROOT"), Out: filepath.Join(t.TempDir(), "out")}
	for name := range files {
		o.Files = append(o.Files, filepath.Join(dir, filepath.FromSlash(name)))
	}
	return o, dir, files
}

// folders are those of anSDK.
var folders = []string{"bin", "pkg", "pkg/tool", "pkg/tool/linux_amd64", "src", "src/a", "src/b", "src/b/c", "src/b/d", "test"}

func TestWrite(t *testing.T) {
	for _, link := range []bool{false, true} {
		for _, exists := range []bool{false, true} {
			t.Run(fmt.Sprintf("link %t, exists %t", link, exists), func(t *testing.T) {
				o, dir, want := anSDK(t)
				before := read(t, dir)
				overlays := t.TempDir()
				lay(t, overlays, map[string]file{"1.go": {"changed", 0o644}, "go": {"patched", 0o444}, "run": {"run", 0o744}})
				o.Link = link
				o.Changes = []gosdk.Change{
					{Name: "src/a/1.go", File: filepath.Join(overlays, "1.go")},
					{Name: "src/new/deep/1.go", File: filepath.Join(overlays, "1.go")},
					{Name: "src/new/run", File: filepath.Join(overlays, "run")},
					{Name: "bin/go", File: filepath.Join(overlays, "go")},
					{Name: "src/b/c/49.go"},
				}
				want["src/a/1.go"] = file{"changed", 0o444}
				want["src/new/deep/1.go"] = file{"changed", 0o444}
				want["src/new/run"] = file{"run", 0o555}
				want["bin/go"] = file{"patched", 0o555}
				delete(want, "src/b/c/49.go")
				for _, folder := range append(folders, "src/new", "src/new/deep") {
					want[folder] = file{"", fs.ModeDir | 0o755}
				}
				if exists {
					if err := os.Mkdir(o.Out, 0o755); err != nil {
						t.Fatal(err)
					}
				}
				if err := Write(context.Background(), o); err != nil {
					t.Fatal(err)
				}
				compare(t, read(t, o.Out), want)
				compare(t, read(t, dir), before)
			})
		}
	}
}

// TestFoldersWithoutFiles checks that a folder is there only for its files, and that
// one may take the place of a file that is deleted.
func TestFoldersWithoutFiles(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]file{"lib/a/b": {"b", 0o444}, "x": {"x", 0o444}})
	out := filepath.Join(t.TempDir(), "out")
	err := Write(context.Background(), Options{
		Root:    filepath.Join(dir, "x"),
		Files:   []string{filepath.Join(dir, "lib/a/b"), filepath.Join(dir, "x")},
		Changes: []gosdk.Change{{Name: "lib/a/b"}, {Name: "x"}, {Name: "x/y", File: filepath.Join(dir, "x")}},
		Out:     out,
	})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, read(t, out), map[string]file{"x": {"", fs.ModeDir | 0o755}, "x/y": {"x", 0o444}})
}

// TestLink checks which files may be the tree's and the SDK's at the same time: they
// are, and have kept their modes.
func TestLink(t *testing.T) {
	for _, test := range []struct {
		what   string
		name   string
		source file
		link   bool
		mode   fs.FileMode
	}{
		{"read-only", "src/a.go", file{"a", 0o444}, true, 0o444},
		{"executable", "src/a.bash", file{"a", 0o555}, true, 0o555},
		{"program", "bin/go", file{"a", 0o555}, true, 0o555},
		{"program that is not executable", "bin/go", file{"a", 0o444}, false, 0o555},
		{"tool that is not executable", "pkg/tool/linux_amd64/asm", file{"a", 0o444}, false, 0o555},
		{"program for another platform that is not executable", "lib/wasm/go_js_wasm_exec", file{"a", 0o444}, false, 0o555},
		{"executable for some", "src/a.bash", file{"a", 0o544}, false, 0o555},
		{"readable for some", "src/a.go", file{"a", 0o440}, false, 0o444},
		{"writable for its owner", "src/a.go", file{"a", 0o644}, false, 0o444},
		{"writable for its group", "src/a.go", file{"a", 0o464}, false, 0o444},
		{"writable for others", "src/a.go", file{"a", 0o446}, false, 0o444},
		{"writable program", "bin/go", file{"a", 0o755}, false, 0o555},
		{"setuid", "bin/go", file{"a", fs.ModeSetuid | 0o555}, false, 0o555},
		{"empty", "src/a.go", file{"", 0o444}, false, 0o444},
	} {
		t.Run(test.what, func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, map[string]file{test.name: test.source})
			source := filepath.Join(dir, filepath.FromSlash(test.name))
			for _, link := range []bool{true, false} {
				out := filepath.Join(t.TempDir(), "out")
				err := Write(context.Background(), Options{Root: filepath.Join(dir, "ROOT"), Files: []string{source}, Out: out, Link: link})
				if err != nil {
					t.Fatal(err)
				}
				checkLink(t, source, filepath.Join(out, filepath.FromSlash(test.name)), link && test.link)
				if got, want := read(t, out)[test.name], (file{test.source.content, test.mode}); got != want {
					t.Errorf("got %v %q, want %v %q", got.mode, got.content, want.mode, want.content)
				}
				if got := read(t, dir)[test.name]; got != test.source {
					t.Errorf("the source is now %v %q", got.mode, got.content)
				}
			}
		})
	}
}

func checkLink(t *testing.T, source, target string, want bool) {
	t.Helper()
	a, err := os.Stat(source)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.Lstat(target)
	if err != nil {
		t.Fatal(err)
	}
	if got := os.SameFile(a, b); got != want {
		t.Errorf("%s is the same file as its source: %t, want %t", target, got, want)
	}
}

// TestLinkSymlink checks that what a sandbox has as a link becomes a file.
func TestLinkSymlink(t *testing.T) {
	dir, sandbox := t.TempDir(), t.TempDir()
	lay(t, dir, map[string]file{"src/a.go": {"a", 0o444}})
	if err := os.Mkdir(filepath.Join(sandbox, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(sandbox, "src", "a.go")
	if err := os.Symlink(filepath.Join(dir, "src", "a.go"), source); err != nil {
		t.Fatal(err)
	}
	for _, link := range []bool{true, false} {
		out := filepath.Join(t.TempDir(), "out")
		if err := Write(context.Background(), Options{Root: filepath.Join(sandbox, "ROOT"), Files: []string{source}, Out: out, Link: link}); err != nil {
			t.Fatal(err)
		}
		checkLink(t, source, filepath.Join(out, "src", "a.go"), link)
		compare(t, read(t, out), map[string]file{"src": {"", fs.ModeDir | 0o755}, "src/a.go": {"a", 0o444}})
	}
}

// TestLinkChange checks that a user's own file is never the tree's.
func TestLinkChange(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]file{"src/a.go": {"a", 0o444}, "overlay.go": {"b", 0o444}})
	out := filepath.Join(t.TempDir(), "out")
	source := filepath.Join(dir, "overlay.go")
	if err := Write(context.Background(), Options{
		Root:    filepath.Join(dir, "ROOT"),
		Files:   []string{filepath.Join(dir, "src", "a.go")},
		Changes: []gosdk.Change{{Name: "src/a.go", File: source}},
		Out:     out,
		Link:    true,
	}); err != nil {
		t.Fatal(err)
	}
	checkLink(t, source, filepath.Join(out, "src", "a.go"), false)
}

// TestToolchain checks that the go command of a changed GOROOT does not change to another one, and that others are as they were.
func TestToolchain(t *testing.T) {
	const env, local = "GOPROXY=off\nGOTOOLCHAIN=auto\nGOSUMDB=off\n", "GOPROXY=off\nGOSUMDB=off\nGOTOOLCHAIN=local\n"
	own := []gosdk.Change{{Name: "src/a.go", File: "overlay.go"}}
	for _, test := range []struct {
		changes []gosdk.Change
		want    string
	}{
		{nil, env},
		{own, local},
		{append(own, gosdk.Change{Name: "go.env", File: "go.env"}), "GOTOOLCHAIN=path\n"},
	} {
		dir := t.TempDir()
		lay(t, dir, map[string]file{"go.env": {env, 0o444}, "src/a.go": {"a", 0o444}, "overlay.go": {"b", 0o444}, "changed/go.env": {"GOTOOLCHAIN=path\n", 0o444}})
		o := Options{Root: filepath.Join(dir, "ROOT"), Files: []string{filepath.Join(dir, "src", "a.go"), filepath.Join(dir, "go.env")}, Out: filepath.Join(t.TempDir(), "out"), Link: true}
		for _, change := range test.changes {
			folder := dir
			if change.Name == "go.env" {
				folder = filepath.Join(dir, "changed")
			}
			o.Changes = append(o.Changes, gosdk.Change{Name: change.Name, File: filepath.Join(folder, change.File)})
		}
		if err := Write(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		if got := read(t, o.Out)["go.env"]; got != (file{test.want, 0o444}) {
			t.Errorf("%v: go.env is %q with mode %v, want %q", test.changes, got.content, got.mode, test.want)
		}
		if got := read(t, dir)["go.env"]; got != (file{env, 0o444}) {
			t.Errorf("go.env of the SDK is %q with mode %v now", got.content, got.mode)
		}
	}
}

func TestLinkImpossible(t *testing.T) {
	for _, test := range []struct {
		err  error
		copy bool
	}{
		{syscall.EXDEV, true},
		{syscall.EMLINK, true},
		{syscall.EPERM, true},
		{syscall.ENOTSUP, true},
		{syscall.ENOSYS, true},
		{errors.ErrUnsupported, true},
		{syscall.EIO, false},
		{syscall.ENOSPC, false},
		{syscall.EEXIST, false},
		{syscall.EACCES, false},
	} {
		o, _, want := anSDK(t)
		files, folders, err := plan(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(o.Out, 0o755); err != nil {
			t.Fatal(err)
		}
		tree := tree{out: o.Out, files: files, folders: folders, written: make([]bool, len(files))}
		tree.link = func(target, source string) error {
			return &os.LinkError{Op: "link", Old: source, New: target, Err: test.err}
		}
		err = tree.write(context.Background())
		if !test.copy {
			if !errors.Is(err, test.err) {
				t.Errorf("%v: got %v", test.err, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: got %v, want a copy", test.err, err)
		}
		for _, folder := range folders {
			want[folder] = file{"", fs.ModeDir | 0o755}
		}
		compare(t, read(t, o.Out), want)
	}
}

// A hook is a context that asks a function whether it is done.
type hook struct {
	context.Context
	err func() error
}

func (h hook) Err() error { return h.err() }

// TestNothingIsLeft checks that a folder is as it was before after all that can fail
// late: when most of the files are there.
func TestNothingIsLeft(t *testing.T) {
	for _, test := range []struct {
		what   string
		change func(t *testing.T, o *Options)
		stop   bool // whether it is interrupted
		want   []string
	}{
		{
			what:   "a source is missing",
			change: func(t *testing.T, o *Options) { o.Changes = []gosdk.Change{{Name: "zz/z.go", File: "no/such.go"}} },
			want:   []string{"writing the GOROOT ", "out: zz/z.go: stat no/such.go: no such file"},
		},
		{
			what: "a file of the SDK is missing",
			change: func(t *testing.T, o *Options) {
				o.Files = append(o.Files, filepath.Join(filepath.Dir(o.Root), "zz.go"))
			},
			want: []string{"out: zz.go: stat ", "zz.go: no such file"},
		},
		{
			what: "a source is a folder",
			change: func(t *testing.T, o *Options) {
				o.Changes = []gosdk.Change{{Name: "zz.go", File: filepath.Dir(o.Root)}}
			},
			want: []string{"zz.go: ", "sdk: expected a file, found d"},
		},
		{
			what:   "the JSON can't be written",
			change: func(t *testing.T, o *Options) { o.JSON = filepath.Join(filepath.Dir(o.Root), "no", "overlay.json") },
			want:   []string{"no/overlay.json: ", "no such file"},
		},
		{
			what:   "an interruption",
			change: func(t *testing.T, o *Options) {},
			stop:   true,
			want:   []string{"out: interrupted"},
		},
	} {
		for _, link := range []bool{false, true} {
			for _, exists := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, link %t, exists %t", test.what, link, exists), func(t *testing.T) {
					o, dir, _ := anSDK(t)
					before := read(t, dir)
					o.Link = link
					test.change(t, &o)
					if exists {
						if err := os.Mkdir(o.Out, 0o755); err != nil {
							t.Fatal(err)
						}
					}
					written := false
					ctx := hook{context.Background(), func() error {
						if _, err := os.Stat(filepath.Join(o.Out, "src", "b", "c", "1.go")); err == nil {
							written = true
						}
						if written && test.stop {
							return context.Canceled
						}
						return nil
					}}
					// With one worker, it is certain that there is something before it fails.
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
					checkError(t, Write(ctx, o), test.want...)
					if !written {
						t.Error("it did not fail late")
					}
					entries, err := os.ReadDir(o.Out)
					if exists && (err != nil || len(entries) > 0) || !exists && !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("left %v, %v", entries, err)
					}
					compare(t, read(t, dir), before)
				})
			}
		}
	}
}

// TestOthersFiles checks that what somebody else wrote in the meantime stays.
func TestOthersFiles(t *testing.T) {
	o, _, _ := anSDK(t)
	other := filepath.Join(o.Out, "src", "b", "d", "1.go")
	ctx := hook{context.Background(), func() error {
		if _, err := os.Stat(other); err != nil {
			return os.WriteFile(other, []byte("other"), 0o644)
		}
		return nil
	}}
	checkError(t, Write(ctx, o), "src/b/d/1.go: ", "file exists")
	if content, err := os.ReadFile(other); err != nil || string(content) != "other" {
		t.Errorf("got %q, %v", content, err)
	}
	names := read(t, o.Out)
	if len(names) != 4 { // src, src/b, src/b/d and the file
		t.Errorf("left %v", names)
	}
}

func TestFolderIsNotEmpty(t *testing.T) {
	for _, name := range []string{"README", ".hidden", "src/a/1.go"} {
		o, _, _ := anSDK(t)
		lay(t, o.Out, map[string]file{name: {"mine", 0o644}})
		before := read(t, o.Out)
		checkError(t, Write(context.Background(), o), o.Out+": expected an empty folder, found "+strings.Split(name, "/")[0]+" in it: delete it, or name another folder")
		compare(t, read(t, o.Out), before)
	}
}

func TestFolderIsNone(t *testing.T) {
	o, _, _ := anSDK(t)
	parent := filepath.Dir(o.Out)
	lay(t, parent, map[string]file{"out": {"mine", 0o644}})
	before := read(t, parent)
	checkError(t, Write(context.Background(), o), o.Out+": expected an empty folder")
	compare(t, read(t, parent), before)

	o.Out = filepath.Join(parent, "no", "out")
	checkError(t, Write(context.Background(), o), o.Out+": no such file")
	compare(t, read(t, parent), before)
}

func TestPlanErrors(t *testing.T) {
	for _, test := range []struct {
		what    string
		files   []string
		changes []gosdk.Change
		want    []string
	}{
		{
			what:  "not in the SDK",
			files: []string{"sdk2/src/a.go"},
			want:  []string{"sdk2/src/a.go is not in the SDK, which is sdk"},
		},
		{
			what:    "an odd name",
			changes: []gosdk.Change{{Name: "src/../a.go", File: "x"}},
			want:    []string{`"src/../a.go" is not the name of a file in a GOROOT`},
		},
		{
			what:    "changed twice",
			changes: []gosdk.Change{{Name: "src/a.go", File: "x/a.go"}, {Name: "src/a.go", File: "y/a.go"}},
			want:    []string{"src/a.go is changed twice, by -overlay src/a.go=x/a.go and -overlay src/a.go=y/a.go: expected one"},
		},
		{
			what:    "changed and deleted",
			changes: []gosdk.Change{{Name: "src/a.go"}, {Name: "src/a.go", File: "y/a.go"}},
			want:    []string{"src/a.go is changed twice, by -delete src/a.go and -overlay src/a.go=y/a.go"},
		},
		{
			what:    "deleted, but not there",
			changes: []gosdk.Change{{Name: "src/b.go"}},
			want:    []string{"-delete src/b.go: the SDK, which is sdk, has no such file"},
		},
		{
			what:    "deletion of a folder",
			changes: []gosdk.Change{{Name: "src"}},
			want:    []string{"-delete src: the SDK, which is sdk, has no such file"},
		},
		{
			what:    "a file where a folder is",
			changes: []gosdk.Change{{Name: "src", File: "x"}},
			want:    []string{"src is to be a file, and the folder of others"},
		},
		{
			what:    "a folder where a file is",
			changes: []gosdk.Change{{Name: "src/a.go/b.go", File: "x"}},
			want:    []string{"src/a.go is to be a file, and the folder of others"},
		},
		{
			what:    "case of a file",
			changes: []gosdk.Change{{Name: "src/A.go", File: "x"}},
			want:    []string{"src/A.go and src/a.go are one name where upper and lower case are the same"},
		},
		{
			what:    "case of a folder",
			changes: []gosdk.Change{{Name: "SRC/b.go", File: "x"}},
			want:    []string{"SRC and src are one name"},
		},
		{
			what:    "case of a file and a folder",
			changes: []gosdk.Change{{Name: "src/A.go/b.go", File: "x"}},
			want:    []string{"src/A.go and src/a.go are one name"},
		},
		{
			what:  "case in the SDK",
			files: []string{"sdk/src/A.go"},
			want:  []string{"src/A.go and src/a.go are one name"},
		},
	} {
		t.Run(test.what, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			err := Write(context.Background(), Options{
				Root:    "sdk/ROOT",
				Files:   append([]string{"sdk/src/a.go", "sdk/VERSION"}, test.files...),
				Changes: test.changes,
				Out:     out,
			})
			checkError(t, err, test.want...)
			if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder exists: %v", err)
			}
		})
	}
}

// TestPlan checks what may look like a mistake, but is none.
func TestPlan(t *testing.T) {
	files, folders, err := plan(Options{
		Root: "../sdk/ROOT",
		// One that was given twice, and one that ends as a file does but for its case.
		Files:   []string{"../sdk/src/b.go", "../sdk/src/a.go", "../sdk/src/a.go", "../sdk/./x/A.go"},
		Changes: []gosdk.Change{{Name: "src/A.go", File: "x"}, {Name: "src/a.go"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []treeFile{{name: "src/A.go", source: "x", changed: true}, {name: "src/b.go", source: "../sdk/src/b.go"}, {name: "x/A.go", source: "../sdk/./x/A.go"}}
	if !slices.Equal(files, want) || !slices.Equal(folders, []string{"src", "x"}) {
		t.Errorf("got %v in %v, want %v", files, folders, want)
	}
}

func TestJSON(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]file{"sdk/src/x.go": {"", 0o444}, "overlays/a&b.go": {"", 0o444}})
	t.Chdir(dir)
	for _, test := range []struct {
		changes []gosdk.Change
		want    string
	}{
		{nil, "{\n\t\"Replace\": {}\n}\n"},
		{
			[]gosdk.Change{{Name: "src/x.go"}, {Name: "src/net/http/server.go", File: "overlays/a&b.go"}},
			"{\n\t\"Replace\": {\n\t\t\"src/net/http/server.go\": \"overlays/a&b.go\",\n\t\t\"src/x.go\": \"\"\n\t}\n}\n",
		},
	} {
		out := t.TempDir()
		if err := Write(context.Background(), Options{
			Root:    "sdk/ROOT",
			Files:   []string{"sdk/src/x.go"},
			Changes: test.changes,
			Out:     filepath.Join(out, "goroot"),
			JSON:    filepath.Join(out, "overlay.json"),
		}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, out)["overlay.json"]; got.content != test.want {
			t.Errorf("got\n%s\nwant\n%s", got.content, test.want)
		}
	}
}

func checkError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error is\n%v\nwant\n%s", err, part)
		}
	}
}

// TestIncludedHeaders checks that a changed header of the runtime takes the place of its
// copy, too.
func TestIncludedHeaders(t *testing.T) {
	o := Options{
		Root:    "sdk/ROOT",
		Files:   []string{"sdk/src/runtime/textflag.h", "sdk/pkg/include/textflag.h", "sdk/src/runtime/other.h"},
		Changes: []gosdk.Change{{Name: "src/runtime/textflag.h", File: "ours.h"}, {Name: "src/runtime/other.h", File: "other.h"}},
	}
	files, _, err := plan(o)
	if err != nil {
		t.Fatal(err)
	}
	want := []treeFile{
		{name: "pkg/include/textflag.h", source: "ours.h", changed: true},
		{name: "src/runtime/other.h", source: "other.h", changed: true},
		{name: "src/runtime/textflag.h", source: "ours.h", changed: true},
	}
	if !slices.Equal(files, want) {
		t.Errorf("got %v, want %v", files, want)
	}
}
