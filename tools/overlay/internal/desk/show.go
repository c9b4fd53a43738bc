package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// ShowOptions say what of a package is shown, and how.
type ShowOptions struct {
	Set  string // label of a set, or of an overlay; empty: what builds use unless they are told otherwise
	JSON bool
}

// A Shown is what overlay show -json writes.
type Shown struct {
	ImportPath string `json:"importpath"`
	Version    string `json:"version"` // of the package's module, or SDK; empty if it is not known
	Set        string `json:"set"`     // label of the set, or single overlay; empty if builds use none
	// Files are those that the package has, and those that overlays add or delete, in the order of their names.
	Files []ShownFile `json:"files"`
	// Options are what overlays change beside files.
	Options []ShownOptions `json:"options"`
}

// A ShownFile says where a file is from.
type ShownFile struct {
	Name    string `json:"name"`
	Present bool   `json:"present"` // whether the package has it, with all overlays
	// Upstream is the path of the file that the package has without overlays, or the label of the rule that makes it. It is empty if there
	// is none.
	Upstream string        `json:"upstream"`
	Changes  []ShownChange `json:"changes"` // the lowest layer first
}

// A ShownChange is what an overlay does to a file.
type ShownChange struct {
	Overlay string         `json:"overlay"` // label
	Kind    workspace.Kind `json:"kind"`    // adds, deletes, embeds, patches or replaces
	// File is the overlay file or diff, relative to the root of the workspace, or its label if a rule makes it. It is
	// empty if the file is deleted.
	File string `json:"file"`
}

// ShownOptions are attributes of an overlay.
type ShownOptions struct {
	Overlay    string   `json:"overlay"`
	Attributes []string `json:"attributes"` // their names: deps, x_defs
}

// Show writes what a set makes of a package: its files, and where they are from; or the text of one of them.
func (d *Desk) Show(ctx context.Context, text string, o ShowOptions) error {
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	l, _, broken, err := d.declared(ctx, nil)
	if err != nil {
		return err
	}
	set, err := d.chosenSet(l, "-set", o.Set)
	if err != nil {
		return withBroken(err, broken)
	}
	all := l.all
	l = l.within(set)
	progress.Say("asking %s for %s", d.asked(), text)
	at, err := d.overlaidPlace(ctx, l, text)
	if err != nil {
		for _, other := range all {
			if slices.ContainsFunc(other.Changes, func(c workspace.Change) bool { return c.Path != "" && c.Path == d.abs(text) }) {
				return fmt.Errorf("%s is a file of %s, which %s; say by -set LABEL which set, or overlay, is meant", text, other.Label,
					map[bool]string{true: "builds don't use by default", false: "is not in " + set}[o.Set == ""])
			}
		}
		return err
	}
	progress.Done()
	d.warnBroken(broken)
	overlays, err := l.ordered(slices.DeleteFunc(slices.Clone(l.all), func(o workspace.Overlay) bool { return o.ImportPath != at.pkg.ImportPath }))
	if err != nil {
		return err
	}
	d.warnSelects(overlays, l.sets)
	m := &making{layering: l, desk: d, pkg: at.pkg}
	switch {
	case at.file == "":
		return d.list(m.list(set, overlays), o)
	case o.JSON:
		return errors.New("-json is for the list of a package's files, and this is one of them: leave it out, or name the package")
	}
	content, err := m.text(at.file, overlays)
	if err != nil {
		return err
	}
	return terminal.Page(d.Out, content)
}

// chosenSet returns the label of the set, or overlay, that builds use, or of the one that the user names by a flag.
func (d *Desk) chosenSet(l layering, flag, name string) (string, error) {
	if name == "" {
		return d.defaultSet()
	}
	all := slices.Clone(l.all)
	for _, set := range l.writtenSets() {
		all = append(all, workspace.Overlay{Label: set.Label})
	}
	found, err := d.named(all, name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	return found.Label, nil
}

// defaultSet returns the label of the set, or single overlay, that builds use unless they are told otherwise, or an
// empty string.
func (d *Desk) defaultSet() (string, error) {
	if !d.plain {
		if content, err := os.ReadFile(filepath.Join(d.Workspace.Root, ".bazelrc")); err == nil {
			if all := everyBuild.FindAllStringSubmatch(string(content), -1); all != nil { // The last one counts.
				pkg, name := workspace.Package(all[len(all)-1][1])
				return setLabel{pkg, name}.label(), nil
			}
		}
	}
	module, err := d.readModule()
	if err != nil {
		return "", err
	}
	return module.usedSet()
}

// overlaidPlace returns what the text of a user means, which may be an overlay file, or a file that overlays add.
func (d *Desk) overlaidPlace(ctx context.Context, l layering, text string) (place, error) {
	for _, o := range l.all {
		for _, change := range o.Changes {
			if change.Name == "" || text != o.ImportPath+"/"+change.Name && (change.Path == "" || d.abs(text) != change.Path || change.Kind == workspace.Patch) {
				continue
			}
			packages, err := d.Packages(ctx)
			if err != nil {
				return place{}, err
			}
			pkg, err := packages.Find(ctx, o.ImportPath)
			return place{pkg: pkg, file: change.Name}, err
		}
	}
	found, err := d.resolve(ctx, text, l)
	if err != nil || found.overlay == nil {
		return found, err
	}
	packages, err := d.Packages(ctx)
	if err != nil {
		return place{}, err
	}
	pkg, err := packages.Find(ctx, found.overlay.ImportPath)
	return place{pkg: pkg, file: found.file}, err
}

// list returns where the files of the package are from.
func (m *making) list(set string, overlays []workspace.Overlay) Shown {
	shown := Shown{ImportPath: m.pkg.ImportPath, Version: m.pkg.Version, Set: set, Files: []ShownFile{}, Options: []ShownOptions{}}
	files := map[string]*ShownFile{}
	for _, file := range m.pkg.Files {
		name := file.Name
		if name == "" { // Only a build tells what it makes.
			name = file.GeneratedBy
		}
		upstream := file.Path
		if upstream == "" {
			upstream = file.GeneratedBy
		}
		files[name] = &ShownFile{Name: name, Present: true, Upstream: upstream, Changes: []ShownChange{}}
	}
	for _, o := range overlays {
		for _, change := range o.Changes {
			file := files[change.Name]
			if file == nil {
				file = &ShownFile{Name: change.Name, Changes: []ShownChange{}}
				files[change.Name] = file
			}
			file.Present = change.Kind != workspace.Delete
			source := change.Label
			if rel, err := filepath.Rel(m.desk.Workspace.Root, change.Path); change.Path != "" && err == nil {
				source = filepath.ToSlash(rel)
			}
			file.Changes = append(file.Changes, ShownChange{Overlay: o.Label, Kind: kind(change), File: source})
		}
		if names := alsoSets(o); len(names) > 0 {
			shown.Options = append(shown.Options, ShownOptions{Overlay: o.Label, Attributes: names})
		}
	}
	for _, name := range sortedNames(files) {
		shown.Files = append(shown.Files, *files[name])
	}
	return shown
}

// list writes where the files of a package are from.
func (d *Desk) list(shown Shown, o ShowOptions) error {
	if o.JSON {
		return d.writeJSON(shown)
	}
	var out bytes.Buffer
	with := "as builds compile it with " + shown.Set
	switch {
	case shown.Set == allOverlays:
		with = "as the go command compiles it with all overlays"
	case shown.Set == "" && d.plain:
		with = "without overlays, as overlays.json declares none"
	case d.plain:
		with = "as the go command compiles it with " + shown.Set
	case shown.Set == "":
		with = "without overlays, as overlays.use in MODULE.bazel names no set"
	}
	fmt.Fprintf(&out, "%s, %s\n\n", strings.TrimSpace(shown.ImportPath+" "+shown.Version), with)
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, file := range shown.Files {
		var from []string
		if len(file.Changes) == 0 {
			from = append(from, "upstream")
			if strings.Contains(file.Upstream, "//") {
				from[0] += ", generated by " + file.Upstream
			}
		}
		for _, change := range file.Changes {
			text := fmt.Sprintf("%s %s it", change.Overlay, change.Kind)
			if change.File != "" {
				text += " by " + change.File
			}
			from = append(from, text)
		}
		for i, text := range from {
			name := file.Name
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, options := range shown.Options {
		fmt.Fprintf(&out, "\n%s also sets %s\n", options.Overlay, strings.Join(options.Attributes, ", "))
	}
	return terminal.Page(d.Out, out.Bytes())
}

// text returns a file of the package as overlays, the lowest first, make it.
func (m *making) text(name string, overlays []workspace.Overlay) ([]byte, error) {
	var on []workspace.Overlay
	for _, o := range overlays {
		changes, generated := m.changesOf(o)
		if by := generated[name]; by != "" {
			return nil, fmt.Errorf("%s of package %s is made by %s: only a build has its text", name, m.pkg.ImportPath, by)
		}
		if slices.ContainsFunc(changes, func(c workspace.Change) bool { return c.Name == name }) {
			on = append(on, o)
		}
	}
	if len(on) == 0 {
		if file, _ := m.pkg.File(name); file.GeneratedBy != "" {
			return nil, fmt.Errorf("%s of package %s is made by %s: only a build has its text", name, m.pkg.ImportPath, file.GeneratedBy)
		}
		return m.upstream(name)
	}
	made, err := m.of(overlays)
	if err != nil {
		return nil, err
	}
	if made[name] == nil {
		return nil, fmt.Errorf("%s deletes %s from package %s; there is no text of it", on[len(on)-1].Label, name, m.pkg.ImportPath)
	}
	return made[name], nil
}

// writeJSON writes a value to stdout.
func (d *Desk) writeJSON(value any) error {
	content, err := record.Marshal(value)
	if err == nil {
		_, err = d.Out.Write(content)
	}
	return err
}
