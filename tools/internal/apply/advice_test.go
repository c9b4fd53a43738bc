//go:build go1.24

package apply

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// attributes are those of an overlay with one diff.
type attributes struct {
	strip   int
	deletes []string
	patches []string // names of files; none if the diff is not in patches
}

// follow changes attributes as a message says.
func (a attributes) follow(t *testing.T, message string) attributes {
	list := func(text string) []string {
		names := []string{}
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return names
	}
	advised := regexp.MustCompile(`(?m)^  (patch_strip|delete|patches) = (.*)$`).FindAllStringSubmatch(message, -1)
	if advised == nil {
		t.Fatalf("the message has no attributes to write:\n%s", message)
	}
	for _, match := range advised {
		switch match[1] {
		case "patch_strip":
			a.strip, _ = strconv.Atoi(match[2])
		case "delete":
			a.deletes = list(match[2])
		case "patches":
			_, names, _ := strings.Cut(strings.TrimSuffix(match[2], "}"), ": ")
			a.patches = list(names)
		}
	}
	if strings.Contains(message, "and take fix.diff out of patches") {
		a.patches = nil
	}
	return a
}

// run applies the overlay in the current folder, whose folder pkg has the package.
func (a attributes) run(t *testing.T) error {
	files := []string{"fix.diff", "out/stamp", "out/record"}
	m := manifest{
		ImportPath: "example.com/lib",
		Target:     "@@//lib:lib",
		Overlays:   []record.Overlay{{Label: "@@//:o"}},
		Stamp:      1,
		Record:     2,
	}
	add := func(file string) *int {
		files = append(files, file)
		index := len(files) - 1
		return &index
	}
	originals, err := filepath.Glob("pkg/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, original := range originals {
		m.Names = append(m.Names, filepath.Base(original))
	}
	for _, name := range slices.Concat(a.deletes, a.patches) {
		c := &change{Name: name, Steps: []*step{{Kind: remove, Strip: a.strip}}}
		if slices.Contains(m.Names, name) {
			c.Original = add("pkg/" + name)
		}
		if slices.Contains(a.patches, name) {
			c.Steps[0].Kind = patch
			c.Steps[0].Patches = []diff{{File: 0, Files: a.patches}}
			c.Result = add("out/" + name)
		}
		m.Changes = append(m.Changes, c)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("manifest", data, 0o666); err != nil {
		t.Fatal(err)
	}
	return Run("manifest", files, io.Discard)
}

// TestFollowed follows the messages about diffs that are declared wrongly: what
// they say has to work, at once.
func TestFollowed(t *testing.T) {
	diffs := filesOf(t, "testdata/followed.txt")
	for _, test := range []struct {
		name string
		diff string
		attributes
		want map[string]string // of files that are written, what they contain
	}{
		{"strip", "creates", attributes{2, nil, []string{"hash.go", "added.go"}}, map[string]string{"hash.go": "patched", "added.go": "added"}},
		{"undeclared", "creates", attributes{1, nil, []string{"hash.go"}}, map[string]string{"hash.go": "patched", "added.go": "added"}},
		{"untouched", "creates", attributes{1, nil, []string{"hash.go", "added.go", "old.go"}}, map[string]string{"hash.go": "patched", "added.go": "added"}},
		{"the name with the folder", "folder", attributes{1, nil, []string{"util/lib/hash.go"}}, map[string]string{"hash.go": "patched"}},
		{"rename, the new name", "renames", attributes{1, nil, []string{"new.go"}}, map[string]string{"new.go": "patched"}},
		{"rename, the old name", "renames", attributes{1, nil, []string{"old.go"}}, map[string]string{"new.go": "patched"}},
		{"rename, both", "renames", attributes{1, nil, []string{"old.go", "new.go"}}, map[string]string{"new.go": "patched"}},
		{"rename without renames, the new name", "renames_not", attributes{1, nil, []string{"new.go"}}, map[string]string{"new.go": "patched"}},
		{"rename without renames, both", "renames_not", attributes{1, nil, []string{"new.go", "old.go"}}, map[string]string{"new.go": "patched"}},
		{"rename and more", "renames_more", attributes{1, nil, []string{"hash.go"}}, map[string]string{"hash.go": "patched", "new.go": "patched"}},
		{"rename of a file that a patch before changes", "renames_series", attributes{1, nil, []string{"new.go"}}, map[string]string{"new.go": "twice"}},
		{"deletion", "deletes", attributes{1, nil, []string{"old.go"}}, nil},
		{"deletion beside another", "deletes", attributes{1, []string{"hash.go"}, []string{"old.go"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			layOut(t, diffs, test.diff)
			err := test.run(t)
			if err == nil {
				t.Fatal("works, expected a message to follow")
			}
			if err := test.follow(t, err.Error()).run(t); err != nil {
				t.Fatalf("%v\nfollowed, this is said:\n%v", test.run(t), err)
			}
			for name, want := range test.want {
				got, err := os.ReadFile("out/" + name)
				if err != nil || !strings.Contains(string(got), want) {
					t.Errorf("%s has no %q: %s %v", name, want, got, err)
				}
			}
		})
	}
}

// TestEveryDeclaration declares diffs in every way, most of which are wrong: what is
// wrong is told as a mistake of the overlay, and the rest does what the diff says.
func TestEveryDeclaration(t *testing.T) {
	diffs := filesOf(t, "testdata/followed.txt")
	names := []string{"hash.go", "old.go", "new.go", "added.go"}
	works := 0
	for diff, content := range diffs {
		if strings.HasSuffix(diff, ".go") {
			continue
		}
		t.Chdir(t.TempDir())
		layOut(t, diffs, diff)
		for choice := range 1 << 6 {
			a := attributes{}
			for i, name := range names {
				if choice&(1<<i) != 0 {
					a.patches = append(a.patches, name)
				}
			}
			for i, name := range names[:2] {
				if choice&(1<<(4+i)) != 0 && !slices.Contains(a.patches, name) {
					a.deletes = append(a.deletes, name)
				}
			}
			if len(a.patches) == 0 {
				continue
			}
			for a.strip = 1; a.strip <= 2; a.strip++ {
				err := a.run(t)
				if err != nil {
					if message := err.Error(); !strings.HasPrefix(message, "//:o ") || strings.Contains(message, "fault of") || strings.Contains(message, "manifest") {
						t.Errorf("%s, %+v: %v", diff, a, err)
					}
					continue
				}
				works++
				for _, name := range names {
					if slices.Contains(a.patches, name) != (strings.Contains(string(content), "+++ b/"+name) && !slices.Contains(a.deletes, name)) && diff != "folder" {
						t.Errorf("%s, %+v: works, though %s is not as the diff says", diff, a, name)
					}
				}
			}
		}
	}
	if works == 0 {
		t.Error("nothing works")
	}
}

// filesOf returns the files of an archive by their names.
func filesOf(t *testing.T, path string) map[string][]byte {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range archive.Files {
		files[file.Name] = file.Data
	}
	return files
}

// layOut writes the package and a diff to the current folder.
func layOut(t *testing.T, files map[string][]byte, diff string) {
	archive := &txtar.Archive{Files: []txtar.File{
		{Name: "fix.diff", Data: files[diff]},
		{Name: "pkg/hash.go", Data: files["hash.go"]},
		{Name: "pkg/old.go", Data: files["old.go"]},
	}}
	if err := txtar.Write(archive, "."); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("out", 0o777); err != nil {
		t.Fatal(err)
	}
}
