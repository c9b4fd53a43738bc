package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/std"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runStdList(args []string) error {
	var o std.ListOptions
	flags := stdFlags(&o.Builder, &o.Root, &o.Out, &o.Changes)
	var err error
	o.Arguments, err = parseStd(flags, args)
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return std.List(ctx, o)
}
