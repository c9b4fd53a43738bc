package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// whatStays is said of all verbs that take away.
const whatStays = `What is in use stays: the current SDK and the one before it, what is pinned, what "overlay sdk exec" runs, and, on Linux, what programs of yours run in. It says what stays, and why.`

var sdkCleanVerb = command.Verb{
	Name:    "sdk gc",
	Summary: "make the store of Go SDKs smaller",
	Description: `
Removes what belongs to no SDK: files of those that were removed, and what commands have left that were killed. With flags, it removes SDKs,
too, those first that were not used for the longest time. With -keep and -max-age, those go that are both too many and too old.

` + whatStays + `
`,
	Fails: "the store can't be read or written",
	Examples: []command.Example{
		{Command: "overlay sdk gc -max-age 90d -keep 3", Text: "removes what was not used for 90 days, but for the last three"},
		{Command: "overlay sdk gc -max-size 2GB -dry-run", Text: "tells what would go"},
	},
	Setup: setupSDKClean,
}

func setupSDKClean(flags *flag.FlagSet) func([]string) error {
	o := store.CleanOptions{Keep: -1}
	flags.Func("max-size", "`SIZE` that the store is to have at most: 500MB, 2GB, 2GiB", func(value string) (err error) {
		o.MaxSize, err = parseSize(value)
		return err
	})
	flags.Func("max-age", "`AGE` since the last use that an SDK may have: 90d, 12h", func(value string) (err error) {
		o.MaxAge, err = parseAge(value)
		return err
	})
	flags.Func("keep", "`NUMBER` of SDKs that stay, those that were used last", func(value string) (err error) {
		if o.Keep, err = strconv.Atoi(value); err != nil || o.Keep < 0 {
			return fmt.Errorf("expected a number")
		}
		return nil
	})
	flags.BoolVar(&o.DryRun, "dry-run", false, "remove nothing, but tell what would go")
	return func([]string) error {
		return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Clean(ctx, o) })
	}
}

var sizeForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$`)

func parseSize(text string) (int64, error) {
	match := sizeForm.FindStringSubmatch(text)
	if match == nil {
		return 0, fmt.Errorf("expected a size such as 500MB, 2GB or 2GiB")
	}
	unit := map[string]float64{
		"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
	}[match[2]]
	number, err := strconv.ParseFloat(match[1], 64)
	if size := number * unit; err == nil && size >= 1 && size < math.MaxInt64 {
		return int64(size), nil
	}
	return 0, fmt.Errorf("expected a size of at least 1B")
}

func parseAge(text string) (time.Duration, error) {
	var days float64
	if n, err := fmt.Sscanf(text+"$", "%gd$", &days); err == nil && n == 1 && days > 0 && days < 1e5 {
		return time.Duration(days * 24 * float64(time.Hour)), nil
	}
	if age, err := time.ParseDuration(text); err == nil && age > 0 {
		return age, nil
	}
	return 0, fmt.Errorf("expected an age such as 90d or 12h")
}

var sdkPackVerb = command.Verb{
	Name:     "sdk pack",
	Operands: "[SDK...]",
	Summary:  "compress Go SDKs that are not in use",
	Description: `
Compresses each SDK, or all that are not in use: programs as what differs from the next version that is in use, in a hundredth of their size or so. Whatever uses
one unpacks it, in less than a second.

` + whatStays + ` The one before the current one is packed if you name it.
`,
	Fails:    "a named SDK is in use, or the store can't be written",
	Examples: []command.Example{{Command: "overlay sdk pack", Text: "packs all but what is in use"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Pack(ctx, operands) })
		}
	},
	Complete: completeSDKs,
}

var sdkRemoveVerb = command.Verb{
	Name:     "sdk remove",
	Operands: "SDK...",
	Summary:  "remove Go SDKs",
	Description: `
Removes each SDK, by its name, and what no other one needs. If one of them is in use, none is removed: if it is the current one, pinned, run by "overlay
sdk exec", or, on Linux, if a program of yours runs in it. The one before the current one goes, too: "overlay sdk rollback" leads to the one before that then.
`,
	Fails:    "there is no such SDK, or it is in use",
	Examples: []command.Example{{Command: "overlay sdk remove 1.26.7", Text: "removes one"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Remove(ctx, operands) })
		}
	},
	Complete: completeSDKs,
}

var sdkPinVerb = command.Verb{
	Name:        "sdk pin",
	Operands:    "SDK...",
	Summary:     "keep Go SDKs, whatever is cleaned up",
	Description: `Keeps each SDK from being removed or packed, and its name from being given to other files, until "overlay sdk unpin".`,
	Fails:       "there is no such SDK",
	Examples:    []command.Example{{Command: "overlay sdk pin 1.25.14", Text: "keeps one"}},
	Setup:       setupPin(true),
	Complete:    completeSDKs,
}

var sdkUnpinVerb = command.Verb{
	Name:        "sdk unpin",
	Operands:    "SDK...",
	Summary:     "let Go SDKs go that were pinned",
	Description: `Takes back what "overlay sdk pin" has done.`,
	Fails:       "there is no such SDK",
	Examples:    []command.Example{{Command: "overlay sdk unpin 1.25.14", Text: "lets it go"}},
	Setup:       setupPin(false),
	Complete:    completeSDKs,
}

func setupPin(pinned bool) func(*flag.FlagSet) func([]string) error {
	return func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Pin(ctx, operands, pinned) })
		}
	}
}
