// Package gazelle lets gazelle keep overlays: each go_overlay loses srcs and new_srcs that are gone, and gets the deps that its
// files import. All else of it is left alone.
//
// What gazelle's API asks for is in this file; the others work on what BUILD files and Go files say.
package gazelle

import (
	"log"

	"github.com/bazelbuild/bazel-gazelle/config"
	"github.com/bazelbuild/bazel-gazelle/label"
	"github.com/bazelbuild/bazel-gazelle/language"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
	"github.com/bazelbuild/bazel-gazelle/repo"
	"github.com/bazelbuild/bazel-gazelle/resolve"
	"github.com/bazelbuild/bazel-gazelle/rule"
)

const kind = "go_overlay"

// NewLanguage returns the language of overlays. It needs that of Go beside it, which finds libraries.
func NewLanguage() language.Language { return &overlays{goLanguage: golang.NewLanguage()} }

type overlays struct {
	language.BaseLang
	goLanguage language.Language // resolves imports, with the configuration of the one beside this
}

func (*overlays) Name() string { return kind }

// Kinds has no attributes to merge but deps: what is generated has no others. There are no loads either: a rule that is there is loaded.
func (*overlays) Kinds() map[string]rule.KindInfo {
	return map[string]rule.KindInfo{kind: {
		NonEmptyAttrs: map[string]bool{"importpath": true},
		ResolveAttrs:  map[string]bool{"deps": true},
	}}
}

// GenerateRules generates no rule that is not there: nothing tells which overlay a new file is for.
func (*overlays) GenerateRules(args language.GenerateArgs) (result language.GenerateResult) {
	if args.File == nil {
		return result
	}
	folder := folder{root: args.Config.RepoRoot, pkg: args.Rel, dir: args.Dir, generated: args.GenFiles}
	for _, r := range args.File.Rules {
		if r.Kind() != kind || r.ShouldKeep() {
			continue
		}
		for _, attribute := range []string{"srcs", "new_srcs"} {
			if list, gone := folder.present(r.Attr(attribute)); len(gone) > 0 {
				r.SetAttr(attribute, list)
				if len(list.List) == 0 {
					r.DelAttr(attribute)
				}
			}
		}
		imports, known := folder.imports(r.Attr("srcs"), r.Attr("new_srcs"), r.Attr("replace"))
		if deps := r.Attr("deps"); !known || r.Attr("patches") != nil || deps != nil && !isPlainList(deps) {
			continue // Then only a build knows what is imported, or where to write it.
		}
		generated := rule.NewRule(kind, r.Name())
		generated.SetAttr("importpath", r.AttrString("importpath"))
		result.Gen = append(result.Gen, generated)
		result.Imports = append(result.Imports, overlay{imports: imports, version: r.AttrString("base_version"), deps: r.AttrStrings("deps")})
	}
	return result
}

// An overlay is what is known of one before libraries are.
type overlay struct {
	imports []string
	version string   // of the package's module
	deps    []string // that it has
}

func (l *overlays) Resolve(c *config.Config, index *resolve.RuleIndex, remote *repo.RemoteCache, r *rule.Rule, imports interface{}, from label.Label) {
	o := imports.(overlay)
	importPath := r.AttrString("importpath")
	packageFolder := ""
	for _, found := range index.FindRulesByImportWithConfig(c, resolve.ImportSpec{Lang: "go", Imp: importPath}, "go") {
		if found.Label.Repo == "" || found.Label.Repo == c.RepoName {
			packageFolder = inFolder(c.RepoRoot, found.Label.Pkg)
		}
	}
	has, known := importsOfPackage(packageFolder, importPath, o.version, golang.IsStandard(importPath))
	wanted := without(o.imports, has)

	// What deps of a library with these imports would be.
	library := rule.NewRule("go_library", r.Name())
	l.goLanguage.Resolve(c, index, remote, library, rule.PlatformStrings{Generic: wanted}, from)
	deps := library.AttrStrings("deps")
	if missing := without(deps, o.deps); !known && len(missing) > 0 {
		log.Printf("%s: what package %s imports without the overlay is not known here, so that its deps stay as they are; run: overlay deps %s", from, importPath, from)
	}
	if !known {
		deps = o.deps
	}
	if len(deps) > 0 {
		r.SetAttr("deps", deps)
	}
}
