package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBuildtools checks that tools/internal/buildtools is what packages of
// bazelbuild/buildtools are in the version of go.mod, so that who changes that version
// changes the copy. The module of tools, which requires no other, has to have one.
// go test ./tests -run TestBuildtools -update writes it.
func TestBuildtools(t *testing.T) {
	const original = "github.com/bazelbuild/buildtools"
	const copied = "github.com/go-overlay/go_overlay/tools/internal/buildtools"
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", original)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	module := strings.TrimSpace(string(out))
	if module == "" {
		t.Fatalf("%v: the module is not in the module cache; run go mod download", cmd)
	}

	want := map[string][]byte{}
	for _, pattern := range []string{"LICENSE", "build/*.go", "labels/*.go", "tables/*.go"} {
		paths, err := filepath.Glob(filepath.Join(module, filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: found %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(module, path)
			if err != nil {
				t.Fatal(err)
			}
			want[filepath.ToSlash(name)] = bytes.ReplaceAll(content, []byte(`"`+original+`/`), []byte(`"`+copied+`/`))
		}
	}

	folder := filepath.Join(root, "tools", "internal", "buildtools")
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		for name, content := range want {
			path := filepath.Join(folder, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	var wrong []string
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		got, err := os.ReadFile(path)
		if content, ok := want[name]; !ok || !bytes.Equal(got, content) {
			wrong = append(wrong, name)
		}
		delete(want, name)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for name := range want {
		wrong = append(wrong, name)
	}
	if slices.Sort(wrong); len(wrong) > 0 {
		t.Errorf("tools/internal/buildtools is not what %s has: %q; run go test ./tests -run TestBuildtools -update", module, wrong)
	}
}
