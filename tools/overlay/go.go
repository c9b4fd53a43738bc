package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
)

var goVerb = command.Verb{
	Name:     "go",
	Operands: "VERB [ARGUMENT...]",
	PassesOn: true,
	Summary:  "run the go command with overlays",
	Description: `
Runs the go command that is first on PATH, with the overlays of the set in force: VERB is build, test, vet, run, list, generate,
install, tool, fix, doc, env or version, with all their flags. What they read and print, their exit code, and signals are those of the go command. Other verbs, such as
mod and get, run as ever, without overlays. Flags of overlay come before VERB.

What overlays change in the repository and in vendor folders, the go command is given by its flag -overlay. Modules are others by shadow
modules, and a go.work beside the one of the repository; what they change in the standard library, by a GOROOT. All that is in a folder of
the user's cache, and nothing of it in the repository. An error is what is one in builds, and what can't work: -mod=mod and -modfile
where a module has overlays, MODULE@VERSION, overlays of Go's own tools, and files that only a build of Bazel makes.

Without Bazel, the set in force is the one that use in overlays.json names, or else all overlays.

A flag -overlay of yours is taken, too: for files of the module cache and of GOROOT as well, and a key that matches nothing is an
error. With -cover, lines are counted of what is compiled.
`,
	Fails: "there is something wrong with the overlays; or what the go command exits with",
	Examples: []command.Example{
		{Command: "overlay go test ./...", Text: "tests with overlays"},
		{Command: "overlay go build -trimpath -o app ./cmd/app", Text: "builds a program with overlays"},
		{Command: "overlay go -set //overlays:canary run .", Text: "runs one with another set"},
	},
	Setup: setupGo,
}

func setupGo(flags *flag.FlagSet) func(args []string) error {
	var o desk.GoOptions
	flags.StringVar(&o.Set, "set", "", "`LABEL` of the set, or single overlay. By default the one that overlays.use in MODULE.bazel has, or use in overlays.json")
	folder := flags.String("C", "", "`FOLDER` in which the go command runs, as its own -C")
	return func(args []string) error {
		if *folder != "" {
			args = append([]string{"-C", *folder}, args...)
		}
		ctx, stop := interrupt.Context()
		setup, err := setupOfGo(ctx, args, o)
		stop()
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return interrupt.Err
			}
			return err
		}
		return exitCode(setup.Run(userFolder()))
	}
}

// setupOfGo returns how to run the go command with the overlays of the folder in which it runs.
func setupOfGo(ctx context.Context, args []string, o desk.GoOptions) (*shadow.Setup, error) {
	var err error
	if o.ToolExec, err = toolExecCommand(); err != nil {
		return nil, err
	}
	dir := userFolder()
	if in := shadow.ParseArguments(args).Dir; filepath.IsAbs(in) {
		dir = in
	} else {
		dir = filepath.Join(dir, in)
	}
	d, err := desk.Open(dir, os.Stdout, os.Stderr)
	if errors.As(err, new(*bazel.NoWorkspaceError)) {
		return desk.OutsideGo(ctx, dir, args, os.Environ(), o)
	}
	if err != nil {
		return nil, err
	}
	return d.Go(ctx, args, os.Environ(), o)
}

// toolExecCommand is what runs tools of the go command.
func toolExecCommand() ([]string, error) {
	program, err := os.Executable()
	return []string{program, toolExec}, err
}

// exitCode makes the exit of a program that of this one.
func exitCode(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() > 0 {
		return command.ExitCode(exit.ExitCode())
	}
	return err
}

// toolExec is the verb by which the go command runs its tools.
const toolExec = "toolexec"

var toolExecVerb = command.Verb{
	Name:     toolExec,
	Operands: "JSON TOOL [ARGUMENT...]",
	PassesOn: true,
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(args []string) error { return exitCode(shadow.RunTool(args[0], args[1:])) }
	},
}
