package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var diffVerb = command.Verb{
	Name:     "diff",
	Operands: "[OVERLAY...]",
	Summary:  "show what overlays change",
	Description: `
Compares the files of each OVERLAY, or of all, with those that builds would compile without
overlays. The diff can be applied by git and patch, with -p1, in the folder of the package; a
line before each tells whose it is if there are several. Overlays that are diffs themselves are shown as they are. It says where
the base has moved since an overlay was written, what only a build makes, and where a select() stands, of which it has all branches.

Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "a package or a file that an overlay is for is not there, or, if no OVERLAY is given, a BUILD file can't be read, which may declare one",
	Examples: []command.Example{
		{Command: "overlay diff", Text: "shows all changes"},
		{Command: "overlay diff //overlays:uuid > uuid.patch", Text: "writes those of one overlay into a file"},
	},
	Setup:    setupDiff,
	Complete: completeOverlays,
}

func setupDiff(*flag.FlagSet) func(labels []string) error {
	return func(labels []string) error {
		return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Diff(ctx, labels) })
	}
}
