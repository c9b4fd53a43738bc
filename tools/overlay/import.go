package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var importVerb = command.Verb{
	Name:     "import",
	Operands: "FROM...",
	Summary:  "make overlays of what changes Go code by other means",
	Description: `
Makes an overlay for each package that FROM changes, in the set that builds use, and takes out what it replaces. FROM is one of

    MODULE.bazel       what go_deps.module_override and go_sdk.download (patches = …) in it patch
    go.mod             what its replace directives have in the place of modules
    uuid.patch         a diff; mails of git format-patch; a folder of such; or several
    ../uuid-fork       a changed copy of the sources of a module, or of Go
    overlay.json       what go build -overlay takes

Diffs stay diffs, and of all else come files. Before anything is written, the overlays are applied as builds apply them. Where
builds compile what is imported already, as they do by MODULE.bazel and go.mod, each file has to become what it is: a diff that
does not make that by itself is made anew. Where they do not, the diffs have to fit what builds compile.

A diff may change several packages, and several diffs may be for several modules. Tests, BUILD files, documentation and what no
build compiles is left out, and said: of a fork in one line, with ten names at most. What a patch of MODULE.bazel changes in BUILD files beside the names of files and deps, and in
files that Go does not compile, stays there, in a patch of its own; so do patches of SDKs that builds do not use by default. Deps of
overlays are set as by "overlay deps". Diffs and folders are not deleted. Run again, the command does what it could not before.

A comment before a tag of MODULE.bazel, or the subject of a mail, becomes the reason.
`,
	Fails: "something can't be imported, or would not be the same; then nothing has changed",
	Examples: []command.Example{
		{Command: "overlay import MODULE.bazel", Text: "makes overlays of all patches there"},
		{Command: "overlay import -module github.com/google/uuid go.mod", Text: "makes overlays of what a fork of one module changes"},
		{Command: "overlay import -module std patches/go/", Text: "makes overlays of diffs of Go's sources, such as a/src/net/http/request.go"},
		{Command: "overlay import uuid.patch", Text: "imports what overlay export has written"},
	},
	Setup: setupImport,
}

func setupImport(flags *flag.FlagSet) func(from []string) error {
	var o desk.ImportOptions
	flags.StringVar(&o.Module, "module", "", "`PATH` of the module that diffs or a folder are for, or which of those in MODULE.bazel or go.mod is meant; std is Go itself. By default the one in go.mod that has all the files, for all diffs or each; or all of those")
	flags.StringVar(&o.Old, "old", "", "`FOLDER` that a folder is compared with. By default what builds compile")
	flags.IntVar(&o.Strip, "p", 1, "`NUMBER` of elements that names in diffs have in front, such as a/")
	flags.StringVar(&o.Reason, "reason", "", "`TEXT` for reports: why the overlays are there")
	flags.StringVar(&o.Set, "set", "", "`LABEL` of the set for the overlays. By default the one that overlays.use in MODULE.bazel has, or use in overlays.json")
	return func(from []string) error {
		if o.Strip < 0 {
			return verbs.UsageError("-p is negative, expected how many elements of names are to be stripped")
		}
		o.GoOverlayVersion = version()
		return atDesk(func(ctx context.Context, d *desk.Desk) error {
			labels, err := d.Import(ctx, from, o)
			if err != nil {
				return err
			}
			if len(labels) > 0 {
				_, err = d.Deps(ctx, labels, desk.DepsOptions{}) // What is left to the user, it has told.
			}
			return err
		})
	}
}
