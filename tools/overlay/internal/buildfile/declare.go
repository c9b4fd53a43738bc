package buildfile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// A Change is what a go_overlay is to say, beside what it says.
type Change struct {
	Name, ImportPath string

	Srcs, NewSrcs []string          // files, or labels
	EmbedSrcs     []string          // likewise, of //go:embed
	StripPrefix   string            // folder that their names are relative to; empty leaves it
	Delete        []string          // names of files of the package
	Patches       []Patch           // in order
	PatchStrip    string            // how many elements their names have in front; empty leaves the attribute
	PatchExclude  []string          // patterns of what of them is left out
	Replace       map[string]string // names to files
	Base          map[string]string // names to digests

	BaseVersion, Reason string // or empty

	// Listed are the files that the overlay has already, as Bazel lists them. They need not be
	// written, whatever has them: a variable, say. What a glob() has by its patterns is known without.
	Listed []string
}

// A Patch is a diff, with the names of the files that it changes.
type Patch struct {
	File  string
	Names []string
}

// Change writes a go_overlay, or extends the one of that name, which has to be of the
// same import path.
func (f *File) Change(change Change) error {
	e, err := f.edit()
	if err != nil {
		return err
	}
	if err := e.change(change); err != nil {
		if lines := change.Lines(f.pkg); lines != "" {
			return byHand(err, "%s", lines)
		}
		return err
	}
	return e.done()
}

// Lines is what to write by hand into the BUILD file of a package, where that can't be edited.
func (change Change) Lines(pkg string) string {
	call := &build.CallExpr{X: &build.Ident{Name: "go_overlay"}}
	fresh := &edit{file: &File{pkg: pkg}}
	if fresh.of(call).change(change) != nil {
		return ""
	}
	return format(call)
}

func (e *edit) change(change Change) error {
	call, err := e.rule("go_overlay", change.Name)
	if err != nil {
		return err
	}
	if call != nil {
		r := e.of(call)
		x, err := r.value("importpath")
		if err != nil {
			return err
		}
		if found, ok := x.(*build.StringExpr); !ok && x != nil {
			return r.literal(x, "importpath", "a string")
		} else if !ok || found.Value != change.ImportPath {
			path := "none"
			if ok {
				path = found.Value
			}
			return e.conflict(call, "the overlay %s is of the import path %s, expected one of %s; choose another name", e.label(change.Name), path, change.ImportPath)
		}
		if err := r.change(change); err != nil {
			return err
		}
		e.changed(call)
		return nil
	}

	local, err := e.local("go_overlay")
	if err != nil {
		return err
	}
	call = &build.CallExpr{X: &build.Ident{Name: local}}
	if err := e.of(call).change(change); err != nil {
		return err
	}
	// Beside the others.
	calls := e.calls()
	slices.Reverse(calls)
	if i := slices.IndexFunc(calls, func(call *build.CallExpr) bool { return e.kind(call) == "go_overlay" }); i >= 0 {
		e.insertAfter(calls[i], format(call), true)
	} else {
		e.insertLast(format(call))
	}
	return nil
}

// change makes a change of the attributes of a rule.
func (r rule) change(change Change) error {
	listed := func(file string) bool {
		return slices.ContainsFunc(change.Listed, func(other string) bool { return r.edit.sameLabel(file, other) })
	}
	lists := []struct {
		attribute string
		values    []string
		same      func(a, b string) bool
	}{
		{"srcs", change.Srcs, r.edit.sameLabel},
		{"new_srcs", change.NewSrcs, r.edit.sameLabel},
		{"embedsrcs", change.EmbedSrcs, r.edit.sameLabel},
		{"delete", change.Delete, sameName},
		{"patch_exclude", change.PatchExclude, sameName},
	}
	if err := r.setString("name", change.Name); err != nil {
		return err
	}
	for _, list := range lists {
		for _, value := range list.values {
			if list.attribute != "delete" && list.attribute != "patch_exclude" && listed(value) {
				continue
			}
			if err := r.add(list.attribute, value, list.same); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedKeys(change.Base) {
		if err := r.setEntry("base", name, change.Base[name], sameName); err != nil {
			return err
		}
	}
	if change.BaseVersion != "" {
		if err := r.setString("base_version", change.BaseVersion); err != nil {
			return err
		}
	}
	if err := r.setString("importpath", change.ImportPath); err != nil {
		return err
	}
	if change.StripPrefix != "" {
		if err := r.setString("strip_prefix", change.StripPrefix); err != nil {
			return err
		}
	}
	if change.PatchStrip != "" {
		if err := r.setNumber("patch_strip", change.PatchStrip); err != nil {
			return err
		}
	}
	for _, patch := range change.Patches {
		if err := r.addPatch(patch); err != nil {
			return err
		}
	}
	if change.Reason != "" {
		if err := r.setString("reason", change.Reason); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(change.Replace) {
		if err := r.setEntry("replace", name, change.Replace[name], sameName); err != nil {
			return err
		}
	}
	return nil
}

func (r rule) addPatch(patch Patch) error {
	entry, err := r.entry("patches", patch.File, false, r.edit.sameLabel)
	if err != nil {
		return err
	}
	switch old := entry.Value.(type) {
	case nil:
		list := &build.ListExpr{}
		for _, name := range patch.Names {
			list.List = append(list.List, &build.StringExpr{Value: name})
		}
		entry.Value = list
	case *build.ListExpr:
		for _, name := range patch.Names {
			r.addTo(old, name, sameName)
		}
	case *build.StringExpr: // a name a line
		names := strings.Split(old.Value, "\n")
		for _, name := range patch.Names {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if joined := strings.TrimPrefix(strings.Join(names, "\n"), "\n"); joined != old.Value {
			old.Value, old.Token = joined, ""
		}
	default:
		return r.literal(old, "patches of "+patch.File, "a list of names")
	}
	return nil
}

// SetBase says that an overlay was written against a file of a digest, instead of what it says. The version
// is that of the module, or empty: then base_version stays as it is.
func (f *File) SetBase(name, file, digest, version string) error {
	e, err := f.edit()
	if err != nil {
		return err
	}
	write := fmt.Sprintf("base = {%q: %q},", file, digest)
	if version != "" {
		write += fmt.Sprintf("\nbase_version = %q,", version)
	}
	call, err := e.existing("go_overlay", name)
	if err != nil {
		return byHand(err, "%s", write)
	}
	err = e.of(call).setEntry("base", file, digest, sameName)
	if err == nil && version != "" {
		err = e.of(call).setString("base_version", version)
	}
	if err != nil {
		return byHand(err, "%s", write)
	}
	e.changed(call)
	return e.done()
}

// SetVersion says which version the bases of an overlay are from.
func (f *File) SetVersion(name, version string) error {
	e, err := f.edit()
	if err != nil {
		return err
	}
	call, err := e.existing("go_overlay", name)
	if err == nil {
		err = e.of(call).setString("base_version", version)
	}
	if err != nil {
		return byHand(err, "base_version = %q,", version)
	}
	e.changed(call)
	return e.done()
}

// AddToSet lets a go_overlay_set have an overlay, in overlays, unless it has it there or in layers. It writes
// the set if there is none of the name.
func (f *File) AddToSet(set, overlay string) error {
	e, err := f.edit()
	if err != nil {
		return err
	}
	// As one would write it here.
	if target, ok := strings.CutPrefix(overlay, "//"+f.pkg+":"); ok {
		overlay = ":" + target
	}
	if err := e.addToSet(set, overlay); err != nil {
		return byHand(err, "go_overlay_set(\n    name = %q,\n    overlays = [%q],\n)", set, overlay)
	}
	return e.done()
}

func (e *edit) addToSet(set, overlay string) error {
	call, err := e.rule("go_overlay_set", set)
	if err != nil {
		return err
	}
	if call == nil {
		local, err := e.local("go_overlay_set")
		if err != nil {
			return err
		}
		call := &build.CallExpr{X: &build.Ident{Name: local}}
		r := build.NewRule(call)
		list := func(value string) build.Expr {
			return &build.ListExpr{List: []build.Expr{&build.StringExpr{Value: value}}}
		}
		r.SetAttr("name", &build.StringExpr{Value: set})
		r.SetAttr("overlays", list(overlay))
		r.SetAttr("visibility", list(e.repo()+"//go_overlay:__pkg__"))
		e.insertLast(format(call))
		return nil
	}
	r := e.of(call)
	if layers, err := r.list("layers"); err != nil {
		return err
	} else if layers != nil && slices.ContainsFunc(build.Strings(layers), func(layer string) bool { return e.sameLabel(layer, overlay) }) {
		return nil
	}
	if err := r.add("overlays", overlay, e.sameLabel); err != nil {
		return err
	}
	e.changed(call)
	return nil
}

// repo returns the name of our repository, as the file writes it.
func (e *edit) repo() string {
	for _, symbol := range e.symbols() {
		if symbol.ours() {
			return strings.TrimSuffix(symbol.load.Module.Value, definitions)
		}
	}
	return "@" + e.file.Repo
}

// Exclude lets gazelle pass by a folder, relative to that of the file.
func (f *File) Exclude(folder string) error {
	if f.json {
		return nil // gazelle is of Bazel.
	}
	e, err := f.edit()
	if err != nil {
		return err
	}
	directive := "# gazelle:exclude " + folder
	for _, line := range strings.Split(f.text, "\n") {
		if strings.TrimSpace(line) == directive {
			return nil
		}
	}
	// With others, or by itself.
	for _, stmt := range e.tree.Stmt {
		if block, ok := stmt.(*build.CommentBlock); ok && slices.ContainsFunc(comments(block), func(comment build.Comment) bool { return strings.HasPrefix(comment.Token, "# gazelle:") }) {
			e.insertAfter(block, directive, false)
			return e.done()
		}
	}
	e.insertFirst(directive, false)
	return e.done()
}

// comments returns those of a block of them.
func comments(block *build.CommentBlock) []build.Comment {
	return append(slices.Clone(block.Before), block.After...)
}

var (
	noName  = regexp.MustCompile(`[^A-Za-z0-9_]+`)
	version = regexp.MustCompile(`^v[0-9]+$`)
)

// FreshName returns a name for an overlay of a package, which no target has: uuid for
// github.com/google/uuid, or google_uuid if that is taken.
func (f *File) FreshName(importPath string) string {
	taken := slices.Clone(f.Targets)
	if e, err := f.edit(); err == nil {
		build.Walk(e.tree, func(x build.Expr, _ []build.Expr) {
			if call, ok := x.(*build.CallExpr); ok {
				taken = append(taken, build.NewRule(call).ExplicitName())
			}
		})
	}
	elements := strings.Split(importPath, "/")
	first := len(elements) - 1
	// As gazelle names the library of github.com/jackc/pgx/v5 pgx_v5.
	if first > 0 && version.MatchString(path.Base(importPath)) {
		first--
	}
	name := ""
	for ; first >= 0; first-- {
		name = strings.Trim(noName.ReplaceAllString(strings.Join(elements[first:], "_"), "_"), "_")
		if name != "" && !slices.Contains(taken, name) {
			return name
		}
	}
	for i := 2; ; i++ {
		if numbered := fmt.Sprintf("%s_%d", name, i); !slices.Contains(taken, numbered) {
			return numbered
		}
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
