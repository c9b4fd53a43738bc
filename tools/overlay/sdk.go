package main

import (
	"context"
	"errors"
	"flag"
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// sdkVerbs are those of the store of Go SDKs, and of the lock file.
var sdkVerbs = []command.Verb{
	sdkInstallVerb, sdkListVerb, sdkUseVerb, sdkRollbackVerb, sdkHistoryVerb, sdkPathVerb, sdkExecVerb, sdkEnvVerb, sdkExportVerb,
	sdkStatsVerb, sdkPackVerb, sdkCleanVerb, sdkRemoveVerb, sdkPinVerb, sdkUnpinVerb, sdkVerifyVerb, sdkRepairVerb, sdkLock,
}

// atStore does something with the store that the environment names.
func atStore(do func(context.Context, *sdks.SDKs) error) error {
	ctx, stop := interrupt.Context()
	defer stop()
	s, err := sdks.Open(userFolder(), os.Stdout, os.Stderr)
	if err != nil {
		return err
	}
	err = do(ctx, s)
	if errors.Is(err, context.Canceled) {
		return interrupt.Err
	}
	return err
}

// completeSDKs completes the names of those that are installed.
func completeSDKs(flag, word string) []string {
	if flag != "" && flag != "since" && flag != "layer" {
		return nil
	}
	dir, err := store.Folder()
	if err != nil {
		return nil
	}
	s, err := store.Open(dir, func(string) {})
	if err != nil {
		return nil
	}
	all, _ := s.List()
	var names []string
	for _, sdk := range all {
		names = append(names, sdk.Name)
	}
	return names
}

// emptyError is about an argument such as a variable of a shell that is not set.
const emptyError = verbs.UsageError("an argument is empty; leave it out for what files here ask for")

// notEmpty returns an error for the value of a flag that is empty, as by a variable of a shell that is not set.
func notEmpty(value string) error {
	if value == "" {
		return errors.New("it is empty")
	}
	return nil
}

// one returns the only operand, or an empty string.
func one(operands []string) (string, error) {
	if len(operands) > 1 {
		return "", verbs.UsageError("unexpected argument " + operands[1])
	}
	if len(operands) == 0 {
		return "", nil
	}
	if operands[0] == "" {
		return "", emptyError
	}
	return operands[0], nil
}

// platformFlag declares the flag -platform.
func platformFlag(flags *flag.FlagSet, platform *gosdk.Platform, text string) {
	flags.Func("platform", "`GOOS_GOARCH` "+text+" By default that of this machine", func(value string) error {
		return platform.UnmarshalText([]byte(value))
	})
}
