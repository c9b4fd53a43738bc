package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	gobuild "go/build"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/markers"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/merge"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// RebaseOptions say how overlays are carried to what their packages are now.
type RebaseOptions struct {
	DryRun   bool // nothing is written
	Offline  bool // nothing is downloaded
	Force    bool // overlay files with changes that git has no copy of are written, too, where there are conflicts
	Progress func(format string, args ...any)
}

// A Rebased tells what became of overlays.
type Rebased struct {
	Changed  bool // whether files were written, or would be
	Problems int  // that are left to people

	Changes []userfiles.Change // what was, or would be, written
}

// Rebase carries overlays whose bases have moved to what their packages are now, by merging three ways:
// the old base, which the recorded digest proves, the new one, and the overlay. A digest moves only
// with a file that is merged without conflicts and type-checks.
func (d *Desk) Rebase(ctx context.Context, labels []string, o RebaseOptions) (*Rebased, error) {
	return d.carry(ctx, labels, func(r *rebase, f *carried) error { return r.merge(ctx, f, o) }, o)
}

// Accept says that overlays suit their packages as they are now: their digests become those of the files that the packages
// have. Overlay files have to be without conflicts, and have to type-check.
func (d *Desk) Accept(ctx context.Context, labels []string, o RebaseOptions) (*Rebased, error) {
	if len(labels) == 0 {
		return nil, errors.New("accept needs the labels of overlays, as what is accepted should be looked at")
	}
	return d.carry(ctx, labels, nil, o)
}

// A rebase is of one overlay.
type rebase struct {
	layering
	desk    *Desk
	out     io.Writer // what is told when all is written
	overlay workspace.Overlay
	pkg     *workspace.GoPackage
	old     string // version that is recorded
	diffs   diffFiles
	problem bool
	bases   map[string][]string // digests that have moved, by the names of files
}

// A carried file is one whose base has moved.
type carried struct {
	workspace.Change
	upstream []byte // as the package has it now
	overlay  []byte // the overlay file, or diff; nil for what is deleted
	merged   []byte // what becomes of it
	patched  []byte // what diffs make of upstream, if they fit
	gone     bool   // whether nothing of the overlay's changes is left
	stays    bool   // whether the digest must not move
}

// carry does with each file of overlays whose base has moved what is to be done, checks the result,
// and writes it. Without anything to be done, files are accepted as they are, also those without a base.
func (d *Desk) carry(ctx context.Context, labels []string, each func(*rebase, *carried) error, o RebaseOptions) (*Rebased, error) {
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	o.say("asking %s for overlays", d.asked())
	l, chosen, broken, err := d.declared(ctx, labels)
	d.warnBroken(broken)
	if err != nil {
		return nil, err
	}
	o.say("asking %s for packages of %s", d.asked(), counted(len(chosen), "overlay"))
	found, unread, err := d.packagesOf(ctx, chosen)
	if err != nil {
		return nil, err
	}
	result := &Rebased{}
	if isPartial(broken, labels) {
		result.Problems++
	}
	var out bytes.Buffer
	files := newBuildFiles(d, "", l)
	var written []userfiles.Change
	diffs := diffFiles{}
	bases := map[string]map[string][]string{} // that have moved, by the labels of overlays
	for _, overlay := range chosen {
		pkg := found[overlay.ImportPath]
		if pkg == nil {
			fmt.Fprintf(&out, "%s: %v\n", overlay.Label, d.notFound(overlay.ImportPath, unread))
			result.Problems++
			continue
		}
		r := &rebase{desk: d, layering: l, out: &out, overlay: overlay.In(pkg), pkg: pkg, old: overlay.Version, diffs: diffs, bases: map[string][]string{}}
		missing, err := d.missingFiles(ctx, overlay)
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 { // It can't be told whether the package type-checks with it.
			for _, err := range missing {
				fmt.Fprintf(&out, "%s: %v\n", overlay.Label, err)
			}
			result.Problems++
			continue
		}
		moved, err := r.moved(each == nil)
		if err != nil {
			return nil, err
		}
		for _, f := range moved {
			if overlay.Macro != "" { // What it declares is left to people.
				break
			}
			if each == nil {
				r.checkDiffs(f)
				continue
			}
			if err := each(r, f); ctx.Err() != nil {
				return nil, err
			} else if err != nil {
				f.merged, f.stays = f.overlay, true
				r.tell(f, "%v", err)
			}
		}
		changes, err := r.check(moved, files, each == nil)
		if err != nil {
			return nil, err
		}
		written = append(written, changes...)
		bases[overlay.Label] = r.bases
		if r.problem {
			result.Problems++
		}
	}
	written = append(written, diffs.changes()...)
	pending, carried := texts{}, []workspace.Overlay(nil)
	for _, change := range written {
		pending[change.Path] = change.Content
	}
	for i, overlay := range l.all {
		if len(bases[overlay.Label]) == 0 {
			continue
		}
		l.all[i].Bases = maps.Clone(overlay.Bases)
		maps.Copy(l.all[i].Bases, bases[overlay.Label])
		carried = append(carried, l.all[i])
	}
	if len(carried) > 0 && !d.plain { // A merge, or who has ported them, may bring imports.
		o.say("asking %s for the deps of %d overlays", d.asked(), len(carried))
		problems, err := d.depend(ctx, &survey{notFound: d.notFound, layering: l, chosen: carried, packages: found, unread: unread}, pending, files, &out)
		if err != nil {
			return nil, err
		}
		result.Problems += problems
	}
	// BUILD files last: a digest stands for a file that is there.
	result.Changes = slices.Concat(written, files.changes())
	result.Changed = len(result.Changes) > 0
	if !o.DryRun {
		if err := userfiles.Apply(result.Changes...); err != nil {
			return nil, err
		}
	}
	_, err = d.Out.Write(out.Bytes())
	return result, err
}

func (o RebaseOptions) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(format, args...)
	}
}

// tell says something of a file that people have to look at.
func (r *rebase) tell(f *carried, format string, args ...any) {
	r.problem = true
	r.said(f, format, args...)
}

// said says what was done with a file.
func (r *rebase) said(f *carried, format string, args ...any) {
	fmt.Fprintf(r.out, "%s: %s: %s\n", r.overlay.Label, f.Name, fmt.Sprintf(format, args...))
}

// moved returns the files whose digests are recorded, and whose packages have others; and, if it is asked to, those
// of which none is recorded, for them to be accepted.
func (r *rebase) moved(accept bool) ([]*carried, error) {
	var moved []*carried
	for _, change := range r.overlay.Changes {
		digests := r.overlay.Bases[change.Name]
		if slices.ContainsFunc(moved, func(f *carried) bool { return f.Kind == workspace.Patch && f.Name == change.Name }) {
			continue // All diffs of a file are carried together.
		}
		// What lies on top of another overlay was written against that.
		if change.Kind == workspace.Add || len(digests) == 0 && !accept && r.overlay.BaseFiles[change.Name] == "" || r.isOnTop(r.overlay, change.Name) {
			continue
		}
		f := &carried{Change: change, stays: true}
		file, ok := writtenAgainst(r.overlay, r.pkg, change.Name)
		switch {
		case !ok && r.pkg.HasUnnamed():
			continue // It may be one that only the build names.
		case !ok && change.Kind == workspace.Patch && r.isNew(change.Name):
			continue
		case !ok:
			r.tell(f, "package %s has no file of that name any more; see what has become of it, and take it out of the overlay%s", r.pkg.ImportPath, r.drop(f))
			continue
		case file.Path == "":
			continue // Only the build has it.
		}
		if _, ok := r.overlay.BaseFiles[change.Name]; ok {
			if !slices.Contains(digests, digestOfFile(file.Path)) && !r.sameAsCopy(change.Name, file.Path) {
				r.tell(f, "the base has moved, and the overlay keeps a copy of it in base_srcs: port the overlay by hand, and copy the file as it is now there")
			}
			continue
		}
		var err error
		if f.upstream, err = os.ReadFile(file.Path); err != nil {
			return nil, err
		}
		if change.Kind != workspace.Delete {
			if change.Path == "" {
				switch {
				case slices.Contains(digests, digest.Of(f.upstream)):
				case accept:
					f.stays = false
					moved = append(moved, f)
				default:
					r.tell(f, "%s is generated; change what it is generated from to suit the file as it is now, then: overlay accept %s", change.Label, r.overlay.Label)
				}
				continue
			}
			if f.overlay, err = os.ReadFile(change.Path); err != nil {
				return nil, err
			}
			if line, ok := markers.First(f.overlay); ok {
				r.tell(f, "%s:%d: has conflicts; resolve them, then: overlay accept %s", r.desk.rel(change.Path), line, r.overlay.Label)
				continue
			}
			if change.Kind == workspace.Replace && bytes.Equal(f.overlay, f.upstream) && (accept || slices.Contains(digests, digest.Of(f.upstream))) {
				r.tell(f, "it is identical to that of %s: nothing is left to overlay, so take it out of the overlay%s", versioned(r.pkg), r.drop(f))
				continue
			}
		}
		if slices.Contains(digests, digest.Of(f.upstream)) {
			continue
		}
		f.merged, f.stays = f.overlay, false
		moved = append(moved, f)
		if variants := r.pkg.Variants(change.Name); len(variants) > 0 {
			r.said(f, "several targets have the import path, and different files of this name; what counts is %s", file.Label)
		}
	}
	return moved, nil
}

// merge carries a file.
func (r *rebase) merge(ctx context.Context, f *carried, o RebaseOptions) error {
	if f.Kind == workspace.Delete {
		f.stays = true
		r.tell(f, "is deleted, and has changed upstream; see whether the overlay still does what it should, then: overlay accept %s", r.overlay.Label)
		return nil
	}
	if f.Kind == workspace.Patch {
		return r.mergeDiffs(ctx, f, o)
	}
	if bytes.Equal(f.overlay, f.upstream) {
		f.gone = true // Whatever it was written against.
		return nil
	}
	old, err := r.oldBase(ctx, f, o)
	if old == nil {
		return err
	}
	merged, conflicts, err := merge.Three(ctx, old.Content, f.overlay, f.upstream, r.names(f))
	if err != nil {
		return err
	}
	if conflicts > 0 {
		f.stays = true
		if safe, why := isCommitted(ctx, f.Path); !safe && !o.Force {
			f.merged = f.overlay
			r.tell(f, "%s with upstream's, and %s %s; if it has them resolved already: overlay accept %s; "+
				"if not, commit it first, or have the conflicts written into it by: overlay rebase -force %s",
				conflicting(conflicts, "its changes"), r.desk.rel(f.Path), why, r.overlay.Label, r.overlay.Label)
			return nil
		}
		if o.DryRun {
			command := "overlay rebase "
			if o.Force {
				command += "-force "
			}
			r.tell(f, "%s with upstream's; %s writes the conflicts into %s", conflicting(conflicts, "its changes"), command+r.overlay.Label, r.desk.rel(f.Path))
			return nil
		}
		f.merged = merged
		line, _ := markers.First(merged)
		r.tell(f, "%s:%d: %s with upstream's; resolve them there, then: overlay accept %s",
			r.desk.rel(f.Path), line, conflicting(conflicts, "its changes"), r.overlay.Label)
		return nil
	}
	taken, all := merge.TakenOver(old.Content, f.overlay, f.upstream)
	f.merged = merged
	if bytes.Equal(merged, f.upstream) {
		f.gone = true
		return nil
	}
	if len(taken) > 0 {
		r.said(f, "upstream has taken over %d of its %d changes", len(taken), all)
	}
	return nil
}

// oldBase returns the text that a file was written against. If it is not to be found, that is told, and nil is returned.
func (r *rebase) oldBase(ctx context.Context, f *carried, o RebaseOptions) (*upstream.Found, error) {
	o.say("looking for %s of %s as it was", f.Name, r.pkg.ImportPath)
	var old upstream.Found
	var err error
	for _, digest := range r.overlay.Bases[f.Name] {
		if old, err = r.base(ctx, f, digest, o); err == nil {
			break
		}
	}
	if notFound := (*upstream.NotFoundError)(nil); errors.As(err, &notFound) {
		f.stays = true
		r.tell(f, "%v", err)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if r.old == "" {
		r.old = old.Version
	}
	return &old, nil
}

// drop returns the end of a sentence, which is about taking a file out of the overlay: the command that does.
func (r *rebase) drop(f *carried) string {
	if command := dropCommand(r.overlay, f.Name); command != "" {
		return ": " + command
	}
	return ""
}

// sameAsCopy tells whether a file is what the overlay has in base_srcs, as far as a copy is a file of the workspace.
func (r *rebase) sameAsCopy(name, file string) bool {
	copied := workspace.SourcePath(r.desk.Workspace, r.overlay.BaseFiles[name])
	return copied == "" || digestOfFile(copied) == digestOfFile(file)
}

// digestOfFile returns the digest of a file, or an empty string if it can't be read.
func digestOfFile(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return digest.Of(content)
}

// conflicting begins a sentence about how many of some changes conflict.
func conflicting(n int, changes string) string {
	if n == 1 {
		return "one of " + changes + " conflicts"
	}
	return fmt.Sprintf("%d of %s conflict", n, changes)
}

// counted returns a noun with its number.
func counted(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// names are those of base, overlay and upstream, for git's markers.
func (r *rebase) names(f *carried) [3]string {
	name := func(version string) string { return strings.TrimSpace(r.pkg.ImportPath + "/" + f.Name + " " + version) }
	return [3]string{name(r.old), r.overlay.Label, name(r.pkg.Version)}
}

// base returns the text that a file was written against.
func (r *rebase) base(ctx context.Context, f *carried, digest string, o RebaseOptions) (upstream.Found, error) {
	text := upstream.Text{ImportPath: r.pkg.ImportPath, File: f.Name, Digest: digest, Version: r.overlay.Version}
	search := upstreamPlaces(o.say)
	search.Offline = o.Offline
	if r.pkg.Std {
		text.Version = strings.TrimPrefix(text.Version, "go")
		found, err := search.Std(ctx, text)
		found.Version = "go" + found.Version
		return found, err
	}
	file, _ := r.pkg.File(f.Name)
	if rel, err := filepath.Rel(r.desk.Workspace.Root, file.Path); err == nil && filepath.IsLocal(rel) {
		text.ImportPath = ""
		return search.FirstParty(ctx, r.desk.Workspace.Root, filepath.ToSlash(rel), text)
	}
	replaced, err := workspace.Replacements(r.desk.Workspace.Root)
	if err != nil {
		return upstream.Found{}, err
	}
	for module := text.ImportPath; module != "."; module = path.Dir(module) {
		by := replaced[module]
		if !gobuild.IsLocalImport(by) && !filepath.IsAbs(by) {
			continue
		}
		// A folder, which may be a repository of its own.
		if !filepath.IsAbs(by) {
			by = filepath.Join(r.desk.Workspace.Root, filepath.FromSlash(by))
		}
		folder := strings.TrimPrefix(text.ImportPath, module)
		text.ImportPath = ""
		return search.FirstParty(ctx, by, strings.TrimPrefix(path.Join(folder, f.Name), "/"), text)
	}
	search.Replaced = replaced
	return search.Module(ctx, "", text)
}

// isCommitted tells whether git has a file as it is; if not, why not.
func isCommitted(ctx context.Context, file string) (bool, string) {
	cmd, err := git.Command(ctx, filepath.Dir(file), "status", "--porcelain", "--ignored", "--untracked-files=all", "--", filepath.Base(file))
	if err != nil {
		return false, "is not known to be committed, without git"
	}
	out, err := git.Output(ctx, cmd)
	switch {
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return false, "is in no repository of git"
	case err != nil:
		return false, fmt.Sprintf("may have changes that git does not have (%v)", err)
	case len(bytes.TrimSpace(out)) > 0:
		return false, "is not committed as it is"
	}
	return true, ""
}

// check makes sure that the package with all its overlays type-checks, and returns what is to be
// written of the overlay, but for its BUILD file, which it edits.
func (r *rebase) check(moved []*carried, files *buildFiles, accept bool) ([]userfiles.Change, error) {
	if len(moved) == 0 {
		return nil, r.acceptVersion(accept, files)
	}
	if r.overlay.Macro != "" {
		r.tell(moved[0], "%s:%d: the overlay is declared by the macro %s, which can't be edited without guessing; port it, and write the digest there, by hand: %s",
			r.desk.rel(r.overlay.BuildFile), r.overlay.Line, r.overlay.Macro, digest.Of(moved[0].upstream))
		return nil, nil
	}
	before, err := r.sources()
	if err != nil {
		return nil, err
	}
	errs, err := r.typeCheck(before, moved)
	if err != nil {
		return nil, err
	}
	pkg, name := workspace.Package(r.overlay.Label)
	build, err := files.load(pkg)
	if err != nil {
		return nil, err
	}
	var changes []userfiles.Change
	carriedAll := !r.problem
	for _, f := range moved {
		if f.Kind == workspace.Replace && !bytes.Equal(f.merged, f.overlay) && !f.gone {
			changes = append(changes, userfiles.Change{Path: f.Path, Content: f.merged, Original: f.overlay})
		}
		switch {
		case f.stays:
			carriedAll = false
			continue
		case f.gone:
			carriedAll = false
			r.tell(f, "upstream has all of its changes now; nothing is left of it, so take it out of the overlay%s", r.drop(f))
			continue
		case len(errs) > 0:
			carriedAll = false
			continue
		}
		digests := digest.Of(f.upstream)
		if before := r.overlay.Bases[f.Name]; len(before) > 1 {
			digests = strings.Join(append(slices.Clone(before), digests), " ") // It suits several versions.
		}
		if err := build.SetBase(name, f.Name, digests, ""); err != nil {
			carriedAll = false
			r.tell(f, "%v", err)
			continue
		}
		r.bases[f.Name] = strings.Fields(digests)
		if r.old != "" && r.pkg.Version != "" && r.old != r.pkg.Version {
			r.said(f, "carried from %s to %s", r.old, r.pkg.Version)
		} else {
			r.said(f, "carried to the file as it is now")
		}
	}
	if len(errs) > 0 {
		r.problem = true
		fmt.Fprintf(r.out, "%s: with it, package %s does not type-check:\n", r.overlay.Label, r.pkg.ImportPath)
		for _, err := range errs {
			fmt.Fprintf(r.out, "  %s\n", r.inOverlay(err.Error()))
		}
		fmt.Fprintf(r.out, "Mend the overlay file, which is merged, then: overlay accept %s\n", r.overlay.Label)
	}
	// The version is that of all bases.
	if carriedAll && r.overlay.Version != "" && r.pkg.Version != "" {
		if err := build.SetVersion(name, r.pkg.Version); err != nil {
			r.tell(moved[0], "%v", err)
		}
	}
	return changes, nil
}

// inOverlay returns an error with the path of the overlay file that it is in, in the place of the name of the file in the package.
func (r *rebase) inOverlay(text string) string {
	name, rest, _ := strings.Cut(text, ":")
	for _, change := range r.overlay.Changes {
		if change.Name == name && change.Path != "" && change.Kind != workspace.Patch {
			return r.desk.rel(change.Path) + ":" + rest
		}
	}
	return text // A diff has other lines.
}

// acceptVersion records the version of a package that an overlay suits as it is, if it is to be accepted: rebase leaves the version as it
// was while a file is left to people, which they may have taken out since.
func (r *rebase) acceptVersion(accept bool, files *buildFiles) error {
	if !accept || r.problem || r.overlay.Macro != "" || r.old == "" || r.pkg.Version == "" || r.old == r.pkg.Version {
		return nil
	}
	pkg, name := workspace.Package(r.overlay.Label)
	build, err := files.load(pkg)
	if err != nil {
		return err
	}
	if err := build.SetVersion(name, r.pkg.Version); err != nil {
		r.problem = true
		fmt.Fprintf(r.out, "%s: %v\n", r.overlay.Label, err)
		return nil
	}
	fmt.Fprintf(r.out, "%s: is recorded for %s instead of %s\n", r.overlay.Label, r.pkg.Version, r.old)
	return nil
}

// typeCheck returns the errors that the overlay brings into the package: alone, and also with the others of
// the package, of which it may need some, and others may be of another set.
func (r *rebase) typeCheck(before map[string][]byte, moved []*carried) ([]error, error) {
	var errs []error
	for _, overlays := range [][]workspace.Overlay{{r.overlay}, r.all} {
		after, err := r.overlaid(overlays, before, moved)
		if err != nil {
			return nil, err
		}
		found := merge.Check(before, after)
		if len(found) == 0 {
			return nil, nil
		}
		if errs == nil {
			errs = found
		}
	}
	return errs, nil
}

// sources returns the files of the package, as upstream has them.
func (r *rebase) sources() (map[string][]byte, error) {
	sources := map[string][]byte{}
	for _, file := range r.pkg.Files {
		if file.Path == "" || file.Embedded || strings.HasSuffix(file.Name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file.Path)
		if err != nil {
			return nil, err
		}
		sources[file.Name] = content
	}
	return sources, nil
}

// overlaid returns the files of the package with what overlays make of them. Diffs that do not fit are left to the build.
func (r *rebase) overlaid(overlays []workspace.Overlay, before map[string][]byte, moved []*carried) (map[string][]byte, error) {
	after := map[string][]byte{}
	for name, content := range before {
		after[name] = content
	}
	for _, overlay := range overlays {
		if overlay.ImportPath != r.overlay.ImportPath || overlay.Label != r.overlay.Label && overlay.Macro != "" {
			continue
		}
		for _, change := range overlay.Changes {
			switch {
			case change.Embedded:
			case change.Kind == workspace.Delete:
				delete(after, change.Name)
			case change.Kind == workspace.Patch:
				r.patch(after, overlay, change.Name, before[change.Name])
			case change.Kind != workspace.Patch && change.Path != "":
				content, err := os.ReadFile(change.Path)
				if err != nil {
					return nil, err
				}
				after[change.Name] = content
			}
		}
	}
	for _, f := range moved {
		if f.Kind == workspace.Patch && f.patched != nil {
			r.patch(after, r.overlay, f.Name, f.upstream)
		}
		if f.Kind == workspace.Replace && !f.Embedded {
			after[f.Name] = f.merged
			if f.stays || f.gone || f.overlay == nil { // What is with it is told otherwise.
				after[f.Name] = f.upstream
			}
		}
	}
	return after, nil
}
