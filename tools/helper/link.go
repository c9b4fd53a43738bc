package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/buildinfo"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runLink(args []string) error {
	var o buildinfo.Options
	flags := verbs.NewFlags()
	flags.StringVar(&o.Builder, "builder", "", "the builder of rules_go")
	flags.StringVar(&o.Root, "root", "", "file in the top folder of the SDK")
	flags.Func("package", "path of a package with overlays, by which the linker knows it", func(path string) error {
		o.Packages = append(o.Packages, buildinfo.Package{Path: path})
		return nil
	})
	flags.Func("record", "file with the record of that package; of one of Go's tools if no package was named", func(file string) error {
		last := len(o.Packages) - 1
		if last < 0 || o.Packages[last].Record != "" {
			o.Packages = append(o.Packages, buildinfo.Package{})
			last++
		}
		o.Packages[last].Record = file
		return nil
	})
	if err := verbs.Parse(flags, args, "builder", "root"); err != nil {
		return err
	}
	for _, pkg := range o.Packages {
		if pkg.Record == "" {
			return verbs.UsageError("-package " + pkg.Path + " has no -record")
		}
	}
	var err error
	if o.Arguments, err = verbs.Operands(flags, "arguments for the builder"); err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return buildinfo.Link(ctx, o)
}
