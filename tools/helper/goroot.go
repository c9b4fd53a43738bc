package main

import (
	"github.com/go-overlay/go_overlay/tools/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runGoroot(args []string) error {
	var o goroot.Options
	flags := verbs.NewFlags()
	flags.StringVar(&o.Out, "out", "", "folder to write")
	flags.StringVar(&o.Root, "root", "", "file in the top folder of the SDK")
	flags.BoolVar(&o.Link, "link", false, "make hard links where that is safe")
	flags.StringVar(&o.JSON, "json", "", "file to write")
	tools := flags.String("tools", "", "folder of rebuilt commands, which sdk rebuild writes")
	gosdk.ChangesFlags(flags, &o.Changes)
	if err := verbs.Parse(flags, args, "out", "root"); err != nil {
		return err
	}
	var err error
	o.Files, err = verbs.Operands(flags, "files of the SDK")
	if err != nil {
		return err
	}

	if *tools != "" {
		rebuilt, err := gosdk.ChangesIn(*tools)
		if err != nil {
			return err
		}
		o.Changes = append(o.Changes, rebuilt...)
	}

	ctx, stop := interrupt.Context()
	defer stop()
	return goroot.Write(ctx, o)
}
