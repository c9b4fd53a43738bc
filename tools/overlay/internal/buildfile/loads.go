package buildfile

import (
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

const definitions = "//go_overlay:defs.bzl"

// calls returns the calls at the top level of the file.
func (e *edit) calls() []*build.CallExpr {
	var calls []*build.CallExpr
	for _, stmt := range e.tree.Stmt {
		if call, ok := stmt.(*build.CallExpr); ok {
			calls = append(calls, call)
		}
	}
	return calls
}

// A symbol is one that the file loads.
type symbol struct {
	load  *build.LoadStmt
	index int // in load
	name  string
	local string // its name in the file
}

func (s symbol) ours() bool { return strings.HasSuffix(s.load.Module.Value, definitions) }

func (e *edit) symbols() []symbol {
	var symbols []symbol
	for _, stmt := range e.tree.Stmt {
		if load, ok := stmt.(*build.LoadStmt); ok {
			for i := range load.From {
				symbols = append(symbols, symbol{load, i, load.From[i].Name, load.To[i].Name})
			}
		}
	}
	return symbols
}

// kind returns what a call is of: "go_overlay" and the like only if that is loaded from
// our file, under whichever name. Else it is for messages.
func (e *edit) kind(call *build.CallExpr) string {
	local := build.NewRule(call).Kind()
	for _, symbol := range e.symbols() {
		if symbol.local != local {
			continue
		}
		if symbol.ours() {
			return symbol.name
		}
		return local + " of " + symbol.load.Module.Value
	}
	if strings.HasPrefix(local, "go_overlay") {
		return local + ", which is not loaded"
	}
	return local
}

// local returns the name that a symbol of ours has in the file, and loads it if need be.
func (e *edit) local(name string) (string, error) {
	symbols := e.symbols()
	var load *build.LoadStmt
	for _, symbol := range symbols {
		if symbol.ours() {
			if symbol.name == name {
				return symbol.local, nil
			}
			if load == nil {
				load = symbol.load
			}
		}
	}
	if i := slices.IndexFunc(symbols, func(s symbol) bool { return s.local == name }); i >= 0 {
		load := symbols[i].load
		return "", e.errorAt(load, "%s is loaded from %s here, and not from @%s%s", name, load.Module.Value, e.file.Repo, definitions)
	}
	for _, stmt := range e.tree.Stmt {
		if assign, ok := stmt.(*build.AssignExpr); ok {
			if ident, ok := assign.LHS.(*build.Ident); ok && ident.Name == name {
				return "", e.errorAt(stmt, "%s is a variable here, and not loaded from @%s%s", name, e.file.Repo, definitions)
			}
		}
	}
	if load != nil {
		load.From = append(load.From, &build.Ident{Name: name})
		load.To = append(load.To, &build.Ident{Name: name})
		e.changed(load)
		return name, nil
	}
	e.insertFirst(format(&build.LoadStmt{
		Module:       &build.StringExpr{Value: "@" + e.file.Repo + definitions},
		From:         []*build.Ident{{Name: name}},
		To:           []*build.Ident{{Name: name}},
		ForceCompact: true,
	}), true)
	return name, nil
}

// prune takes a symbol of ours out of its load if nothing but a removed rule uses it.
func (e *edit) prune(removed *build.CallExpr) {
	local := build.NewRule(removed).Kind()
	used := false
	for _, stmt := range e.tree.Stmt {
		if _, ok := stmt.(*build.LoadStmt); ok || stmt == build.Expr(removed) {
			continue
		}
		build.Walk(stmt, func(x build.Expr, _ []build.Expr) {
			if ident, ok := x.(*build.Ident); ok && ident.Name == local {
				used = true
			}
		})
	}
	if used {
		return
	}
	for _, symbol := range e.symbols() {
		if symbol.local != local || !symbol.ours() {
			continue
		}
		load := symbol.load
		if len(load.From) == 1 {
			e.remove(load)
			return
		}
		load.From = slices.Delete(load.From, symbol.index, symbol.index+1)
		load.To = slices.Delete(load.To, symbol.index, symbol.index+1)
		e.changed(load)
		return
	}
}

// rule returns the rule of a name and a kind; or nil, if there is none of the name.
func (e *edit) rule(kind, name string) (*build.CallExpr, error) {
	for _, call := range e.calls() {
		if build.NewRule(call).ExplicitName() != name {
			continue
		}
		if found := e.kind(call); found != kind {
			err := e.conflict(call, "the target %s is a %s, expected a %s of @%s%s; choose another name, or, if that is a macro, edit what it makes", e.label(name), found, kind, e.file.Repo, definitions)
			err.conflict = build.NewRule(call).Kind() != kind // Ours, perhaps, by way of another file.
			return nil, err
		}
		return call, nil
	}
	// Rules in comprehensions, positional arguments, or names that are no literals.
	var found build.Expr
	build.Walk(e.tree, func(x build.Expr, _ []build.Expr) {
		call, ok := x.(*build.CallExpr)
		if !ok || found != nil {
			return
		}
		if build.NewRule(call).ExplicitName() == name {
			found = call
		} else if len(call.List) > 0 {
			if first, ok := call.List[0].(*build.StringExpr); ok && first.Value == name && strings.HasPrefix(e.kind(call), "go_overlay") {
				found = call
			}
		}
	})
	listed := slices.Contains(e.file.Targets, name)
	if listed || found != nil && len(e.file.Targets) == 0 {
		return nil, e.errorAt(found, "the target %s is not written as a %s with a name at the top level of the file, but made by a macro or a comprehension", e.label(name), kind)
	}
	return nil, nil
}

// existing is rule, for a rule that has to be there.
func (e *edit) existing(kind, name string) (*build.CallExpr, error) {
	call, err := e.rule(kind, name)
	if call == nil && err == nil {
		err = e.conflict(nil, "found no %s named %q", kind, name)
	}
	return call, err
}

// label returns the label of a target of the file.
func (e *edit) label(name string) string { return "//" + e.file.pkg + ":" + name }
