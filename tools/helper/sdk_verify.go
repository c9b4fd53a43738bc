package main

import "github.com/go-overlay/go_overlay/tools/helper/internal/sdkverify"

func runSDKVerify(args []string) error {
	var o sdkverify.Options
	flags := sdkFlags(&o.Platform, &o.Root)
	flags.StringVar(&o.SDK, "sdk", "", "what to call the SDK")
	flags.StringVar(&o.Rebuilt, "rebuilt", "", "folder that sdk rebuild wrote")
	var err error
	o.Files, err = parseSDK(flags, args, "sdk", "rebuilt")
	if err != nil {
		return err
	}
	return sdkverify.Verify(o)
}
