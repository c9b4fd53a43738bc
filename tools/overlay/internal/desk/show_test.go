package desk

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hashPackage = "github.com/acme/mono/go/uuid/v2/hash"

// TestShowList checks that each file of a package has all that changes it, in the order of layers.
func TestShowList(t *testing.T) {
	d, out, said := exportDesk(t)
	module := filepath.Join(d.Workspace.Root, "MODULE.bazel")
	if err := os.WriteFile(module, []byte(`
overlays = use_extension("@go_overlay//go_overlay:extensions.bzl", "overlays")
overlays.use(set = "//overlays:set")
`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Show(context.Background(), hashPackage, ShowOptions{}); err != nil {
		t.Fatal(err, said)
	}
	want := hashPackage + ` v2.1.0, as builds compile it with //overlays:set

a b.go        //overlays:files replaces it by overlays/hash/a b.go
crlf.go       //overlays:files replaces it by overlays/hash/crlf.go
empty.go      //overlays:files replaces it by overlays/hash/empty.go
gone.go       //overlays:files deletes it
hash.go       //overlays:lower patches it by overlays/hash.patch
              //overlays:upper patches it by overlays/upper.patch
made.go       //overlays:files adds it by //overlays:made.go
new.go        //overlays:files adds it by overlays/hash/new.go
new_empty.go  //overlays:files adds it by overlays/hash/new_empty.go
noend.go      //overlays:files replaces it by overlays/hash/noend.go

//overlays:files also sets x_defs
`
	if out.String() != want {
		t.Errorf("got %s, want %s", out, want)
	}

	out.Reset()
	if err := d.Show(context.Background(), hashPackage, ShowOptions{JSON: true, Set: "lower"}); err != nil {
		t.Fatal(err, said)
	}
	var shown Shown
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if shown.Set != "//overlays:lower" || len(shown.Files) != 6 || len(shown.Options) != 0 {
		t.Errorf("got %+v", shown)
	}
	for _, file := range shown.Files {
		switch {
		case file.Name == "hash.go":
			if change := (ShownChange{"//overlays:lower", "patches", "overlays/hash.patch"}); len(file.Changes) != 1 || file.Changes[0] != change {
				t.Errorf("got %+v", file)
			}
		case len(file.Changes) > 0 || !file.Present || file.Upstream != filepath.Join(d.Workspace.Root, "mod", "hash", file.Name):
			t.Errorf("got %+v", file)
		}
	}
}

// TestShowText checks that the text of a file is that which builds compile.
func TestShowText(t *testing.T) {
	d, out, _ := exportDesk(t)
	for _, test := range []struct {
		text, set, want string
	}{
		{hashPackage + "/hash.go", "//overlays:set", exportedTree["hash/hash.go"]},
		{hashPackage + "/hash.go", "lower", "package hash\n\nconst h = 2\n\nconst i = 1\n"},
		{hashPackage + ".i", "set", exportedTree["hash/hash.go"]},
		{hashPackage + "/hash.go", "", "package hash\n\nconst h = 1\n\nconst i = 1\n"},
		{hashPackage + "/crlf.go", "set", exportedTree["hash/crlf.go"]},
		{hashPackage + "/noend.go", "set", exportedTree["hash/noend.go"]},
		{hashPackage + "/new.go", "set", exportedTree["hash/new.go"]},
		{"overlays/hash/a b.go", "set", exportedTree["hash/a b.go"]},
	} {
		out.Reset()
		if err := d.Show(context.Background(), test.text, ShowOptions{Set: test.set}); err != nil || out.String() != test.want {
			t.Errorf("%s in %q: got %q, %v; want %q", test.text, test.set, out, err, test.want)
		}
	}
	for _, test := range []struct {
		text, want string
		options    ShowOptions
	}{
		{hashPackage + "/gone.go", "//overlays:files deletes gone.go from package " + hashPackage, ShowOptions{Set: "set"}},
		{hashPackage + "/made.go", "made.go of package " + hashPackage + " is made by //overlays:made.go: only a build has its text", ShowOptions{Set: "set"}},
		{hashPackage + "/hash.go", "-json is for the list", ShowOptions{Set: "set", JSON: true}},
		{hashPackage + "/hesh.go", "has no file hesh.go; is it hash.go", ShowOptions{Set: "set"}},
		{hashPackage, "-set: the workspace declares no overlay //overlays:sat; is it //overlays:set", ShowOptions{Set: "//overlays:sat"}},
		{"overlays/hash/a b.go", "overlays/hash/a b.go is a file of //overlays:files, which is not in //overlays:lower; say by -set LABEL", ShowOptions{Set: "lower"}},
		{"overlays/hash/new.go", "is a file of //overlays:files, which builds don't use by default; say", ShowOptions{}},
		{hashPackage + "/hash.go", "//overlays:upper", ShowOptions{Set: "upper"}}, // It does not fit without the lower one.
	} {
		if err := d.Show(context.Background(), test.text, test.options); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.text, err, test.want)
		}
	}
}

// TestShowSelect checks that it is said of what a build takes one branch, and this has all.
func TestShowSelect(t *testing.T) {
	d, _, said := exportDesk(t)
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "overlays", "BUILD.bazel"), []byte(`
go_overlay(name = "lower", importpath = "x", patches = {"hash.patch": ["hash.go"]})
go_overlay(name = "files", importpath = "x", srcs = [], delete = select({"//:linux": ["gone.go"]}))
go_overlay_set(name = "set", overlays = select({"//:linux": [":files"]}), layers = [":lower", ":upper"])
`), 0o644); err != nil {
		t.Fatal(err)
	}
	const inFiles = "//overlays:files: a select() in delete: this has all its branches together, of which a build takes one\n"
	const inSet = "//overlays:set: a select() in overlays: this"
	if err := d.Show(context.Background(), hashPackage, ShowOptions{Set: "set"}); err != nil || !strings.Contains(said.String(), inFiles) || !strings.Contains(said.String(), inSet) {
		t.Errorf("got %v, said %s", err, said)
	}
	said.Reset()
	if err := d.Export(context.Background(), []string{"files", "lower"}, ExportOptions{Format: "diff"}); err != nil || !strings.Contains(said.String(), inFiles) || strings.Contains(said.String(), "lower: a select") {
		t.Errorf("got %v, said %s", err, said)
	}
	said.Reset()
	if err := d.Diff(context.Background(), []string{"files", "lower"}); err != nil || !strings.Contains(said.String(), inFiles) || strings.Contains(said.String(), "lower: a select") {
		t.Errorf("got %v, said %s", err, said)
	}
}
