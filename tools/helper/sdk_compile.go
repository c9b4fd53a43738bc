package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/sdkbuild"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func runSDKCompile(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags(&o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "file to write")
	var err error
	o.Files, err = parseSDK(flags, args, "out")
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return sdkbuild.Compile(ctx, o)
}
