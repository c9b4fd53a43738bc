package main

import (
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
)

func runSDKLock(args []string) error {
	o := sdklock.Options{Out: os.Stdout, Warnings: os.Stderr}
	flags := verbs.NewFlags()
	file := flags.String("file", "", "the lock file")
	check := flags.Bool("check", false, "compare only")
	flags.BoolVar(&o.Unverified, "unverified", false, "take what can't be verified")
	flags.Func("platforms", "separated by commas", func(value string) error {
		platforms, err := sdklock.ParsePlatforms(value)
		o.Platforms = append(o.Platforms, platforms...)
		return err
	})
	for {
		if err := verbs.Parse(flags, args); err != nil {
			return err
		}
		if flags.NArg() == 0 {
			break
		}
		version, err := sdklock.ParseVersion(flags.Arg(0))
		if err != nil {
			return verbs.UsageError(err.Error())
		}
		o.Versions = append(o.Versions, version)
		args = flags.Args()[1:] // Flags may follow.
	}
	if len(o.Versions) == 0 && !*check {
		return verbs.UsageError("expected a version of Go, such as 1.26.8")
	}
	o.File, o.Command = lockFile(*file)

	ctx, stop := interrupt.Context()
	defer stop()
	if *check {
		return sdklock.Check(ctx, o)
	}
	return sdklock.Lock(ctx, o)
}

// lockFile returns the path of the lock file, and the command that is run on it.
// bazel run starts in a folder that is none of the user's, and names those in the
// environment.
func lockFile(flag string) (path, command string) {
	workspace, bazel := os.LookupEnv("BUILD_WORKSPACE_DIRECTORY")
	command = "overlay sdk lock"
	if bazel {
		command = "bazel run @go_overlay//tools:sdk -- lock"
	}
	switch {
	case flag == "":
		return filepath.Join(workspace, "go_sdk.lock.json"), command
	case filepath.IsAbs(flag):
		path = flag
	default:
		path = filepath.Join(os.Getenv("BUILD_WORKING_DIRECTORY"), flag)
	}
	return path, command + " -file " + shell.Word(flag)
}
