package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// ExportOptions say in which form overlays leave the workspace.
type ExportOptions struct {
	Format string    // one of ExportFormats
	Output string    // path of a file or folder; empty: what is exported is written to stdout
	Date   time.Time // of mails
}

// ExportFormats are the forms in which overlays can be exported.
var ExportFormats = []string{"diff", "mail", "module_override", "json"}

// An exported is what overlays change in one module.
type exported struct {
	home
	series []exportedOverlay // the lower ones first
}

// An exportedOverlay is what one of them changes.
type exportedOverlay struct {
	workspace.Overlay
	pkg   *workspace.GoPackage
	files []exportedFile
}

// An exportedFile is a file that overlays change.
type exportedFile struct {
	name     string // in the home, with slashes
	old, new []byte // nil where there is no file
	source   string // the overlay file that is new as it is, or empty
	layered  bool   // whether old is what another overlay makes
}

// Export writes overlays, all if there are no labels, for what knows nothing of overlays.
func (d *Desk) Export(ctx context.Context, labels []string, o ExportOptions) error {
	if d.plain && o.Format == "module_override" {
		return fmt.Errorf("module_override is for MODULE.bazel, and %s is no workspace of Bazel; -format diff writes what upstream takes, and -format json what go -overlay takes", d.Workspace.Root)
	}
	found, err := d.survey(ctx, labels)
	if err != nil {
		return err
	}
	if len(found.chosen) == 0 && found.partial {
		return command.ExitCode(1) // Which BUILD files can't be read is said.
	}
	if len(found.chosen) == 0 {
		return errors.New("the workspace declares no overlays")
	}
	chosen, err := found.ordered(found.chosen)
	if err != nil {
		return err
	}
	d.warnSelects(chosen, nil)
	failed := false
	var modules []*exported
	for i, overlay := range chosen {
		pkg, err := found.pkg(overlay)
		if err == nil {
			err = d.export(ctx, &modules, found.layering, chosen[:i], overlay, pkg, o.Format)
		}
		if err != nil {
			fmt.Fprintf(d.Err, "%s: %v\n", overlay.Label, err)
			failed = true
		}
	}
	if failed {
		return command.ExitCode(1)
	}
	if len(modules) == 0 {
		return errors.New("there is nothing to export")
	}
	switch o.Format {
	case "mail":
		return d.exportMails(ctx, modules, o)
	case "module_override":
		return d.exportModuleOverride(modules, o)
	case "json":
		return d.exportJSON(ctx, modules, o)
	default:
		return d.exportDiffs(ctx, modules, o)
	}
}

// export adds what an overlay changes to that of its module, which is what it makes on top of those before it.
func (d *Desk) export(ctx context.Context, modules *[]*exported, l layering, before []workspace.Overlay, o workspace.Overlay, pkg *workspace.GoPackage, format string) error {
	h, folder, err := d.homeOf(ctx, pkg)
	if err != nil {
		return err
	}
	before = slices.DeleteFunc(slices.Clone(before), func(other workspace.Overlay) bool { return other.ImportPath != o.ImportPath })
	beneath := l.beneath(append(slices.Clone(before), o))
	if before, err = l.ordered(append(beneath, before...)); err != nil {
		return err
	}
	for _, lower := range beneath {
		fmt.Fprintf(d.Err, "%s: it is on top of %s, which is to be applied first\n", o.Label, lower.Label)
	}
	for _, part := range append(slices.Clone(beneath), o) {
		missing, err := d.missingFiles(ctx, part)
		if err = errors.Join(append(missing, err)...); err != nil {
			return err
		}
	}
	m := &making{layering: l, desk: d, pkg: pkg}
	old, err := m.of(before)
	if err != nil {
		return err
	}
	new, err := m.of(append(slices.Clone(before), o))
	if err != nil {
		return err
	}
	result := exportedOverlay{Overlay: o, pkg: pkg}
	changes, generated := m.changesOf(o)
	for _, name := range sortedNames(generated) {
		fmt.Fprintf(d.Err, "%s: %s is left out, as %s generates it: only a build has it\n", o.Label, name, generated[name])
	}
	if names := alsoSets(o); len(names) > 0 {
		fmt.Fprintf(d.Err, "%s: it also sets %s, which is no change of a file: say so where you send it\n", o.Label, strings.Join(names, ", "))
	}
	for _, name := range sortedNames(new) {
		i := slices.IndexFunc(changes, func(c workspace.Change) bool { return c.Name == name })
		if i < 0 {
			continue // Another overlay changes it.
		}
		file := exportedFile{name: path.Join(folder, name), new: new[name]}
		if upstream, ok := pkg.File(name); ok && upstream.Path != "" {
			file.name = h.inSlashes(upstream.Path)
			if !filepath.IsLocal(filepath.FromSlash(file.name)) {
				return fmt.Errorf("%s is not in %s, where other files of package %s are: targets of several repositories have its import path, and an overlay can be exported for one only",
					upstream.Path, h.root, o.ImportPath)
			}
		}
		if file.old, file.layered = old[name]; !file.layered {
			if file.old, err = m.upstream(name); err != nil {
				return err
			}
		}
		if changes[i].Kind != workspace.Patch {
			file.source = changes[i].Path
		}
		if format != "json" && (bytes.IndexByte(file.old, 0) >= 0 || bytes.IndexByte(file.new, 0) >= 0) {
			fmt.Fprintf(d.Err, "%s: %s is left out, as it is no text\n", o.Label, name)
			continue
		}
		result.files = append(result.files, file)
	}
	if len(result.files) == 0 {
		fmt.Fprintf(d.Err, "%s: it changes no file that can be exported\n", o.Label)
		return nil
	}
	i := slices.IndexFunc(*modules, func(other *exported) bool { return other.root == h.root })
	if i < 0 {
		i = len(*modules)
		*modules = append(*modules, &exported{home: h})
	}
	(*modules)[i].series = append((*modules)[i].series, result)
	return nil
}

// files returns what all overlays of a module make of its files, in the order of their names.
func (e *exported) files() []exportedFile {
	byName := map[string]exportedFile{}
	for _, overlay := range e.series {
		for _, file := range overlay.files {
			if lower, ok := byName[file.name]; ok {
				file.old, file.layered = lower.old, lower.layered
			}
			byName[file.name] = file
		}
	}
	var files []exportedFile
	for _, name := range sortedNames(byName) {
		files = append(files, byName[name])
	}
	return files
}

// diffOf returns the diff of files, whose names get a folder in front.
func diffOf(files []exportedFile, folder string) []byte {
	var out bytes.Buffer
	for _, file := range files {
		writeDiff(&out, path.Join(folder, file.name), file.old, file.new)
	}
	return out.Bytes()
}

// exportDiffs writes a diff for each module, with names as its repository has them.
func (d *Desk) exportDiffs(ctx context.Context, modules []*exported, o ExportOptions) error {
	var outputs []outputFile
	for _, e := range modules {
		outputs = append(outputs, outputFile{e.home, diffOf(e.files(), d.inRepository(ctx, e.home))})
	}
	_, err := d.deliver(outputs, o.Output)
	return err
}

// inRepository returns the folder that a home has in its repository, and says what is to be known of that.
func (d *Desk) inRepository(ctx context.Context, h home) string {
	folder, note := d.prefix(ctx, h)
	if note != "" {
		fmt.Fprintln(d.Err, note)
	}
	return folder
}

// An outputFile is what a module's overlays are exported to.
type outputFile struct {
	home
	content []byte
}

// deliver writes what is exported to stdout, or into a file, or one for each module in a folder, and returns their paths.
func (d *Desk) deliver(outputs []outputFile, to string) (paths []string, err error) {
	if to == "" {
		if len(outputs) == 1 {
			return nil, terminal.PageDiff(d.Out, outputs[0].content)
		}
		var names []string
		for _, output := range outputs {
			names = append(names, output.home.String())
		}
		return nil, fmt.Errorf("the overlays are for %d modules, and each gets a file: %s.\nSay by -o which folder is for the files, or name overlays of one module",
			len(outputs), strings.Join(names, ", "))
	}
	isFolder := endsInSlash(to)
	to = d.abs(to)
	info, err := os.Stat(to)
	if err == nil && info.IsDir() {
		isFolder = true
	} else if err == nil && (isFolder || len(outputs) > 1) {
		return nil, fmt.Errorf("%s is a file; for %d files, -o has to be a folder", d.rel(to), len(outputs))
	}
	var changes []userfiles.Change
	for _, output := range outputs {
		file := to
		if isFolder || len(outputs) > 1 {
			file = filepath.Join(to, strings.ReplaceAll(output.module, "/", "_")+".patch")
		}
		paths = append(paths, file)
		change, err := overwrite(file, output.content)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	if err := userfiles.Apply(changes...); err != nil {
		return nil, err
	}
	for _, file := range paths {
		fmt.Fprintln(d.Err, "written:", d.rel(file))
	}
	return paths, nil
}

// endsInSlash tells whether a path that the user has written is that of a folder.
func endsInSlash(path string) bool {
	return strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator))
}

// abs returns a path that the user has written, which is relative to the current folder.
func (d *Desk) abs(file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(d.Dir, file)
}

// overwrite returns the change that gives a file new content, whether it is there or not.
func overwrite(file string, content []byte) (userfiles.Change, error) {
	old, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		old, err = nil, nil
	}
	return userfiles.Change{Path: file, Content: content, Original: old}, err
}

// sortedNames returns the keys of a map in order.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
