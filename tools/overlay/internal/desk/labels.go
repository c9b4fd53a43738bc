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
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// patience is how long somebody waits who has pressed a key.
const patience = 500 * time.Millisecond

// Labels returns what a word can become that names an overlay: labels or, if it begins like one, the name alone. They are those
// that BUILD files have at their top level, of which git tells fast which may have any. None is better than to be slow.
func (d *Desk) Labels(ctx context.Context, word string) []string {
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
	var labels []string
	names := map[string]int{}
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
			labels = append(labels, "//"+pkg+":"+o.Name)
			names[o.Name]++
		}
	}
	if word != "" && !strings.HasPrefix(word, "/") {
		for i, label := range labels {
			if _, name := workspace.Package(label); names[name] == 1 {
				labels[i] = name
			}
		}
	}
	slices.Sort(labels)
	return slices.DeleteFunc(labels, func(label string) bool { return !strings.HasPrefix(label, word) })
}
