package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/std"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runStdBuild(args []string) error {
	var o std.Options
	flags := stdFlags(&o.Builder, &o.Root, &o.Out, &o.Changes)
	flags.StringVar(&o.Base, "base", "", "folder of the standard library without changes")
	flags.StringVar(&o.Tools, "tools", "", "folder of rebuilt tools")
	flags.Func("package", "import path of a package with changes", verbs.AppendTo(&o.Packages))
	flags.StringVar(&o.Exports, "exports", "", "folder to write, too")
	flags.StringVar(&o.PackageList, "package-list", "", "list of packages of the SDK")
	flags.StringVar(&o.PackageListOut, "package-list-out", "", "list to write")
	var err error
	o.Arguments, err = parseStd(flags, args)
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return std.Build(ctx, o)
}
