package what

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
)

// A Source is a file of a package.
type Source struct {
	Path    string
	Content []byte // nil to read the file
}

// A Position is where a symbol is declared.
type Position struct {
	File string // path of the Source
	Line int
}

// A NotFoundError tells that no file declares a symbol.
type NotFoundError struct {
	Symbol string
	Files  int      // that were looked at
	Near   []string // symbols that may be meant
	Parse  error    // of the first file that could not be read in full, or nil
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("none of %d Go files declares %s", e.Files, e.Symbol)
	switch e.Files {
	case 0:
		text = "no Go file is there to declare " + e.Symbol
	case 1:
		text = "the Go file does not declare " + e.Symbol
	}
	if len(e.Near) > 0 {
		text += "; is it " + strings.Join(e.Near, " or ") + "?"
	}
	if e.Parse != nil {
		text += fmt.Sprintf(" (not all can be read: %v)", e.Parse)
	}
	return text
}

func (e *NotFoundError) Unwrap() error { return e.Parse }

// FindSymbol returns all places where files of a package declare a symbol, in the order
// of the files: files for other platforms may have it, too, and init functions have one
// name. The symbol is a function, type, variable or constant, F, or a method or a field,
// T.M. Files that are not of Go are passed over.
//
// If there is none, the error is a *NotFoundError.
func FindSymbol(files []Source, symbol string) ([]Position, error) {
	symbol = withoutTypeArguments(symbol)
	if m := receiver.FindStringSubmatch("." + symbol); m != nil && m[1] == "" { // (*T).M
		symbol = strings.TrimSuffix(m[2]+"."+m[3], ".")
	}
	notFound := &NotFoundError{Symbol: symbol}
	var positions []Position
	var names []string
	for _, file := range files {
		if !strings.HasSuffix(file.Path, ".go") {
			continue
		}
		content := file.Content
		if content == nil {
			var err error
			if content, err = os.ReadFile(file.Path); err != nil {
				return nil, err
			}
		}
		notFound.Files++
		fset := token.NewFileSet()
		// A file with errors is read as far as it can be.
		parsed, err := parser.ParseFile(fset, file.Path, content, parser.SkipObjectResolution)
		if err != nil && notFound.Parse == nil {
			notFound.Parse = err
		}
		if parsed == nil {
			continue
		}
		declared(parsed, func(name string, at token.Pos) {
			if name == symbol {
				// Lines are those of the file, whatever //line comments say.
				positions = append(positions, Position{File: file.Path, Line: fset.PositionFor(at, false).Line})
			}
			names = append(names, name)
		})
	}
	if len(positions) > 0 {
		return positions, nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	notFound.Near = near(symbol, names)
	return nil, notFound
}

// near returns names of declarations that may be meant by another one.
func near(symbol string, names []string) []string {
	var near, members []string
	of, member, isMember := strings.Cut(symbol, ".")
	for _, name := range names {
		if !isMember && strings.HasSuffix(name, "."+symbol) && len(near) < 5 { // The type has been left out.
			near = append(near, name)
		}
		if member, ok := strings.CutPrefix(name, of+"."); ok && isMember {
			members = append(members, member)
		}
	}
	if len(near) > 0 {
		return near
	}
	for _, name := range suggest.Near(member, members) {
		near = append(near, of+"."+name)
	}
	if len(near) > 0 {
		return near
	}
	return suggest.Near(symbol, names)
}

// declared calls found with each name that a file declares, F or T.M.
func declared(file *ast.File, found func(name string, at token.Pos)) {
	ident := func(prefix string, names ...*ast.Ident) {
		for _, name := range names {
			if name != nil && name.Name != "_" {
				found(prefix+name.Name, name.Pos())
			}
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			prefix := ""
			if decl.Recv != nil {
				if len(decl.Recv.List) == 0 {
					continue
				}
				prefix = typeName(decl.Recv.List[0].Type) + "."
			}
			ident(prefix, decl.Name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					ident("", spec.Names...)
				case *ast.TypeSpec:
					ident("", spec.Name)
					for _, member := range members(spec.Type) {
						ident(spec.Name.Name+".", member.Names...)
						if name := typeName(member.Type); len(member.Names) == 0 && name != "" {
							found(spec.Name.Name+"."+name, member.Pos()) // An embedded type.
						}
					}
				}
			}
		}
	}
}

// members returns the fields of a struct or the methods of an interface.
func members(expr ast.Expr) []*ast.Field {
	switch expr := expr.(type) {
	case *ast.StructType:
		if expr.Fields != nil {
			return expr.Fields.List
		}
	case *ast.InterfaceType:
		if expr.Methods != nil {
			return expr.Methods.List
		}
	}
	return nil
}

// typeName returns the name of a type without its package, pointers and type parameters,
// or "" if it has none.
func typeName(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.StarExpr:
		return typeName(expr.X)
	case *ast.ParenExpr:
		return typeName(expr.X)
	case *ast.IndexExpr:
		return typeName(expr.X)
	case *ast.IndexListExpr:
		return typeName(expr.X)
	case *ast.SelectorExpr:
		return expr.Sel.Name
	}
	return ""
}
