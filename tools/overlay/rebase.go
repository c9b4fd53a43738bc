package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var rebaseVerb = command.Verb{
	Name:     "rebase",
	Operands: "[OVERLAY...]",
	Summary:  "carry overlays to new versions of their packages",
	Description: `
After an upgrade of a module or of Go, or a change of a package of your own, merges what has
changed there into each overlay file whose base has moved: three ways, by git merge-file. The old base
is looked for in the module cache, the module proxy, the SDKs, or the history of the workspace, also where go.mod
replaces the module by a fork or a folder; the digest that is recorded proves it. The digest moves if the merged file has no conflicts and the package type-checks
with it, as far as that can be told without the packages that it imports; also for Linux, macOS and Windows, where the
package has files for these.

The deps of what is carried become what its files import, as by "overlay deps".

Conflicts are written into the overlay file, with git's markers, and the digest stays, so that no build takes
it for done. Resolve them, and run "overlay accept". A diff that does not fit any more is made anew from the
merged text, in its place in its file; where its changes conflict, it stays as it is.

Labels are those of overlays; a name alone will do if it is the only one. Without any, all are looked at.
`,
	Fails: "an overlay is left to you, or would be, or with -check if one is to be carried; or, if no OVERLAY is given, a BUILD file can't be read, which may declare one",
	Examples: []command.Example{
		{Command: "overlay rebase", Text: "carries all overlays whose bases have moved"},
		{Command: "overlay rebase -check", Text: "changes nothing, and fails if there is something to do"},
		{Command: "overlay rebase -check -patch rebase.patch", Text: "does so, and writes a patch for git apply"},
	},
	Setup:    setupRebase,
	Complete: completeOverlays,
}

var acceptVerb = command.Verb{
	Name:     "accept",
	Operands: "OVERLAY...",
	Summary:  "say that overlays suit their packages as they are now",
	Description: `
Records the digests of the files as the packages have them now, and the version of these. The overlay
files have to be without conflicts, and the packages have to type-check with them. The deps of the overlays
become what their files import, as by "overlay deps".
`,
	Fails: "an overlay has conflicts, or does not type-check, or a file of it is missing, or is identical to upstream's",
	Examples: []command.Example{
		{Command: "overlay accept //overlays:uuid", Text: "after you have ported it to a new version by hand"},
	},
	Setup:    setupAccept,
	Complete: completeOverlays,
}

func setupRebase(flags *flag.FlagSet) func(labels []string) error {
	var o desk.RebaseOptions
	check := flags.Bool("check", false, "change nothing, and fail if an overlay is to be carried")
	patch := flags.String("patch", "", "with -check or -dry-run, write what would be changed into `FILE`, which git apply takes in the root of the workspace; "+
		"- is stdout, and all else is said on stderr then")
	flags.BoolVar(&o.DryRun, "dry-run", false, "change nothing, but say what would be done")
	flags.BoolVar(&o.Offline, "offline", false, "download nothing")
	flags.BoolVar(&o.Force, "force", false, "write conflicts into overlay files whose changes are not committed, too")
	return func(labels []string) error {
		o.DryRun = o.DryRun || *check
		if *patch != "" && !o.DryRun {
			return verbs.UsageError("-patch is of what would be changed, and needs -check or -dry-run")
		}
		done, err := carry(labels, o, (*desk.Desk).Rebase, *patch)
		if err == nil && (done.Problems > 0 || *check && done.Changed) {
			err = command.ExitCode(1)
		}
		return err
	}
}

func setupAccept(flags *flag.FlagSet) func(labels []string) error {
	var o desk.RebaseOptions
	flags.BoolVar(&o.DryRun, "dry-run", false, "change nothing, but say what would be done")
	return func(labels []string) error {
		done, err := carry(labels, o, (*desk.Desk).Accept, "")
		if err == nil && done.Problems > 0 {
			err = command.ExitCode(1)
		}
		return err
	}
}

func carry(labels []string, o desk.RebaseOptions, by func(*desk.Desk, context.Context, []string, desk.RebaseOptions) (*desk.Rebased, error), patch string) (done *desk.Rebased, err error) {
	err = atDesk(func(ctx context.Context, d *desk.Desk) error {
		progress := d.StartProgress()
		defer progress.Done()
		o.Progress = progress.Say
		stdout := d.Out
		if patch == "-" {
			d.Out = d.Err
		}
		done, err = by(d, ctx, labels, o)
		progress.Done()
		if err == nil && !done.Changed && done.Problems == 0 {
			fmt.Fprintln(d.Out, "nothing to do: all overlays with a base suit their packages")
		}
		if err == nil && patch != "" {
			d.Out = stdout
			err = d.WritePatch(ctx, patch, done.Changes)
		}
		return err
	})
	return done, err
}
