package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var showVerb = command.Verb{
	Name:     "show",
	Operands: "PACKAGE|FILE",
	Summary:  "show what overlays make of a package",
	Description: `
Lists the files of PACKAGE, an import path, and where each is from: upstream, or the overlays that add, delete, patch
or replace it, the lowest layer first. Of FILE, it prints the text that builds compile, with all
overlays, diffs applied. Which branch of a select() a build takes, it can't tell: it takes all of them, and says so.

FILE is called as for "overlay edit": an import path and the name, a symbol, a line of a stack trace; or by the path of
the overlay file.
`,
	Fails: "there is no such package or file, its overlays don't apply, or only a build has the text",
	Examples: []command.Example{
		{Command: "overlay show github.com/google/uuid", Text: "lists the files of the package"},
		{Command: "overlay show github.com/google/uuid/version4.go", Text: "prints the file as builds compile it"},
		{Command: "overlay show -set //overlays:canary net/http", Text: "lists what another set makes of the package"},
	},
	Setup:    setupShow,
	Complete: completePackages,
}

func setupShow(flags *flag.FlagSet) func(texts []string) error {
	var o desk.ShowOptions
	flags.StringVar(&o.Set, "set", "", "`LABEL` of the set, or single overlay. By default the one that overlays.use in MODULE.bazel has, or use in overlays.json")
	flags.BoolVar(&o.JSON, "json", false, "write the list as JSON: importpath, version, set, files, each with changes, and options")
	return func(texts []string) error {
		if len(texts) > 1 {
			return verbs.UsageError(fmt.Sprintf("unexpected argument %q", texts[1]))
		}
		return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Show(ctx, texts[0], o) })
	}
}
