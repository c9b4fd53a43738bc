//go:build go1.24

package apply

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

var update = flag.Bool("update", false, "write what comes out to testdata")

// TestRun runs the archives in testdata. Each has a part of a manifest, in which
// "file:NAME" stands for the index of a file and "sha256:NAME" for the digest of
// one, and the files; those in pkg are the package's. Either stderr is what goes
// wrong, or the files in out are what is written, and notes what is said beside.
func TestRun(t *testing.T) {
	testdata, err := filepath.Abs("testdata") // Tests change the folder.
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob(filepath.Join(testdata, "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("found no archives in testdata", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			inputs, want := split(archive)
			got := runArchive(t, inputs)
			if *update {
				archive.Files = slices.Concat(inputs, got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got, want := format(got), format(want); got != want {
				t.Errorf("got:\n%s\nwant:\n%s\nIf that is right: go -C tools test ./internal/apply -update", got, want)
			}
		})
	}
}

func format(files []txtar.File) string { return string(txtar.Format(&txtar.Archive{Files: files})) }

func split(archive *txtar.Archive) (inputs, outputs []txtar.File) {
	for _, file := range archive.Files {
		if file.Name == "stderr" || file.Name == "notes" || strings.HasPrefix(file.Name, "out/") {
			outputs = append(outputs, file)
		} else {
			inputs = append(inputs, file)
		}
	}
	return inputs, outputs
}

// runArchive returns what comes out of Run with the files of an archive.
func runArchive(t *testing.T, inputs []txtar.File) []txtar.File {
	files := writeInputs(t, inputs)
	var notes bytes.Buffer
	if err := Run("manifest", files, &notes); err != nil {
		if left := written(t); len(left) > 0 {
			t.Errorf("left behind after an error:\n%s", format(left))
		}
		return []txtar.File{{Name: "stderr", Data: []byte(err.Error() + "\n")}}
	}
	got := written(t)
	if len(got) == 0 || got[len(got)-1].Name != "out/stamp" {
		t.Errorf("wrote no stamp:\n%s", format(got))
	}
	if notes.Len() > 0 {
		got = append([]txtar.File{{Name: "notes", Data: notes.Bytes()}}, got...)
	}
	return got
}

// writeInputs writes the files of an archive and a manifest to a new folder, the current
// one from now on. It returns the files to which the manifest refers.
func writeInputs(t *testing.T, inputs []txtar.File) []string {
	t.Chdir(t.TempDir())
	if err := txtar.Write(&txtar.Archive{Files: inputs}, "."); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("out", 0o777); err != nil {
		t.Fatal(err)
	}
	return writeManifest(t, inputs)
}

func written(t *testing.T) []txtar.File {
	var files []txtar.File
	paths, err := filepath.Glob("out/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, txtar.File{Name: path, Data: data})
	}
	return files
}

// writeManifest completes the manifest of an archive, and returns the files to
// which it refers.
func writeManifest(t *testing.T, inputs []txtar.File) []string {
	manifest := map[string]any{
		"importpath": "github.com/google/uuid",
		"target":     "@@gazelle++go_deps+com_github_google_uuid//:uuid",
		"stamp":      "file:out/stamp",
		"record":     "file:out/record.json",
	}
	contents := map[string]string{}
	names := []string{}
	for _, input := range inputs {
		contents[input.Name] = string(input.Data)
		if name, ok := strings.CutPrefix(input.Name, "pkg/"); ok {
			names = append(names, name)
		}
	}
	manifest["names"] = names
	if err := json.Unmarshal([]byte(contents["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	data = regexp.MustCompile(`sha256:\w[\w/]*\.\w+`).ReplaceAllFunc(data, func(match []byte) []byte {
		content, ok := contents[strings.TrimPrefix(string(match), "sha256:")]
		if !ok {
			t.Fatalf("no file for %s", match)
		}
		return []byte(digest.Of(content))
	})
	var files []string
	data = regexp.MustCompile(`"file:[^"]*"`).ReplaceAllFunc(data, func(match []byte) []byte {
		name := strings.TrimPrefix(strings.Trim(string(match), `"`), "file:")
		index := slices.Index(files, name)
		if index < 0 {
			index = len(files)
			files = append(files, name)
		}
		number, err := json.Marshal(index)
		if err != nil {
			t.Fatal(err)
		}
		return number
	})
	if err := os.WriteFile("manifest", data, 0o666); err != nil {
		t.Fatal(err)
	}
	return files
}
