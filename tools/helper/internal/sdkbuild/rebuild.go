package sdkbuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// Options are the files of an SDK, and where to put its binaries.
type Options struct {
	Platform gosdk.Platform // that the SDK runs on
	Root     string         // a file in the top folder of the SDK
	Files    []string       // of the SDK: at least bin, pkg and src, but for tests and their data
	Changes  []gosdk.Change // to files below src
	Compiled string         // file that Compile wrote for the SDK, or an empty string
	Out      string         // folder for what is rebuilt, under the names it has in an SDK
}

// Rebuild builds the commands of an SDK. Without changes, they are those that a
// distribution has, and those of which the SDK has a binary; with changes, the latter.
// When ctx is done before that, no temporary file is left.
func Rebuild(ctx context.Context, o Options) error {
	return inCopy(ctx, o, func(g goCommand, version goVersion) error {
		if o.Compiled != "" {
			if err := unpackCompiled(g.cache(), o.Compiled); err != nil {
				return fmt.Errorf("unpacking %s: %w", o.Compiled, err)
			}
		}
		if len(o.Changes) > 0 {
			commands, err := g.present(o)
			if err != nil {
				return err
			}
			return g.rebuildChanged(commands, version, o.Out)
		}
		commands, err := g.released(version, o)
		if err != nil {
			return err
		}
		if err := g.build(commands); err != nil {
			return err
		}
		return g.install(commands, o.Out)
	})
}

// inCopy calls do with the go command of a copy of an SDK that has the changes.
func inCopy(ctx context.Context, o Options, do func(g goCommand, version goVersion) error) (err error) {
	// The folder of an action may hold links, which go:embed refuses, and nothing
	// may be written beside the files.
	tmp, err := os.MkdirTemp("", "sdkbuild")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	real, err := filepath.EvalSymlinks(tmp) // The go command prints it so.
	if err != nil {
		return err
	}

	g := goCommand{ctx: ctx, tmp: real, platform: o.Platform, changes: o.Changes}
	if err := checkChanges(o.Changes); err != nil {
		return err
	}
	err = goroot.Write(ctx, goroot.Options{Root: o.Root, Files: o.Files, Changes: o.Changes, Out: g.goroot()})
	if err != nil {
		return fmt.Errorf("copying the SDK: %w", err)
	}
	version, err := g.version()
	if err != nil {
		return err
	}
	if err := g.enterModule(version); err != nil {
		return err
	}
	return do(g, version)
}

// released returns the commands that a distribution has, and those of which the SDK
// has a binary.
func (g goCommand) released(v goVersion, o Options) ([]string, error) {
	commands, err := g.distributed(v)
	if err != nil {
		return nil, err
	}
	present, err := g.present(o)
	if err != nil {
		return nil, err
	}
	commands = append(commands, present...)
	slices.Sort(commands)
	return slices.Compact(commands), nil
}

// present returns the commands of which the SDK has a binary, and the source.
func (g goCommand) present(o Options) ([]string, error) {
	var commands []string
	for _, file := range o.Files {
		name, err := gosdk.Name(o.Root, file)
		if err != nil {
			return nil, err
		}
		command := g.platform.Command(name)
		if command == "" {
			continue
		}
		sources, err := filepath.Glob(filepath.Join(g.goroot(), "src", "cmd", command, "*.go"))
		if err != nil {
			return nil, err
		}
		if len(sources) > 0 {
			commands = append(commands, command)
		}
	}
	slices.Sort(commands)
	return slices.Compact(commands), nil
}
