package desk

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// patience is how long somebody waits who has pressed a key.
const patience = 500 * time.Millisecond

// Labels returns what a word can become that names an overlay: labels or, if it begins like one, the name alone.
func (d *Desk) Labels(ctx context.Context, word string) []string {
	var labels []string
	names := map[string]int{}
	for label, o := range d.written(ctx) {
		labels = append(labels, label)
		names[o.Name]++
	}
	if word != "" && !strings.HasPrefix(word, "/") {
		for i, label := range labels {
			if _, name := workspace.Package(label); names[name] == 1 {
				labels[i] = name
			}
		}
	}
	return beginning(labels, word)
}

// OverlaidPackages returns the import paths, which a word can become, of packages that overlays are for.
func (d *Desk) OverlaidPackages(ctx context.Context, word string) []string {
	var importPaths []string
	for _, o := range d.written(ctx) {
		if o.ImportPath != "" {
			importPaths = append(importPaths, o.ImportPath)
		}
	}
	return beginning(importPaths, word)
}

// beginning returns those of some candidates that begin with a word, each once.
func beginning(candidates []string, word string) []string {
	slices.Sort(candidates)
	return slices.DeleteFunc(slices.Compact(candidates), func(candidate string) bool { return !strings.HasPrefix(candidate, word) })
}

// written returns the overlays that BUILD files have at their top level, by their labels. Git tells fast which files may have any. None is
// better than to be slow.
func (d *Desk) written(ctx context.Context) map[string]buildfile.Overlay {
	overlays := map[string]buildfile.Overlay{}
	if d.plain {
		if build, err := buildfile.Load(d.buildFile(""), ""); err == nil {
			for _, o := range build.Overlays() {
				overlays[overlaysjson.Label(o.Name)] = o
			}
		}
		return overlays
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd, err := git.Command(ctx, d.Workspace.Root, "grep", "--untracked", "-l", "-z", "-F", "-e", "go_overlay",
		"--", ":(glob)**/BUILD.bazel", ":(glob)**/BUILD")
	if err != nil {
		return nil
	}
	out, err := git.Output(ctx, cmd)
	if err != nil {
		return nil
	}
	for _, file := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if ctx.Err() != nil {
			return nil
		}
		pkg := path.Dir(file)
		if pkg == "." {
			pkg = ""
		}
		build, err := buildfile.Load(filepath.Join(d.Workspace.Root, filepath.FromSlash(file)), pkg)
		if err != nil {
			continue // status tells what is wrong with it.
		}
		for _, o := range build.Overlays() {
			overlays["//"+pkg+":"+o.Name] = o
		}
	}
	return overlays
}
