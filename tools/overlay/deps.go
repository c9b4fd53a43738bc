package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var depsVerb = command.Verb{
	Name:     "deps",
	Operands: "[OVERLAY...]",
	Summary:  "make the deps of overlays what their files import",
	Description: `
Adds to the deps of each OVERLAY, or of all, the libraries that its files import and that the package
does not have without it; and takes out those that no file of it imports any more, unless they have the
comment "# keep". Nothing else is touched. The standard library needs no deps.

Libraries are found as gazelle finds them: by its directives resolve and resolve_regexp, then among those of
the workspace, then in the repositories of the Go modules that go.mod requires. Without Bazel there is nothing to do. What is missing is said, with
the "go get" or "bazel mod tidy" to run. The go command sees no overlay files: a module that only they
import, go mod tidy leaves in go.mod if a Go file of yours imports it, too, such as a tools.go.

"overlay edit" does so when the editor is closed, and "overlay rebase" and "overlay accept" do it for the overlays
that they carry. Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "something is left to you, or with -check if deps are to be changed; or, if no OVERLAY is given, a BUILD file can't be read, which may declare one",
	Examples: []command.Example{
		{Command: "overlay deps", Text: "sets the deps of all overlays"},
		{Command: "overlay deps -check", Text: "changes nothing, and fails if there is something to do"},
	},
	Setup:    setupDeps,
	Complete: completeOverlays,
}

func setupDeps(flags *flag.FlagSet) func(labels []string) error {
	var o desk.DepsOptions
	flags.BoolVar(&o.Check, "check", false, "change nothing, and fail if deps are to be changed")
	return func(labels []string) error {
		return atDesk(func(ctx context.Context, d *desk.Desk) error {
			done, err := d.Deps(ctx, labels, o)
			if err != nil {
				return err
			}
			switch {
			case done.Needless:
				fmt.Fprintln(d.Out, "nothing to do: the go command finds by go.mod what overlays import")
			case !done.Changed && done.Problems == 0:
				fmt.Fprintln(d.Out, "nothing to do: all overlays have the deps that they import")
			}
			if done.Problems > 0 || o.Check && done.Changed {
				return command.ExitCode(1)
			}
			return nil
		})
	}
}
