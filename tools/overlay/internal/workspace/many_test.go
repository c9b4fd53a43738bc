package workspace

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// TestPackageOf checks that of the targets of several packages each package gets its own.
func TestPackageOf(t *testing.T) {
	library := func(label, importPath, embed string, srcs ...string) bazel.Target {
		attrs := map[string]bazel.Attribute{"importpath": {String: importPath}, "srcs": {List: srcs}}
		if embed != "" {
			attrs["embed"] = bazel.Attribute{List: []string{embed}, Written: true}
		}
		return bazel.Target{Label: label, Kind: "go_library", Attrs: attrs}
	}
	targets := []bazel.Target{
		library("//a:inner", "example.com/other", "", "//a:inner.go"), // Some embed what has another path.
		library("//a:a", "example.com/a", "//a:inner", "//a:a.go", "//a:made.go"),
		library("//b:b", "example.com/b", "", "//b:b.go", "//b:rule"),
		{Label: "//a:inner.go", File: "/w/a/inner.go"},
		{Label: "//a:a.go", File: "/w/a/a.go"},
		{Label: "//a:made.go", File: "/w/a/BUILD", GeneratedBy: "//a:maker"},
		{Label: "//b:b.go", File: "/w/b/b.go"},
		{Label: "//b:rule", Kind: "genrule"},
	}
	for importPath, want := range map[string]string{
		"example.com/a": "//a:inner //a:a: a.go inner.go made.go(//a:maker)",
		"example.com/b": "//b:b: (//b:rule) b.go",
	} {
		pkg := packageOf(importPath, targets)
		got := strings.Join(pkg.Targets, " ") + ":"
		for _, file := range pkg.Files {
			got += " " + file.Name
			if file.GeneratedBy != "" {
				got += "(" + file.GeneratedBy + ")"
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", importPath, got, want)
		}
	}
	if pkg := packageOf("example.com/c", targets); pkg != nil {
		t.Errorf("got %+v", pkg)
	}
}

// TestEmbeddedFiles checks that files for //go:embed have the names that they have below the Go files, where folders are packages of
// Bazel, too.
func TestEmbeddedFiles(t *testing.T) {
	for _, test := range []struct{ src, embedded, want string }{
		{"//uuid:a.go", "//uuid:templates/a.html", "templates/a.html"},
		{"//uuid:a.go", "//uuid/templates:a.html", "templates/a.html"},
		{"//uuid:a.go", "//uuid/templates:sub/a.html", "templates/sub/a.html"},
		{"//:a.go", "//templates:a.html", "templates/a.html"},
		{"//:uuid/a.go", "//:uuid/a.html", "a.html"},
		{"@@u//uuid:a.go", "@@u//uuid/templates:a.html", "templates/a.html"},
		{"@@u//:a.go", "@@u//templates:a.html", "templates/a.html"},
		{"@@u//:a.go", "//templates:a.html", "a.html"},
		{"//uuid:a.go", "//uuid2:a.html", "a.html"},
	} {
		pkg := packageOf("example.com/uuid", []bazel.Target{
			{Label: "//:uuid", Kind: "go_library", Attrs: map[string]bazel.Attribute{
				"importpath": {String: "example.com/uuid"}, "srcs": {List: []string{test.src, "//uuid/templates:a.h"}}, "embedsrcs": {List: []string{test.embedded}},
			}},
			{Label: test.src, File: "/w/a.go"},
			{Label: test.embedded, File: "/w/a.html"},
		})
		if file, ok := pkg.File(test.want); !ok || !file.Embedded {
			t.Errorf("%+v: got %q", test, pkg.Names())
		}
	}
}

func TestConventional(t *testing.T) {
	p := &BazelPackages{
		repos:   map[string]string{"com_github_google_uuid": "gazelle++go_deps+com_github_google_uuid"},
		modules: []string{"example.com/m"},
	}
	for importPath, want := range map[string]string{
		"example.com/m/x":        "//x:all",
		"github.com/google/uuid": "@@gazelle++go_deps+com_github_google_uuid//:all",
		"net/http":               "",
	} {
		if got := p.conventional(importPath); want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", importPath, got, want)
		}
	}
	// As many as fit are asked for at once.
	var many []string
	for i := 0; i < 1000; i++ {
		many = append(many, "example.com/m/"+strings.Repeat("x", 40))
	}
	parts := p.parts(many)
	n := 0
	for _, part := range parts {
		n += len(part.importPaths)
	}
	if n != len(many) || len(parts) < 2 || len(parts) > 30 {
		t.Errorf("%d import paths in %d parts", n, len(parts))
	}
}
