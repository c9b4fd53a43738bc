package apply

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/suggest"
)

// checkVariables checks that the package has the variables of x_defs: the linker
// says nothing if it has not.
func (a *applier) checkVariables(files []goFile) {
	if !slices.ContainsFunc(a.manifest.Overlays, func(o record.Overlay) bool { return len(o.XDefs) > 0 }) {
		return
	}
	compiled, others := map[string]declaration{}, map[string]declaration{}
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
	for name, declared := range compiled {
		if declared.kind == variable {
			variables = append(variables, name)
		}
	}
	slices.Sort(variables)
	for overlay, o := range a.manifest.Overlays {
		for _, name := range sortedKeys(o.XDefs) {
			x := xDef{owner(overlay), name}
			if declared := compiled[name]; declared.kind != variable {
				a.reportVariable(x, declared.kind, others[name].kind, variables)
			} else {
				a.checkSettable(x, declared, compiled)
			}
		}
	}
}

// An xDef is a variable that an overlay sets.
type xDef struct {
	owner
	name string
}

// A notVariable is something else of that name.
type notVariable struct {
	xDef
	kind string
}

// An unsetVariable is one that Go leaves out of this build.
type unsetVariable struct{ xDef }

// A noVariable is a name that the package does not have.
type noVariable struct {
	xDef
	similar string // variable that may be meant, or ""
}

func (a *applier) reportVariable(x xDef, kind, otherwise string, variables []string) {
	switch {
	case kind != "":
		a.report(notVariable{x, kind})
	case otherwise != "":
		a.notes = append(a.notes, unsetVariable{x})
	default:
		a.report(noVariable{x, suggest.Closest(x.name, variables)})
	}
}

// A notString is a variable of another type.
type notString struct {
	xDef
	declared string
}

// A notConstant is a variable whose initializer is no constant.
type notConstant struct {
	xDef
	declared string
}

// checkSettable checks that the linker can set a variable: it refuses those of other
// types than string, and what an initializer computes when the program starts takes
// the place of what it sets.
func (a *applier) checkSettable(x xDef, declared declaration, all map[string]declaration) {
	switch {
	case !declared.mayBeString(all):
		a.report(notString{x, declared.text})
	case declared.value != nil && !mayBeConstant(declared.value, all):
		a.report(notConstant{x, declared.text})
	}
}

const variable = "variable"

// A declaration is what a file declares in its package.
type declaration struct {
	kind  string   // as in messages
	typ   ast.Expr // of a variable, if it is written; of an alias, what it stands for
	value ast.Expr // of a variable, if it has an initializer
	text  string   // of a variable, after its name
}

// declarations adds what a Go file declares in its package to a map, by names. It
// returns false if the file can't be parsed.
func declarations(name, content string, into map[string]declaration) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				into[decl.Name.Name] = declaration{kind: "function"}
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared := declaration{kind: "type"}
					if spec.Assign.IsValid() {
						declared.typ = spec.Type
					}
					into[spec.Name.Name] = declared
				case *ast.ValueSpec:
					for i, ident := range spec.Names {
						declared := declaration{kind: "constant"}
						if decl.Tok == token.VAR {
							declared = variableOf(spec, i, content[spec.Names[len(spec.Names)-1].End()-file.FileStart:spec.End()-file.FileStart])
						}
						into[ident.Name] = declared
					}
				}
			}
		}
	}
	return true
}

// variableOf returns the declaration of one of the variables of a specification.
func variableOf(spec *ast.ValueSpec, i int, text string) declaration {
	declared := declaration{kind: variable, typ: spec.Type, text: strings.TrimSpace(text)}
	if first, _, more := strings.Cut(declared.text, "\n"); more {
		declared.text = first + " …"
	}
	switch len(spec.Values) {
	case 0:
	case len(spec.Names):
		declared.value = spec.Values[i]
	default:
		declared.value = spec.Values[0] // A call.
	}
	return declared
}

// predeclaredTypes are those of Go, but for string.
var predeclaredTypes = []string{
	"any", "bool", "byte", "complex128", "complex64", "error", "float32", "float64", "int", "int16", "int32",
	"int64", "int8", "rune", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

// mayBeString tells whether a variable may be of type string, as far as a package
// tells: it may have an alias, from another package, say.
func (d declaration) mayBeString(all map[string]declaration) bool {
	if d.typ != nil {
		return isStringType(d.typ, all, len(all))
	}
	switch value := ast.Unparen(d.value).(type) {
	case *ast.BasicLit:
		return value.Kind == token.STRING
	case *ast.CompositeLit, *ast.FuncLit:
		return false
	case *ast.Ident:
		_, declared := all[value.Name]
		return declared || value.Name != "true" && value.Name != "false"
	}
	return true
}

func isStringType(typ ast.Expr, all map[string]declaration, aliases int) bool {
	switch typ := ast.Unparen(typ).(type) {
	case *ast.Ident:
		declared, ok := all[typ.Name]
		switch {
		case !ok:
			return !slices.Contains(predeclaredTypes, typ.Name)
		case declared.typ != nil && aliases > 0:
			return isStringType(declared.typ, all, aliases-1)
		default:
			return false
		}
	case *ast.SelectorExpr:
		return true
	}
	return false
}

// mayBeConstant tells whether an expression may be a constant, as far as a package
// tells.
func mayBeConstant(expr ast.Expr, all map[string]declaration) bool {
	switch expr := ast.Unparen(expr).(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return mayBeConstant(expr.X, all) && mayBeConstant(expr.Y, all)
	case *ast.Ident:
		declared, ok := all[expr.Name]
		return !ok || declared.kind == "constant"
	case *ast.SelectorExpr:
		ident, ok := expr.X.(*ast.Ident)
		return ok && all[ident.Name].kind == "" // Otherwise it is a field.
	case *ast.CallExpr:
		conversion, ok := ast.Unparen(expr.Fun).(*ast.Ident)
		if !ok {
			return false
		}
		declared, ok := all[conversion.Name]
		return (!ok || declared.kind == "type") && !slices.ContainsFunc(expr.Args, func(arg ast.Expr) bool { return !mayBeConstant(arg, all) })
	}
	return false
}
