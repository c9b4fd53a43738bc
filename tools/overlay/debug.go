package main

import (
	"context"
	"flag"
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delve"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var debugVerb = command.Verb{
	Name:     "debug",
	Operands: "[TARGET [-- ARG...]]",
	Summary:  "debug a Go program with its sources, by Delve",
	Description: `
Builds TARGET, a go_binary, go_test, go_overlay_binary or go_overlay_test, for a debugger, and starts Delve on it, so that
breakpoints are found, and text is shown, in all of its sources: files of the workspace, of other modules and of the
standard library, generated ones, overlay files, and what diffs make. TARGET need not have overlays, nor the
workspace know go_overlay.

Without Bazel, TARGET is a package, which the go command builds with overlays: a program, or else its tests, which run in the folder of
the package; flags of -build are for go build. Else:

The program runs with ARGs in the folder in which bazel run and bazel test run it, with its runfiles; of a test, no
timeout ends it. Delve is the program that GO_OVERLAY_DLV names in the environment, or else dlv on PATH.
Its exit code is that of the command. While it runs, what you have configured as substitute-path of Delve does not hold.

It is built by --compilation_mode=dbg and --strip=never, without which rules_go leaves out debug information, and the compiler
optimizes. The standard library is optimized in any case, unless a flag says otherwise. Flags of -build come after these,
so that they prevail:

    overlay debug -build --compilation_mode=fastbuild //app
    overlay debug -build --@rules_go//go/config:gc_goopts=-N,-l //app

With -attach, nothing is built, and TARGET may be left out. It is needed for the text of files of the
standard library that overlays change, with the flags of -build if it was not built as this command does. On Linux only.

Breakpoints are for names of functions, or for lines of files: as the workspace has them (lib/lib.go:13, overlays/_src/…/version4.go:53, and bazel-out/… of
generated files), and else by the ends of the names that Delve's sources lists (com_github_google_uuid/hash.go:40). -launch-json builds the program, too; editors take the real paths of files.
`,
	Fails: "the program can't be built, has no debug information, or Delve can't be started; else the exit code is Delve's",
	Examples: []command.Example{
		{Command: "overlay debug //app -- -port 8080", Text: "debugs a program with arguments"},
		{Command: "overlay debug //lib:lib_test -- -test.run TestHash", Text: "debugs a test"},
		{Command: "overlay debug -attach 4711", Text: "debugs a process"},
		{Command: "overlay debug -launch-json //app", Text: "prints an entry of configurations for .vscode/launch.json"},
		{Command: "overlay debug -headless 127.0.0.1:2345 //app", Text: "waits for an editor, which -launch-json -headless 127.0.0.1:2345 configures"},
	},
	Setup: setupDebug,
}

func setupDebug(flags *flag.FlagSet) func(operands []string) error {
	var o desk.DebugOptions
	var start delve.Options
	flags.Func("build", "`FLAG` for bazel build, such as --config=linux, or go build; may be repeated", verbs.AppendTo(&o.Flags))
	flags.IntVar(&o.PID, "attach", 0, "debug the process `PID`")
	flags.StringVar(&start.Path, "dlv", "", "`PATH` of Delve. By default what GO_OVERLAY_DLV names, or else dlv on PATH")
	flags.Func("dlv-flag", "`FLAG` for Delve, such as --init=FILE; may be repeated", verbs.AppendTo(&start.Flags))
	flags.StringVar(&start.Listen, "headless", "", "have Delve wait for a client at `ADDRESS`")
	launch := flags.Bool("launch-json", false, "print how VS Code debugs the program, and don't start Delve")
	return func(operands []string) error {
		target := ""
		var args []string
		if len(operands) > 0 {
			target, args = operands[0], operands[1:]
		}
		switch {
		case o.PID < 0:
			return verbs.UsageError("-attach takes the number of a process")
		case o.PID == 0 && target == "":
			return verbs.UsageError("expected TARGET")
		case o.PID != 0 && len(args) > 0:
			return verbs.UsageError("with -attach, the program has its arguments already")
		}
		if !*launch {
			path, err := delve.Find(start.Path) // Before a build that takes long.
			if err != nil {
				return err
			}
			start.Path = path
		}
		var err error
		if o.ToolExec, err = toolExecCommand(); err != nil {
			return err
		}
		var program delve.Program
		err = atDesk(func(ctx context.Context, d *desk.Desk) (err error) {
			program, err = d.Debug(ctx, target, args, o)
			return err
		})
		if err != nil {
			return err
		}
		if *launch {
			text, err := delve.LaunchJSON(program, start.Listen)
			if err == nil {
				_, err = os.Stdout.Write(text)
			}
			return err
		}
		code, err := delve.Start(program, start)
		if err == nil && code != 0 {
			err = command.ExitCode(code)
		}
		return err
	}
}
