package main

import (
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// sdkFlags are the flags that all verbs on the commands of an SDK have.
func sdkFlags(platform *gosdk.Platform, root *string) *flag.FlagSet {
	flags := verbs.NewFlags()
	flags.TextVar(platform, "platform", gosdk.Platform{}, "GOOS_GOARCH that the SDK runs on")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	return flags
}

// parseSDK returns the files of the SDK. The flags that all of these verbs have are
// required.
func parseSDK(flags *flag.FlagSet, args []string, required ...string) ([]string, error) {
	if err := verbs.Parse(flags, args, append([]string{"platform", "root"}, required...)...); err != nil {
		return nil, err
	}
	return verbs.Operands(flags, "files of the SDK")
}
