package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkbuild"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkverify"
)

func runSDKRebuild(args []string) error {
	var o sdkbuild.Options
	flags := verifyFlags("sdk rebuild", &o.Platform, &o.Root)
	flags.StringVar(&o.Out, "out", "", "folder to write")
	if err := parseAll(flags, args); err != nil {
		return err
	}
	o.Files = flags.Args()
	return sdkbuild.Rebuild(o)
}

func runSDKVerify(args []string) error {
	var o sdkverify.Options
	flags := verifyFlags("sdk verify", &o.Platform, &o.Root)
	flags.StringVar(&o.SDK, "sdk", "", "what to call the SDK")
	flags.StringVar(&o.Rebuilt, "rebuilt", "", "folder that sdk rebuild wrote")
	if err := parseAll(flags, args); err != nil {
		return err
	}
	o.Files = flags.Args()
	return sdkverify.Verify(o)
}

// verifyFlags are the flags that both verbs have.
func verifyFlags(verb string, platform, root *string) *flag.FlagSet {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	flags.StringVar(platform, "platform", "", "GOOS_GOARCH that the SDK runs on")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	return flags
}

// parseAll returns an error unless all flags are there, and files.
func parseAll(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return usageError(fmt.Sprintf("%s: %v", flags.Name(), err))
	}
	var err error
	flags.VisitAll(func(f *flag.Flag) {
		if err == nil && f.Value.String() == "" {
			err = usageError(fmt.Sprintf("%s: -%s is missing", flags.Name(), f.Name))
		}
	})
	if err == nil && flags.NArg() == 0 {
		err = usageError(fmt.Sprintf("%s: expected files of the SDK", flags.Name()))
	}
	return err
}
