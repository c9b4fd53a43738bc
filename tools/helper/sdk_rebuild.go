package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/sdkbuild"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runSDKRebuild(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags(&o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "folder to write")
	flags.StringVar(&o.Compiled, "compiled", "", "file that sdk compile wrote")
	gosdk.ChangesFlags(flags, &o.Changes)
	var err error
	o.Files, err = parseSDK(flags, args, "out")
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return sdkbuild.Rebuild(ctx, o)
}
