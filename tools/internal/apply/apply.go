// Package apply makes the files of a package as overlays want them, and checks
// that the overlays still fit the package.
package apply

import (
	"fmt"
	"io"
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// Run does what the manifest says. It refers to files by their indices. Run
// writes no file unless all overlays apply; the error names all that do not. What
// people who build should know, though nothing is wrong, goes to notes.
func Run(manifestPath string, files []string, notes io.Writer) error {
	m, err := readManifest(manifestPath, len(files))
	if err != nil {
		return err
	}
	a := newApplier(m, files)
	outcomes := a.applyAll()
	if len(a.problems) > 0 {
		return a.told()
	}
	applied := record.Record{
		ImportPath: m.ImportPath,
		Target:     m.Target,
		Overlays:   append([]record.Overlay{}, m.Overlays...),
		Files:      []record.File{},
	}
	var outputs []output.File
	for i, c := range m.Changes {
		final := outcomes[i]
		if err := a.checkOutcome(c, final); err != nil {
			return err
		}
		applied.Files = append(applied.Files, final.file)
		if c.Result != nil {
			outputs = append(outputs, output.File{Path: files[*c.Result], Content: []byte(final.content)})
		}
	}
	applied.LeftOut = unique(a.leftOut)
	writeNotes(notes, a.messages(a.notes))
	data, err := record.Marshal(applied)
	if err != nil {
		return fmt.Errorf("writing the record: %w", err)
	}
	return output.Write(append(outputs,
		output.File{Path: files[m.Record], Content: data},
		output.File{Path: files[m.Stamp]},
	)...)
}

func newApplier(m *manifest, files []string) *applier {
	return &applier{
		wording:  wording{manifest: m, paths: files},
		contents: map[string]string{},
		diffs:    map[diffKey]*parsedDiff{},
		progress: map[*change]*progress{},
	}
}

// applyAll applies all changes, and checks what they come to if there is nothing wrong with
// the changes themselves.
func (a *applier) applyAll() []outcome {
	a.reportUnnamed()
	outcomes := make([]outcome, len(a.manifest.Changes))
	for i, c := range a.manifest.Changes {
		outcomes[i] = a.apply(c)
	}
	a.checkExclusions()
	if len(a.problems) == 0 {
		a.checkPackage(outcomes)
	}
	if len(a.problems) == 0 {
		a.checkCgo(outcomes)
	}
	return outcomes
}

// maxNotes bounds what a build says of a package where nothing is wrong.
const maxNotes = 20

// writeNotes writes notes for people who build.
func writeNotes(w io.Writer, notes []string) {
	for i, note := range notes {
		if i == maxNotes {
			fmt.Fprintf(w, "go_overlay: and %d more\n", len(notes)-i)
			break
		}
		fmt.Fprintln(w, "go_overlay:", note)
	}
}

// checkOutcome checks what can't be unless the rules or this program are wrong.
func (a *applier) checkOutcome(c *change, final outcome) error {
	var problem string
	switch {
	case !final.ok:
		problem = "failed, but nothing was reported"
	case c.Result != nil && !final.present:
		problem = "has a result, but is deleted"
	default:
		return nil
	}
	return fmt.Errorf("%s: %s of package %s (%s) %s: this is a fault of go_overlay, please report it",
		a.label(c.last().overlay()), c.Name, a.manifest.ImportPath, a.target(), problem)
}

// An applier applies the steps of a manifest and gathers problems.
type applier struct {
	wording
	progress map[*change]*progress
	problems []problem
	leftOut  []record.LeftOut        // of diffs
	notes    []problem               // for people who build, though nothing is wrong
	listed   bool                    // whether a problem has the names of the package's files
	contents map[string]string       // of files that have been read, by path
	diffs    map[diffKey]*parsedDiff // several files have the same diff
}

// An unreadableFile is one of the build that can't be read.
type unreadableFile struct {
	owner
	err error
}

// read returns a file's content on behalf of an overlay.
func (a *applier) read(index, overlay int) (string, bool) {
	path := a.paths[index]
	content, ok := a.contents[path]
	if !ok {
		data, err := os.ReadFile(path)
		if err != nil {
			a.report(unreadableFile{owner(overlay), err})
			return "", false
		}
		content = string(data)
		a.contents[path] = content
	}
	return content, true
}
