package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
)

var sdkListVerb = command.Verb{
	Name:    "sdk list",
	Summary: "list Go SDKs that are installed, or could be",
	Description: `
Lists the SDKs of the store: name, version, platform, when it was last used, and whether it is laid out (ready) or packed,
current, and pinned. With -remote, it lists the versions that GOPROXY has, the newest first.
`,
	Fails:    "the store can't be read, or GOPROXY not be asked",
	Examples: []command.Example{{Command: "overlay sdk list -remote", Text: "lists what can be installed"}},
	Setup:    setupSDKList,
}

func setupSDKList(flags *flag.FlagSet) func([]string) error {
	var platform gosdk.Platform
	remote := flags.Bool("remote", false, "list what GOPROXY has")
	asJSON := flags.Bool("json", false, "write JSON")
	platformFlag(flags, &platform, "is the platform of -remote.")
	return func([]string) error {
		if platform != (gosdk.Platform{}) && !*remote {
			return verbs.UsageError("-platform goes with -remote")
		}
		return atStore(func(ctx context.Context, s *sdks.SDKs) error {
			if *remote {
				return s.ListRemote(ctx, platform, *asJSON)
			}
			return s.List(*asJSON)
		})
	}
}

var sdkStatsVerb = command.Verb{
	Name:    "sdk stats",
	Summary: "tell how much space Go SDKs take",
	Description: `
Tells for each SDK how many bytes it has, how many of them no other one has, and how many are packed; and for all, what they would take plain, with
each file once, and what the store takes. That is of the contents of files: what a file system adds is not counted.
`,
	Fails:    "the store can't be read",
	Examples: []command.Example{{Command: "overlay sdk stats", Text: "tells what is saved"}},
	Setup: func(flags *flag.FlagSet) func([]string) error {
		asJSON := flags.Bool("json", false, "write JSON")
		return func([]string) error {
			return atStore(func(_ context.Context, s *sdks.SDKs) error { return s.Stats(*asJSON) })
		}
	},
}
