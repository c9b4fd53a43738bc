package desk

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// An overlayPart is what an overlay does to some files of the package.
type overlayPart struct {
	overlay workspace.Overlay
	names   []string
}

// Droppable returns what a word can become that names an overlay, or, once it has begun like an import path, a file of one.
func (d *Desk) Droppable(ctx context.Context, word string) []string {
	candidates := d.Labels(ctx, word)
	if word == "" || strings.HasPrefix(word, "/") {
		return candidates
	}
	for _, o := range d.written(ctx) {
		for _, name := range o.Files {
			if o.ImportPath != "" {
				candidates = append(candidates, o.ImportPath+"/"+name)
			}
		}
	}
	return beginning(candidates, word)
}

// droppable returns the overlays, and the files of others, that operands name.
func (d *Desk) droppable(ctx context.Context, l layering, operands []string) (overlays []workspace.Overlay, parts []overlayPart, err error) {
	for _, operand := range operands {
		o, notNamed := d.named(l.all, operand)
		if notNamed == nil {
			if !slices.ContainsFunc(overlays, func(before workspace.Overlay) bool { return before.Label == o.Label }) {
				overlays = append(overlays, o)
			}
			continue
		}
		if !strings.Contains(path.Base(operand), ".") { // No file has such a name.
			return nil, nil, notNamed
		}
		part, err := d.part(ctx, l, operand)
		if err != nil {
			return nil, nil, err
		}
		i := slices.IndexFunc(parts, func(before overlayPart) bool { return before.overlay.Label == part.overlay.Label })
		if i < 0 {
			i, parts = len(parts), append(parts, overlayPart{overlay: part.overlay})
		}
		for _, name := range part.names {
			parts[i].names = addName(parts[i].names, name)
		}
	}
	parts = slices.DeleteFunc(parts, func(part overlayPart) bool {
		return slices.ContainsFunc(overlays, func(o workspace.Overlay) bool { return o.Label == part.overlay.Label })
	})
	return overlays, parts, nil
}

// part returns what a text names of an overlay: the file of a package, as it may be gone there, or one of the overlay by its own path.
func (d *Desk) part(ctx context.Context, l layering, text string) (overlayPart, error) {
	candidates, err := d.candidates(ctx, text)
	if err != nil {
		return overlayPart{}, err
	}
	for _, c := range candidates {
		at, isOwn := d.own(c, l)
		parts := l.parts(func(o workspace.Overlay, change workspace.Change) bool {
			return isOwn && change.Path == at.path || c.ImportPath != "" && c.File != "" && o.ImportPath+"/"+change.Name == c.ImportPath+"/"+c.File
		})
		if len(parts) > 0 {
			return d.only(l, text, parts)
		}
	}
	at, err := d.resolve(ctx, text, l)
	if err != nil {
		return overlayPart{}, err
	}
	if at.file == "" {
		return overlayPart{}, fmt.Errorf("%s is a package; say which of its files, or which overlay, is to be dropped", at.pkg.ImportPath)
	}
	parts := l.parts(func(o workspace.Overlay, change workspace.Change) bool {
		return o.ImportPath == at.pkg.ImportPath && change.Name == at.file
	})
	if len(parts) == 0 {
		return overlayPart{}, fmt.Errorf("no overlay changes %s of package %s", at.file, at.pkg.ImportPath)
	}
	return d.only(l, text, parts)
}

// parts returns what overlays do that is meant.
func (l layering) parts(isMeant func(workspace.Overlay, workspace.Change) bool) (parts []overlayPart) {
	for _, o := range l.all {
		part := overlayPart{overlay: o}
		for _, change := range o.Changes {
			if isMeant(o, change) {
				part.names = addName(part.names, change.Name)
			}
		}
		if len(part.names) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// only returns the one of some parts that the sets in use have, or that there is.
func (d *Desk) only(l layering, text string, parts []overlayPart) (overlayPart, error) {
	used := slices.DeleteFunc(slices.Clone(parts), func(part overlayPart) bool {
		return !slices.ContainsFunc(l.used, func(set string) bool { return set == part.overlay.Label || has(l.sets, set, part.overlay.Label) })
	})
	if len(used) > 0 {
		parts = used
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	message := fmt.Sprintf("%s is of several overlays; name a file by its own path, or an overlay to drop all of it:", text)
	for _, part := range parts {
		for _, change := range part.overlay.Changes {
			if slices.Contains(part.names, change.Name) {
				message += fmt.Sprintf("\n  %s %s %s", part.overlay.Label, change.Kind, change.Name)
				if change.Path != "" {
					message += " by " + d.rel(change.Path)
				}
			}
		}
	}
	return overlayPart{}, errors.New(message)
}

// takeParts takes files out of overlays. One that changes nothing any more is dropped as a whole.
func (p *dropping) takeParts(ctx context.Context, parts []overlayPart) error {
	var kept []overlayPart
	for _, part := range parts {
		isEmpty, err := p.removeFiles(part)
		if err != nil {
			return err
		}
		if isEmpty {
			p.overlays = append(p.overlays, part.overlay)
		} else {
			kept = append(kept, part)
		}
	}
	for _, o := range p.overlays {
		p.released[o.Label] = o.Sources
	}
	var labels []string
	for _, part := range kept {
		more, err := p.take(part)
		if err != nil {
			return fmt.Errorf("%s: %w", part.overlay.Label, err)
		}
		for _, label := range more {
			labels = addName(labels, label)
		}
	}
	p.overlay = ""
	for _, label := range labels {
		if err := p.delete(label); err != nil {
			return err
		}
	}
	before := len(p.goneLabels)
	if err := p.dropEmpty(ctx); err != nil {
		return err
	}
	for _, label := range p.goneLabels[before:] {
		p.said = append(p.said, "deleted "+p.desk.rel(p.desk.pathOf(label)))
	}
	if text := strings.TrimSpace(p.out.String()); text != "" {
		p.said = append(p.said, strings.Split(text, "\n")...)
	}
	for _, part := range kept {
		if part.overlay.Attrs["deps"].Written {
			p.said = append(p.said, fmt.Sprintf("to take out deps of %s that nothing imports any more: overlay deps %s", part.overlay.Label, shell.Word(part.overlay.Label)))
		}
	}
	return nil
}

// removeFiles takes files out of the declaration of an overlay, and tells whether that changes nothing any more.
func (p *dropping) removeFiles(part overlayPart) (isEmpty bool, err error) {
	o := part.overlay
	home, name := workspace.Package(o.Label)
	build, err := p.files.load(home)
	if err != nil {
		return false, err
	}
	isTaken := func(change workspace.Change) bool { return slices.Contains(part.names, change.Name) }
	var globs []string
	for _, file := range part.names {
		removed, err := build.RemoveFile(name, file)
		if err != nil {
			return false, err
		}
		globs = removed.Globs // Those of the overlay, each time.
	}
	for _, attribute := range globs {
		var gone, left []string // of what the glob() finds: paths in the package
		for _, label := range o.Attrs[attribute].List {
			isGone := slices.ContainsFunc(o.Changes, func(c workspace.Change) bool { return c.Label == label && isTaken(c) })
			if attribute == "base_srcs" {
				isGone = slices.ContainsFunc(part.names, func(name string) bool { return o.BaseFiles[name] == label })
			}
			if file := strings.TrimPrefix(label, "//"+home+":"); isGone {
				gone = append(gone, file)
				p.globbed = append(p.globbed, label)
			} else {
				left = append(left, file)
			}
		}
		switch {
		case len(gone) == 0:
		case len(left) == 0:
			err = build.RemoveGlob(name, attribute, gone)
		default:
			err = build.CheckGlob(name, attribute, gone)
		}
		if err != nil {
			return false, err
		}
	}
	if slices.ContainsFunc(o.Changes, func(c workspace.Change) bool { return !isTaken(c) }) {
		return false, nil
	}
	return build.IsEmpty(name)
}

// take takes away what an overlay that stays needs no more: parts of diffs. It returns the labels of files that it was made of.
func (p *dropping) take(part overlayPart) (labels []string, err error) {
	o := part.overlay
	home, name := workspace.Package(o.Label)
	build, err := p.files.load(home)
	if err != nil {
		return nil, err
	}
	p.overlay = o.Label
	p.said = append(p.said, fmt.Sprintf("%s is taken out of %s in %s", strings.Join(part.names, ", "), o.Label, p.desk.rel(o.BuildFile)))
	left := o
	left.Changes = slices.DeleteFunc(slices.Clone(o.Changes), func(c workspace.Change) bool { return slices.Contains(part.names, c.Name) })
	isLeft := func(label string) bool {
		return slices.ContainsFunc(left.Changes, func(c workspace.Change) bool { return c.Label == label })
	}
	var patched []string
	for _, change := range o.Changes {
		if !slices.Contains(part.names, change.Name) || change.Kind == workspace.Delete {
			continue
		}
		if !isLeft(change.Label) {
			p.released[o.Label] = addName(p.released[o.Label], change.Label)
		}
		switch {
		case change.Kind == workspace.Patch && !slices.Contains(patched, change.Name):
			patched = append(patched, change.Name)
		case change.Kind != workspace.Patch && !isLeft(change.Label):
			labels = append(labels, change.Label)
		}
	}
	for _, file := range part.names {
		if label := o.BaseFiles[file]; label != "" {
			p.released[o.Label] = append(p.released[o.Label], label)
			labels = append(labels, label)
		}
	}
	for _, file := range patched {
		parts, err := p.diffs.parts(p.desk, o, file)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(parts, func(part diffPart) bool { return p.isShared(o, part, file) && isLeft(part.label) }) {
			if err := build.Change(buildfile.Change{Name: name, ImportPath: o.ImportPath, PatchExclude: []string{file}}); err != nil {
				return nil, err
			}
		}
		if err := p.cut(o, file); err != nil {
			return nil, err
		}
	}
	for i := range p.all {
		if p.all[i].Label == o.Label {
			p.all[i] = left
		}
	}
	for _, label := range labels {
		if user := p.usedBy(label); user != "" && slices.Contains(p.globbed, label) {
			return nil, fmt.Errorf("a glob() of it finds %s, which %s uses, too; list the other files there by hand", p.desk.rel(filepath.Clean(p.desk.pathOf(label))), user)
		}
	}
	return labels, nil
}
