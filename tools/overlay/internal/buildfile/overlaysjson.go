package buildfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
)

// A repository without Bazel has overlays.json instead of BUILD files. It is edited as the BUILD file that would say the same, and
// written as JSON again.

// fromJSON makes the file the BUILD file that says the same as JSON.
func (f *File) fromJSON(text string) error {
	declared := &overlaysjson.File{}
	if text != "" {
		var err error
		if declared, err = overlaysjson.Parse(f.path, []byte(text)); err != nil {
			return err
		}
	}
	f.json, f.formatted, f.use = true, false, strings.TrimPrefix(declared.Use, overlaysjson.Label(""))
	f.order = map[string][]string{}
	tree := &build.File{Type: build.TypeBuild, Stmt: []build.Expr{&build.LoadStmt{
		Module: &build.StringExpr{Value: "@" + f.Repo + definitions},
		From:   []*build.Ident{{Name: "go_overlay"}, {Name: "go_overlay_set"}},
		To:     []*build.Ident{{Name: "go_overlay"}, {Name: "go_overlay_set"}},
	}}}
	for _, rule := range declared.Rules {
		call := &build.CallExpr{X: &build.Ident{Name: rule.Kind}}
		r := build.NewRule(call)
		for _, attribute := range rule.Attributes {
			r.SetAttr(attribute.Name, expression(attribute.Value))
			f.order[rule.Name] = append(f.order[rule.Name], attribute.Name)
		}
		tree.Stmt = append(tree.Stmt, call)
	}
	f.text = string(build.FormatWithoutRewriting(tree))
	f.read = f.text
	return nil
}

// expression returns the expression of a value.
func expression(value any) build.Expr {
	switch value := value.(type) {
	case string:
		return &build.StringExpr{Value: value}
	case int:
		return &build.LiteralExpr{Token: fmt.Sprint(value)}
	case bool:
		return &build.Ident{Name: map[bool]string{true: "True", false: "False"}[value]}
	case []string:
		list := &build.ListExpr{}
		for _, element := range value {
			list.List = append(list.List, expression(element))
		}
		return list
	case []overlaysjson.Entry:
		dict := &build.DictExpr{}
		for _, entry := range value {
			dict.List = append(dict.List, &build.KeyValueExpr{Key: expression(entry.Key), Value: expression(entry.Value)})
		}
		return dict
	}
	return nil
}

// toJSON returns the file as overlays.json.
func (f *File) toJSON() []byte {
	if f.text == f.read {
		return []byte(f.original)
	}
	tree, err := f.parse(f.text)
	if err != nil { // An edit has parsed what it made.
		return []byte(f.original)
	}
	var overlays, sets []string
	for _, r := range tree.Rules("") {
		switch r.Kind() {
		case "go_overlay":
			overlays = append(overlays, f.object(r))
		case "go_overlay_set":
			sets = append(sets, f.object(r))
		}
	}
	parts := []string{"\n  \"overlays\": " + lines("[", overlays, "]", "  ")}
	if len(sets) > 0 {
		parts = append(parts, "\n  \"sets\": "+lines("[", sets, "]", "  "))
	}
	if f.use != "" {
		parts = append(parts, "\n  \"use\": "+quote(f.use))
	}
	return []byte("{" + strings.Join(parts, ",") + "\n}\n")
}

// object returns a rule as an object of JSON, with its attributes in the order in which they were, and new ones where they usually are.
func (f *File) object(r *build.Rule) string {
	names := slices.DeleteFunc(r.AttrKeys(), func(name string) bool { return name == "visibility" })
	usual := func(name string) int { return slices.Index(overlaysjson.Order, name) }
	var ordered []string
	for _, name := range f.order[r.Name()] {
		if slices.Contains(names, name) {
			ordered = append(ordered, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return usual(a) - usual(b) })
	for _, name := range names {
		if slices.Contains(ordered, name) {
			continue
		}
		i := len(ordered)
		for i > 0 && usual(ordered[i-1]) > usual(name) {
			i--
		}
		ordered = slices.Insert(ordered, i, name)
	}
	var fields []string
	for _, name := range ordered {
		fields = append(fields, quote(name)+": "+jsonOf(r.Attr(name), "      "))
	}
	return lines("{", fields, "}", "    ")
}

// jsonOf returns an expression as JSON, in lines that are indented if there are several.
func jsonOf(x build.Expr, indent string) string {
	switch x := x.(type) {
	case *build.StringExpr:
		return quote(x.Value)
	case *build.LiteralExpr:
		return x.Token
	case *build.Ident:
		return strings.ToLower(x.Name)
	case *build.ListExpr:
		var elements []string
		for _, element := range x.List {
			elements = append(elements, jsonOf(element, indent+"  "))
		}
		return lines("[", elements, "]", indent)
	case *build.DictExpr:
		var entries []string
		for _, entry := range x.List {
			entries = append(entries, jsonOf(entry.Key, "")+": "+jsonOf(entry.Value, indent+"  "))
		}
		return lines("{", entries, "}", indent)
	}
	return "null" // Nothing writes any other.
}

// lines returns parts between brackets, each on a line, with the last bracket indented; or, of none, the brackets.
func lines(open string, parts []string, end, indent string) string {
	if len(parts) == 0 {
		return open + end
	}
	return open + "\n" + indent + "  " + strings.Join(parts, ",\n"+indent+"  ") + "\n" + indent + end
}

// quote returns a string of JSON.
func quote(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(text) // A string can always be written.
	return strings.TrimSuffix(out.String(), "\n")
}
