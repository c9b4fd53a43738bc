package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var dropVerb = command.Verb{
	Name:     "drop",
	Operands: "OVERLAY|FILE...",
	Summary:  "take overlays, or files of some, out again",
	Description: `
Takes each OVERLAY out of its BUILD file and out of the sets of the workspace that have it, and deletes
the files that it is made of, unless something else uses them: a rule, MODULE.bazel or a .bzl file. A set that has none then stays, as
MODULE.bazel may name it.

FILE is a file of an overlay, as the package has it or by its own path: github.com/google/uuid/hash.go,
overlays/_src/github.com/google/uuid/hash.go. Only what the overlay does to that file is taken out then: of the overlay that the set
in use has, with its digest in base, and its part of a diff. A diff by its own path stands for all that it changes. An overlay of
which nothing is left goes as a whole.

What else names the overlay, such as a go_overlay_binary, MODULE.bazel or a .bzl file, is said, and nothing
is changed; nor is it while a file is to be deleted, or cut, that git does not have as it is.

Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "something else names an overlay, or has a diff with a part of it, a macro declares it, or a file is not committed; then nothing has changed",
	Examples: []command.Example{
		{Command: "overlay drop //overlays:uuid", Text: "after upstream has released the fix"},
		{Command: "overlay drop github.com/google/uuid/hash.go", Text: "after upstream has taken over what the overlay changes in one file"},
	},
	Setup:    setupDrop,
	Complete: completeDroppable,
}

func setupDrop(flags *flag.FlagSet) func(labels []string) error {
	var o desk.DropOptions
	flags.BoolVar(&o.Force, "force", false, "take them out even if something else names them, or their files are not committed")
	return func(labels []string) error {
		return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Drop(ctx, labels, o) })
	}
}

// completeDroppable returns the overlays, and the files of overlays, that an operand can be.
func completeDroppable(flag, word string) []string {
	return completeOperand((*desk.Desk).Droppable, flag, word)
}
