package main

import (
	"flag"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/std"
	"github.com/go-overlay/go_overlay/tools/overlay/interrupt"
)

func runStd(args []string) error {
	if len(args) == 0 {
		return usageError("std: expected build or list")
	}
	switch verb, args := args[0], args[1:]; verb {
	case "build":
		return runStdBuild(args)
	case "list":
		return runStdList(args)
	default:
		return usageError(fmt.Sprintf("std: expected build or list, found %q", verb))
	}
}

func runStdBuild(args []string) error {
	var o std.Options
	flags := stdFlags("std build", &o.Builder, &o.Root, &o.Out, &o.Changes)
	flags.StringVar(&o.Base, "base", "", "folder of the standard library without changes")
	flags.StringVar(&o.Tools, "tools", "", "folder of rebuilt tools")
	flags.Func("package", "import path of a package with changes", appendTo(&o.Packages))
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

func runStdList(args []string) error {
	var o std.ListOptions
	flags := stdFlags("std list", &o.Builder, &o.Root, &o.Out, &o.Changes)
	var err error
	o.Arguments, err = parseStd(flags, args)
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return std.List(ctx, o)
}

// stdFlags are the flags that both verbs have.
func stdFlags(verb string, builder, root, out *string, changes *[]goroot.Change) *flag.FlagSet {
	flags := newFlags(verb)
	flags.StringVar(builder, "builder", "", "the builder of rules_go")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	flags.StringVar(out, "out", "", "what to write")
	goroot.ChangesFlags(flags, changes)
	return flags
}

// parseStd returns the arguments for the builder.
func parseStd(flags *flag.FlagSet, args []string) ([]string, error) {
	if err := parse(flags, args, "builder", "root", "out"); err != nil {
		return nil, err
	}
	return operands(flags, "arguments for the builder")
}
