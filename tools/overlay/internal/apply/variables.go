package apply

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/record"
)

// checkVariables checks that the package has the variables of x_defs: the linker
// says nothing if it has not.
func (a *applier) checkVariables(files []goFile) {
	if !slices.ContainsFunc(a.manifest.Overlays, func(o record.Overlay) bool { return len(o.XDefs) > 0 }) {
		return
	}
	compiled, others := map[string]string{}, map[string]string{}
	for _, f := range files {
		into := compiled
		if f.leftOut != "" {
			into = others
		}
		if !declarations(f.name, f.content, into) {
			return // For the compiler to say.
		}
	}
	var variables []string
	for name, kind := range compiled {
		if kind == variable {
			variables = append(variables, name)
		}
	}
	slices.Sort(variables)
	for overlay, o := range a.manifest.Overlays {
		var settings []string
		for setting := range o.XDefs {
			settings = append(settings, setting)
		}
		slices.Sort(settings)
		for _, setting := range settings {
			importPath, name := a.manifest.ImportPath, setting
			if dot := strings.LastIndex(setting, "."); dot >= 0 {
				importPath, name = setting[:dot], setting[dot+1:]
			}
			if importPath != a.manifest.ImportPath || compiled[name] == variable {
				continue // Of other packages, nothing is known here.
			}
			a.reportVariable(overlay, name, compiled[name], others[name], variables)
		}
	}
}

func (a *applier) reportVariable(overlay int, name, kind, otherwise string, variables []string) {
	what := fmt.Sprintf(" sets the variable %s of package %s by x_defs", name, a.manifest.ImportPath)
	switch {
	case kind != "":
		a.report(overlay, "%s, but %s is a %s, which the linker can't set.\nMake a variable of it, by a change of the file, or take it out of x_defs.", what, name, kind)
	case otherwise != "":
		a.notes = append(a.notes, fmt.Sprintf("%s%s, which Go leaves out of this build (%s)", a.label(overlay), what, a.manifest.Build))
	default:
		var b strings.Builder
		fmt.Fprintf(&b, "%s, but the package has no variable %s: nothing would be set.\n", what, name)
		if similar := closest(name, variables); similar != "" {
			fmt.Fprintf(&b, "Did you mean %s?\n", similar)
		}
		b.WriteString(a.partsHint())
		a.report(overlay, "%s", b.String())
	}
}

const variable = "variable"

// declarations adds what a Go file declares in its package to a map from names to
// kinds, which are as in messages. It returns false if the file can't be parsed.
func declarations(name, content string, kinds map[string]string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				kinds[decl.Name.Name] = "function"
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					kinds[spec.Name.Name] = "type"
				case *ast.ValueSpec:
					kind := variable
					if decl.Tok == token.CONST {
						kind = "constant"
					}
					for _, ident := range spec.Names {
						kinds[ident.Name] = kind
					}
				}
			}
		}
	}
	return true
}
