package desk

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// buildFiles are BUILD files that are being edited, by the names of their packages.
type buildFiles struct {
	workspace *bazel.Workspace
	repo      string
	loaded    map[string]*buildfile.File
	targets   map[string][]string // overlays and sets, as Bazel knows them, by their packages
}

// newBuildFiles returns those of a workspace with overlays and sets. What loads no symbols of go_overlay yet does so from repo.
func newBuildFiles(w *bazel.Workspace, repo string, l layering) *buildFiles {
	b := &buildFiles{workspace: w, repo: repo, loaded: map[string]*buildfile.File{}, targets: map[string][]string{}}
	add := func(label string) {
		pkg, name := workspace.Package(label)
		b.targets[pkg] = append(b.targets[pkg], name)
	}
	for _, o := range l.all {
		add(o.Label)
	}
	for _, s := range l.sets {
		add(s.Label)
	}
	return b
}

// buildPath returns the path of the BUILD file of a package; or, without Bazel, that of overlays.json.
func buildPath(w *bazel.Workspace, pkg string) string {
	if !w.IsBazel() {
		return workspace.DeclarationsFile(w.Root)
	}
	return buildfile.Path(filepath.Join(w.Root, filepath.FromSlash(pkg)))
}

func (b *buildFiles) load(pkg string) (*buildfile.File, error) {
	if f := b.loaded[pkg]; f != nil {
		return f, nil
	}
	f, err := buildfile.Load(buildPath(b.workspace, pkg), pkg)
	if err != nil {
		return nil, err
	}
	if b.repo != "" {
		f.Repo = b.repo
	}
	f.Targets = b.targets[pkg]
	b.loaded[pkg] = f
	return f, nil
}

// changes returns those of the files that differ from what they were.
func (b *buildFiles) changes() []userfiles.Change {
	var changes []userfiles.Change
	for _, f := range b.loaded {
		if f.Changed() {
			out := f.Output()
			changes = append(changes, userfiles.Change{Path: out.Path, Content: out.Content, Mode: out.Mode, Original: f.Original()})
		}
	}
	slices.SortFunc(changes, func(a, b userfiles.Change) int { return strings.Compare(a.Path, b.Path) })
	return changes
}
