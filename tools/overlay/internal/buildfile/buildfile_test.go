package buildfile

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

var update = flag.Bool("update", false, "write what comes out to testdata")

// TestEdits runs the edits in testdata. The comment of an archive has one a line, after which comes what it
// returns, if anything, in lines that begin with >; BUILD is the file before them, want the one after them.
func TestEdits(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// As it is, and with the line ends of Windows.
			for _, crlf := range []bool{false, true} {
				before, want := archive.Files[0].Data, archive.Files[1].Data
				if crlf && len(before) > 0 {
					before, want = bytes.ReplaceAll(before, []byte("\n"), []byte("\r\n")), bytes.ReplaceAll(want, []byte("\n"), []byte("\r\n"))
				}
				comment, got := run(t, string(archive.Comment), before)
				if *update && !crlf {
					archive.Comment, archive.Files[1].Data = []byte(comment), got
					if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
						t.Fatal(err)
					}
				} else if comment != string(archive.Comment) || !bytes.Equal(got, want) {
					t.Errorf("crlf %v: got\n%s\n%s\nwant\n%s\n%s", crlf, comment, got, archive.Comment, want)
				}
			}
		})
	}
}

// run makes the edits of a script, and returns it with what they return, and the file.
func run(t *testing.T, script string, content []byte) (string, []byte) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "BUILD")
	if len(content) > 0 {
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	f, err := Load(path, "overlays")
	for _, line := range strings.Split(strings.TrimSuffix(script, "\n"), "\n") {
		if strings.HasPrefix(line, ">") {
			continue
		}
		out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var returned []string
		if err == nil {
			before := f.text
			returned, err = makeEdit(t, f, strings.Fields(line))
			if err != nil && f.text != before {
				t.Errorf("%s: changed the file, in spite of: %v", line, err)
			}
		}
		if err != nil {
			returned = strings.Split(strings.ReplaceAll(err.Error(), path, "BUILD"), "\n")
			err = nil
		}
		for _, line := range returned {
			out.WriteString(strings.TrimRight("> "+strings.ReplaceAll(line, path, "BUILD"), " ") + "\n")
		}
		if f == nil {
			return out.String(), content
		}
	}
	got := f.Content()
	if err := output.Write(f.Output()); err != nil {
		t.Fatal(err)
	}
	return out.String(), got
}

func makeEdit(t *testing.T, f *File, words []string) ([]string, error) {
	t.Helper()
	args := map[string][]string{}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		args[name] = append(args[name], value)
	}
	one := func(name string) string { return strings.Join(args[name], " ") }
	pairs := func(name string) map[string]string {
		pairs := map[string]string{}
		for _, pair := range args[name] {
			key, value, _ := strings.Cut(pair, "=")
			pairs[key] = value
		}
		return pairs
	}
	switch words[0] {
	case "change":
		change := Change{
			Name: one("name"), ImportPath: one("importpath"), Srcs: args["srcs"], NewSrcs: args["new_srcs"], Delete: args["delete"],
			Replace: pairs("replace"), Base: pairs("base"), BaseVersion: one("base_version"), Reason: one("reason"), Listed: args["listed"],
		}
		for _, patch := range args["patches"] {
			file, names, _ := strings.Cut(patch, "=")
			change.Patches = append(change.Patches, Patch{file, strings.Split(names, ",")})
		}
		return nil, f.Change(change)
	case "set":
		return nil, f.AddToSet(words[1], words[2])
	case "base":
		return nil, f.SetBase(one("name"), one("file"), one("digest"), one("version"))
	case "deps":
		return f.SetDeps(one("name"), args["add"], args["remove"])
	case "remove":
		return f.Remove(words[1])
	case "remove_file":
		removed, err := f.RemoveFile(words[1], words[2])
		if err != nil {
			return nil, err
		}
		lines := []string{"files " + strings.Join(removed.Files, " "), "globs " + strings.Join(removed.Globs, " ")}
		isEmpty, err := f.IsEmpty(words[1])
		if isEmpty {
			lines = append(lines, "empty")
		}
		return lines, err
	case "exclude":
		return nil, f.Exclude(words[1])
	case "targets":
		f.Targets = words[1:]
		return nil, nil
	case "fresh":
		return []string{f.FreshName(words[1])}, nil
	case "overlays":
		var names []string
		for _, overlay := range f.Overlays() {
			names = append(names, overlay.Name+" "+overlay.ImportPath)
		}
		return names, nil
	}
	t.Fatalf("no edit %q", words)
	return nil, nil
}

const one = `load("@go_overlay//go_overlay:defs.bzl", "go_overlay")

go_overlay(
    name = "uuid",
    srcs = ["version4.go"],
    importpath = "github.com/google/uuid",
)
`

// TestNoFinalNewline edits a file that has none at its end.
func TestNoFinalNewline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BUILD.bazel")
	if err := os.WriteFile(path, []byte(strings.TrimSuffix(one, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if f.Changed() {
		t.Error("changed without an edit")
	}
	if err := f.SetBase("uuid", "version4.go", "", ""); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSuffix(strings.Replace(one, "    importpath", "    base = {\"version4.go\": \"\"},\n    importpath", 1), "\n")
	if got := string(f.Content()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := f.AddToSet("prod", "//:uuid"); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(f.Content()), ")\n") || !strings.Contains(string(f.Content()), `":uuid"`) {
		t.Errorf("got\n%s", f.Content())
	}
}

// TestLinks edits a file by a link to it, which stays one; the file keeps its mode.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "BUILD")
	if err := os.WriteFile(real, []byte(one), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", link); err != nil {
		t.Skip(err) // Windows needs a privilege for it.
	}
	if got := Path(dir); got != link {
		t.Errorf("got %s, want %s", got, link)
	}
	f, err := Load(link, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Remove("uuid"); err != nil {
		t.Fatal(err)
	}
	if err := output.Write(f.Output()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(real)
	if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o640 || info.Size() != 0 {
		t.Errorf("got %v, %v", info, err)
	}
	if target, err := os.Readlink(link); err != nil || target != "real" {
		t.Errorf("got %s, %v", target, err)
	}
	if err := os.Remove(real); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(link, ""); err == nil {
		t.Error("a link that leads nowhere: expected an error")
	}
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	want := filepath.Join(dir, "BUILD.bazel")
	if got := Path(dir); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	f, err := Load(want, "")
	if err != nil {
		t.Fatal(err)
	}
	if f.Changed() || len(f.Content()) > 0 {
		t.Errorf("a file that is not there: got %q", f.Content())
	}
}

// TestErrors checks that errors have their type, and where they are.
func TestErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BUILD")
	if err := os.WriteFile(path, []byte("a = 1\ngo_overlay(\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path, "")
	if wrong := new(Error); !errors.As(err, &wrong) || wrong.Line < 2 || wrong.Path != path {
		t.Errorf("got %v", err)
	}
}

// TestIdempotent makes edits twice: the second time changes nothing.
func TestIdempotent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BUILD")
	f, err := Load(path, "overlays")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 2 {
		err := errors.Join(
			f.Change(Change{Name: "uuid", ImportPath: "github.com/google/uuid", Srcs: []string{"_o/version4.go"}, Base: map[string]string{"version4.go": ""}}),
			f.AddToSet("overlays", "//overlays:uuid"),
			f.Exclude("_o"),
		)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(f.Content()))
	}
	if got[0] != got[1] {
		t.Errorf("got\n%s\nand then\n%s", got[0], got[1])
	}
}

func TestCovers(t *testing.T) {
	for _, test := range []struct {
		glob, file string
		want       bool
	}{
		{`glob(["*.go"])`, "a.go", true},
		{`glob(["*.go"])`, ":a.go", true},
		{`glob(["*.go"])`, "a/a.go", false},
		{`glob(["a/*.go"])`, "a.go", false},
		{`glob(include = ["_o/*.go", "x"])`, "_o/a.go", true},
		{`glob(["**/*.go"])`, "a.go", true},
		{`glob(["**/*.go"])`, "a/b/a.go", true},
		{`glob(["a/**"])`, "a/b/a.go", true},
		{`glob(["a/**/b.go"])`, "a/b/a.go", false},
		{`glob(["**/*.go"], ["b/**"])`, "b/a.go", false},
		{`glob(["*.go"], exclude = ["b*"])`, "a.go", true},
		{`glob(["*.go"], exclude = B)`, "a.go", false},
		{`glob(A)`, "a.go", false},
		{`glob(["[ab].go"])`, "a.go", false},
		{`other(["*.go"])`, "a.go", false},
		{`["a.go"]`, "a.go", false},
	} {
		tree, err := build.ParseBuild("", []byte(test.glob))
		if err != nil {
			t.Fatal(err)
		}
		if got := covers(tree.Stmt[0], test.file); got != test.want {
			t.Errorf("%s, %s: got %v", test.glob, test.file, got)
		}
	}
}

func TestSelects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BUILD.bazel")
	const content = `PLATFORM = select({"//:linux": ["a.go"], "//conditions:default": []})
FILES = ["b.go"] + PLATFORM
LOOP = LOOP
go_overlay(name = "one", srcs = FILES, delete = ["select"], deps = [":x"] + select({"//:linux": []}))
go_overlay(name = "two", srcs = ["select.go"], deps = LOOP)
`
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path, "overlays")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.Selects("one"), " "); got != "srcs deps" {
		t.Errorf("got %s", got)
	}
	if got := f.Selects("two"); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
