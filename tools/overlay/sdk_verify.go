package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
)

var sdkVerifyVerb = command.Verb{
	Name:     "sdk verify",
	Operands: "[SDK...]",
	Summary:  "look whether Go SDKs are what they should be",
	Description: `
Reads all files of each SDK, or of all, those that are packed, too, and compares them with the manifest, whose digest is the identity of the SDK. It changes
nothing.
`,
	Fails:    "a file is another, or missing, or should not be there",
	Examples: []command.Example{{Command: "overlay sdk verify", Text: "reads all SDKs"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Verify(ctx, operands) })
		}
	},
	Complete: completeSDKs,
}

var sdkRepairVerb = command.Verb{
	Name:     "sdk repair",
	Operands: "[SDK...]",
	Summary:  "mend Go SDKs",
	Description: `
Mends what "overlay sdk verify" finds: by what the store still has, and what it has not, by getting the release of Go again. What others
have written into files of the store is kept in a folder, which it names, for 30 days.
`,
	Fails:    "something is lost, as text of an overlay may be: install that SDK again",
	Examples: []command.Example{{Command: "overlay sdk repair", Text: "mends all SDKs"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Repair(ctx, operands) })
		}
	},
	Complete: completeSDKs,
}
