package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delve"
)

// DebugOptions are how a program is built that is to be debugged.
type DebugOptions struct {
	Flags []string // for bazel build, beside those of a debugger
	PID   int      // of the process that runs it already, or 0

	ToolExec []string // of GoOptions, without Bazel
}

// debugFlags have rules_go compile for debuggers, and Bazel lay down the program, and what debug information names, also of
// what a remote cache has.
var debugFlags = []string{
	"--compilation_mode=dbg",
	"--strip=never",
	"--remote_download_outputs=toplevel",
	`--remote_download_regex=.*\.(go|s|S|c|cc|cpp|cxx|m|h|hh|hpp|json)$`, // JSON: manifests of overlays
}

// all returns the flags by which a program is built.
func (o DebugOptions) all() []string { return append(slices.Clone(debugFlags), o.Flags...) }

// Debug builds a program, and returns what Delve has to know of it. Of a process, nothing is built: target may be
// empty then, and is what runs in it.
func (d *Desk) Debug(ctx context.Context, target string, args []string, o DebugOptions) (delve.Program, error) {
	if d.plain {
		return d.debugPlain(ctx, target, args, o)
	}
	if isPattern(target) {
		return delve.Program{}, fmt.Errorf("%s stands for any number of targets; expected one", target)
	}
	outputs, err := d.outputs(ctx)
	if err != nil {
		return delve.Program{}, err
	}
	var p delve.Program
	if o.PID == 0 {
		p, err = d.built(ctx, outputs, target, args, o.all())
	} else {
		p, err = d.running(ctx, outputs, target, o)
	}
	if err != nil {
		return p, err
	}
	err = d.addRules(ctx, outputs, &p, target, o)
	return p, err
}

// isPattern tells whether a target of Bazel's command line is many.
func isPattern(target string) bool {
	_, name, _ := strings.Cut(target, ":")
	return strings.HasSuffix(target, "...") || slices.Contains([]string{"all", "*", "all-targets"}, name)
}

// built builds a target, and returns how bazel run and bazel test start its program.
func (d *Desk) built(ctx context.Context, o outputs, target string, args, flags []string) (delve.Program, error) {
	if err := d.Workspace.In(d.Dir).Build(ctx, d.Err, append(slices.Clone(flags), "--", target)...); err != nil {
		return delve.Program{}, err
	}
	found, err := d.executable(ctx, target, flags)
	if err != nil {
		return delve.Program{}, err
	}
	p := delve.Program{
		Name:   found.Label,
		Binary: o.root + "/" + found.Program,
		Dir:    d.Dir,
	}
	for _, key := range sortedNames(found.Env) {
		p.Env = append(p.Env, key+"="+found.Env[key])
	}
	if found.Runfiles != "" {
		runfiles := o.root + "/" + path.Dir(found.Runfiles)
		main := runfiles + "/" + path.Base(o.root)
		if info, err := os.Stat(main); err == nil && info.IsDir() {
			p.Dir = main
			p.Env = append(p.Env, "RUNFILES_DIR="+runfiles)
			if found.isTest() {
				p.Env = append(p.Env, "TEST_SRCDIR="+runfiles)
			}
		}
	}
	if found.isTest() {
		// Nothing reads the output of the test but its user: rules_go need not start it as a child of its own.
		p.Env = append(p.Env, "BAZEL_TEST=1", "GO_TEST_WRAP=0", "TEST_TARGET="+found.Label, "TEST_WORKSPACE="+path.Base(o.root))
		p.Scratch = "TEST_TMPDIR"
	} else {
		p.Env = append(p.Env, "BUILD_WORKSPACE_DIRECTORY="+d.Workspace.Root, "BUILD_WORKING_DIRECTORY="+d.Dir)
	}
	p.Args = append(d.ownArgs(found), args...)
	return p, nil
}

// running returns the program of a process.
func (d *Desk) running(ctx context.Context, o outputs, target string, options DebugOptions) (delve.Program, error) {
	link := fmt.Sprintf("/proc/%d/exe", options.PID)
	binary, err := os.Readlink(link)
	if errors.Is(err, os.ErrNotExist) {
		if _, noProc := os.Stat("/proc/self/exe"); noProc != nil {
			return delve.Program{}, fmt.Errorf("which program process %d runs can't be told here, without /proc; start it by overlay debug", options.PID)
		}
		return delve.Program{}, fmt.Errorf("there is no process %d", options.PID)
	} else if err != nil {
		return delve.Program{}, fmt.Errorf("which program process %d runs can't be told: %w", options.PID, err)
	}
	binary, replaced := strings.CutSuffix(binary, " (deleted)")
	if replaced {
		return delve.Program{}, fmt.Errorf("process %d runs a program that was built anew since, %s; start it again", options.PID, binary)
	}
	p := delve.Program{Name: fmt.Sprintf("process %d", options.PID), Binary: binary, PID: options.PID}
	if target == "" {
		return p, nil
	}
	found, err := d.executable(ctx, target, options.all())
	if err != nil {
		return p, err
	}
	if expected, err := filepath.EvalSymlinks(o.root + "/" + found.Program); err != nil || expected != binary {
		return p, fmt.Errorf("process %d does not run %s, as it is built by these flags:\n  expected  %s\n  found     %s\n"+
			"Name the flags that it was built by: overlay debug -attach %[1]d -build FLAG %[2]s", options.PID, found.Label, o.root+"/"+found.Program, binary)
	}
	return p, nil
}

// An executable is what Bazel says of a target that can be run.
type executable struct {
	Label, Program string
	Runfiles       string // path of the manifest
	Env            map[string]string

	kind string // of the rule
	args []string
}

func (e executable) isTest() bool { return strings.HasSuffix(e.kind, "_test") }

// describe is an expression for bazel cquery, of a JSON object for a target.
const describe = `json.encode({
"label": str(target.label),
"program": target.files_to_run.executable.path if target.files_to_run.executable else "",
"runfiles": target.files_to_run.runfiles_manifest.path if target.files_to_run.runfiles_manifest else "",
"env": (providers(target) or {})["RunEnvironmentInfo"].environment if "RunEnvironmentInfo" in (providers(target) or {}) else {}})`

// executable returns the one of a target.
func (d *Desk) executable(ctx context.Context, target string, flags []string) (found executable, err error) {
	args := append(slices.Clone(flags), "--noshow_progress", "--output=starlark", "--starlark:expr="+strings.ReplaceAll(describe, "\n", " "), "--", target)
	out, err := d.Workspace.In(d.Dir).Output(ctx, "cquery", args...)
	if err != nil {
		return found, err
	}
	var all []executable
	var labels []string
	for _, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		var e executable
		if err := json.Unmarshal(line, &e); err != nil {
			return found, fmt.Errorf("bazel cquery wrote what is no target: %w", err)
		}
		e.Label = "//" + strings.TrimPrefix(strings.TrimLeft(e.Label, "@"), "//")
		if at := strings.Index(e.Label[2:], "//"); at >= 0 { // Of another repository.
			e.Label = "@@" + e.Label[2:]
		}
		if !slices.ContainsFunc(all, func(has executable) bool { return has.Program == e.Program && has.Label == e.Label }) {
			all, labels = append(all, e), append(labels, e.Label)
		}
	}
	if len(all) > 1 {
		return found, fmt.Errorf("%s is several targets; choose one:\n  %s", target, strings.Join(labels, "\n  "))
	}
	found = all[0]
	targets, _, err := d.Workspace.Query(ctx, "set("+bazel.Quote(found.Label)+")")
	if err != nil {
		return found, err
	}
	found.kind = "file"
	for _, t := range targets {
		if t.Kind != "" {
			found.kind, found.args = t.Kind, t.Attrs["args"].List
		}
	}
	if found.Program == "" || found.kind == "file" {
		return found, fmt.Errorf("%s is a %s, which is no program; expected a go_binary, go_test, go_overlay_binary or go_overlay_test", found.Label, found.kind)
	}
	return found, nil
}

// ownArgs returns the arguments that the target has itself.
func (d *Desk) ownArgs(e executable) (args []string) {
	for _, arg := range e.args {
		if strings.ContainsAny(arg, "$'\"\\ \t\n") {
			fmt.Fprintf(d.Err, "%s: args of the target are left out, as only bazel run can tell what is meant by %s; write them after --\n", e.Label, arg)
			return nil
		}
	}
	return slices.Clone(e.args)
}
