package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/modulefile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
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
		tags = slices.DeleteFunc(tags, func(p modulefile.Patched) bool { return p.Module != strings.TrimPrefix(only, std) })
		if len(tags) == 0 {
			return fmt.Errorf("%s has no patches for %s", im.rel(file), only)
		}
	}
	if len(tags) == 0 {
		return fmt.Errorf("%s has no patches: neither in go_deps.module_override nor in go_sdk.download", im.rel(file))
	}
	im.isCompiled = true
	slices.Reverse(tags) // What comes before one in the file stays where it is.
	for _, tag := range tags {
		if err := im.fromTag(ctx, tag); err != nil {
			return fmt.Errorf("%s: %s: %w", tag.Place, tag.Tag, err)
		}
	}
	slices.Reverse(im.targets)
	return nil
}

// fromTag imports the patches of one tag.
func (im *importer) fromTag(ctx context.Context, tag modulefile.Patched) error {
	module := tag.Module
	if module == "" {
		module = std
	}
	if tag.Commands {
		return errors.New("it has patch_cmds, of which nothing tells what they change; what they do has to become a diff first")
	}
	if tag.Manual != "" {
		return fmt.Errorf("%s, which can't be edited without guessing; take the patches out there, and then: overlay import -module %s -p %d PATCH...", tag.Manual, module, tag.Strip)
	}
	s := &series{module: module, strip: tag.Strip, reason: strings.ReplaceAll(tag.Comment, "\n", " ")}
	var files []string
	for _, label := range tag.Patches {
		pkg, name := workspace.Package(label)
		file := filepath.Join(im.Workspace.Root, filepath.FromSlash(pkg), filepath.FromSlash(name))
		if _, err := os.Stat(file); err != nil || label[0] == '@' && !strings.HasPrefix(strings.TrimLeft(label, "@"), "//") {
			return fmt.Errorf("its patch %s is no file of the workspace", label)
		}
		if err := im.readDiff(s, file); err != nil {
			return err
		}
		files = append(files, file)
	}
	tree := &baseTree{importer: im, ctx: ctx, series: s}
	s.before = tree.before
	before := len(im.targets)
	if err := im.assign(ctx, s); err != nil {
		return err
	}
	if len(im.targets) == before {
		return errors.New("no build compiles what its patches change")
	}
	if err := im.remakeMisfits(ctx, s, before); err != nil {
		return err
	}
	labels, err := im.keepBuildFiles(s, tag, files, im.targets[before:])
	if err != nil {
		return err
	}
	im.module.wired, err = modulefile.WithPatches(im.module.wired, im.module.options(""), tag, labels)
	if err != nil {
		return err
	}
	for _, file := range files {
		fmt.Fprintf(&im.out, "%s is not used by %s any more\n", im.rel(file), tag.Tag)
	}
	return nil
}

// A baseTree has the sources of a module, or of Go, as they are without patches.
type baseTree struct {
	*importer
	ctx    context.Context
	series *series
	folder string // empty until it is needed
}

// before returns a package of which builds compile a patched one.
func (b *baseTree) before(pkg *workspace.GoPackage) (*workspace.GoPackage, error) {
	if b.folder == "" {
		if pkg.Version == "" {
			return nil, fmt.Errorf("the version of %s is not known, so that its sources can't be found without the patches", b.series.module)
		}
		var err error
		if b.folder, err = b.sources(b.ctx, b.series.module, pkg.Version); err != nil {
			return nil, err
		}
	}
	return inTree(pkg, b.folder, b.series.folderOf(pkg.ImportPath))
}

// inTree returns a package with the files that it has in another folder of sources.
func inTree(pkg *workspace.GoPackage, root, folder string) (*workspace.GoPackage, error) {
	before := *pkg
	before.Files = nil
	in := filepath.Join(root, filepath.FromSlash(folder))
	for _, file := range pkg.Files {
		if file.Path == "" {
			before.Files = append(before.Files, file)
			continue
		}
		file.Path = filepath.Join(in, filepath.FromSlash(file.Name))
		if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() {
			before.Files = append(before.Files, file)
		}
	}
	// Those that are compiled no more.
	entries, err := os.ReadDir(in)
	if err != nil {
		return nil, fmt.Errorf("package %s is not in %s: %w", pkg.ImportPath, root, err)
	}
	for _, entry := range entries {
		name := entry.Name()
		file := workspace.File{Name: name, Path: filepath.Join(in, name)}
		if !hasFile(pkg, name) && entry.Type().IsRegular() && sourceName.MatchString(name) && apply.LeftOutAs(name) == "" && isOfPackage(file.Path, pkg) {
			before.Files = append(before.Files, file)
		}
	}
	slices.SortFunc(before.Files, func(a, b workspace.File) int { return strings.Compare(a.Name, b.Name) })
	return &before, nil
}

// isOfPackage tells whether a Go file is one of a package: others in its folder are ignored, mostly programs that make files.
func isOfPackage(file string, pkg *workspace.GoPackage) bool {
	if filepath.Ext(file) != ".go" {
		return true
	}
	return slices.ContainsFunc(pkg.Files, func(other workspace.File) bool {
		return filepath.Ext(other.Name) == ".go" && other.Path != "" && !strings.HasSuffix(other.Name, "_test.go") && packageName(other.Path) == packageName(file)
	})
}

// search returns where sources are looked for.
func (im *importer) search() upstream.Options {
	search := upstream.Options{Progress: func(doing string) { im.progress.Say("%s", doing) }}
	if cache := moduleCache(); cache != "" {
		search.ModuleCaches = append(search.ModuleCaches, cache)
	}
	if goCommand, err := exec.LookPath("go"); err == nil {
		search.Go = goCommand
	}
	return search
}

// sources returns the folder with the sources of a version of a module, or of Go: of what replaces it, if go.mod says so.
func (im *importer) sources(ctx context.Context, module, version string) (string, error) {
	search := im.search()
	if module == std {
		return search.SDKTree(ctx, version)
	}
	replaced, err := workspace.Replaced(im.Workspace.Root, module)
	if err != nil {
		return "", err
	}
	switch {
	case replaced == nil:
		return search.Tree(ctx, module, version)
	case replaced.Version == "":
		return replaced.Folder(im.Workspace.Root), nil
	}
	return search.Tree(ctx, replaced.Path, replaced.Version)
}

// remakeMisfits makes one diff anew of what builds compile, if the diffs of a series don't make it by themselves: extensions
// apply them with less care.
func (im *importer) remakeMisfits(ctx context.Context, s *series, before int) error {
	misfit := im.tryOut(im.targets[before:])
	if misfit == nil {
		return nil
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
	parts, err := unified.Parse(text.String())
	if err != nil {
		return errors.Join(misfit, err)
	}
	for _, diff := range s.diffs {
		im.unwrite(path.Join(filesFolder, s.module, diff.name))
	}
	fmt.Fprintf(&im.out, "%s is made anew of what builds compile, as it does not make that: %v\n", s.diffs[0].file, misfit)
	im.targets = im.targets[:before]
	s.diffs, s.strip = []seriesDiff{{s.diffs[0].file, s.diffs[0].name, text.String(), parts}}, 1
	return im.assign(ctx, s)
}

// tryOut proves that targets become what they should, without declaring anything.
func (im *importer) tryOut(targets []*target) error {
	all := im.all
	defer func() { im.all = all }()
	files := im.files
	defer func() { im.files = files }()
	im.files = newBuildFiles(im.Workspace.Root, im.module.repo, im.layering)
	for _, t := range targets {
		said, err := im.describe(t)
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

// listItem is a line that adds or removes an item of a list in a BUILD file.
var listItem = regexp.MustCompile(`^\s*(?:[a-z]+ = \[)?"([^"]*)"\]?,?\s*$`)

// keepBuildFiles leaves the parts of a series that change BUILD files to the extension, in patches of their own, whose labels it
// returns. Those that say only what overlays say, too, are not needed any more.
func (im *importer) keepBuildFiles(s *series, tag modulefile.Patched, files []string, targets []*target) (labels []string, err error) {
	for i, diff := range s.diffs {
		if i >= len(files) { // It was made anew, without them.
			break
		}
		content, err := os.ReadFile(files[i])
		if err != nil {
			return nil, err
		}
		text, _, err := decodeMails(string(content))
		if err != nil {
			return nil, err
		}
		parts, err := unified.Parse(text)
		if err != nil {
			return nil, err
		}
		kept, rest := false, text
		for i := len(parts) - 1; i >= 0; i-- {
			place, _ := unified.Strip(cmp.Or(parts[i].New, parts[i].Old), tag.Strip)
			if !isBuildFile(place) {
				rest = withoutPart(rest, parts[i])
				continue
			}
			if said := saidByOverlays(parts[i], targets); said {
				fmt.Fprintf(&im.out, "%s: what it changes in %s, overlays say by delete, deps and names of files\n", diff.file, place)
				rest = withoutPart(rest, parts[i])
				continue
			}
			kept = true
			fmt.Fprintf(&im.out, "%s: its changes of %s stay with %s; see whether overlays need them, too\n", diff.file, place, tag.Tag)
		}
		if !kept {
			continue
		}
		file := strings.TrimSuffix(files[i], filepath.Ext(files[i])) + ".build.patch"
		if _, err := os.Lstat(file); err == nil && digestOfFile(file) != digest.Of([]byte(rest)) {
			return nil, fmt.Errorf("%s is there, and would be overwritten; move it away", im.rel(file))
		} else if err != nil {
			im.written = append(im.written, userfiles.Change{Path: file, Content: []byte(rest), Mode: 0o644})
		}
		label := tag.Patches[i]
		labels = append(labels, strings.TrimSuffix(label, path.Ext(label))+".build.patch")
	}
	return labels, nil
}

func isBuildFile(place string) bool {
	name := path.Base(place)
	return name == "BUILD" || name == "BUILD.bazel"
}

// saidByOverlays tells whether a part of a diff only lists files that overlays add or delete, and deps.
func saidByOverlays(part *unified.FileDiff, targets []*target) bool {
	for _, hunk := range part.Hunks {
		for _, line := range hunk.Lines {
			if line.Op == ' ' || strings.TrimSpace(line.Text) == "" {
				continue
			}
			item := listItem.FindStringSubmatch(line.Text)
			if item == nil {
				return false
			}
			isLabel := strings.ContainsAny(item[1], ":@") || strings.HasPrefix(item[1], "//")
			if !isLabel && !slices.ContainsFunc(targets, func(t *target) bool {
				content, ok := t.after[item[1]]
				return ok && (content == nil || !hasFile(t.pkg, item[1]))
			}) {
				return false
			}
		}
	}
	return !part.Creates() && !part.Deletes() && !part.Renamed
}
