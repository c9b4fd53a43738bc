package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// diffExtensions are those of files with diffs and mails.
var diffExtensions = []string{".diff", ".eml", ".mbox", ".patch"}

func isDiffName(name string) bool { return slices.Contains(diffExtensions, path.Ext(name)) }

// fromDiffs imports files with diffs, and mails, and folders of such.
func (im *importer) fromDiffs(ctx context.Context, files []string) error {
	if im.options.Old != "" {
		return errors.New("-old is about the sources in a folder; leave it out")
	}
	s := &series{module: im.options.Module, strip: im.options.Strip}
	for _, file := range files {
		names := []string{file}
		if info, err := os.Stat(file); err != nil {
			return err
		} else if info.IsDir() {
			entries, err := os.ReadDir(file)
			if err != nil {
				return err
			}
			names = nil
			for _, entry := range entries { // In the order of their names, as git has numbered them.
				if isDiffName(entry.Name()) {
					names = append(names, filepath.Join(file, entry.Name()))
				}
			}
			if len(names) == 0 {
				return fmt.Errorf("%s has neither diffs (%s) nor sources", im.rel(file), strings.Join(diffExtensions, ", "))
			}
		}
		for _, name := range names {
			if err := im.readDiff(s, name); err != nil {
				return err
			}
		}
	}
	all := []*series{s}
	if s.module == "" {
		var err error
		if all, err = im.byModule(s); err != nil {
			return err
		}
	}
	for _, s := range all {
		if err := im.findFolder(ctx, s); err != nil {
			return err
		}
	}
	if err := im.findPackages(ctx, all...); err != nil {
		return err
	}
	for _, s := range all {
		before := len(im.targets)
		if err := im.assign(s); err != nil {
			return err
		}
		if len(im.targets) == before {
			return fmt.Errorf("there is nothing to import: builds compile no file of %s that the diffs change%s", s.module, im.isModule(s.module))
		}
		if im.options.Module == "" && len(all) == 1 {
			fmt.Fprintf(&im.out, "it is for %s, which alone has all the files\n", s.module)
		}
	}
	return nil
}

// readDiff adds a file to a series.
func (im *importer) readDiff(s *series, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, subject, err := decodeMails(string(content))
	if err != nil {
		return fmt.Errorf("%s: %w", im.rel(file), err)
	}
	if s.reason == "" {
		s.reason = subject
	}
	parts, err := unified.Parse(text)
	if wrong := (*unified.SyntaxError)(nil); errors.As(err, &wrong) && wrong.OnlyModes {
		fmt.Fprintf(im.Err, "%s is left out: it changes modes of files only, which mean nothing to builds\n", im.rel(file))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", im.rel(file), err)
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) + ".patch"
	for _, diff := range s.diffs {
		if diff.name == name {
			return fmt.Errorf("%s and %s have the same name; rename one", im.rel(file), diff.file)
		}
	}
	s.diffs = append(s.diffs, seriesDiff{im.rel(file), name, text, parts, subject})
	return nil
}

// findFolder finds out where the module of diffs is in its repository.
func (im *importer) findFolder(ctx context.Context, s *series) error {
	if s.module == std || len(s.diffs) == 0 {
		return nil
	}
	versions, err := workspace.Requirements(im.Workspace.Root)
	if err != nil {
		return err
	}
	own, err := moduleIn(im.Workspace.Root)
	h := home{root: im.Workspace.Root, module: s.module, version: versions[s.module], own: err == nil && own == s.module}
	folder, _ := im.prefix(ctx, h)
	// Names may be those of the repository, or of the module.
	if folder != "" && s.all(func(name string) bool { _, ok := relativeTo(folder, name); return ok }) {
		s.folder = folder
	}
	return nil
}

// byModule returns diffs as those of the modules that they are for: of the one that has all files which they change, or else of one for
// each diff.
func (im *importer) byModule(s *series) ([]*series, error) {
	failed := im.guessModule(s)
	if failed == nil {
		return []*series{s}, nil
	}
	var all []*series
	for _, diff := range s.diffs {
		one := &series{strip: s.strip, diffs: []seriesDiff{diff}, reason: diff.subject}
		if err := im.guessModule(one); err != nil && len(s.diffs) > 1 {
			return nil, fmt.Errorf("%s: %w", diff.file, err)
		} else if err != nil {
			return nil, failed
		}
		if i := slices.IndexFunc(all, func(of *series) bool { return of.module == one.module }); i >= 0 {
			all[i].diffs, all[i].reason = append(all[i].diffs, diff), cmp.Or(all[i].reason, diff.subject)
		} else {
			all = append(all, one)
		}
	}
	return all, nil
}

// guessModule finds the one module that has all files which diffs change.
func (im *importer) guessModule(s *series) error {
	if s.all(func(name string) bool { return strings.HasPrefix(name, "src/") }) {
		s.module = std
		return nil
	}
	roots := map[string]string{}
	if own, err := moduleIn(im.Workspace.Root); err == nil {
		roots[own] = im.Workspace.Root
	}
	versions, err := workspace.Requirements(im.Workspace.Root)
	if err != nil {
		return err
	}
	for module, version := range versions {
		if cache := moduleCache(); cache != "" {
			roots[module] = upstream.ModuleFile(cache, module, version, "")
		}
	}
	var found []string
	for _, module := range sortedNames(roots) {
		has, some := true, false
		for _, diff := range s.diffs {
			for _, part := range diff.parts {
				names := part.Names(s.strip)
				if part.Creates() || len(names) > 0 && apply.LeftOutAs(names[0]) != "" {
					continue
				}
				some = true
				has = has && slices.ContainsFunc(names, func(name string) bool {
					_, err := os.Stat(filepath.Join(roots[module], filepath.FromSlash(name)))
					return err == nil
				})
			}
		}
		if has && some {
			found = append(found, module)
		}
	}
	switch len(found) {
	case 1:
		s.module = found[0]
		return nil
	case 0:
		return errors.New("no module in go.mod has all the files that are changed; say by -module which it is for, and by -p how many elements the names have in front")
	}
	return fmt.Errorf("several modules have the files that are changed; say by -module which it is for:\n  %s", strings.Join(found, "\n  "))
}
