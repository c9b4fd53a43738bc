// Package tests checks this repository as a whole; its subfolders test what the
// rules do.
package tests

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

const root = ".."

// TestBazel runs the tests that are Bazel targets, each as a test of Go.
func TestBazel(t *testing.T) {
	if err := bazeltest.DependOn(root); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("./bazelw", "test", "--keep_going", "//...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	// The summary: //tests/analysis:apply_test_std    (cached) PASSED in 0.1s
	results := regexp.MustCompile(`(?m)^(//\S+) +(.*)$`).FindAllStringSubmatch(string(stdout), -1)
	for _, result := range results {
		t.Run(result[1], func(t *testing.T) {
			if !strings.Contains(result[2], "PASSED") {
				t.Error(result[2])
			}
		})
	}
	if len(results) == 0 || err != nil {
		t.Errorf("bazelw test //...: %v, %d results\n%s\n%s", err, len(results), &stderr, stdout)
	}
}

// TestBuildifier checks format and style of Starlark files.
func TestBuildifier(t *testing.T) {
	cmd := exec.Command("go", "tool", "buildifier", "-mode=check", "-lint=warn", "-r", ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %v\n%s", cmd, err, out)
	}
}

// TestGofmt checks the format of Go files.
func TestGofmt(t *testing.T) {
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// Bazel's bazel-* are links, which WalkDir does not follow.
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("found no Go files")
	}
	out, err := exec.Command("gofmt", append([]string{"-l"}, files...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("gofmt -l: %v, not formatted:\n%s", err, out)
	}
}

// TestBazelrc checks that the examples, which are a module of their own, are
// built as the rules are: beside that, they may say more.
func TestBazelrc(t *testing.T) {
	for _, name := range []string{".bazelrc", ".bazelversion"} {
		want, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(root, "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		rest := string(got)
		for line := range strings.Lines(string(want)) {
			_, after, ok := strings.Cut(rest, line)
			if !ok {
				t.Errorf("examples/%s does not have, after what else %s says, its line %q", name, name, line)
				break
			}
			rest = after
		}
	}
}

// TestLanguageVersion checks that Bazel compiles the programs as the language that their
// go.mod has.
func TestLanguageVersion(t *testing.T) {
	version := func(file, line string) string {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile("(?m)^" + line + "$").FindSubmatch(content)
		if found == nil {
			t.Fatalf("%s has no line %s", file, line)
		}
		return string(found[1])
	}
	want, got := version("tools/go.mod", "go (.*)"), version("tools/BUILD.bazel", `_LANGUAGE_VERSION = "(.*)"`)
	if got != want {
		t.Errorf("tools/BUILD.bazel has %s, tools/go.mod %s", got, want)
	}
}
