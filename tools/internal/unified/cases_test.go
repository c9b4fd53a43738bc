package unified

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRightPlace applies diffs that fit at several places, of which one is right.
func TestRightPlace(t *testing.T) {
	for _, test := range []struct {
		diff, upstream, want string
	}{
		{"end_of_file/fix.patch", "end_of_file/upstream", "limit_c:\n  max: 10\n  burst: 99\n"},
		{"end_of_file/go_fix.patch", "end_of_file/go_upstream", "func (x *C) GetName() string {\n\tif x != nil {\n\t\treturn x.Name\n\t}\n\treturn \"none\"\n}\n"},
		{"already_applied/fix.patch", "already_applied/upstream", readFile(t, "testdata/already_applied/want")},
	} {
		t.Run(test.diff, func(t *testing.T) {
			files, err := Parse(readFile(t, "testdata/"+test.diff))
			if err != nil {
				t.Fatal(err)
			}
			got, _, failures := files[0].Apply(readFile(t, "testdata/"+test.upstream), 0)
			if len(failures) > 0 || !strings.HasSuffix(got, test.want) {
				t.Errorf("got %v and\n%s\nwant at its end\n%s", failures, got, test.want)
			}
		})
	}
}

// TestDifferentBase checks that of several places the stated one is taken only if
// the file may be the one that the diff was made from.
func TestDifferentBase(t *testing.T) {
	const (
		content = "a\nb\nc\na\nb\nc\n" // git calls it 4f8d9b9
		hunk    = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"
	)
	for index, want := range map[string]string{
		"":                         "fits at several places, lines 1, 4;", // One line of context is little.
		"index 1..2\n":             "fits at several places, lines 1, 4;", // Too short to tell.
		"index 4f8d9b9..1234567\n": "",
		"index fad7e7b..1234567\n": "fits at several places, lines 1, 4;",
	} {
		files, err := Parse("diff --git a/x b/x\n" + index + hunk)
		if err != nil {
			t.Fatal(err)
		}
		_, _, failures := files[0].Apply(content, 0)
		if got := Describe(failures); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", index, got, want)
		}
	}
	if !isBlob("hello\n", "ce01362") || isBlob("hello\n", "ce01363") {
		t.Error("git calls hello\\n ce01362")
	}
}

// TestMuch checks that diffs which don't fit are refused in time that grows with
// their size, not with its square, and that messages stay short.
func TestMuch(t *testing.T) {
	numbered := func(n int, format string) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf(format, i))
		}
		return lines
	}
	context := func(n int) (diff, content string) {
		lines := numbered(n, "x%d := 0\n")
		content = strings.Join(lines, "")
		lines[n/10] = "unknown\n"
		half := n / 2
		return fmt.Sprintf("--- a\n+++ b\n@@ -1,%d +1,%d @@\n ", n, n) + strings.Join(lines[:half], " ") +
			"-" + lines[half] + "+y\n " + strings.Join(lines[half+1:], " "), content
	}
	hunks := func(n int) (diff, content string) {
		var b strings.Builder
		b.WriteString("--- a\n+++ b\n")
		for i := range n {
			fmt.Fprintf(&b, "@@ -%d,3 +%d,3 @@\n a\n-x%d\n+y\n c\n", 4*i+1, 4*i+1, i)
		}
		return b.String(), strings.Repeat("a\nb\nc\n\n", n)
	}
	alike := func(n int) (diff, content string) {
		same := strings.Repeat(" x\n", n)
		return fmt.Sprintf("--- a\n+++ b\n@@ -1,%d +1,%d @@\n", 2*n+1, 2*n+1) + same + "-y\n+z\n" + same, strings.Repeat("x\n", 4*n)
	}
	long := func(n int) (diff, content string) {
		line := strings.Repeat("y", 100*n)
		return "--- a\n+++ b\n@@ -1,2 +1,2 @@\n " + line + "\n-b\n+c\n", line + "\r\n\n"
	}
	for name, make := range map[string]func(int) (string, string){
		"much context": context, "many hunks": hunks, "lines alike": alike, "a long line": long,
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1000, 100_000} {
				diff, content := make(n)
				files, err := Parse(diff)
				if err != nil {
					t.Fatal(err)
				}
				_, _, failures := files[0].Apply(content, 3)
				message := Describe(failures)
				if len(failures) == 0 || len(message) > 10_000 || strings.Count(message, "\n") > 100 {
					t.Errorf("%d failures and a message of %d bytes:\n%s", len(failures), len(message), message[:min(len(message), 1000)])
				}
			}
		})
	}
}
