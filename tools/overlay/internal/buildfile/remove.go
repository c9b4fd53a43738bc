package buildfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// Remove takes a go_overlay out of the file, with its comments, out of the sets of the file, and out of its load
// where nothing else needs that. It returns where the file still names it, as file:line.
func (f *File) Remove(name string) (left []string, err error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	overlay, err := e.existing("go_overlay", name)
	if err != nil {
		return nil, err
	}
	e.remove(overlay)
	e.prune(overlay)
	e.removeFromSets(e.label(name))
	if err := e.done(); err != nil {
		return nil, err
	}
	return f.names(e.label(name))
}

// RemoveFromSets takes an overlay, which another file may declare, out of the sets of this one. It returns the names of those that
// had it, and where the file still names it, as file:line.
func (f *File) RemoveFromSets(overlay string) (sets, left []string, err error) {
	e, err := f.edit()
	if err != nil {
		return nil, nil, err
	}
	sets = e.removeFromSets(overlay)
	if err := e.done(); err != nil {
		return nil, nil, err
	}
	left, err = f.names(overlay)
	return sets, left, err
}

func (e *edit) removeFromSets(overlay string) (sets []string) {
	for _, call := range e.calls() {
		if e.kind(call) != "go_overlay_set" {
			continue
		}
		changed := false
		for _, attribute := range []string{"overlays", "layers"} {
			list, ok := build.NewRule(call).Attr(attribute).(*build.ListExpr)
			if !ok {
				continue // What it names is left.
			}
			before := len(list.List)
			list.List = deleteStrings(list.List, func(label string) bool { return e.sameLabel(label, overlay) })
			changed = changed || len(list.List) < before
		}
		if changed {
			e.changed(call)
			sets = append(sets, build.NewRule(call).ExplicitName())
		}
	}
	return sets
}

// names returns where the file names a target, as file:line.
func (f *File) names(label string) (lines []string, err error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	build.Walk(e.tree, func(x build.Expr, _ []build.Expr) {
		if str, ok := x.(*build.StringExpr); ok && strings.ContainsAny(str.Value, ":/") && e.sameLabel(str.Value, label) {
			lines = append(lines, fmt.Sprintf("%s:%d", f.path, line(str)))
		}
	})
	return lines, nil
}

// deleteStrings removes those of the strings in a list that a function says.
func deleteStrings(list []build.Expr, remove func(string) bool) []build.Expr {
	return slices.DeleteFunc(list, func(x build.Expr) bool {
		str, ok := x.(*build.StringExpr)
		return ok && remove(str.Value)
	})
}

// Removed is what became of an overlay that lost a file.
type Removed struct {
	// Files are the files that the overlay does not have any more, as they were written.
	Files []string
	// Globs are the attributes that are, or contain, a glob() or the like: which may find the file as long
	// as it is there.
	Globs []string
}

// unchanging are the attributes of an overlay that change nothing by themselves.
var unchanging = []string{
	"base", "base_srcs", "base_version", "deprecation", "deps", "exec", "expires", "features", "importpath", "name", "parts", "patch_exclude",
	"patch_fuzz", "patch_strip", "reason", "std", "strip_prefix", "tags", "testonly", "upstream", "visibility",
}

// overlay returns a go_overlay that is to be edited.
func (f *File) overlay(name string) (rule, error) {
	e, err := f.edit()
	if err != nil {
		return rule{}, err
	}
	call, err := e.existing("go_overlay", name)
	if err != nil {
		return rule{}, err
	}
	return e.of(call), nil
}

// RemoveFile takes what is done to one file of the package out of an overlay, and its base.
func (f *File) RemoveFile(name, file string) (Removed, error) {
	r, err := f.overlay(name)
	if err != nil {
		return Removed{}, err
	}
	removed, found, err := r.removeFile(file)
	if err != nil {
		return Removed{}, byHand(err, "# Take %s out of this attribute of %s, and out of its base.", file, r.edit.label(name))
	}
	if !found && len(removed.Globs) == 0 {
		return Removed{}, r.edit.errorAt(r.Call, "the overlay %s does not change a file named %q", r.edit.label(name), file)
	}
	r.edit.changed(r.Call)
	return removed, r.edit.done()
}

// IsEmpty tells whether an overlay changes nothing.
func (f *File) IsEmpty(name string) (bool, error) {
	r, err := f.overlay(name)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(r.Call.List, func(arg build.Expr) bool {
		assign, ok := arg.(*build.AssignExpr)
		return !ok || !slices.Contains(unchanging, assign.LHS.(*build.Ident).Name)
	}), nil
}

// RemoveGlob takes an attribute which is a glob() out of an overlay that has none of its files any more: Bazel takes a glob()
// that finds nothing for an error. The files are paths in the package.
func (f *File) RemoveGlob(name, attribute string, files []string) error {
	r, err := f.overlay(name)
	if err != nil {
		return err
	}
	if err := r.checkGlob(attribute, files); err != nil {
		return err
	}
	r.DelAttr(attribute)
	r.edit.changed(r.Call)
	return r.edit.done()
}

// CheckGlob makes sure that an attribute is a glob() which has files, so that it loses those that are deleted.
func (f *File) CheckGlob(name, attribute string, files []string) error {
	r, err := f.overlay(name)
	if err != nil {
		return err
	}
	return r.checkGlob(attribute, files)
}

func (r rule) checkGlob(attribute string, files []string) error {
	x, err := r.value(attribute)
	if err == nil && slices.ContainsFunc(files, func(file string) bool { return !covers(x, file) }) {
		err = r.literal(x, attribute, "a list, or a glob() that has "+strings.Join(files, ", "))
	}
	if err != nil {
		return byHand(err, "# Take this out of %s of %s:\n%s", attribute, r.edit.label(r.ExplicitName()), strings.Join(files, "\n"))
	}
	return nil
}

func (r rule) removeFile(file string) (removed Removed, found bool, err error) {
	for _, attribute := range []string{"srcs", "new_srcs", "embedsrcs", "base_srcs", "delete"} {
		x, err := r.value(attribute)
		if err != nil {
			return removed, false, err
		}
		if x == nil {
			continue
		}
		list, ok := x.(*build.ListExpr)
		if !ok && attribute == "delete" {
			return removed, false, r.literal(x, attribute, "a list")
		} else if !ok {
			removed.Globs = append(removed.Globs, attribute)
			continue
		}
		before := len(list.List)
		list.List = deleteStrings(list.List, func(value string) bool {
			if r.named(attribute, value) != file {
				return false
			}
			if attribute != "delete" {
				removed.Files = append(removed.Files, value)
			}
			return true
		})
		found = found || len(list.List) < before
		if len(list.List) == 0 {
			r.DelAttr(attribute)
		}
	}

	for _, attribute := range []string{"replace", "base"} {
		dict, err := r.dict(attribute)
		if err != nil {
			return removed, false, err
		}
		if dict == nil {
			continue
		}
		dict.List = slices.DeleteFunc(dict.List, func(entry *build.KeyValueExpr) bool {
			if entry.Key.(*build.StringExpr).Value != file {
				return false
			}
			if attribute == "replace" {
				found = true
				if value, ok := entry.Value.(*build.StringExpr); ok {
					removed.Files = append(removed.Files, value.Value)
				}
			}
			return true
		})
		if len(dict.List) == 0 {
			r.DelAttr(attribute)
		}
	}

	patches, err := r.dict("patches")
	if err != nil || patches == nil {
		return removed, found, err
	}
	var kept []*build.KeyValueExpr
	for _, entry := range patches.List {
		left := 1
		switch names := entry.Value.(type) {
		case *build.ListExpr:
			before := len(names.List)
			names.List = deleteStrings(names.List, func(name string) bool { return name == file })
			if left = len(names.List); left == before {
				left = 1 // One without names is not ours to remove.
			} else {
				found = true
			}
		case *build.StringExpr:
			lines := strings.Split(names.Value, "\n")
			if i := slices.Index(lines, file); i >= 0 {
				found = true
				lines = slices.Delete(lines, i, i+1)
				left = len(lines)
				names.Value, names.Token = strings.Join(lines, "\n"), ""
			}
		default:
			return removed, false, r.literal(names, "patches", "a dict of lists of names")
		}
		if left == 0 {
			removed.Files = append(removed.Files, entry.Key.(*build.StringExpr).Value)
			continue
		}
		kept = append(kept, entry)
	}
	if patches.List = kept; len(kept) == 0 {
		r.DelAttr("patches")
	}
	return removed, found, nil
}

// named returns the name, in the package, of the file that a value of an attribute is for.
func (r rule) named(attribute, value string) string {
	switch attribute {
	case "delete":
		return value
	case "embedsrcs":
		return strings.TrimPrefix(strings.TrimPrefix(value, ":"), r.prefix())
	}
	return path.Base(strings.ReplaceAll(value, ":", "/"))
}

// files returns the names, in the package, of the files that an overlay changes, as far as they are written as strings.
func (r rule) files() (names []string) {
	for _, attribute := range []string{"srcs", "new_srcs", "embedsrcs", "delete"} {
		for _, value := range r.AttrStrings(attribute) {
			names = append(names, r.named(attribute, value))
		}
	}
	if dict, err := r.dict("replace"); err == nil && dict != nil {
		for _, entry := range dict.List {
			if key, ok := entry.Key.(*build.StringExpr); ok {
				names = append(names, key.Value)
			}
		}
	}
	if dict, err := r.dict("patches"); err == nil && dict != nil {
		for _, entry := range dict.List {
			names = append(names, build.Strings(entry.Value)...)
		}
	}
	return names
}

// prefix returns what embedded files have before their names in the package.
func (r rule) prefix() string {
	if folder := r.AttrString("strip_prefix"); folder != "" {
		return folder + "/"
	}
	return ""
}
