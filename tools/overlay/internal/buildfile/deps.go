package buildfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// SetDeps adds labels to the deps of an overlay, and removes others from them. A dep with the comment "# keep", or in a rule or an
// attribute that has it, is not removed, as gazelle does not either. It returns those that were removed, as they were written.
func (f *File) SetDeps(name string, add, remove []string) (removed []string, err error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	call, err := e.existing("go_overlay", name)
	if err != nil {
		return nil, byHand(err, "%s", DepsLines(add, remove))
	}
	r := e.of(call)
	list, err := r.list("deps")
	if err != nil {
		return nil, byHand(err, "%s", DepsLines(add, remove))
	}
	if list != nil && !keeps(call) && !keeps(r.AttrDefn("deps")) && !keeps(list) {
		list.List = slices.DeleteFunc(list.List, func(x build.Expr) bool {
			str, ok := x.(*build.StringExpr)
			if !ok || keeps(x) || !slices.ContainsFunc(remove, func(label string) bool { return e.sameLabel(label, str.Value) }) {
				return false
			}
			removed = append(removed, str.Value)
			return true
		})
	}
	for _, label := range add {
		if err := r.add("deps", label, e.sameLabel); err != nil {
			return nil, byHand(err, "%s", DepsLines(add, remove))
		}
	}
	if len(add)+len(removed) == 0 {
		return nil, nil
	}
	if list != nil && len(list.List) == 0 && len(list.End.Before) == 0 {
		r.DelAttr("deps")
	}
	e.changed(call)
	return removed, e.done()
}

// DepsLines is what to write by hand, where it can't be edited.
func DepsLines(add, remove []string) string {
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
