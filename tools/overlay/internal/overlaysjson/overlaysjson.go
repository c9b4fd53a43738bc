// Package overlaysjson reads overlays.json, in which repositories without Bazel declare overlays: beside go.work, or else go.mod. It has
// the names of the rules go_overlay and go_overlay_set, and of their attributes:
//
//	{
//	  "overlays": [
//	    {
//	      "name": "uuid",
//	      "importpath": "github.com/google/uuid",
//	      "srcs": ["overlays/_src/github.com/google/uuid/version4.go"],
//	      "base": {"version4.go": "sha256:…"},
//	      "base_version": "v1.6.0"
//	    }
//	  ],
//	  "sets": [{"name": "canary", "overlays": [":uuid"], "layers": []}],
//	  "use": "canary"
//	}
//
// Paths are relative to the folder of the file, with slashes. What is read becomes targets as Bazel lists those of a BUILD file in
// that folder, so that all else is the same with Bazel and without.
package overlaysjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// Name is that of the file.
const Name = "overlays.json"

// A File is what is declared.
type File struct {
	Path  string
	Rules []Rule // overlays, and after them sets, as they are written
	Use   string // label of the set, or single overlay, that is in force; empty if all overlays are
}

// A Rule is an overlay or a set.
type Rule struct {
	Kind string // go_overlay or go_overlay_set
	Name string
	Line int

	Attributes []Attribute // as they are written
}

// An Attribute has a string, an int, a bool, a []string, or a []Entry.
type Attribute struct {
	Name  string
	Value any
}

// An Entry is one of a dict.
type Entry struct {
	Key   string
	Value any // string, or []string
}

// Label returns the label of a rule, or file, as those of the workspace have them.
func Label(name string) string { return "//:" + name }

// forms are what fields of overlays have, by their names.
var forms = map[string]func(*reading, *node) (any, error){
	"name":          (*reading).text,
	"importpath":    (*reading).text,
	"srcs":          (*reading).files,
	"replace":       (*reading).replacements,
	"new_srcs":      (*reading).files,
	"delete":        (*reading).names,
	"patches":       (*reading).patches,
	"patch_strip":   (*reading).number,
	"patch_fuzz":    (*reading).number,
	"patch_exclude": (*reading).names,
	"embedsrcs":     (*reading).files,
	"strip_prefix":  (*reading).text,
	"base":          (*reading).digests,
	"base_srcs":     (*reading).files,
	"base_version":  (*reading).version,
	"reason":        (*reading).text,
	"upstream":      (*reading).text,
	"expires":       (*reading).date,
	"std":           (*reading).truth,
}

var setForms = map[string]func(*reading, *node) (any, error){
	"name":     (*reading).text,
	"overlays": (*reading).names,
	"layers":   (*reading).names,
}

// Order is the order in which fields are written that are new.
var Order = []string{
	"name", "importpath", "srcs", "replace", "new_srcs", "delete", "patches", "patch_strip", "patch_fuzz", "patch_exclude", "embedsrcs", "strip_prefix",
	"base", "base_srcs", "base_version", "reason", "upstream", "expires", "std", "overlays", "layers",
}

// withBazel says of attributes that go_overlay has, and an overlay of overlays.json has not, why.
var withBazel = map[string]string{
	"deps":        "the go command finds what is imported by go.mod; take it out",
	"has_deps":    "the go command finds what is imported by go.mod; take it out",
	"cdeps":       "no library of a build is there to link; write #cgo lines into the file that imports \"C\"",
	"cgo":         "the go command sees by an import of \"C\" whether a package has cgo; take it out",
	"copts":       "the go command takes options of C by #cgo lines in the file that imports \"C\"",
	"cppopts":     "the go command takes options of C by #cgo lines in the file that imports \"C\"",
	"cxxopts":     "the go command takes options of C by #cgo lines in the file that imports \"C\"",
	"clinkopts":   "the go command takes options of the linker by #cgo lines in the file that imports \"C\"",
	"delete_opts": "the go command takes options by #cgo lines, which an overlay of the file changes",
	"gc_goopts":   "the go command takes options of the compiler by its flag -gcflags=PACKAGE=OPTIONS",
	"x_defs":      "the go command sets variables by its flag -ldflags=-X=PACKAGE.NAME=VALUE",
	"exec":        "only builds of Bazel have another configuration for tools; take it out",
	"parts":       "only builds of Bazel link parts of a package; take it out",
	"visibility":  "only targets of Bazel have one; take it out",
	"tags":        "only targets of Bazel have them; take it out",
}

// Load reads the file in a folder. Without one, nothing is declared.
func Load(root string) (*File, error) {
	path := filepath.Join(root, Name)
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return &File{Path: path}, nil
	} else if err != nil {
		return nil, err
	}
	return Parse(path, content)
}

// Parse reads the content of the file at a path. What is wrong with it is an *Error.
func Parse(path string, content []byte) (*File, error) {
	r := &reading{path, content}
	top, err := r.tree()
	if err != nil {
		return nil, err
	}
	if top.kind != object {
		return nil, r.errorAt(top.at, `this is %s, expected an object: {"overlays": []}`, top.kind)
	}
	f := &File{Path: path}
	var use *node
	var sets []*node
	lines := map[string]int{}
	for _, field := range top.fields {
		switch field.name {
		case "overlays", "sets":
			if field.value.kind != list {
				return nil, r.errorAt(field.value.at, "%s is %s, expected a list of objects", field.name, field.value.kind)
			}
			for _, n := range field.value.list {
				kind, of := "go_overlay", forms
				if field.name == "sets" {
					kind, of = "go_overlay_set", setForms
					sets = append(sets, n)
				}
				rule, err := r.rule(kind, of, n)
				if err != nil {
					return nil, err
				}
				if line, ok := lines[rule.Name]; ok {
					return nil, r.errorAt(n.at, "%q is the name of what line %d declares, too; each overlay and set has a name of its own", rule.Name, line)
				}
				lines[rule.Name] = rule.Line
				f.Rules = append(f.Rules, rule)
			}
		case "use":
			use = field.value
		default:
			return nil, r.unknown(field, "overlays.json", []string{"overlays", "sets", "use"})
		}
	}
	slices.SortStableFunc(f.Rules, func(a, b Rule) int { return strings.Compare(a.Kind, b.Kind) })
	names := []string{}
	for _, rule := range f.Rules {
		names = append(names, rule.Name)
	}
	for _, n := range sets {
		for _, field := range n.fields {
			for _, label := range field.value.list {
				if err := r.declared(label, names); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := r.cycle(f, sets); err != nil {
		return nil, err
	}
	if use != nil {
		if use.kind != text {
			return nil, r.errorAt(use.at, "use is %s, expected a string: the name of a set, or overlay", use.kind)
		}
		if err := r.declared(use, names); err != nil {
			return nil, err
		}
		f.Use = labelOf(use.value.(string))
	}
	return f, nil
}

// labelOf returns the label of a rule that is written in one of the ways that BUILD files may have.
func labelOf(name string) string {
	return Label(strings.TrimPrefix(strings.TrimPrefix(name, "//"), ":"))
}

// declared returns an error if nothing has a name that is written as that of an overlay or set.
func (r *reading) declared(n *node, names []string) error {
	name := strings.TrimPrefix(labelOf(n.value.(string)), Label(""))
	if slices.Contains(names, name) {
		return nil
	}
	message := fmt.Sprintf("the file declares no overlay or set %q", name)
	if near := suggest.Near(name, names); len(near) > 0 {
		return r.errorAt(n.at, "%s; is it %s?", message, strings.Join(near, " or "))
	}
	if len(names) == 0 {
		return r.errorAt(n.at, "%s; it declares none", message)
	}
	return r.errorAt(n.at, "%s; it declares: %s", message, strings.Join(names, ", "))
}

// cycle returns an error about a set that has itself, by way of others.
func (r *reading) cycle(f *File, sets []*node) error {
	in := map[string][]string{}
	for _, rule := range f.Rules {
		for _, name := range []string{"overlays", "layers"} {
			in[rule.Label()] = append(in[rule.Label()], rule.labels(name)...)
		}
	}
	var reaches func(from, to string, seen map[string]bool) bool
	reaches = func(from, to string, seen map[string]bool) bool {
		return slices.ContainsFunc(in[from], func(label string) bool {
			if label == to {
				return true
			}
			if seen[label] {
				return false
			}
			seen[label] = true
			return reaches(label, to, seen)
		})
	}
	for _, n := range sets {
		for _, field := range n.fields {
			if field.name != "name" {
				continue
			}
			if label := labelOf(field.value.value.(string)); reaches(label, label, map[string]bool{}) {
				return r.errorAt(n.at, "the set %q has itself, perhaps by way of another one", field.value.value)
			}
		}
	}
	return nil
}

// unknown returns an error about a field that there is not.
func (r *reading) unknown(f field, in string, known []string) error {
	if why := withBazel[f.name]; why != "" && in == "an overlay" {
		return r.errorAt(f.at, "%s is of builds of Bazel: %s", f.name, why)
	}
	if near := suggest.Near(f.name, known); len(near) > 0 {
		return r.errorAt(f.at, "%s has no field %q; is it %s?", in, f.name, strings.Join(near, " or "))
	}
	slices.Sort(known)
	return r.errorAt(f.at, "%s has no field %q; it has: %s", in, f.name, strings.Join(known, ", "))
}

var (
	ruleName    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]*$`)
	digest      = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	baseVersion = regexp.MustCompile(`^(?:v\d+\.\d+\.\d+.*|go1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)$`)
	importPath  = regexp.MustCompile(`^[^\s/:\\"'` + "`" + `]+(?:/[^\s/:\\"'` + "`" + `]+)*$`)
)

func (r *reading) rule(kind string, forms map[string]func(*reading, *node) (any, error), n *node) (Rule, error) {
	rule, what := Rule{Kind: kind, Line: r.line(n.at)}, map[string]string{"go_overlay": "an overlay", "go_overlay_set": "a set"}[kind]
	if n.kind != object {
		return rule, r.errorAt(n.at, `this is %s, expected an object: {"name": …}`, n.kind)
	}
	places := map[string]*node{}
	for _, field := range n.fields {
		form := forms[field.name]
		if form == nil {
			known := []string{}
			for name := range forms {
				known = append(known, name)
			}
			return rule, r.unknown(field, what, known)
		}
		value, err := form(r, field.value)
		if wrong := (*Error)(nil); errors.As(err, &wrong) {
			wrong.Why = field.name + ": " + wrong.Why
		}
		if err != nil {
			return rule, err
		}
		places[field.name] = field.value
		rule.Attributes = append(rule.Attributes, Attribute{field.name, value})
	}
	rule.Name, _ = rule.value("name").(string)
	switch {
	case places["name"] == nil:
		return rule, r.errorAt(n.at, "%s needs a name", what)
	case !ruleName.MatchString(rule.Name):
		return rule, r.errorAt(places["name"].at, "name: %q is none; it has letters, digits, and _ . + -", rule.Name)
	case kind == "go_overlay_set":
		return rule, nil
	}
	of, _ := rule.value("importpath").(string)
	switch {
	case places["importpath"] == nil:
		return rule, r.errorAt(n.at, "the overlay %q needs an importpath, that of the package which it changes", rule.Name)
	case !importPath.MatchString(of):
		return rule, r.errorAt(places["importpath"].at, "importpath: %q is no import path, such as github.com/google/uuid", of)
	case rule.value("std") == true && strings.Contains(strings.Split(of, "/")[0], "."):
		return rule, r.errorAt(places["std"].at, "std is true, but %s has a dot in its first element, which packages of the standard library don't", of)
	}
	return rule, r.changes(rule, n, places)
}

// changes returns an error if an overlay changes nothing, or a file in several ways.
func (r *reading) changes(rule Rule, n *node, places map[string]*node) error {
	by, some := map[string]string{}, rule.value("patches") != nil
	for _, name := range []string{"srcs", "replace", "new_srcs", "delete"} {
		var files []string
		switch value := rule.value(name).(type) {
		case []string:
			files = value
		case []Entry:
			for _, entry := range value {
				files = append(files, entry.Key)
			}
		}
		for _, file := range files {
			if name == "srcs" || name == "new_srcs" {
				file = path.Base(file)
			}
			if by[file] != "" {
				return r.errorAt(places[name].at, "%s changes %s of the package, which %s of the overlay does, too", name, file, by[file])
			}
			by[file], some = name, true
		}
	}
	prefix, _ := rule.value("strip_prefix").(string)
	embedded, _ := rule.value("embedsrcs").([]string)
	for _, file := range embedded {
		if prefix != "" && !strings.HasPrefix(file, prefix+"/") {
			return r.errorAt(places["strip_prefix"].at, "strip_prefix is %q, but %s in embedsrcs is not in that folder", prefix, file)
		}
	}
	if !some && len(embedded) == 0 {
		return r.errorAt(n.at, "the overlay %q changes nothing; list files that replace those of %s in srcs, or say what else becomes of it: new_srcs, delete, patches, embedsrcs",
			rule.Name, rule.value("importpath"))
	}
	return nil
}

func (r *reading) text(n *node) (any, error) {
	if n.kind != text {
		return nil, r.errorAt(n.at, "this is %s, expected a string", n.kind)
	}
	return n.value.(string), nil
}

func (r *reading) truth(n *node) (any, error) {
	if n.kind != truth {
		return nil, r.errorAt(n.at, "this is %s, expected true or false", n.kind)
	}
	return n.value.(bool), nil
}

func (r *reading) number(n *node) (any, error) {
	if n.kind == number {
		if i, err := strconv.Atoi(n.value.(json.Number).String()); err == nil && i >= 0 {
			return i, nil
		}
		return nil, r.errorAt(n.at, "%v is no number of this kind, expected 0, 1, 2 or more", n.value)
	}
	return nil, r.errorAt(n.at, "this is %s, expected a number", n.kind)
}

func (r *reading) version(n *node) (any, error) {
	value, err := r.text(n)
	if err == nil && !baseVersion.MatchString(value.(string)) {
		return nil, r.errorAt(n.at, "%q is no version of a module, such as v1.6.0, or of Go, such as go1.26.8; leave it out if there is none, as for a package of your own", value)
	}
	return value, err
}

func (r *reading) date(n *node) (any, error) {
	value, err := r.text(n)
	if err == nil {
		if _, wrong := time.Parse(time.DateOnly, value.(string)); wrong != nil {
			return nil, r.errorAt(n.at, "%q, expected a date YYYY-MM-DD that there is", value)
		}
	}
	return value, err
}

func (r *reading) names(n *node) (any, error) {
	if n.kind != list {
		return nil, r.errorAt(n.at, "this is %s, expected a list of strings", n.kind)
	}
	names := []string{}
	for _, element := range n.list {
		if element.kind != text {
			return nil, r.errorAt(element.at, "this is %s, expected a string", element.kind)
		}
		names = append(names, element.value.(string))
	}
	return names, nil
}

// file returns an error if a string is no path of a file in the folder of overlays.json.
func (r *reading) file(at int, file string) error {
	switch {
	case strings.Contains(file, `\`):
		return r.errorAt(at, "%q has a \\; paths are written with slashes", file)
	case strings.HasPrefix(file, "//"), strings.HasPrefix(file, "@"), strings.HasPrefix(file, ":"):
		return r.errorAt(at, "%q is a label of Bazel; expected the path of a file, relative to the folder of overlays.json", file)
	case path.IsAbs(file), !filepath.IsLocal(filepath.FromSlash(file)):
		return r.errorAt(at, "%q is not in the folder of overlays.json; expected a path that is relative to it, without ..", file)
	case path.Clean(file) != file:
		return r.errorAt(at, "%q, expected %q", file, path.Clean(file))
	}
	return nil
}

func (r *reading) files(n *node) (any, error) {
	value, err := r.names(n)
	if err != nil {
		return nil, err
	}
	for i, name := range value.([]string) {
		if err := r.file(n.list[i].at, name); err != nil {
			return nil, err
		}
		if slices.Contains(value.([]string)[:i], name) {
			return nil, r.errorAt(n.list[i].at, "%q is in the list twice", name)
		}
	}
	return value, nil
}

// dict returns the fields of an object.
func (r *reading) dict(n *node, expected string, value func(field) (any, error)) (any, error) {
	if n.kind != object {
		return nil, r.errorAt(n.at, "this is %s, expected an object: %s", n.kind, expected)
	}
	entries := []Entry{}
	for _, f := range n.fields {
		v, err := value(f)
		if err != nil {
			return nil, err
		}
		entries = append(entries, Entry{f.name, v})
	}
	return entries, nil
}

func (r *reading) replacements(n *node) (any, error) {
	return r.dict(n, `{"NAME": "FILE"}`, func(f field) (any, error) {
		value, err := r.text(f.value)
		if err == nil {
			err = r.file(f.value.at, value.(string))
		}
		return value, err
	})
}

func (r *reading) patches(n *node) (any, error) {
	return r.dict(n, `{"FILE": ["NAME"]}`, func(f field) (any, error) {
		if err := r.file(f.at, f.name); err != nil {
			return nil, err
		}
		names, err := r.names(f.value)
		if err == nil && len(names.([]string)) == 0 {
			return nil, r.errorAt(f.value.at, "this says of no file that the diff changes it; list their names")
		}
		return names, err
	})
}

func (r *reading) digests(n *node) (any, error) {
	return r.dict(n, `{"NAME": "sha256:…"}`, func(f field) (any, error) {
		value, err := r.text(f.value)
		if err != nil {
			return nil, err
		}
		for _, word := range strings.Fields(value.(string)) {
			if !digest.MatchString(word) {
				return nil, r.errorAt(f.value.at, "%q is no digest, expected sha256: and 64 digits; overlay accept writes it", word)
			}
		}
		return value, nil
	})
}

// Label returns the label of the rule.
func (r Rule) Label() string { return Label(r.Name) }

func (r Rule) value(name string) any {
	for _, attribute := range r.Attributes {
		if attribute.Name == name {
			return attribute.Value
		}
	}
	return nil
}

// labels returns the labels of rules that an attribute has.
func (r Rule) labels(name string) []string {
	names, _ := r.value(name).([]string)
	var labels []string
	for _, name := range names {
		labels = append(labels, labelOf(name))
	}
	return labels
}

// isFiles tells whether an attribute has files.
func isFiles(name string) bool {
	return slices.Contains([]string{"srcs", "new_srcs", "embedsrcs", "base_srcs"}, name)
}

// Targets returns what is declared as Bazel lists it.
func (f *File) Targets() []bazel.Target {
	var targets []bazel.Target
	for _, rule := range f.Rules {
		t := bazel.Target{Label: rule.Label(), File: f.Path, Line: rule.Line, Kind: rule.Kind, Attrs: map[string]bazel.Attribute{
			"generator_function": {String: rule.Kind},
		}}
		for _, attribute := range rule.Attributes {
			a := bazel.Attribute{Written: true}
			switch value := attribute.Value.(type) {
			case string:
				a.String = value
			case int:
				a.String = strconv.Itoa(value)
			case bool:
				a.String = strconv.FormatBool(value)
			case []string:
				a.List = slices.Clone(value)
				if isFiles(attribute.Name) {
					for i, file := range value {
						a.List[i] = Label(file)
					}
				} else if rule.Kind == "go_overlay_set" {
					a.List = rule.labels(attribute.Name)
				}
			case []Entry:
				a.Dict = map[string]string{}
				for _, entry := range value {
					key, value := entry.Key, ""
					switch v := entry.Value.(type) {
					case string:
						value = v
					case []string:
						value = strings.Join(v, "\n")
					}
					switch attribute.Name {
					case "patches":
						key = Label(key)
					case "replace":
						value = Label(value)
					}
					a.Dict[key] = value
					a.Keys = append(a.Keys, key)
				}
			}
			t.Attrs[attribute.Name] = a
		}
		targets = append(targets, t)
	}
	return targets
}
