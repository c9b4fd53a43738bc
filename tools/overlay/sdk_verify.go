package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkbuild"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkverify"
)

func runSDKCompile(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags("sdk compile", &o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "file to write")
	if err := parseSDK(flags, args, "out"); err != nil {
		return err
	}
	o.Files = flags.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return sdkbuild.Compile(ctx, o)
}

func runSDKRebuild(args []string) error {
	var o sdkbuild.Options
	flags := sdkFlags("sdk rebuild", &o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "folder to write")
	flags.StringVar(&o.Compiled, "compiled", "", "file that sdk compile wrote")
	goroot.ChangesFlags(flags, &o.Changes)
	if err := parseSDK(flags, args, "out"); err != nil {
		return err
	}
	o.Files = flags.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return sdkbuild.Rebuild(ctx, o)
}

func runSDKVerify(args []string) error {
	var o sdkverify.Options
	flags := sdkFlags("sdk verify", &o.Platform, &o.Root)
	flags.StringVar(&o.SDK, "sdk", "", "what to call the SDK")
	flags.StringVar(&o.Rebuilt, "rebuilt", "", "folder that sdk rebuild wrote")
	if err := parseSDK(flags, args, "sdk", "rebuilt"); err != nil {
		return err
	}
	o.Files = flags.Args()
	return sdkverify.Verify(o)
}

// sdkFlags are the flags that all of these verbs have.
func sdkFlags(verb string, platform, root *string) *flag.FlagSet {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	flags.StringVar(platform, "platform", "", "GOOS_GOARCH that the SDK runs on")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	return flags
}

// parseSDK returns an error unless the flags that all verbs have are there, those
// that are required, and files.
func parseSDK(flags *flag.FlagSet, args []string, required ...string) error {
	if err := flags.Parse(args); err != nil {
		return usageError(fmt.Sprintf("%s: %v", flags.Name(), err))
	}
	for _, name := range append([]string{"platform", "root"}, required...) {
		if flags.Lookup(name).Value.String() == "" {
			return usageError(fmt.Sprintf("%s: -%s is missing", flags.Name(), name))
		}
	}
	if flags.NArg() == 0 {
		return usageError(fmt.Sprintf("%s: expected files of the SDK", flags.Name()))
	}
	return nil
}
