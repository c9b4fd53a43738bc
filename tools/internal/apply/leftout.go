package apply

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Why a part of a diff is left out though no overlay says so.
const (
	aTest         = "a test"
	testData      = "test data"
	ignoredByGo   = "Go ignores names that begin with . or _"
	buildFile     = "a build file of Bazel, which stays as it is; what an overlay adds, its attributes say"
	moduleFile    = "Bazel takes modules from go_deps, and what an overlay imports from its deps"
	documentation = "documentation"
	script        = "a script"
)

var (
	buildFileNames  = []string{"BUILD", "WORKSPACE", "WORKSPACE.bzlmod"}
	moduleFileNames = []string{"go.mod", "go.sum", "go.work", "go.work.sum"}

	documentationName       = regexp.MustCompile(`(?i)^(authors|changelog|changes|contributing|contributors|history|install|maintainers|news|owners|patents|releases|todo)$|^(copying|licen[cs]e|notice|readme)([-._].*)?$`)
	documentationExtensions = []string{".adoc", ".markdown", ".md", ".mdx", ".rst", ".txt"}

	scriptNames      = regexp.MustCompile(`(?i)^(gnu)?makefile$|^dockerfile|^containerfile|^justfile$|^taskfile\.ya?ml$|^appveyor\.ya?ml$|^azure-pipelines\.ya?ml$|^cloudbuild\.ya?ml$|^codecov\.ya?ml$|^jenkinsfile$`)
	scriptExtensions = []string{".awk", ".bash", ".bat", ".cmd", ".fish", ".mk", ".pl", ".ps1", ".py", ".rb", ".sh", ".zsh"}
)

// LeftOutAs says why a file of a repository is none that Go compiles; "" if it may
// be one. Files that a package embeds can't be told by their names.
func LeftOutAs(place string) string {
	folder, name := path.Split(place)
	folders := strings.Split(strings.Trim(folder, "/"), "/")
	ext := path.Ext(name)
	isIgnored := func(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }
	switch {
	case strings.HasSuffix(name, "_test.go"):
		return aTest
	case slices.Contains(folders, "testdata"):
		return testData
	case slices.Contains(buildFileNames, name), ext == ".bazel", ext == ".bzl", strings.HasPrefix(name, ".bazel"):
		return buildFile
	case slices.Contains(moduleFileNames, name), strings.HasSuffix("/"+place, "/vendor/modules.txt"):
		return moduleFile
	case slices.ContainsFunc(folders, isIgnored), isIgnored(name):
		return ignoredByGo
	case isSourceName(name):
		return ""
	case slices.Contains(documentationExtensions, strings.ToLower(ext)), documentationName.MatchString(name),
		slices.Contains(folders, "doc"), slices.Contains(folders, "docs"):
		return documentation
	case slices.Contains(scriptExtensions, ext), scriptNames.MatchString(name):
		return script
	}
	return ""
}

// sourceExtensions are those of files that go_library compiles.
var sourceExtensions = []string{".S", ".c", ".cc", ".cpp", ".cxx", ".go", ".h", ".hh", ".hpp", ".hxx", ".inc", ".m", ".mm", ".s", ".syso"}

func isSourceName(name string) bool { return slices.Contains(sourceExtensions, path.Ext(name)) }
