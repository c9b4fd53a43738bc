package workspace

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// Libraries returns the labels of the targets that can be in deps for import paths, by those: of the workspace, or, if it has none, of the
// repositories of Go modules. Those that another one embeds are left out.
func (p *BazelPackages) Libraries(ctx context.Context, importPaths []string) (labels map[string][]string, broken *bazel.Error, err error) {
	labels = map[string][]string{}
	if len(importPaths) == 0 {
		return labels, nil, nil
	}
	broken, err = p.addLibraries(ctx, labels, importPaths, "//...")
	if err != nil {
		return nil, nil, err
	}
	var others []string
	for _, importPath := range importPaths {
		if len(labels[importPath]) == 0 {
			others = append(others, importPath)
		}
	}
	for _, part := range p.parts(others) {
		// Where there is no such repository, it is a pattern that finds nothing.
		if _, err := p.addLibraries(ctx, labels, part.importPaths, strings.Join(part.patterns, " + ")); err != nil {
			return nil, nil, err
		}
	}
	return labels, broken, nil
}

func (p *BazelPackages) addLibraries(ctx context.Context, labels map[string][]string, importPaths []string, expression string) (*bazel.Error, error) {
	var alternatives []string
	for _, importPath := range importPaths {
		alternatives = append(alternatives, regexp.QuoteMeta(importPath))
	}
	targets, broken, err := p.w.Query(ctx, `let libraries = attr(importpath, `+bazel.Quote("^("+strings.Join(alternatives, "|")+")$")+`, `+expression+`) in `+
		`$libraries except kind("^go_(overlay|test|binary|source) rule$", $libraries)`)
	if err != nil {
		return nil, err
	}
	embedded := map[string]bool{}
	for _, t := range targets {
		for _, label := range t.Attrs["embed"].List {
			embedded[label] = true
		}
	}
	for _, t := range targets {
		importPath := t.Attrs["importpath"].String
		if label := p.Apparent(t.Label); t.Kind != "" && !embedded[t.Label] && slices.Contains(importPaths, importPath) && !slices.Contains(labels[importPath], label) {
			labels[importPath] = append(labels[importPath], label)
		}
	}
	return broken, nil
}

// Apparent returns a label with the name that the workspace has for its repository, if it has one.
func (p *BazelPackages) Apparent(label string) string {
	repo, rest, ok := strings.Cut(strings.TrimPrefix(label, "@@"), "//")
	if !ok || !strings.HasPrefix(label, "@@") {
		return label
	}
	if repo == "" {
		return "//" + rest
	}
	for apparent, canonical := range p.repos {
		if canonical == repo && apparent != "" {
			return "@" + apparent + "//" + rest
		}
	}
	return label
}

// ShortLabel returns a label as gazelle writes it into the BUILD file of a package: //x:x as //x, and //p:x as :x in p.
func ShortLabel(label, pkg string) string {
	repo, rest, ok := strings.Cut(label, "//")
	if !ok {
		return label
	}
	folder, name := Package("//" + rest)
	switch {
	case repo == "" && folder == pkg:
		return ":" + name
	case folder == "" && strings.TrimLeft(repo, "@") == name && name != "":
		return repo
	case folder != "" && path.Base(folder) == name:
		return repo + "//" + folder
	}
	return repo + "//" + folder + ":" + name
}

// Dependencies returns the import paths of the deps that targets have, by the labels of the deps, and what each has of them, by the labels
// of the targets.
func (p *BazelPackages) Dependencies(ctx context.Context, targets []string) (importPaths map[string]string, deps map[string][]string, err error) {
	importPaths, deps = map[string]string{}, map[string][]string{}
	if len(targets) == 0 {
		return importPaths, deps, nil
	}
	set := "set(" + strings.Join(quoted(targets), " ") + ")"
	found, _, err := p.w.Query(ctx, "let targets = "+set+" in $targets + labels(deps, $targets)")
	if err != nil {
		return nil, nil, err
	}
	for _, t := range found {
		if slices.Contains(targets, t.Label) {
			deps[t.Label] = t.Attrs["deps"].List
		}
		if importPath := t.Attrs["importpath"].String; importPath != "" && t.Kind != "go_overlay" {
			importPaths[t.Label] = importPath
		}
	}
	return importPaths, deps, nil
}

func quoted(words []string) []string {
	quoted := make([]string, 0, len(words))
	for _, word := range words {
		quoted = append(quoted, bazel.Quote(word))
	}
	return quoted
}

// In returns the import paths of the packages of a module that go.mod requires, or none if they are not to be had.
func (p *BazelPackages) In(ctx context.Context, module string) (importPaths []string) {
	repo, visible := p.RepositoryOf(module)
	if !visible {
		return nil
	}
	targets, _, err := p.w.Query(ctx, `attr(importpath, ".", `+bazel.Quote("@"+repo+"//...")+")")
	if err != nil {
		return nil // They only are to be told.
	}
	for _, t := range targets {
		if found := t.Attrs["importpath"].String; strings.HasPrefix(found+"/", module+"/") {
			importPaths = append(importPaths, found)
		}
	}
	return importPaths
}
