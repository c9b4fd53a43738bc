package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/markers"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A Form is how an overlay keeps its changes of files.
type Form string

// The forms.
const (
	Diff  Form = "diff"
	Files Form = "files"
)

// Convert has overlays keep their changes of files in another form: replaced files become a diff, or diffs the files that they make.
// Without a form each gets the one that it has not. What is compiled stays the same; all are converted, or none.
func (d *Desk) Convert(ctx context.Context, labels []string, to Form) error {
	if len(labels) == 0 {
		return errors.New("say which overlays are to be converted, by their labels")
	}
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return err
	}
	defer unlock()
	found, err := d.survey(ctx, labels)
	if err != nil {
		return err
	}
	c := converting{survey: found, files: newBuildFiles(d.Workspace, "", found.layering), cutting: newCutting(d, found.all)}
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking Bazel what uses %s", words(found.chosen))
	if c.uses, err = d.uses(ctx, found.chosen); err != nil {
		return err
	}
	if c.texts, err = d.textsNaming(labelsOf(found.chosen)); err != nil {
		return err
	}
	progress.Done()
	for _, overlay := range found.chosen {
		pkg, err := found.pkg(overlay)
		if err != nil {
			return fmt.Errorf("%s: %w", overlay.Label, err)
		}
		c.overlay = overlay.Label
		if err := c.convert(ctx, overlay.In(pkg), pkg, to); err != nil {
			return fmt.Errorf("%s: %w\nno file has been changed", overlay.Label, err)
		}
	}
	if err := c.dropEmpty(ctx); err != nil {
		return fmt.Errorf("%w\nno file has been changed", err)
	}
	if emptied, err := c.files.emptied(d, c.goneLabels); err != nil {
		return err
	} else if len(emptied) > 0 {
		return fmt.Errorf("%s; take it out first, or let it say allow_empty = True\nno file has been changed", strings.Join(emptied, "\n"))
	}
	// What is new comes first, and what a BUILD file may name, diffs too, last.
	if err := userfiles.Apply(slices.Concat(c.made, c.files.changes(), c.diffs.changes(), c.gone)...); err != nil {
		return err
	}
	_, err = d.Out.Write(c.out.Bytes())
	return err
}

// A converting is of some overlays.
type converting struct {
	*survey
	cutting
	files *buildFiles
	made  []userfiles.Change
}

func (c *converting) convert(ctx context.Context, o workspace.Overlay, pkg *workspace.GoPackage, to Form) error {
	if o.Macro != "" {
		return fmt.Errorf("%s:%d: it is declared by the macro %s, which can't be edited without guessing; change it there by hand", c.desk.rel(o.BuildFile), o.Line, o.Macro)
	}
	has := func(kind workspace.Kind) bool {
		return slices.ContainsFunc(o.Changes, func(change workspace.Change) bool { return change.Kind == kind && !change.Embedded })
	}
	switch {
	case to == "" && has(workspace.Replace) && has(workspace.Patch):
		return errors.New("it has both files and diffs; say -to diff, or -to files")
	case to == Diff && !has(workspace.Replace), to == "" && !has(workspace.Replace) && !has(workspace.Patch):
		return errors.New("it replaces no file, so there is nothing to make a diff of")
	case to == Files && !has(workspace.Patch):
		return errors.New("it has no diff")
	}
	for _, change := range o.Changes {
		if (change.Kind == workspace.Replace || change.Kind == workspace.Patch) && c.isOnTop(o, change.Name) {
			return fmt.Errorf("it changes %s on top of another overlay, and only builds compare it with what that makes", change.Name)
		}
	}
	if to == Diff || to == "" && has(workspace.Replace) {
		return c.toDiff(o, pkg)
	}
	return c.toFiles(ctx, o, pkg)
}

// toDiff makes one diff of all files that an overlay replaces.
func (c *converting) toDiff(o workspace.Overlay, pkg *workspace.GoPackage) error {
	home, name := workspace.Package(o.Label)
	strip := number(o, "patch_strip", 1)
	if strip == 0 {
		return errors.New("it says patch_strip = 0, and git writes diffs for 1; leave the attribute out first, or convert by hand")
	}
	said := buildfile.Change{Name: name, ImportPath: o.ImportPath, Base: map[string]string{}}
	source := path.Join(filesFolder(c.desk.Workspace), o.ImportPath, name+".patch")
	patch := buildfile.Patch{File: source}
	build, err := c.files.load(home)
	if err != nil {
		return err
	}
	var diff bytes.Buffer
	var globbed []string // files of srcs that it does not list
	for _, change := range o.Changes {
		if change.Kind != workspace.Replace || change.Embedded {
			continue
		}
		base, text, err := c.replaced(o, pkg, change)
		if err != nil {
			return err
		}
		var part bytes.Buffer
		writeDiff(&part, strings.Repeat("x/", strip-1)+change.Name, base, text)
		parsed, err := unified.Parse(part.String())
		if err != nil || len(parsed) != 1 {
			return fmt.Errorf("%s: no diff can say what it makes of the file: %v", change.Name, err)
		}
		if made, _, failures := parsed[0].Apply(string(base), 0); len(failures) > 0 || made != string(text) {
			return fmt.Errorf("%s: no diff can say what it makes of the file; keep the file", change.Name)
		}
		diff.Write(part.Bytes())
		removed, err := build.RemoveFile(name, change.Name)
		if err != nil {
			return err
		}
		if len(removed.Files) == 0 {
			globbed = append(globbed, strings.TrimPrefix(change.Label, "//"+home+":"))
		}
		patch.Names = append(patch.Names, change.Name)
		if digests := o.Bases[change.Name]; len(digests) > 0 {
			said.Base[change.Name] = strings.Join(digests, " ")
		}
		c.released[o.Label] = append(c.released[o.Label], change.Label)
		if user := c.usedBy(change.Label); user != "" {
			fmt.Fprintf(&c.out, "kept %s, which %s uses, too\n", c.desk.rel(change.Path), user)
			continue
		}
		c.gone = append(c.gone, userfiles.Change{Path: change.Path, Original: text, Delete: true, Root: c.desk.Workspace.Root})
		c.goneLabels = append(c.goneLabels, change.Label)
	}
	if len(globbed) > 0 {
		if err := build.RemoveGlob(name, "srcs", globbed); err != nil {
			return err
		}
	}
	said.Patches = []buildfile.Patch{patch}
	if err := build.Change(said); err != nil {
		return err
	}
	if err := build.Exclude(sourcesFolder); err != nil {
		return err
	}
	file, err := c.create(home, source, diff.Bytes())
	if err != nil {
		return err
	}
	fmt.Fprintf(&c.out, "%s keeps its changes of %s as a diff now\n%s\n", o.Label, strings.Join(patch.Names, ", "), c.desk.rel(file))
	return nil
}

// replaced returns a file as the package has it, and as the overlay does. It has to be what the overlay was written against.
func (c *converting) replaced(o workspace.Overlay, pkg *workspace.GoPackage, change workspace.Change) (base, text []byte, err error) {
	if change.Path == "" {
		return nil, nil, fmt.Errorf("%s, which it replaces %s by, is no file of the workspace's sources", change.Label, change.Name)
	}
	if o.BaseFiles[change.Name] != "" {
		return nil, nil, fmt.Errorf("it keeps a copy of %s in base_srcs; convert it by hand", change.Name)
	}
	file, ok := writtenAgainst(o, pkg, change.Name)
	if !ok || file.Path == "" {
		return nil, nil, fmt.Errorf("package %s has no source file %s, so there is nothing to compare with", versioned(pkg), change.Name)
	}
	if base, err = os.ReadFile(file.Path); err != nil {
		return nil, nil, err
	}
	if isMoved(o.Bases[change.Name], base) {
		return nil, nil, fmt.Errorf("%s is another in %s than it was written against; first: overlay rebase %s", change.Name, versioned(pkg), o.Label)
	}
	if text, err = os.ReadFile(change.Path); err != nil {
		return nil, nil, err
	}
	if line, ok := markers.First(text); ok {
		return nil, nil, fmt.Errorf("%s:%d: has conflicts; resolve them first", c.desk.rel(change.Path), line)
	}
	if bytes.Equal(base, text) {
		return nil, nil, fmt.Errorf("%s does not change %s yet", c.desk.rel(change.Path), change.Name)
	}
	return base, text, nil
}

// toFiles makes the files that the diffs of an overlay make. What of the diffs is for others stays.
func (c *converting) toFiles(ctx context.Context, o workspace.Overlay, pkg *workspace.GoPackage) error {
	home, name := workspace.Package(o.Label)
	build, err := c.files.load(home)
	if err != nil {
		return err
	}
	r := &rebase{desk: c.desk, layering: c.survey.layering, out: &c.out, overlay: o, pkg: pkg, old: o.Version, diffs: c.diffs}
	said := buildfile.Change{Name: name, ImportPath: o.ImportPath, Base: map[string]string{}}
	var names, files []string
	for _, change := range o.Changes {
		if change.Kind != workspace.Patch || slices.Contains(names, change.Name) {
			continue
		}
		names = append(names, change.Name)
		text, isNew, err := c.patchedText(ctx, r, change)
		if err != nil {
			return err
		}
		if err := c.cut(o, change.Name); err != nil {
			return err
		}
		if _, err := build.RemoveFile(name, change.Name); err != nil {
			return err
		}
		source := path.Join(filesFolder(c.desk.Workspace), o.ImportPath, change.Name)
		if c.isTaken(home, source) { // Overlays of one package change one file, in different sets.
			source = path.Join(filesFolder(c.desk.Workspace), name, o.ImportPath, change.Name)
		}
		file, err := c.create(home, source, text)
		if err != nil {
			return err
		}
		files = append(files, c.desk.rel(file))
		if isNew {
			said.NewSrcs = append(said.NewSrcs, source)
			continue
		}
		said.Srcs = append(said.Srcs, source)
		if digests := o.Bases[change.Name]; len(digests) > 0 {
			said.Base[change.Name] = strings.Join(digests, " ")
		} else {
			file, _ := pkg.File(change.Name)
			said.Base[change.Name] = digestOfFile(file.Path)
		}
	}
	if err := build.Change(said); err != nil {
		return err
	}
	if err := build.Exclude(sourcesFolder); err != nil {
		return err
	}
	fmt.Fprintf(&c.out, "%s replaces %s by files now\n%s\n", o.Label, strings.Join(names, ", "), strings.Join(files, "\n"))
	c.released[o.Label] = o.Attrs["patches"].Keys
	return nil
}

// patchedText returns what the diffs of an overlay make of a file: of the one that they were written against, whichever
// the package has now.
func (c *converting) patchedText(ctx context.Context, r *rebase, change workspace.Change) (text []byte, isNew bool, err error) {
	parts, err := c.diffs.parts(c.desk, r.overlay, change.Name)
	if err != nil {
		return nil, false, err
	}
	file, ok := writtenAgainst(r.overlay, r.pkg, change.Name)
	if !ok && len(parts) == 1 && parts[0].Creates() && parts[0].Unusable == nil {
		return []byte(parts[0].Create()), true, nil
	}
	for _, part := range parts {
		if part.Creates() || part.Deletes() || part.Renamed || part.Copied {
			return nil, false, fmt.Errorf("%s makes, deletes or renames %s; convert that by hand, with new_srcs and delete", c.desk.rel(part.path), change.Name)
		}
	}
	if !ok || file.Path == "" {
		return nil, false, fmt.Errorf("package %s has no source file %s", versioned(r.pkg), change.Name)
	}
	base, err := os.ReadFile(file.Path)
	if err != nil {
		return nil, false, err
	}
	if isMoved(r.overlay.Bases[change.Name], base) {
		f := &carried{Change: change}
		old, err := r.oldBase(ctx, f, RebaseOptions{})
		if err != nil {
			return nil, false, err
		}
		if old == nil {
			return nil, false, fmt.Errorf("%s is another in %s than it was written against, and that is not to be found", change.Name, versioned(r.pkg))
		}
		base = old.Content
	}
	if text, err = r.patched(r.overlay, change.Name, base); err != nil {
		return nil, false, fmt.Errorf("%s does not fit: %w", c.desk.rel(change.Path), err)
	}
	return text, false, nil
}

// isTaken tells whether another overlay has a file at a path, or gets it by the same command.
func (c *converting) isTaken(pkg, source string) bool {
	file := filepath.Join(c.desk.Workspace.Root, filepath.FromSlash(pkg), filepath.FromSlash(source))
	return slices.ContainsFunc(c.made, func(change userfiles.Change) bool { return change.Path == file }) ||
		slices.ContainsFunc(c.all, func(o workspace.Overlay) bool { return slices.Contains(o.Sources, "//"+pkg+":"+source) })
}

// create makes a file, and returns its path. One that is there already with that content, a command has left that was killed.
func (c *converting) create(pkg, source string, content []byte) (string, error) {
	file := filepath.Join(c.desk.Workspace.Root, filepath.FromSlash(pkg), filepath.FromSlash(source))
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		c.made = append(c.made, userfiles.Change{Path: file, Content: content, Mode: 0o644})
	} else if c.isTaken(pkg, source) || digestOfFile(file) != digest.Of(content) {
		return "", fmt.Errorf("%s is there already; move it away", c.desk.rel(file))
	}
	return file, nil
}
