package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/markers"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// soon is how many days before it expires an overlay is said to expire soon.
const soon = 14

// StatusOptions say what of overlays is written, and how.
type StatusOptions struct {
	JSON  bool
	Today time.Time // the day, in UTC, that expiries are compared with
}

// A Status is what overlay status -json writes.
type Status struct {
	// DefaultSet is the label of the set, or single overlay, that builds use unless they are told otherwise. It is
	// empty if overlays.use in MODULE.bazel names none.
	DefaultSet string `json:"default_set"`
	// Overlays are those that were asked for, in the order of their labels.
	Overlays []OverlayStatus `json:"overlays"`
	// Problems are those of no overlay: files that nothing names. They are looked for where no overlay is asked for by its label.
	Problems []Problem `json:"problems"`
	// Unread is what Bazel says of BUILD files that it can't read, whose overlays are missing; else empty.
	Unread string `json:"unread"`
}

// An OverlayStatus is the state of one overlay.
type OverlayStatus struct {
	Label string `json:"label"` // //overlays:uuid
	// File and Line are where it is declared. The file is relative to the root of the workspace.
	File string `json:"file"`
	Line int    `json:"line"`

	ImportPath  string `json:"importpath"`
	Version     string `json:"version"`      // of the package's module, or SDK, now; empty if it is not known
	BaseVersion string `json:"base_version"` // that it was written against, as it is recorded; or empty

	Sets    []string `json:"sets"`    // labels of all sets that have it, also by way of others
	Default bool     `json:"default"` // whether builds use it unless they are told otherwise
	Expires string   `json:"expires"` // the last day, 2026-12-31; or empty

	Problems []Problem `json:"problems"`
}

// A Problem is something that is to be known of an overlay, or done.
type Problem struct {
	// Kind is a word for programs: base_moved, not_pinned, missing, identical, file_gone, file_exists, conflict, expired,
	// expires_soon, no_package, no_set, untracked, or same_file; and unnamed_file, which is of no overlay.
	Kind string `json:"kind"`
	// File is its name in the package, if it is about one of its files. One that nothing names is relative to the root of the workspace.
	File string `json:"file"`
	Text string `json:"text"` // what is wrong, for people
	// Command is what to run next, or empty if it is no command that helps.
	Command string `json:"command"`
	// Wrong tells whether overlay status exits with 1 for it. That an overlay expires soon is not wrong, nor is a file that nothing names.
	Wrong bool `json:"wrong"`
}

// Status writes how overlays are, all if there are no labels. The error is an [command.ExitCode]
// if something is wrong with them.
func (d *Desk) Status(ctx context.Context, labels []string, o StatusOptions) error {
	progress := d.StartProgress()
	defer progress.Done()
	progress.Say("asking %s for overlays", d.asked())
	l, chosen, broken, err := d.declared(ctx, labels)
	if err != nil {
		return err
	}
	s := surveying{layering: l, desk: d, today: o.Today.UTC()}
	progress.Say("asking %s for packages of %s", d.asked(), counted(len(chosen), "overlay"))
	if err := s.prepare(ctx, chosen); err != nil {
		return err
	}
	var unnamed []string
	if len(labels) == 0 && broken == nil { // Else what is not read may name them.
		if unnamed, err = d.unnamed(ctx, l); err != nil {
			return err
		}
	}
	progress.Done()
	status := Status{DefaultSet: strings.TrimSuffix(s.defaultSet, allOverlays), Overlays: []OverlayStatus{}, Problems: []Problem{}}
	wrong := isPartial(broken, labels)
	for _, overlay := range chosen {
		found, err := s.overlay(overlay)
		if err != nil {
			return err
		}
		status.Overlays = append(status.Overlays, found)
		wrong = wrong || slices.ContainsFunc(found.Problems, func(p Problem) bool { return p.Wrong })
	}
	for _, file := range unnamed {
		status.Problems = append(status.Problems, Problem{
			Kind: "unnamed_file", File: file, Text: "no overlay has it, nor does anything else name it: an overlay drop that was killed leaves such a file; delete it if you don't need it",
		})
	}
	if broken != nil {
		status.Unread = broken.Error()
	}
	if o.JSON {
		err = d.writeJSON(status)
	} else {
		d.warnBroken(broken)
		err = d.table(status)
	}
	if err == nil && wrong {
		return command.ExitCode(1)
	}
	return err
}

// table writes a status for people.
func (d *Desk) table(status Status) error {
	var out bytes.Buffer
	if len(status.Overlays) == 0 {
		if status.Unread == "" {
			fmt.Fprintln(&out, "the workspace declares no overlays")
		}
		writeProblems(&out, status.Problems)
		_, err := d.Out.Write(out.Bytes())
		return err
	}
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OVERLAY\tPACKAGE\tVERSION\tSETS\tSTATE")
	for _, o := range status.Overlays {
		sets := strings.Join(o.Sets, ",")
		if o.Default {
			sets = strings.TrimPrefix(sets+" (default)", " ")
		}
		state := "ok"
		if n := len(o.Problems); n == 1 {
			state = "1 problem"
		} else if n > 1 {
			state = fmt.Sprintf("%d problems", n)
		}
		if len(o.Problems) > 0 && !slices.ContainsFunc(o.Problems, func(p Problem) bool { return p.Wrong }) {
			state = "expires soon"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.Label, o.ImportPath, dash(o.Version), dash(sets), state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, o := range status.Overlays {
		if len(o.Problems) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n%s\n", o.Label)
		writeProblems(&out, o.Problems)
	}
	if len(status.Problems) > 0 {
		fmt.Fprintln(&out)
		writeProblems(&out, status.Problems)
	}
	_, err := d.Out.Write(out.Bytes())
	return err
}

func writeProblems(w io.Writer, problems []Problem) {
	for _, p := range problems {
		text := p.Text
		if p.File != "" {
			text = p.File + ": " + text
		}
		fmt.Fprintf(w, "  %s\n", text)
		if p.Command != "" {
			fmt.Fprintf(w, "    %s\n", p.Command)
		}
	}
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// A surveying looks at overlays.
type surveying struct {
	layering
	desk  *Desk
	today time.Time

	defaultSet string
	packages   map[string]*workspace.GoPackage
	unread     *bazel.Error        // because of which a package may be missing
	near       map[string][]string // import paths that may be meant, by those that nothing has
	tracked    map[string]bool     // files that git knows, by their paths; nil if there is no repository
}

// prepare asks Bazel and git at once what is to be known of all overlays.
func (s *surveying) prepare(ctx context.Context, chosen []workspace.Overlay) error {
	var err error
	if s.defaultSet, err = s.desk.defaultSet(); err != nil {
		return err
	}
	if s.packages, s.unread, err = s.desk.packagesOf(ctx, chosen); err != nil {
		return err
	}
	s.near = map[string][]string{}
	for _, o := range chosen {
		if s.packages[o.ImportPath] == nil && s.unread == nil && s.near[o.ImportPath] == nil {
			packages, err := s.desk.Packages(ctx)
			if err != nil {
				return err
			}
			s.near[o.ImportPath] = slices.DeleteFunc(s.desk.nearPackages(ctx, o.ImportPath, packages, s.layering), func(near string) bool {
				return s.packages[near] == nil && slices.ContainsFunc(chosen, func(other workspace.Overlay) bool { return other.ImportPath == near })
			})
		}
	}
	s.tracked, err = s.desk.tracked(ctx, chosen)
	return err
}

// tracked returns the files that git knows in the packages of overlays, by their paths; or nil if there is no git, or no
// repository.
func (d *Desk) tracked(ctx context.Context, overlays []workspace.Overlay) (map[string]bool, error) {
	var folders []string
	for _, o := range overlays {
		for _, label := range append([]string{o.Label}, o.Sources...) {
			folder, _ := workspace.Package(label)
			if folder == "" {
				folder = "."
			}
			if !strings.HasPrefix(label, "@") && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
		}
	}
	if len(folders) == 0 {
		return nil, nil
	}
	cmd, err := git.Command(ctx, d.Workspace.Root, append([]string{"ls-files", "-z", "--"}, folders...)...)
	if errors.As(err, new(*git.MissingError)) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	cmd.Env = append(cmd.Env, "GIT_LITERAL_PATHSPECS=1")
	out, err := git.Output(ctx, cmd)
	if errors.As(err, new(*git.ExitError)) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	tracked := map[string]bool{}
	for _, name := range strings.Split(string(out), "\x00") {
		tracked[filepath.Join(d.Workspace.Root, filepath.FromSlash(name))] = true
	}
	return tracked, nil
}

// overlay returns how an overlay is.
func (s *surveying) overlay(o workspace.Overlay) (OverlayStatus, error) {
	status := OverlayStatus{
		Label:       o.Label,
		Line:        o.Line,
		ImportPath:  o.ImportPath,
		BaseVersion: o.Version,
		Sets:        []string{},
		Default:     s.defaultSet == o.Label || has(s.sets, s.defaultSet, o.Label),
		Expires:     o.Expires,
		Problems:    []Problem{},
	}
	file, err := filepath.Rel(s.desk.Workspace.Root, o.BuildFile)
	if err != nil {
		file = o.BuildFile
	}
	status.File = filepath.ToSlash(file)
	for _, set := range s.writtenSets() {
		if has(s.sets, set.Label, o.Label) {
			status.Sets = append(status.Sets, set.Label)
		}
	}

	add := func(kind, file, command, format string, args ...any) {
		status.Problems = append(status.Problems, Problem{
			Kind: kind, File: file, Text: fmt.Sprintf(format, args...), Command: command, Wrong: kind != "expires_soon",
		})
	}
	label := shell.Word(o.Label)
	pkg := s.packages[o.ImportPath]
	if pkg == nil {
		message := s.desk.notFound(o.ImportPath, s.unread).Error()
		command := "overlay drop " + label
		if s.unread != nil { // The package may be there.
			command = ""
		}
		if near := s.near[o.ImportPath]; len(near) > 0 {
			message += fmt.Sprintf("; is it %s? Mend importpath at %s:%d; if the package is gone: %s", strings.Join(near, " or "), s.desk.rel(o.BuildFile), o.Line, command)
			command = ""
			if len(near) == 1 && o.Macro == "" && !s.desk.plain {
				command = fmt.Sprintf("buildozer %s %s", shell.Word("set importpath "+near[0]), label)
			}
		}
		add("no_package", "", command, "%s", message)
	} else {
		status.Version = pkg.Version
		if err := s.files(o, pkg, add); err != nil {
			return status, err
		}
	}
	s.expiry(o, add)
	if len(status.Sets) == 0 && !status.Default && !o.IsPinned {
		command := ""
		if !s.desk.plain && slices.ContainsFunc(s.sets, func(set workspace.Set) bool { return set.Label == s.defaultSet }) {
			command = fmt.Sprintf("buildozer %s %s", shell.Word("add overlays "+o.Label), shell.Word(s.defaultSet))
		}
		add("no_set", "", command, "it is in no set, so that no build uses it")
	}
	s.untracked(o, add)
	for _, other := range s.all {
		for _, name := range s.both(o, other) {
			add("same_file", name, "", "%s changes it, too, and a set has both without layers: write which is on top of which, by layers", other.Label)
		}
	}
	return status, nil
}

// An adder adds a problem.
type adder func(kind, file, command, format string, args ...any)

// files looks at what an overlay changes.
func (s *surveying) files(o workspace.Overlay, pkg *workspace.GoPackage, add adder) error {
	label := shell.Word(o.Label)
	o = o.In(pkg)
	// A rule may make files whose names nobody knows before a build.
	unnamed := pkg.HasUnnamed()
	for _, change := range o.Changes {
		name := change.Name
		var content []byte
		if change.Missing {
			text, command := s.desk.missing(o, change, s.tracked)
			add("missing", name, command, "%s", text)
			continue
		}
		if change.Path != "" {
			var err error
			if content, err = os.ReadFile(change.Path); err != nil {
				return err
			}
			if line, ok := markers.First(content); ok {
				add("conflict", name, "overlay accept "+label, "%s:%d: has conflicts; resolve them, then accept the file as it is now", s.desk.rel(change.Path), line)
				continue
			}
		}
		file, ok := writtenAgainst(o, pkg, name)
		if change.Kind == workspace.Add {
			if !ok || file.Embedded {
				continue
			}
			if s.isUpstream(file, content) {
				add("identical", name, dropCommand(o, name), "the package has a file that is identical to the one that the overlay adds%s", s.rest(o))
			} else {
				add("file_exists", name, "", "%s has a file of this name now, which the overlay adds: compare the two, and give that of the overlay another name, or write it into srcs", versioned(pkg))
			}
			continue
		}
		if !ok {
			if !unnamed && !s.isMade(o, change, content) {
				add("file_gone", name, dropCommand(o, name), "%s has no such file%s: see what has become of it%s", versioned(pkg), written(o, pkg), s.rest(o))
			}
			continue
		}
		if file.Path == "" {
			continue // It is made by a build, which compares.
		}
		upstream, err := os.ReadFile(file.Path)
		if err != nil {
			return err
		}
		if change.Kind == workspace.Replace && bytes.Equal(content, upstream) && change.Path != "" && !s.isOnTop(o, name) {
			add("identical", name, dropCommand(o, name), "it is identical to that of %s: nothing is left to overlay%s", versioned(pkg), s.rest(o))
			continue
		}
		digests, isPinned := o.Bases[name]
		if len(digests) > 0 && !slices.Contains(digests, digest.Of(upstream)) && !s.isOnTop(o, name) {
			add("base_moved", name, "overlay rebase "+label, "the base has moved%s: expected %s, found %s",
				written(o, pkg), short(digests...), short(digest.Of(upstream)))
			continue
		}
		if copied, ok := o.BaseFiles[name]; ok {
			if path := workspace.SourcePath(s.desk.Workspace, copied); path != "" && !s.isOnTop(o, name) {
				old, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if !bytes.Equal(old, upstream) {
					add("base_moved", name, "", "the base has moved%s: it is another than %s; port the overlay to it, and copy it there", written(o, pkg), s.desk.rel(path))
					continue
				}
			}
			isPinned, digests = true, append(digests, "")
		}
		// A diff tells by itself when what it changes is another.
		if (!isPinned || len(digests) == 0) && (change.Kind != workspace.Patch || isPinned) {
			add("not_pinned", name, "overlay accept "+label, "no digest says which file it was written against, so that nothing tells when upstream changes it")
		}
	}
	return nil
}

// rest returns what to do where no command takes a file out of an overlay.
func (s *surveying) rest(o workspace.Overlay) string {
	if o.Macro == "" {
		return ""
	}
	return fmt.Sprintf("; take it out at %s:%d", s.desk.rel(o.BuildFile), o.Line)
}

func (s *surveying) isUpstream(file workspace.File, content []byte) bool {
	if file.Path == "" || content == nil {
		return false
	}
	upstream, err := os.ReadFile(file.Path)
	return err == nil && bytes.Equal(upstream, content)
}

// isMade tells whether a file that the package has not comes of the diff that changes it, or of
// another overlay.
func (s *surveying) isMade(o workspace.Overlay, change workspace.Change, diff []byte) bool {
	if change.Kind == workspace.Patch {
		parts, err := unified.Parse(string(diff))
		if err != nil {
			return true // The build tells what is wrong with it.
		}
		for _, part := range parts {
			if (part.Creates() || part.Renamed || part.Copied) && (part.New == change.Name || strings.HasSuffix(part.New, "/"+change.Name)) {
				return true
			}
		}
	}
	for _, other := range s.all {
		if other.Label == o.Label || other.ImportPath != o.ImportPath {
			continue
		}
		if slices.ContainsFunc(other.Changes, func(c workspace.Change) bool { return c.Name == change.Name && c.Kind != workspace.Delete }) {
			return true
		}
	}
	return false
}

// written says which version an overlay was written against, if that is another one than the package's.
func written(o workspace.Overlay, pkg *workspace.GoPackage) string {
	if o.Version == "" || pkg.Version == "" || o.Version == pkg.Version {
		return ""
	}
	return fmt.Sprintf(" from %s to %s", o.Version, pkg.Version)
}

// short returns the beginning of digests.
func short(digests ...string) string {
	var all []string
	for _, digest := range digests {
		if len(digest) > 19 {
			digest = digest[:19] + "…"
		}
		all = append(all, digest)
	}
	return strings.Join(all, " or ")
}

// expiry looks at the last day of an overlay.
func (s *surveying) expiry(o workspace.Overlay, add adder) {
	if o.Expires == "" {
		return
	}
	last, err := time.Parse(time.DateOnly, o.Expires)
	if err != nil {
		return // The rule says so.
	}
	today := time.Date(s.today.Year(), s.today.Month(), s.today.Day(), 0, 0, 0, 0, time.UTC)
	because := ""
	if o.Upstream != "" {
		because = " (" + o.Upstream + ")"
	}
	switch days := int(last.Sub(today).Hours() / 24); {
	case days < 0:
		add("expired", "", "overlay drop "+shell.Word(o.Label), "expired: %s was its last day%s; or, if it still is needed, set another at %s:%d",
			o.Expires, because, s.desk.rel(o.BuildFile), o.Line)
	case days <= soon:
		add("expires_soon", "", "", "expires soon: %s is its last day%s", o.Expires, because)
	}
}

// untracked looks for files that git doesn't know.
func (s *surveying) untracked(o workspace.Overlay, add adder) {
	if s.tracked == nil {
		return
	}
	var unknown []string
	for _, path := range append([]string{o.BuildFile}, s.paths(o)...) {
		if rel, err := filepath.Rel(s.desk.Workspace.Root, path); err == nil && filepath.IsLocal(rel) && !s.tracked[path] {
			unknown = append(unknown, s.desk.rel(path))
		}
	}
	if len(unknown) == 0 {
		return
	}
	command := "git add"
	for _, path := range unknown {
		command += " " + shell.Word(path)
	}
	add("untracked", "", command, "git doesn't know %s", strings.Join(unknown, ", "))
}

// paths returns where the files of an overlay are that no rule makes.
func (s *surveying) paths(o workspace.Overlay) []string {
	var paths []string
	for _, label := range o.Sources {
		if path := workspace.SourcePath(s.desk.Workspace, label); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// both returns the files that two overlays change if a set has both and does not say which is on top.
func (s *surveying) both(o, other workspace.Overlay) []string {
	if o.Label == other.Label || o.ImportPath != other.ImportPath {
		return nil
	}
	names := sharedNames(o, other)
	if len(names) == 0 || s.layered(o.Label, other.Label) || s.layered(other.Label, o.Label) {
		return nil
	}
	for _, set := range s.sets {
		if has(s.sets, set.Label, o.Label) && has(s.sets, set.Label, other.Label) {
			return names
		}
	}
	return nil
}

func sharedNames(a, b workspace.Overlay) []string {
	var names []string
	for _, change := range a.Changes {
		if !slices.Contains(names, change.Name) && slices.ContainsFunc(b.Changes, func(c workspace.Change) bool { return c.Name == change.Name }) {
			names = append(names, change.Name)
		}
	}
	return names
}
