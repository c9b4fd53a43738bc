package main

import (
	"context"
	"errors"
	"flag"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var statusVerb = command.Verb{
	Name:     "status",
	Operands: "[OVERLAY...]",
	Summary:  "list overlays, and what is wrong with them",
	Description: `
Lists each OVERLAY, or all, with its package, the version of that, and the sets that have it; "default" is said of
those that builds use unless they are told otherwise. Then it says what is wrong, each with the next
command where there is one: an overlay file is missing; the base has moved, or no digest is recorded; the file is identical to
upstream's now, or upstream has it no more; conflicts of a merge; an overlay has expired; nothing has the import path; no set has
the overlay; git doesn't know a file; two overlays of a set change one file.

That an overlay expires in 14 days or less is said, but not wrong; nor is a file below _src, beside overlays, that nothing
names any more: it is said where no OVERLAY is given. Diffs need no digest.

Labels are those of overlays; a name alone will do if it is the only one. Without Bazel, "default" is said of all overlays, unless use
in overlays.json names a set.
`,
	Fails: "something is wrong with an overlay, or, if no OVERLAY is given, a BUILD file can't be read, which may declare one",
	Examples: []command.Example{
		{Command: "overlay status", Text: "lists all, and fails on CI if something is wrong"},
		{Command: "overlay status -json", Text: "does so for programs"},
	},
	Setup:    setupStatus,
	Complete: completeOverlays,
}

func setupStatus(flags *flag.FlagSet) func(labels []string) error {
	var o desk.StatusOptions
	flags.BoolVar(&o.JSON, "json", false, "write JSON: default_set, unread, overlays, each with problems, and problems of none")
	return func(labels []string) error {
		o.Today = time.Now()
		return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Status(ctx, labels, o) })
	}
}

// atDesk does something with the workspace that the user is in, until it is done or interrupted.
func atDesk(do func(context.Context, *desk.Desk) error) error {
	ctx, stop := interrupt.Context()
	defer stop()
	d, err := openDesk()
	if err != nil {
		return err
	}
	err = do(ctx, d)
	if errors.Is(err, context.Canceled) {
		return interrupt.Err
	}
	return err
}
