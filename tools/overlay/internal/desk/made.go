package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A making is of the files of a package, as overlays make them: by what actions of builds do it with.
type making struct {
	layering
	desk *Desk
	pkg  *workspace.GoPackage

	pending texts // that files will have

	paths   []string       // that a manifest refers to by their indices
	indices map[string]int // of paths
}

// embed is the kind of a change of a file that the package embeds.
const embed workspace.Kind = "embeds"

// kind returns what a change is called, in manifests and to people.
func kind(c workspace.Change) workspace.Kind {
	if c.Embedded {
		return embed
	}
	return c.Kind
}

// steps are what a manifest calls kinds of changes.
var steps = map[workspace.Kind]string{
	workspace.Add:     "add",
	workspace.Delete:  "delete",
	workspace.Patch:   "patch",
	workspace.Replace: "replace",
	embed:             "embed",
}

// changesOf returns what an overlay changes, with what the package embeds. What is generated, if only by a rule that makes the
// file of the package, is left out, and returned by its name with what generates it.
func (m *making) changesOf(o workspace.Overlay) (changes []workspace.Change, generated map[string]string) {
	generated = map[string]string{}
	for _, change := range o.Changes {
		if file, ok := m.pkg.File(change.Name); ok && file.Path == "" && change.Kind != workspace.Add {
			generated[change.Name] = file.GeneratedBy
		} else if change.Kind != workspace.Delete && change.Path == "" {
			generated[change.Name] = change.Label
		}
		changes = append(changes, change)
	}
	return slices.DeleteFunc(changes, func(c workspace.Change) bool { return generated[c.Name] != "" }), generated
}

// index returns the index of a path.
func (m *making) index(path string) int {
	if i, ok := m.indices[path]; ok {
		return i
	}
	m.indices[path] = len(m.paths)
	m.paths = append(m.paths, path)
	return len(m.paths) - 1
}

// of returns the files that overlays, the lowest first, change, as they make them, by their names; one that they delete is nil.
func (m *making) of(overlays []workspace.Overlay) (map[string][]byte, error) {
	m.paths, m.indices = nil, map[string]int{}
	type manifestChange struct {
		Name     string           `json:"name"`
		Original *int             `json:"original"`
		Result   *int             `json:"result"`
		Embedded bool             `json:"embedded"`
		Steps    []map[string]any `json:"steps"`
	}
	temporary, err := os.MkdirTemp("", "overlay")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	var changes []*manifestChange
	var labels []map[string]string
	diffs := map[string]bool{}
	for i, o := range overlays {
		labels = append(labels, map[string]string{"label": "@@" + o.Label, "base_version": o.Version})
		own, _ := m.changesOf(o)
		for _, change := range own {
			if change.Name == "" {
				return nil, fmt.Errorf("patches does not say which files %s changes, and a build fails for it; write their names there", change.Label)
			}
			at := slices.IndexFunc(changes, func(c *manifestChange) bool { return c.Name == change.Name })
			if at < 0 {
				at = len(changes)
				changes = append(changes, &manifestChange{Name: change.Name})
				if file, ok := m.pkg.File(change.Name); ok {
					original := m.index(file.Path)
					changes[at].Original, changes[at].Embedded = &original, file.Embedded
				}
			}
			c := changes[at]
			c.Embedded = c.Embedded || change.Embedded
			if n := len(c.Steps); n > 0 && c.Steps[n-1]["overlay"] == i {
				if change.Kind == workspace.Patch {
					continue // Its diffs are one step.
				}
				return nil, fmt.Errorf("%s changes %s by several files, one of which a select() chooses: only a build tells", o.Label, change.Name)
			}
			step := map[string]any{"overlay": i, "kind": steps[kind(change)]}
			switch {
			case change.Kind == workspace.Patch:
				step["patches"] = m.diffs(o, change.Name, diffs)
				step["strip"], step["fuzz"] = number(o, "patch_strip", 1), number(o, "patch_fuzz", 0)
				step["exclude"] = o.Attrs["patch_exclude"].List
			case change.Path != "":
				step["file"] = m.index(change.Path)
			}
			if digests := o.Bases[change.Name]; len(digests) > 0 {
				step["base"] = digests
			}
			if copied := workspace.SourcePath(m.desk.Workspace, o.BaseFiles[change.Name]); copied != "" {
				step["base_file"] = m.index(copied)
			}
			c.Steps = append(c.Steps, step)
		}
	}
	for i, c := range changes {
		if c.Steps[len(c.Steps)-1]["kind"] != steps[workspace.Delete] {
			result := m.index(filepath.Join(temporary, strconv.Itoa(i)))
			c.Result = &result
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	target := strings.TrimSpace(m.pkg.ImportPath + " " + m.pkg.Version) // The go command has no labels.
	if len(m.pkg.Targets) > 0 {
		target = m.pkg.Targets[0]
	}
	manifest, err := json.Marshal(map[string]any{
		"importpath": m.pkg.ImportPath,
		"target":     target,
		"sdk":        m.pkg.Std,
		"names":      m.pkg.Names(),
		"overlays":   labels,
		"changes":    changes,
		"claims":     m.claims(diffs),
		"stamp":      m.index(filepath.Join(temporary, "stamp")),
		"record":     m.index(filepath.Join(temporary, "record")),
	})
	if err != nil {
		return nil, err
	}
	path := filepath.Join(temporary, "manifest")
	if err := os.WriteFile(path, manifest, 0o600); err != nil {
		return nil, err
	}
	names := []string{} // of files that are only to be written, after what they are called here
	for i, path := range m.paths {
		if text, ok := m.pending[path]; ok {
			m.paths[i] = filepath.Join(temporary, "pending"+strconv.Itoa(i), filepath.Base(path))
			names = append(names, m.paths[i], m.desk.rel(path))
			if err := os.Mkdir(filepath.Dir(m.paths[i]), 0o700); err != nil {
				return nil, err
			}
			if err := os.WriteFile(m.paths[i], text, 0o600); err != nil {
				return nil, err
			}
		}
	}
	var notes bytes.Buffer // What hunks that have moved are, a build tells.
	if err := m.desk.advice(apply.Run(path, m.paths, &notes)); err != nil && len(names) > 0 {
		return nil, errors.New(strings.NewReplacer(names...).Replace(err.Error()))
	} else if err != nil {
		return nil, err
	}
	made := map[string][]byte{}
	for _, c := range changes {
		made[c.Name] = nil
		if c.Result != nil {
			content, err := os.ReadFile(m.paths[*c.Result])
			if err != nil {
				return nil, err
			}
			made[c.Name] = append([]byte{}, content...)
		}
	}
	return made, nil
}

// path returns the path of the file of a label, or an empty string if it is no source file of the workspace.
func (m *making) path(label string) string {
	if path := m.desk.pathOf(label); m.pending[path] != nil {
		return path
	}
	return workspace.SourcePath(m.desk.Workspace, label)
}

// diffs returns the diffs of an overlay that change a file, in their order, as a manifest has them, and notes their labels.
func (m *making) diffs(o workspace.Overlay, name string, seen map[string]bool) []map[string]any {
	var diffs []map[string]any
	for _, label := range o.Attrs["patches"].Keys {
		names := strings.Split(o.Attrs["patches"].Dict[label], "\n")
		if slices.Contains(names, name) {
			diffs = append(diffs, map[string]any{"file": m.index(m.path(label)), "files": names})
			seen[label] = true
		}
	}
	return diffs
}

// claims returns what overlays of the workspace, of whichever package, take of diffs that several have.
func (m *making) claims(diffs map[string]bool) []map[string]any {
	claims := []map[string]any{}
	for label := range diffs {
		for _, o := range m.all {
			names, ok := o.Attrs["patches"].Dict[label]
			if !ok {
				continue
			}
			claims = append(claims, map[string]any{
				"diff":       m.index(m.path(label)),
				"overlay":    "@@" + o.Label,
				"importpath": o.ImportPath,
				"files":      strings.Split(names, "\n"),
				"delete":     o.Attrs["delete"].List,
				"exclude":    o.Attrs["patch_exclude"].List,
				"strip":      number(o, "patch_strip", 1),
			})
		}
	}
	return claims
}

// upstream returns a file of the package as it is without overlays, or nil if it has none of the name.
func (m *making) upstream(name string) ([]byte, error) {
	file, ok := m.pkg.File(name)
	if !ok || file.Path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file.Path)
	return append([]byte{}, content...), err
}

// number returns the value of an attribute that is one.
func number(o workspace.Overlay, attribute string, otherwise int) int {
	n, err := strconv.Atoi(o.Attrs[attribute].String)
	if err != nil {
		return otherwise
	}
	return n
}

// warnSelects says which overlays and sets have a select(), for Bazel is not asked which branch a build takes: what it lists is all of
// them together. They are those that BUILD files have at their top level.
func (d *Desk) warnSelects(overlays []workspace.Overlay, sets []workspace.Set) {
	files := map[string]*buildfile.File{}
	warn := func(label, path string) {
		pkg, name := workspace.Package(label)
		if _, ok := files[path]; !ok {
			files[path], _ = buildfile.Load(path, pkg) // What does not parse, others tell.
		}
		if file := files[path]; file != nil {
			if attributes := file.Selects(name); len(attributes) > 0 {
				fmt.Fprintf(d.Err, "%s: a select() in %s: this has all its branches together, of which a build takes one\n", label, strings.Join(attributes, ", "))
			}
		}
	}
	for _, o := range overlays {
		warn(o.Label, o.BuildFile)
	}
	for _, set := range sets {
		warn(set.Label, set.BuildFile)
	}
}

// besideFiles are attributes of an overlay by which it changes its package, but no file of it.
var besideFiles = []string{"cdeps", "cgo", "clinkopts", "copts", "cppopts", "cxxopts", "delete_opts", "deps", "gc_goopts", "x_defs"}

// alsoSets returns those that an overlay sets.
func alsoSets(o workspace.Overlay) []string {
	return slices.DeleteFunc(slices.Clone(besideFiles), func(name string) bool {
		value := o.Attrs[name]
		return value.String != "true" && len(value.List) == 0 && len(value.Dict) == 0
	})
}
