package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var saveVerb = command.Verb{
	Name:     "save",
	Operands: "OVERLAY...",
	Summary:  "make a diff of the files that you have edited",
	Description: `
Makes one diff of all files that an OVERLAY replaces, which it has from then on instead of the files. What is
compiled stays the same. Files that it adds, and those that it deletes, are left as they are. "overlay convert"
makes files of the diff again.

Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "no diff can be made of an overlay; then nothing has changed",
	Examples: []command.Example{
		{Command: "overlay save //overlays:uuid", Text: "keeps its changes as a diff"},
	},
	Setup: func(*flag.FlagSet) func(labels []string) error {
		return func(labels []string) error { return convert(labels, desk.Diff) }
	},
	Complete: completeOverlays,
}

var convertVerb = command.Verb{
	Name:     "convert",
	Operands: "OVERLAY...",
	Summary:  "turn the files of overlays into diffs, or diffs into files",
	Description: `
Has each OVERLAY keep its changes in the form that it has not: a diff instead of the files that it replaces, or
files instead of its diffs. What is compiled stays the same. Files are made of what the diffs were written against, also
where they don't fit any more: then "overlay rebase" can merge them, with conflicts written into the files,
and "overlay save" makes a diff of the outcome.

Of a diff, what is for other overlays stays; a file with nothing left in it is deleted. A diff that something else
uses, such as a module_override, is not changed: then the overlay can't be converted.

Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "an overlay can't be converted; then nothing has changed",
	Examples: []command.Example{
		{Command: "overlay convert //overlays:uuid", Text: "turns its diff into files, or its files into a diff"},
		{Command: "overlay convert -to files //overlays:uuid", Text: "turns diffs into files, if it has both"},
	},
	Setup: setupConvert,
	Complete: func(flag, word string) []string {
		if flag == "to" {
			return []string{string(desk.Diff), string(desk.Files)}
		}
		return completeOverlays(flag, word)
	},
}

func setupConvert(flags *flag.FlagSet) func(labels []string) error {
	to := flags.String("to", "", "the `FORM` that changes are to have: diff or files. By default the other one")
	return func(labels []string) error {
		switch form := desk.Form(*to); form {
		case "", desk.Diff, desk.Files:
			return convert(labels, form)
		}
		return verbs.UsageError("-to " + *to + ": expected diff or files")
	}
}

// convert has overlays keep their changes in a form.
func convert(labels []string, to desk.Form) error {
	return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Convert(ctx, labels, to) })
}
