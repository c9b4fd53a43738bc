package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/editors"
)

var ideVerb = command.Verb{
	Name:     "ide",
	Operands: "[EDITOR...]",
	Summary:  "have editors show what is compiled",
	Description: `
Prints what an EDITOR needs so that gopls sees packages as Bazel, or without Bazel the go command, compiles them: with the overlay file in the place of the one
that it replaces, so that definitions, references and errors are shown where you edit. It is of use to all who use rules_go, without overlays, too:
generated files are found, and files of modules that Bazel has fetched.

EDITOR is one of vscode, goland, neovim and helix; without one it is those that have settings in the workspace, or all.

With -write it is set in the workspace: in .vscode/settings.json, .helix/languages.toml or .nvim.lua, whatever else
those have, and their comments, staying as they are. They name no folder of your machine, but that of the workspace in
build.directoryFilters, and can be committed, with tools/overlay_gopackagesdriver.sh, which gopls
runs. That asks rules_go's gopackagesdriver, by this command, or by bazel run where that isn't installed. Windows can't run it. -undo takes out what is as it was written.

A change of a BUILD file is seen without a restart, once Bazel has answered. Overlays that are diffs have no file of their own:
definitions lead to what the diff makes, in bazel-out, which gopls reads once. Restart it after a change of a diff, or make that a file to edit, by overlay convert.
Where gopls lacks a package, because a diff doesn't apply, say, a build tells why, and so does gopls with GOPACKAGESPRINTDRIVERERRORS=1 in its environment.
The variables of rules_go's driver, such as GOPACKAGESDRIVER_BAZEL_BUILD_FLAGS, are passed on.
`,
	Fails: "something is left to you, or settings can't be read; then nothing has changed",
	Examples: []command.Example{
		{Command: "overlay ide", Text: "prints what your editors need"},
		{Command: "overlay ide -write vscode", Text: "writes it into .vscode/settings.json"},
		{Command: "overlay ide -undo vscode", Text: "takes it out again"},
	},
	Setup: setupIDE,
	Complete: func(flag, _ string) []string {
		if flag != "" {
			return nil
		}
		return editors.Names()
	},
}

func setupIDE(flags *flag.FlagSet) func(names []string) error {
	var o desk.IDEOptions
	flags.BoolVar(&o.Write, "write", false, "set it in the settings that editors have in the workspace")
	flags.BoolVar(&o.Undo, "undo", false, "take out what -write has set")
	return func(names []string) error {
		if o.Write && o.Undo {
			return verbs.UsageError("-write and -undo exclude each other")
		}
		return atDesk(func(ctx context.Context, d *desk.Desk) error {
			problems, err := d.IDE(ctx, names, o)
			if err == nil && problems > 0 {
				err = command.ExitCode(1)
			}
			return err
		})
	}
}
