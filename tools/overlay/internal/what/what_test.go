package what

import (
	"flag"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/parse.txt")

// environment is where the texts of testdata/parse.txt are from.
var environment = Env{
	Workspace:  "/home/me/ws",
	Dir:        "app",
	OutputBase: "/home/me/.cache/bazel/_bazel_me/0123456789abcdef0123456789abcdef",
	GOROOTs:    []string{"/usr/local/go", `C:\Program Files\Go`},
	ModCache:   "/home/me/go/pkg/mod",
}

// show returns a candidate in one line.
func show(c Candidate) string {
	var b strings.Builder
	switch {
	case c.ImportPath != "":
		b.WriteString("package " + c.ImportPath)
		if c.Version != "" {
			b.WriteString(" of " + c.Version)
		}
	case c.Repository == "":
		fmt.Fprintf(&b, "place //%s", c.Path)
	case c.Apparent:
		fmt.Fprintf(&b, "place @%s//%s", c.Repository, c.Path)
	default:
		fmt.Fprintf(&b, "place @@%s//%s", c.Repository, c.Path)
	}
	for _, detail := range []struct{ name, value string }{{"file", c.File}, {"symbol", c.Symbol}, {"label", c.Label}} {
		if detail.value != "" {
			fmt.Fprintf(&b, ", %s %s", detail.name, detail.value)
		}
	}
	if c.Generated {
		b.WriteString(", generated")
	}
	if c.Line != 0 {
		fmt.Fprintf(&b, ", line %d", c.Line)
	}
	return b.String()
}

// cases are the texts of testdata/parse.txt. What a text means, or the error, follows it,
// behind four spaces; ↵ stands for the end of a line in it, and ⇥ for a tab.
func cases(t testing.TB) (texts, wants []string, comments map[int]string) {
	content, err := os.ReadFile("testdata/parse.txt")
	if err != nil {
		t.Fatal(err)
	}
	comments = map[int]string{}
	for _, line := range strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "    "):
			wants[len(wants)-1] += line + "\n"
		case line == "", strings.HasPrefix(line, "; "):
			comments[len(texts)] += line + "\n"
		default:
			texts, wants = append(texts, line), append(wants, "")
		}
	}
	return texts, wants, comments
}

var special = strings.NewReplacer("↵", "\n", "⇥", "\t")

func TestParse(t *testing.T) {
	texts, wants, comments := cases(t)
	var updated strings.Builder
	for i, text := range texts {
		candidates, err := Parse(special.Replace(text), environment)
		got := ""
		if err != nil {
			got = "    error " + err.Error() + "\n"
		}
		for _, c := range candidates {
			got += "    " + show(c) + "\n"
		}
		if got != wants[i] && !*update {
			t.Errorf("Parse(%q) is\n%swant\n%s", text, got, wants[i])
		}
		updated.WriteString(comments[i] + text + "\n" + got)
	}
	if *update {
		if err := os.WriteFile("testdata/parse.txt", []byte(updated.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Parse does without whatever is not known.
func TestParseWithoutEnv(t *testing.T) {
	tests := map[string]string{
		"/home/me/go/pkg/mod/github.com/google/uuid@v1.6.0/version4.go:4": "package github.com/google/uuid of v1.6.0, file version4.go, line 4",
		"/usr/local/go/src/net/http/request.go":                           "package net/http, file request.go",
		"/o/0123/external/a+b/x.go":                                       "place @@a+b//x.go",
		"app/main.go":                                                     "place //app/main.go",
		":main.go":                                                        "place //main.go, label //:main.go",
	}
	for text, want := range tests {
		candidates, err := Parse(text, Env{})
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		} else if got := show(candidates[0]); got != want {
			t.Errorf("Parse(%q) begins with %s, want %s", text, got, want)
		}
	}
}

// What can't be a name costs no time.
func TestParseLong(t *testing.T) {
	if _, err := Parse(strings.Repeat("/external/a", 100_000), environment); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("error %v", err)
	}
	candidates, err := Parse(strings.Repeat("/external/a", 300), environment)
	if err != nil || len(candidates) != maxCandidates {
		t.Errorf("%d candidates, error %v", len(candidates), err)
	}
}

func FuzzParse(f *testing.F) {
	texts, _, _ := cases(f)
	for _, text := range texts {
		f.Add(special.Replace(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, env := range []Env{environment, {}} {
			candidates, err := Parse(text, env)
			if (err == nil) != (len(candidates) > 0) {
				t.Fatalf("%q: %d candidates and error %v", text, len(candidates), err)
			}
			for _, c := range candidates {
				isPlace := c.ImportPath == ""
				switch {
				case isPlace && (c.File != "" || c.Symbol != "" || c.Version != ""),
					!isPlace && (c.Path != "" || c.Repository != "" || c.Label != "" || c.Generated):
					t.Errorf("%q: both a package and a place: %+v", text, c)
				case !isPlace && !isImportPath(c.ImportPath):
					t.Errorf("%q: import path %q", text, c.ImportPath)
				case c.Path != "" && (path.Clean(c.Path) != c.Path || path.IsAbs(c.Path) || c.Path == ".." || strings.HasPrefix(c.Path, "../")),
					strings.HasPrefix(c.File, "../"), strings.Contains(c.Repository, "/"), c.Line < 0:
					t.Errorf("%q: place %+v", text, c)
				}
			}
		}
	})
}
