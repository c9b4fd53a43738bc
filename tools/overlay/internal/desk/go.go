package desk

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// GoOptions say with which overlays the go command is run.
type GoOptions struct {
	Set      string   // label of a set, or of an overlay; empty: what builds use unless they are told otherwise
	ToolExec []string // runs tools of the go command as shadow.RunTool does
}

// Go returns how to run the go command with arguments, so that overlays are in force. The desk is in the folder of their -C, if they have it.
func (d *Desk) Go(ctx context.Context, args []string, env []string, o GoOptions) (*shadow.Setup, error) {
	g, arguments, err := d.askGo(ctx, args, env)
	if err != nil {
		return nil, err
	}
	if !arguments.Compiles() {
		return shadow.Prepare(ctx, g, arguments, nil, shadow.Options{})
	}
	return d.prepare(ctx, g, arguments, o)
}

// prepare has the go command compile with overlays.
func (d *Desk) prepare(ctx context.Context, g *shadow.Go, arguments *shadow.Arguments, o GoOptions) (*shadow.Setup, error) {
	cache, err := shadow.Folder()
	if err != nil {
		return nil, err
	}
	asked := g.With(arguments)
	memory := d.remember(cache, asked, o.Set)
	force := memory.recall()
	if force == nil {
		start := time.Now()
		if force, err = d.inForce(ctx, asked, o.Set); err != nil {
			return nil, err
		}
		memory.keep(d, g, force, start)
	}
	shadow.Clean(ctx, cache)
	return shadow.Prepare(ctx, g, arguments, force.Modules, shadow.Options{Cache: cache, Name: force.Set, Root: d.Workspace.Root, ToolExec: o.ToolExec})
}

// listing returns the go command, and how it lists packages with overlays.
func (d *Desk) listing(ctx context.Context) (*shadow.Go, *shadow.Setup, error) {
	g, arguments, err := d.askGo(ctx, []string{"list"}, os.Environ())
	if err != nil {
		return nil, nil, err
	}
	setup, err := d.prepare(ctx, g, arguments, GoOptions{})
	return g, setup, err
}

// OutsideGo is Go for a folder that is in no repository: a flag -overlay of the user's is all that there may be.
func OutsideGo(ctx context.Context, dir string, args, env []string, o GoOptions) (*shadow.Setup, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	d := &Desk{Dir: dir}
	g, arguments, err := d.askGo(ctx, args, env)
	if err != nil {
		return nil, err
	}
	cache, err := shadow.Folder()
	if err != nil {
		return nil, err
	}
	return shadow.Prepare(ctx, g, arguments, nil, shadow.Options{Cache: cache, Root: dir, ToolExec: o.ToolExec})
}

// goProgram returns the go command: the one that GO_OVERLAY_GO names, or else go on PATH.
func goProgram() string {
	return cmp.Or(os.Getenv("GO_OVERLAY_GO"), "go")
}

// askGo asks the go command that is to be run with arguments, in the folder of the desk: the one of their -C, if they have it.
func (d *Desk) askGo(ctx context.Context, args, env []string) (*shadow.Go, *shadow.Arguments, error) {
	arguments := shadow.ParseArguments(args)
	g, err := shadow.Ask(ctx, goProgram(), d.Dir, env)
	return g, arguments, err
}
