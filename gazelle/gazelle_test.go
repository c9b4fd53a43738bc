package gazelle

import (
	"bytes"
	"context"
	"flag"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bazel-contrib/bazel-gazelle/v2/cmd/gazelle/update"
	"github.com/bazelbuild/bazel-gazelle/language"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
	"golang.org/x/tools/txtar"
)

var updateWanted = flag.Bool("update", false, "write what gazelle does into testdata")

// TestGazelle runs gazelle in workspaces. Files NAME.want are what the file NAME is afterwards, and want.log
// is what gazelle says. A second run changes nothing.
func TestGazelle(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("%v, %d archives", err, len(archives))
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("GOMODCACHE", filepath.Join(root, "modcache"))
			for _, file := range archive.Files {
				if filepath.Ext(file.Name) == ".want" || file.Name == "want.log" {
					continue
				}
				name := filepath.Join(root, filepath.FromSlash(file.Name))
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, file.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				said := runGazelle(t, root)
				for i, file := range archive.Files {
					got := []byte(strings.ReplaceAll(said, root, "$WORKSPACE"))
					if name, ok := strings.CutSuffix(file.Name, ".want"); ok {
						if got, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(name))); err != nil {
							t.Fatal(err)
						}
					} else if file.Name != "want.log" {
						continue
					}
					if *updateWanted {
						archive.Files[i].Data = got
					} else if !bytes.Equal(got, file.Data) {
						t.Errorf("%s: got\n%s\nwant\n%s", file.Name, got, file.Data)
					}
				}
			}
			if *updateWanted {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func runGazelle(t *testing.T, root string) string {
	t.Helper()
	var said bytes.Buffer
	log.SetOutput(&said)
	log.SetFlags(0)
	defer log.SetOutput(os.Stderr)
	languages := []language.Language{proto.NewLanguage(), golang.NewLanguage(), NewLanguage()}
	args := []string{"update", "-repo_root", root, "-external", "static", "-go_naming_convention_external", "import"}
	// What go_deps of a workspace knows of modules, gazelle gets so.
	if repos := filepath.Join(root, "repos"); exists(repos) {
		args = append(args, "-repo_config", repos)
	}
	args = append(args, root)
	if err := update.Run(context.Background(), languages, root, args); err != nil {
		t.Fatal(err)
	}
	return said.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
