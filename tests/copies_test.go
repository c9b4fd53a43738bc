package tests

import (
	"bytes"
	"go/build/constraint"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/klauspost/compress/zstd" // go.mod has the version, which go mod tidy keeps
)

// TestCopies checks that folders of tools/internal are what packages of other modules are
// in the versions of go.mod, so that who changes a version changes the copy. The module of
// tools, which requires no other, has to have them.
// go test ./tests -run TestCopies -update writes them.
func TestCopies(t *testing.T) {
	for _, c := range []copies{
		{
			folder:   "buildtools",
			module:   "github.com/bazelbuild/buildtools",
			patterns: []string{"LICENSE", "build/*.go", "labels/*.go", "tables/*.go"},
		},
		{
			folder: "compress",
			module: "github.com/klauspost/compress",
			patterns: []string{
				"LICENSE", "*.go", "fse/*.go", "huff0/*.go", "internal/cpuinfo/*.go", "internal/le/*.go", "internal/regmask/*.go",
				"zstd/*.go", "zstd/internal/xxhash/*.go", "zstd/internal/xxhash/LICENSE.txt",
			},
			// They need a later Go, or are for other formats.
			without: []string{"zstd/simple.go", "zstd/snappy.go", "zstd/zip.go"},
		},
	} {
		t.Run(c.folder, c.check)
	}
}

// copies says what a folder of tools/internal is a copy of: Go files but for tests, and
// other files, without assembly.
type copies struct {
	folder, module    string
	patterns, without []string // of files in the module
}

func (c copies) check(t *testing.T) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", c.module)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	module := strings.TrimSpace(string(out))
	if module == "" {
		t.Fatalf("%v: the module is not in the module cache; run go mod download", cmd)
	}
	want := c.read(t, module)
	folder := filepath.Join(root, "tools", "internal", c.folder)
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
		t.Errorf("tools/internal/%s is not what %s has: %q; run go test ./tests -run TestCopies -update", c.folder, module, wrong)
	}
}

// read returns what the copy has to be, by name.
func (c copies) read(t *testing.T, module string) map[string][]byte {
	t.Helper()
	want := map[string][]byte{}
	for _, pattern := range c.patterns {
		paths, err := filepath.Glob(filepath.Join(module, filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: found %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			name, err := filepath.Rel(module, path)
			if err != nil {
				t.Fatal(err)
			}
			name = filepath.ToSlash(name)
			if strings.HasSuffix(name, "_test.go") || slices.Contains(c.without, name) {
				continue
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content, ok := withoutAssembly(t, path, content)
			if !ok {
				continue
			}
			for _, end := range []string{`/`, `"`} {
				content = bytes.ReplaceAll(content, []byte(`"`+c.module+end), []byte(`"github.com/go-overlay/go_overlay/tools/internal/`+c.folder+end))
			}
			want[name] = content
		}
	}
	return want
}

// withoutAssembly returns a file as it has to be where there is no assembly, and false
// if it is for assembly: the tag noasm of its build constraint is always set.
func withoutAssembly(t *testing.T, path string, content []byte) ([]byte, bool) {
	t.Helper()
	for line := range bytes.Lines(content) {
		if !bytes.HasPrefix(line, []byte("//go:build ")) || !bytes.Contains(line, []byte("noasm")) {
			continue
		}
		expr, err := constraint.Parse(strings.TrimSpace(string(line)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !expr.Eval(func(string) bool { return true }) {
			return nil, false
		}
		before, after, _ := bytes.Cut(content, line)
		return append(before, bytes.TrimLeft(after, "\n")...), true
	}
	return content, true
}
