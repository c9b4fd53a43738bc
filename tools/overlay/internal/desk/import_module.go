package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/modulefile"
)

// fromModuleFile imports the patches that extensions apply by MODULE.bazel, and takes them out there. They are in what builds
// compile: what the overlays make has to be that.
func (im *importer) fromModuleFile(ctx context.Context, file string) error {
	if !sameFile(file, im.module.path) {
		return fmt.Errorf("%s is of another workspace than %s", im.rel(file), im.module.path)
	}
	tags, err := modulefile.Patches(im.module.content, im.module.options(""))
	if err != nil {
		return err
	}
	if only := im.options.Module; only != "" {
		var modules []string
		for _, tag := range tags {
			modules = append(modules, cmp.Or(tag.Module, std))
		}
		tags = slices.DeleteFunc(tags, func(p modulefile.Patched) bool { return cmp.Or(p.Module, std) != only })
		if len(tags) == 0 {
			return fmt.Errorf("%s has no patches for %s%s", im.rel(file), only, isIt(only, modules))
		}
	}
	if len(tags) == 0 {
		return fmt.Errorf("%s has no patches: neither in go_deps.module_override nor in go_sdk.download", im.rel(file))
	}
	im.isCompiled = true
	failed := func(tag modulefile.Patched, err error) error {
		err = fmt.Errorf("%s: %s: %w", tag.Place, tag.Tag, err)
		if len(tags) > 1 && im.options.Module == "" {
			err = fmt.Errorf("%w\nto import those of others: overlay import -module PATH MODULE.bazel", err)
		}
		return err
	}
	slices.Reverse(tags) // What comes before one in the file stays where it is.
	var all []*series
	for _, tag := range tags {
		s, err := im.seriesOf(tag)
		if err != nil {
			return failed(tag, err)
		}
		all = append(all, s)
	}
	if err := im.findPackages(ctx, all...); err != nil {
		return err
	}
	var unused []string
	for i, tag := range tags {
		left, err := im.fromTag(ctx, tag, all[i])
		if err != nil {
			return failed(tag, err)
		}
		unused = append(unused, left...)
	}
	slices.Reverse(im.targets)
	unused = slices.DeleteFunc(unused, func(file string) bool { // Others may use it, by whatever label.
		return bytes.Contains(im.module.wired, []byte(filepath.Base(file)+`"`))
	})
	for i, file := range unused {
		unused[i] = im.rel(file)
	}
	slices.Sort(unused)
	if unused = slices.Compact(unused); len(unused) > 0 {
		fmt.Fprintf(&im.out, "MODULE.bazel does not use these files any more; next: git rm %s\n", shell.Words(unused))
	}
	return nil
}

// seriesOf reads the patches of a tag.
func (im *importer) seriesOf(tag modulefile.Patched) (*series, error) {
	s := &series{module: cmp.Or(tag.Module, std), strip: tag.Strip, reason: strings.ReplaceAll(tag.Comment, "\n", " ")}
	if tag.Commands {
		return nil, errors.New("it has patch_cmds, of which nothing tells what they change; what they do has to become a diff first")
	}
	if tag.Manual != "" {
		return nil, fmt.Errorf("%s, which can't be edited without guessing; take the patches out there, and then: overlay import -module %s -p %d PATCH...", tag.Manual, s.module, tag.Strip)
	}
	for _, label := range tag.Patches {
		file := im.pathOf(label)
		isOther := strings.HasPrefix(label, "@") && !strings.HasPrefix(strings.TrimLeft(label, "@"), "//")
		if info, err := os.Stat(file); err != nil || isOther || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("its patch %s is no file of the workspace", label)
		}
		if err := im.readDiff(s, file); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// fromTag imports the patches of one tag, and returns which of their files it does not use any more.
func (im *importer) fromTag(ctx context.Context, tag modulefile.Patched, s *series) (unused []string, err error) {
	version := ""
	if s.module == std {
		version = tag.Version
		used := im.sdkVersion()
		if strings.HasPrefix(used, "go"+version+".") { // 1.26 is the newest of it.
			version = ""
		}
		if version != "" && used != "" && !isVersion(used, version) {
			fmt.Fprintf(im.Err, "%s: %s stays as it is: builds use %s by default, and it patches %s\n", tag.Place, tag.Tag, used, version)
			return nil, nil
		}
	}
	tree := &baseTree{importer: im, ctx: ctx, series: s, version: version}
	s.before = tree.before
	before := len(im.targets)
	if err := im.assign(s); err != nil {
		return nil, err
	}
	if len(im.targets) == before {
		fmt.Fprintf(im.Err, "%s: %s stays as it is: its patches change no Go code that builds compile\n", tag.Place, tag.Tag)
		return nil, nil
	}
	diffs := s.diffs // Before one is made anew of them.
	if err := im.remakeMisfits(ctx, s, before); err != nil {
		return nil, err
	}
	labels, err := im.keepRest(tag, diffs, s.rest, im.targets[before:])
	if err != nil {
		return nil, err
	}
	for _, label := range tag.Patches {
		if !slices.Contains(labels, label) {
			unused = append(unused, im.pathOf(label))
		}
	}
	im.module.wired, err = modulefile.WithPatches(im.module.wired, im.module.options(""), tag, labels)
	return unused, err
}

// sdkVersion returns the version of the SDK, as it says itself, if packages of it have been found.
func (im *importer) sdkVersion() string {
	for _, pkg := range im.found {
		if pkg.Std {
			return pkg.Version
		}
	}
	return ""
}

// isVersion tells whether what an SDK says of itself, go1.26.8-acme, is of a version, 1.26.8.
func isVersion(says, version string) bool {
	more, ok := strings.CutPrefix(says, "go"+version)
	return ok && (more == "" || !strings.ContainsAny(more[:1], "0123456789."))
}

// remakeMisfits makes one diff anew of what builds compile, if the diffs of a series don't make it by themselves: extensions
// apply them with less care.
func (im *importer) remakeMisfits(ctx context.Context, s *series, before int) error {
	misfit := im.tryOut(ctx, im.targets[before:])
	if misfit == nil {
		return nil
	}
	if s.isAssumed {
		return fmt.Errorf("%w\nonly go.mod tells which version of %s builds compile, and with the patches that is not what they compile; "+
			"take the patches out there, and then: overlay import -module %s -p %d PATCH...", misfit, s.module, s.module, s.strip)
	}
	var text bytes.Buffer
	for _, t := range im.targets[before:] {
		for _, name := range sortedNames(t.after) {
			var old []byte
			if file, ok := t.pkg.File(name); ok {
				var err error
				if old, err = os.ReadFile(file.Path); err != nil {
					return err
				}
			}
			writeDiff(&text, path.Join(s.folderOf(t.pkg.ImportPath), name), old, t.after[name])
		}
	}
	if text.Len() == 0 {
		return fmt.Errorf("%w\nbuilds compile all of it as it is without the patches: do they fetch it by another tag?", misfit)
	}
	parts, err := unified.Parse(text.String())
	if err != nil {
		return errors.Join(misfit, err)
	}
	for _, diff := range s.diffs {
		im.unwrite(s.source(im.Workspace, diff))
	}
	why, _, _ := strings.Cut(misfit.Error(), "\n")
	fmt.Fprintf(&im.out, "%s is made anew of what builds compile, as it does not make that: %s\n", s.diffs[0].file, strings.TrimSuffix(why, ":"))
	im.targets = im.targets[:before]
	s.diffs, s.strip = []seriesDiff{{s.diffs[0].file, s.diffs[0].name, text.String(), parts, ""}}, 1
	return im.assign(s)
}

// tryOut proves that targets become what they should, without declaring anything.
func (im *importer) tryOut(ctx context.Context, targets []*target) error {
	all := im.all
	defer func() { im.all = all }()
	files := im.files
	defer func() { im.files = files }()
	im.files = newBuildFiles(im.Workspace, im.module.repo, im.layering)
	for _, t := range targets {
		said, err := im.describe(ctx, t)
		if err != nil {
			return err
		}
		t.overlay = im.overlayOf(said)
		im.all = append(im.all, t.overlay)
	}
	for _, t := range targets {
		if err := im.prove(t); err != nil {
			return err
		}
	}
	return nil
}

var (
	// listLine is one of a list in a BUILD file.
	listLine = regexp.MustCompile(`^\s*(?:([a-z_]+) = )?\[?\s*((?:"[^"]*",?\s*)*)\]?,?\s*$`)
	listItem = regexp.MustCompile(`"([^"]*)"`)
)

// keepRest leaves the parts of diffs that are about other files than Go compiles to the extension, in patches of their own, whose
// labels it returns: rules may use those. Parts that say only what overlays say, too, are not needed any more.
func (im *importer) keepRest(tag modulefile.Patched, diffs []seriesDiff, restOf map[string][]int, targets []*target) (labels []string, err error) {
	for _, label := range tag.Patches {
		file := im.pathOf(label)
		i := slices.IndexFunc(diffs, func(diff seriesDiff) bool { return diff.file == im.rel(file) })
		if i < 0 { // It changes modes only.
			continue
		}
		diff := diffs[i]
		own := strings.TrimSuffix(file, filepath.Ext(file)) + ".build.patch"
		var kept []string
		rest := diff.text
		for i := len(diff.parts) - 1; i >= 0; i-- {
			part := diff.parts[i]
			place, _ := unified.Strip(cmp.Or(part.New, part.Old), tag.Strip)
			switch {
			case !slices.Contains(restOf[diff.name], part.Line):
				rest = withoutPart(rest, part)
			case isBuildFile(place) && saidByOverlays(part, targets):
				fmt.Fprintf(&im.out, "%s: what it changes in %s, overlays say themselves\n", diff.file, place)
				rest = withoutPart(rest, part)
			default:
				kept = addName(kept, place)
			}
		}
		if len(kept) == 0 {
			continue
		}
		slices.Reverse(kept)
		if rest == diff.text {
			fmt.Fprintf(&im.out, "%s stays with %s: it changes %s\n", diff.file, tag.Tag, strings.Join(kept, ", "))
			labels = append(labels, label)
			continue
		}
		fmt.Fprintf(&im.out, "%s: its changes of %s stay with %s, by %s\n", diff.file, strings.Join(kept, ", "), tag.Tag, im.rel(own))
		if err := im.writeFile(own, []byte(rest)); err != nil {
			return nil, err
		}
		labels = append(labels, strings.TrimSuffix(label, path.Ext(label))+".build.patch")
	}
	return labels, nil
}

func isBuildFile(place string) bool {
	name := path.Base(place)
	return name == "BUILD" || path.Ext(name) == ".bazel" || path.Ext(name) == ".bzl"
}

// saidByOverlays tells whether a part of a diff only lists files that overlays add or delete, and deps that come with them. One that
// is about deps alone stays where it is: an overlay that has them has Bazel compile them once more, as it may be the only one.
func saidByOverlays(part *unified.FileDiff, targets []*target) bool {
	type entry struct{ attribute, item string }
	changed := map[entry]int{} // how often it comes, less how often it goes
	for _, hunk := range part.Hunks {
		attribute := "" // that lines belong to, as far as the hunk shows
		for _, line := range hunk.Lines {
			list := listLine.FindStringSubmatch(strings.TrimRight(line.Text, "\r\n"))
			if list != nil && list[1] != "" {
				attribute = list[1]
			}
			if line.Op == ' ' || strings.TrimSpace(line.Text) == "" {
				continue
			}
			if list == nil || !slices.Contains([]string{"", "deps", "embedsrcs", "srcs"}, attribute) {
				return false
			}
			for _, item := range listItem.FindAllStringSubmatch(list[2], -1) {
				changed[entry{attribute, item[1]}] += map[byte]int{'+': 1, '-': -1}[line.Op]
			}
		}
	}
	hasFiles := false
	for e, n := range changed {
		isLabel := strings.ContainsAny(e.item, ":@") || strings.HasPrefix(e.item, "//")
		switch {
		case n == 0: // It is written in another way.
		case isLabel && (strings.HasPrefix(e.item, "//visibility:") || strings.HasSuffix(e.item, "__")):
			return false
		case isLabel && e.attribute != "srcs":
		case !slices.ContainsFunc(targets, func(t *target) bool {
			content, ok := t.after[e.item]
			return ok && (content == nil || !hasFile(t.pkg, e.item))
		}):
			return false
		default:
			hasFiles = true
		}
	}
	return hasFiles && !part.Creates() && !part.Deletes() && !part.Renamed
}

// sameFile tells whether two paths are of one file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, failed := os.Stat(b)
	return err == nil && failed == nil && os.SameFile(one, other)
}
