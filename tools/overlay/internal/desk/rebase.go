package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
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
	overlay workspace.Overlay
	pkg     *workspace.GoPackage
	old     string // version that is recorded
	problem bool
}

// A carried file is one whose base has moved.
type carried struct {
	workspace.Change
	upstream []byte // as the package has it now
	overlay  []byte // the overlay file, or diff; nil for what is deleted
	merged   []byte // what becomes of it
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
	o.say("asking Bazel for overlays")
	all, sets, broken, err := workspace.Overlays(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	d.warnBroken(broken)
	chosen, err := d.chosen(all, labels)
	if err != nil {
		return nil, withBroken(err, broken)
	}
	o.say("asking Bazel for packages of %d overlays", len(chosen))
	found, unread, err := d.packagesOf(ctx, chosen)
	if err != nil {
		return nil, err
	}
	result := &Rebased{}
	files := buildFiles{root: d.Workspace.Root}
	var written []userfiles.Change
	for _, overlay := range chosen {
		pkg := found[overlay.ImportPath]
		if pkg == nil {
			fmt.Fprintf(d.Out, "%s: %v\n", overlay.Label, &workspace.NotFoundError{ImportPath: overlay.ImportPath, Broken: unread})
			result.Problems++
			continue
		}
		r := &rebase{desk: d, layering: layering{all, sets}, overlay: overlay, pkg: pkg, old: overlay.Version}
		moved, err := r.moved(each == nil)
		if err != nil {
			return nil, err
		}
		for _, f := range moved {
			if each == nil {
				continue
			}
			if err := each(r, f); err != nil {
				return nil, err
			}
		}
		changes, err := r.check(moved, &files)
		if err != nil {
			return nil, err
		}
		written = append(written, changes...)
		if r.problem {
			result.Problems++
		}
	}
	// BUILD files last: a digest stands for a file that is there.
	result.Changes = append(written, files.changes()...)
	result.Changed = len(result.Changes) > 0
	if o.DryRun || !result.Changed {
		return result, nil
	}
	return result, userfiles.Apply(result.Changes...)
}

func (o RebaseOptions) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(format, args...)
	}
}

// tell says something of a file that people have to look at.
func (r *rebase) tell(f *carried, format string, args ...any) {
	r.problem = true
	fmt.Fprintf(r.desk.Out, "%s: %s: %s\n", r.overlay.Label, f.Name, fmt.Sprintf(format, args...))
}

// said says what was done with a file.
func (r *rebase) said(f *carried, format string, args ...any) {
	fmt.Fprintf(r.desk.Out, "%s: %s: %s\n", r.overlay.Label, f.Name, fmt.Sprintf(format, args...))
}

// moved returns the files whose digests are recorded, and whose packages have others; and, if it is asked to, those
// of which none is recorded.
func (r *rebase) moved(unpinned bool) ([]*carried, error) {
	var moved []*carried
	for _, change := range r.overlay.Changes {
		digests := r.overlay.Bases[change.Name]
		// What lies on top of another overlay was written against that.
		if change.Kind == workspace.Add || len(digests) == 0 && !unpinned || r.isOnTop(r.overlay, change.Name) {
			continue
		}
		f := &carried{Change: change, stays: true}
		file, ok := r.pkg.File(change.Name)
		switch {
		case !ok:
			r.tell(f, "package %s has no file of that name any more; see what has become of it, and then: overlay drop %s", r.pkg.ImportPath, r.overlay.Label)
			continue
		case file.Path == "":
			r.tell(f, "is generated now, by %s", file.GeneratedBy)
			continue
		}
		var err error
		if f.upstream, err = os.ReadFile(file.Path); err != nil {
			return nil, err
		}
		if change.Kind != workspace.Delete {
			if change.Path == "" {
				if !slices.Contains(digests, digest(f.upstream)) {
					r.tell(f, "%s is generated; change what it is generated from to suit the file as it is now, then: overlay accept %s", change.Label, r.overlay.Label)
				}
				continue
			}
			if f.overlay, err = os.ReadFile(change.Path); err != nil {
				return nil, err
			}
			if line, ok := merge.Markers(f.overlay); ok {
				r.tell(f, "%s:%d: has conflicts; resolve them, then: overlay accept %s", r.desk.rel(change.Path), line, r.overlay.Label)
				continue
			}
		}
		if slices.Contains(digests, digest(f.upstream)) {
			continue
		}
		f.merged, f.stays = f.overlay, false
		moved = append(moved, f)
	}
	return moved, nil
}

// merge carries a file.
func (r *rebase) merge(ctx context.Context, f *carried, o RebaseOptions) error {
	digests := r.overlay.Bases[f.Name]
	if len(digests) != 1 {
		f.stays = true
		r.tell(f, "base has %d digests, of which none is that of the file as it is now; port it by hand, then: overlay accept %s", len(digests), r.overlay.Label)
		return nil
	}
	if f.Kind == workspace.Delete {
		f.stays = true
		r.tell(f, "is deleted, and has changed upstream; see whether the overlay still does what it should, then: overlay accept %s", r.overlay.Label)
		return nil
	}
	o.say("looking for %s of %s as it was", f.Name, r.pkg.ImportPath)
	old, err := r.base(ctx, f, digests[0], o)
	if notFound := (*upstream.NotFoundError)(nil); errors.As(err, &notFound) {
		f.stays = true
		r.tell(f, "%v", err)
		return nil
	} else if err != nil {
		return err
	}
	if r.old == "" {
		r.old = old.Version
	}
	if f.Kind == workspace.Patch {
		return r.mergeDiff(ctx, f, old.Content)
	}
	merged, conflicts, err := merge.Three(ctx, old.Content, f.overlay, f.upstream, r.names(f))
	if err != nil {
		return err
	}
	if conflicts > 0 {
		f.stays = true
		if safe, why := isCommitted(ctx, f.Path); !safe && !o.Force {
			f.merged = f.overlay
			r.tell(f, "%s of its changes conflict with upstream's, and %s %s; if it has them resolved already: overlay accept %s; "+
				"if not, commit it first, or have the conflicts written into it by: overlay rebase -force %s",
				some(conflicts), r.desk.rel(f.Path), why, r.overlay.Label, r.overlay.Label)
			return nil
		}
		f.merged = merged
		line, _ := merge.Markers(merged)
		r.tell(f, "%s:%d: %s of its changes conflict with upstream's; resolve them there, then: overlay accept %s",
			r.desk.rel(f.Path), line, some(conflicts), r.overlay.Label)
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

func some(n int) string {
	if n == 1 {
		return "one"
	}
	return fmt.Sprint(n)
}

// names are those of base, overlay and upstream, for git's markers.
func (r *rebase) names(f *carried) [3]string {
	name := func(version string) string { return strings.TrimSpace(r.pkg.ImportPath + "/" + f.Name + " " + version) }
	return [3]string{name(r.old), r.overlay.Label, name(r.pkg.Version)}
}

// mergeDiff carries a diff: one that still applies stays as it is.
func (r *rebase) mergeDiff(ctx context.Context, f *carried, old []byte) error {
	parts, err := unified.Parse(string(f.overlay))
	if err != nil {
		return fmt.Errorf("%s: %w", r.desk.rel(f.Path), err)
	}
	for _, part := range parts {
		if !slices.ContainsFunc(part.Names(0), func(name string) bool {
			return name == f.Name || strings.HasSuffix(name, "/"+f.Name)
		}) {
			continue
		}
		if _, _, failures := part.Apply(string(f.upstream), 0); len(failures) > 0 {
			f.stays = true
			r.tell(f, "the diff %s does not fit the file as it is now: %s\nPort it by hand, then: overlay accept %s",
				r.desk.rel(f.Path), unified.Describe(failures), r.overlay.Label)
		}
	}
	return nil
}

// base returns the text that a file was written against.
func (r *rebase) base(ctx context.Context, f *carried, digest string, o RebaseOptions) (upstream.Found, error) {
	text := upstream.Text{ImportPath: r.pkg.ImportPath, File: f.Name, Digest: digest, Version: r.overlay.Version}
	search := upstream.Options{Offline: o.Offline, Progress: func(doing string) { o.say("%s", doing) }}
	if cache := moduleCache(); cache != "" {
		search.ModuleCaches = append(search.ModuleCaches, cache)
	}
	if goCommand, err := exec.LookPath("go"); err == nil {
		search.Go = goCommand
	}
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
	return search.Module(ctx, "", text)
}

// isCommitted tells whether git has a file as it is; if not, why not.
func isCommitted(ctx context.Context, file string) (bool, string) {
	cmd, err := git.Command(ctx, filepath.Dir(file), "status", "--porcelain", "--ignored", "--", filepath.Base(file))
	if err != nil {
		return false, "is not known to be committed"
	}
	out, err := git.Output(ctx, cmd)
	switch {
	case err != nil:
		return false, "is in no repository of git"
	case len(bytes.TrimSpace(out)) > 0:
		return false, "is not committed as it is"
	}
	return true, ""
}

// check makes sure that the package with all its overlays type-checks, and returns what is to be
// written of the overlay, but for its BUILD file, which it edits.
func (r *rebase) check(moved []*carried, files *buildFiles) ([]userfiles.Change, error) {
	if len(moved) == 0 {
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
	_, name := workspace.Package(r.overlay.Label)
	pkg, _ := workspace.Package(r.overlay.Label)
	build, err := files.load(pkg)
	if err != nil {
		return nil, err
	}
	var changes []userfiles.Change
	carriedAll := true
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
			r.tell(f, "upstream has all of its changes now; nothing is left to overlay: overlay drop %s", r.overlay.Label)
			continue
		case len(errs) > 0:
			carriedAll = false
			continue
		}
		if err := build.SetBase(name, f.Name, digest(f.upstream), ""); err != nil {
			return nil, err
		}
		if r.old != "" && r.pkg.Version != "" && r.old != r.pkg.Version {
			r.said(f, "carried from %s to %s", r.old, r.pkg.Version)
		} else {
			r.said(f, "carried to the file as it is now")
		}
	}
	if len(errs) > 0 {
		r.problem = true
		fmt.Fprintf(r.desk.Out, "%s: with it, package %s does not type-check:\n", r.overlay.Label, r.pkg.ImportPath)
		for _, err := range errs {
			fmt.Fprintf(r.desk.Out, "  %v\n", err)
		}
		fmt.Fprintf(r.desk.Out, "Mend it, then: overlay rebase %s\n", r.overlay.Label)
	}
	// The version is that of all bases.
	if carriedAll && r.overlay.Version != "" && r.pkg.Version != "" {
		f := moved[0]
		if err := build.SetBase(name, f.Name, digest(f.upstream), r.pkg.Version); err != nil {
			return nil, err
		}
	}
	return changes, nil
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

// overlaid returns the files of the package with what overlays make of them. Diffs are left to the build.
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
			case change.Kind == workspace.Delete:
				delete(after, change.Name)
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
		if f.Kind == workspace.Replace {
			after[f.Name] = f.merged
			if f.stays || f.gone { // What is with it is told otherwise.
				after[f.Name] = f.upstream
			}
		}
	}
	return after, nil
}
