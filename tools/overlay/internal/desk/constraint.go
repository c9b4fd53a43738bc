package desk

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
)

// uncompiled returns the constraint of a Go file by which no build compiles it, such as //go:build ignore of programs that write
// sources, or an empty string. Folders of the SDK have such, and targets may list them.
func uncompiled(file string) string {
	parsed, _ := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
	if parsed == nil {
		return ""
	}
	for _, group := range parsed.Comments {
		for _, comment := range group.List {
			if comment.Pos() > parsed.Package || !constraint.IsGoBuild(comment.Text) {
				continue
			}
			if expr, err := constraint.Parse(comment.Text); err == nil && !mayBe(expr, true) {
				return comment.Text
			}
		}
	}
	return ""
}

// mayBe tells whether a constraint may have a value in a build, all of which are without the tag ignore.
func mayBe(expr constraint.Expr, value bool) bool {
	switch expr := expr.(type) {
	case *constraint.NotExpr:
		return mayBe(expr.X, !value)
	case *constraint.AndExpr:
		return both(expr.X, expr.Y, value, value)
	case *constraint.OrExpr:
		return both(expr.X, expr.Y, value, !value)
	case *constraint.TagExpr:
		return expr.Tag != "ignore" || !value
	}
	return true
}

// both tells whether two constraints may have a value: each of them, or one.
func both(x, y constraint.Expr, value, each bool) bool {
	if each {
		return mayBe(x, value) && mayBe(y, value)
	}
	return mayBe(x, value) || mayBe(y, value)
}
