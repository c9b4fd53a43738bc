package buildfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// SetDeps adds labels to the deps of an overlay, and removes others from them. A dep with the comment "# keep", or in a rule or an
// attribute that has it, is not removed, as gazelle does not either.
func (f *File) SetDeps(name string, add, remove []string) error {
	e, err := f.edit()
	if err != nil {
		return err
	}
	byHand := func(err error) error { return byHand(err, "%s", depsLines(add, remove)) }
	call, err := e.existing("go_overlay", name)
	if err != nil {
		return byHand(err)
	}
	r := e.of(call)
	list, err := r.list("deps")
	if err != nil {
		return byHand(err)
	}
	if list != nil && !keeps(call) && !keeps(r.AttrDefn("deps")) && !keeps(list) {
		list.List = slices.DeleteFunc(list.List, func(x build.Expr) bool {
			str, ok := x.(*build.StringExpr)
			return ok && !keeps(x) && slices.ContainsFunc(remove, func(label string) bool { return e.sameLabel(label, str.Value) })
		})
	}
	for _, label := range add {
		if err := r.add("deps", label, e.sameLabel); err != nil {
			return byHand(err)
		}
	}
	if list != nil && len(list.List) == 0 && len(list.End.Before) == 0 {
		r.DelAttr("deps")
	}
	e.changed(call)
	return e.done()
}

// depsLines is what to write by hand.
func depsLines(add, remove []string) string {
	var lines strings.Builder
	if len(add) > 0 {
		lines.WriteString("deps = [\n")
		for _, label := range add {
			fmt.Fprintf(&lines, "    %q,\n", label)
		}
		lines.WriteString("],\n")
	}
	for _, label := range remove {
		fmt.Fprintf(&lines, "# without %s in deps\n", label)
	}
	return lines.String()
}

// keeps tells whether an expression has gazelle's comment that says so.
func keeps(x build.Expr) bool {
	if assign, ok := x.(*build.AssignExpr); x == nil || ok && assign == nil {
		return false
	}
	comments := x.Comment()
	return slices.ContainsFunc(slices.Concat(comments.Before, comments.Suffix), func(c build.Comment) bool {
		text := strings.TrimSpace(strings.TrimPrefix(c.Token, "#"))
		return text == "keep" || strings.HasPrefix(text, "keep: ")
	})
}
