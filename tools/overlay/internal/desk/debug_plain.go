package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/delve"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

// debugPlain is Debug without Bazel: the go command builds a package with overlays, or its tests if it is no program.
func (d *Desk) debugPlain(ctx context.Context, target string, args []string, o DebugOptions) (p delve.Program, err error) {
	g, setup, err := d.listing(ctx)
	if err != nil {
		return p, err
	}
	if o.PID == 0 {
		p, setup, err = d.builtPlain(ctx, g, setup, target, args, o)
	} else {
		p, err = d.running(ctx, outputs{}, "", o)
	}
	if err != nil {
		return p, err
	}
	names, err := delve.Sources(p.Binary)
	if errors.Is(err, delve.ErrNoDebugInfo) {
		return p, fmt.Errorf("%w; build it without -ldflags=-w and -s", err)
	} else if err != nil {
		return p, err
	}
	known := map[string]string{} // by what the go command has for them
	for ofGo, edited := range setup.Files {
		if edited != "" {
			known[filepath.ToSlash(ofGo)] = filepath.ToSlash(edited)
		}
	}
	var missing []string
	if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "runtime/") }) {
		fmt.Fprintln(d.Err, "the program was built by -trimpath, so that its sources are not found; leave that out")
	}
	p.Rules, missing = delve.RulesFor(names, known, nil)
	if len(missing) > 0 {
		fmt.Fprintf(d.Err, "of %d source files, %d are not found, such as %s\n", len(names), len(missing), missing[0])
	}
	return p, nil
}

// builtPlain builds a package for debuggers, and returns how the go command has done so.
func (d *Desk) builtPlain(ctx context.Context, g *shadow.Go, setup *shadow.Setup, target string, args []string, o DebugOptions) (p delve.Program, building *shadow.Setup, err error) {
	asking := *g
	asking.Program, asking.Env = setup.Program, setup.Env
	out, err := asking.Output(ctx, "list", "-f", "{{.Name}} {{.Dir}}", "--", target)
	if err != nil {
		return p, nil, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 1 {
		return p, nil, fmt.Errorf("%s stands for %d packages; expected one", target, len(lines))
	}
	name, dir, _ := strings.Cut(lines[0], " ")
	cache, err := shadow.Folder()
	if err != nil {
		return p, nil, err
	}
	// It stays, for who starts a debugger by launch.json, and is where the next one is written.
	folder := filepath.Join(cache, "debug", filepath.Base(d.Workspace.Root)+"-"+shortDigest(d.Workspace.Root+"\x00"+dir))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return p, nil, err
	}
	p = delve.Program{Name: target, Binary: filepath.Join(folder, filepath.Base(dir)+g.GOEXE), Args: args, Dir: d.Dir}
	words := []string{"build"}
	if name != "main" {
		words = []string{"test", "-c"}
		p.Binary = filepath.Join(folder, filepath.Base(dir)+".test"+g.GOEXE)
		p.Dir = dir
	}
	words = append(words, "-gcflags=all=-N -l", "-o", p.Binary)
	building, err = d.Go(ctx, slices.Concat(words, o.Flags, []string{target}), os.Environ(), GoOptions{ToolExec: o.ToolExec})
	if err != nil {
		return p, nil, err
	}
	cmd := exec.CommandContext(ctx, building.Program, building.Args...)
	cmd.Dir, cmd.Env = d.Dir, building.Env
	cmd.Stdout, cmd.Stderr = d.Err, d.Err
	if err := cmd.Run(); err != nil {
		return p, nil, fmt.Errorf("go build failed; it says above why: %w", err)
	}
	if _, err := os.Stat(p.Binary); err != nil {
		return p, nil, fmt.Errorf("package %s is no program, and has no tests", target)
	}
	return p, building, nil
}
