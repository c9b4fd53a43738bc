package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// fromGoMod imports what go.mod replaces modules by, and takes the replace directives out there.
func (im *importer) fromGoMod(ctx context.Context, file string) error {
	root := im.Workspace.Root
	if !sameFile(file, filepath.Join(root, "go.mod")) {
		return fmt.Errorf("%s is not the go.mod of the workspace", im.rel(file))
	}
	forks, err := workspace.AllReplacements(root)
	if err != nil {
		return err
	}
	near := ""
	if im.options.Module != "" {
		var modules []string
		for _, fork := range forks {
			modules = append(modules, fork.Module)
		}
		near = isIt(im.options.Module, modules)
		forks = slices.DeleteFunc(forks, func(r workspace.Replacement) bool { return r.Module != im.options.Module })
	}
	if len(forks) == 0 {
		return fmt.Errorf("%s replaces %s by no fork%s", im.rel(file), cmp.Or(im.options.Module, "modules"), near)
	}
	versions, err := workspace.Requirements(root)
	if err != nil {
		return err
	}
	edit := []string{"mod", "edit", "-print"}
	for _, fork := range forks {
		before := len(im.targets)
		if err := im.fromFork(ctx, fork, versions[fork.Module]); err != nil {
			err = fmt.Errorf("%s: %w", fork.Module, err)
			if len(forks) > 1 {
				err = fmt.Errorf("%w\nto import another one: overlay import -module PATH go.mod", err)
			}
			return err
		}
		if len(im.targets) == before {
			fmt.Fprintf(im.Err, "%s stays replaced: %s differs in no file that builds compile\n", fork.Module, fork.Path)
			continue
		}
		drop := fork.Module
		if fork.Of != "" {
			drop += "@" + fork.Of
		}
		edit = append(edit, "-dropreplace="+drop)
	}
	if len(im.targets) == 0 {
		return nil
	}
	im.isCompiled, im.unsettled = true, true
	original, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", edit...)
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("go mod edit: %s", bytes.TrimSpace(exit.Stderr))
	} else if err != nil {
		return fmt.Errorf("the go command is needed to edit go.mod: %w", err)
	}
	im.last = append(im.last, userfiles.Change{Path: file, Content: out, Original: original})
	return nil
}

// fromFork imports what go.mod replaces a version of a module by.
func (im *importer) fromFork(ctx context.Context, fork workspace.Replacement, version string) error {
	switch {
	case version == "":
		return fmt.Errorf("go.mod requires no version of it, which its fork is to be compared with; next: go get %s", fork.Module)
	case fork.Of != "" && fork.Of != version:
		return fmt.Errorf("go.mod replaces %s, and requires %s", fork.Of, version)
	}
	base, forked, err := im.forkSources(ctx, fork, version)
	if err != nil {
		return err
	}
	return im.compare(ctx, &series{module: fork.Module}, base, forked, version)
}

// forkSources returns the folders of a module and of its fork.
func (im *importer) forkSources(ctx context.Context, fork workspace.Replacement, version string) (base, forked string, err error) {
	search := upstreamPlaces(im.progress.Say)
	if base, err = search.Tree(ctx, fork.Module, version); err != nil {
		return "", "", err
	}
	if fork.Version == "" {
		return base, fork.Folder(im.Workspace.Root), nil
	}
	forked, err = search.Tree(ctx, fork.Path, fork.Version)
	return base, forked, err
}
