package buildfile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
)

// An overlays.json is edited as the BUILD file that would say the same: values of JSON are values of Starlark, too, and declarations are calls.
// Where it has no set in use, the set of all overlays is one that the BUILD file has, and the JSON need not.

// fromJSON returns the BUILD file of an overlays.json.
func fromJSON(declared *overlaysjson.File) string {
	var stmts []build.Expr
	call := func(kind string, d overlaysjson.Declaration) {
		c := &build.CallExpr{X: &build.Ident{Name: kind}, ForceMultiLine: true}
		for _, f := range d.Fields {
			c.List = append(c.List, &build.AssignExpr{LHS: &build.Ident{Name: f.Name}, Op: "=", RHS: literal(f.Value)})
		}
		stmts = append(stmts, c)
	}
	var all []string
	for _, d := range declared.Overlays {
		call("go_overlay", d)
		all = append(all, ":"+d.String("name"))
	}
	for _, d := range declared.Sets {
		call("go_overlay_set", d)
	}
	if hasAllSet(declared) && len(all) > 0 {
		call("go_overlay_set", overlaysjson.Declaration{Fields: []overlaysjson.Field{{Name: "name", Value: overlaysjson.AllSet}, {Name: "overlays", Value: all}}})
	}
	if len(stmts) == 0 {
		return ""
	}
	const load = "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\", \"go_overlay_set\")\n\n"
	return load + string(build.Format(&build.File{Type: build.TypeBuild, Stmt: stmts}))
}

// hasAllSet tells whether the set of all overlays is one that the file does not write.
func hasAllSet(declared *overlaysjson.File) bool {
	for _, d := range declared.Sets {
		if d.String("name") == overlaysjson.AllSet {
			return false
		}
	}
	return declared.Use == "" || declared.Use == overlaysjson.AllSet
}

func literal(value any) build.Expr {
	switch value := value.(type) {
	case []string:
		list := &build.ListExpr{}
		for _, text := range value {
			list.List = append(list.List, literal(text))
		}
		return list
	case []overlaysjson.Entry:
		dict := &build.DictExpr{ForceMultiLine: true}
		for _, e := range value {
			dict.List = append(dict.List, &build.KeyValueExpr{Key: literal(e.Key), Value: literal(e.Value)})
		}
		return dict
	case string:
		return &build.StringExpr{Value: value}
	case bool:
		if value {
			return &build.Ident{Name: "True"}
		}
		return &build.Ident{Name: "False"}
	}
	return &build.LiteralExpr{Token: fmt.Sprint(value)}
}

// toJSON returns the overlays.json of a BUILD file.
func toJSON(tree *build.File, before *overlaysjson.File) (*overlaysjson.File, error) {
	declared := &overlaysjson.File{Use: before.Use}
	for _, stmt := range tree.Stmt {
		call, ok := stmt.(*build.CallExpr)
		if !ok {
			continue // A load, or a directive of gazelle.
		}
		d := overlaysjson.Declaration{}
		for _, arg := range call.List {
			assign, ok := arg.(*build.AssignExpr)
			if !ok {
				return nil, fmt.Errorf("a declaration has no names of fields")
			}
			name := assign.LHS.(*build.Ident).Name
			if name == "visibility" {
				continue
			}
			value, err := value(assign.RHS)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			d.Fields = append(d.Fields, overlaysjson.Field{Name: name, Value: value})
		}
		// What an overlay is called, and what it is for, come first.
		slices.SortStableFunc(d.Fields, func(a, b overlaysjson.Field) int { return rank(a.Name) - rank(b.Name) })
		switch name := d.String("name"); call.X.(*build.Ident).Name {
		case "go_overlay":
			declared.Overlays = append(declared.Overlays, d)
		case "go_overlay_set":
			if name != overlaysjson.AllSet || !hasAllSet(before) {
				declared.Sets = append(declared.Sets, d)
			}
		}
	}
	return declared, nil
}

func rank(field string) int {
	if i := slices.Index([]string{"name", "importpath"}, field); i >= 0 {
		return i
	}
	return 2
}

// value returns a value of JSON.
func value(x build.Expr) (any, error) {
	switch x := x.(type) {
	case *build.StringExpr:
		return x.Value, nil
	case *build.Ident:
		if x.Name == "True" || x.Name == "False" {
			return x.Name == "True", nil
		}
	case *build.LiteralExpr:
		return json.Number(x.Token), nil
	case *build.ListExpr:
		list := []string{}
		for _, item := range x.List {
			text, ok := item.(*build.StringExpr)
			if !ok {
				return nil, fmt.Errorf("a list has what is no string")
			}
			list = append(list, text.Value)
		}
		return list, nil
	case *build.DictExpr:
		entries := []overlaysjson.Entry{}
		for _, item := range x.List {
			key, ok := item.Key.(*build.StringExpr)
			if !ok {
				return nil, fmt.Errorf("a key is no string")
			}
			value, err := value(item.Value)
			if err != nil {
				return nil, err
			}
			entries = append(entries, overlaysjson.Entry{Key: key.Value, Value: value})
		}
		return entries, nil
	}
	return nil, fmt.Errorf("%s is no value that JSON has", strings.TrimSpace(build.FormatString(x)))
}
