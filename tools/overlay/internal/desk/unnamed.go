package desk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/buildfile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// unnamed returns the files, relative to the root of the workspace, that are in folders of overlay files, and that nothing names: no overlay,
// no other rule, and no file that Bazel is not asked about. A drop that is killed leaves such files. What can't be read is taken to be named.
func (d *Desk) unnamed(ctx context.Context, l layering) ([]string, error) {
	named, pkgs := map[string]bool{}, []string{overlaysFolder}
	for _, label := range labelsOf(l.all) {
		named[label] = true
	}
	for _, o := range l.all {
		pkg, _ := workspace.Package(o.Label)
		pkgs = append(pkgs, pkg)
	}
	for _, set := range l.sets {
		pkg, _ := workspace.Package(set.Label)
		pkgs = append(pkgs, pkg)
	}
	slices.Sort(pkgs)
	if !d.Workspace.IsBazel() {
		pkgs = []string{""}
	}
	var labels, patterns []string
	for _, pkg := range slices.Compact(pkgs) {
		before := len(labels)
		folder := filepath.Join(d.Workspace.Root, filepath.FromSlash(pkg))
		err := filepath.WalkDir(filepath.Join(folder, filesFolder(d.Workspace)), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist), err != nil && entry != nil && entry.IsDir():
				return nil
			case err != nil:
				return err
			case entry.IsDir():
				if _, err := os.Stat(buildfile.Path(path)); err == nil {
					return fs.SkipDir // It is a package of its own.
				}
				return nil
			case !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), "."):
				return nil
			}
			name, err := filepath.Rel(folder, path)
			if label := "//" + pkg + ":" + filepath.ToSlash(name); err == nil && !named[label] {
				labels = append(labels, label)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(labels) > before {
			patterns = append(patterns, "//"+pkg+":*")
		}
	}
	if len(labels) == 0 {
		return nil, nil
	}
	targets, broken, err := d.Workspace.Query(ctx, strings.Join(patterns, " + "))
	if err != nil || broken != nil {
		return nil, ctx.Err()
	}
	for _, target := range targets {
		named[target.Label] = true
	}
	texts, err := d.textsNaming(labels)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, label := range labels {
		if !named[label] && len(texts[label]) == 0 {
			files = append(files, strings.TrimPrefix(strings.Replace(strings.TrimPrefix(label, "//"), ":", "/", 1), "/"))
		}
	}
	return files, nil
}
