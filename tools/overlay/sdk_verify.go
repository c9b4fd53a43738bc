package main

import (
	"flag"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkbuild"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkverify"
	"github.com/go-overlay/go_overlay/tools/overlay/interrupt"
)

func runSDKCompile(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags("sdk compile", &o.Platform, &o.Root)
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

func runSDKRebuild(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags("sdk rebuild", &o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "folder to write")
	flags.StringVar(&o.Compiled, "compiled", "", "file that sdk compile wrote")
	goroot.ChangesFlags(flags, &o.Changes)
	var err error
	o.Files, err = parseSDK(flags, args, "out")
	if err != nil {
		return err
	}
	ctx, stop := interrupt.Context()
	defer stop()
	return sdkbuild.Rebuild(ctx, o)
}

func runSDKVerify(args []string) error {
	var o sdkverify.Options
	flags := sdkFlags("sdk verify", &o.Platform, &o.Root)
	flags.StringVar(&o.SDK, "sdk", "", "what to call the SDK")
	flags.StringVar(&o.Rebuilt, "rebuilt", "", "folder that sdk rebuild wrote")
	var err error
	o.Files, err = parseSDK(flags, args, "sdk", "rebuilt")
	if err != nil {
		return err
	}
	return sdkverify.Verify(o)
}

// sdkFlags are the flags that all of these verbs have.
func sdkFlags(verb string, platform, root *string) *flag.FlagSet {
	flags := newFlags(verb)
	flags.StringVar(platform, "platform", "", "GOOS_GOARCH that the SDK runs on")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	return flags
}

// parseSDK returns the files of the SDK. The flags that all of these verbs have are
// required.
func parseSDK(flags *flag.FlagSet, args []string, required ...string) ([]string, error) {
	if err := parse(flags, args, append([]string{"platform", "root"}, required...)...); err != nil {
		return nil, err
	}
	return operands(flags, "files of the SDK")
}
