package main

import (
	"flag"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

var sdkLock = command.Verb{
	Name:     "sdk lock",
	Operands: "[VERSION...]",
	Summary:  "make, update and check the lock file of Go SDKs",
	Description: `
Downloads each VERSION of Go (1.26.8, 1.26rc1) for each of the platforms, and writes
into the lock file what they are: the sum of the files, as the checksum database has it, and
the SHA-256 of the archive. All other entries stay. It prints for each entry whether it was
added, has changed, or is unchanged. All are written, or none is.

The go command downloads and verifies, with the settings that it has for modules: $GO_OVERLAY_GO,
or else go on PATH.

With Bazel, and without a Go of yours:

    bazel run @go_overlay//tools:sdk -- lock VERSION...
`,
	Fails: "an SDK can't be locked, or differs from its entry",
	Examples: []command.Example{
		{Command: "overlay sdk lock 1.26.8 -platforms linux_amd64,darwin_arm64", Text: "locks a version for two platforms"},
		{Command: "overlay sdk lock 1.26.9", Text: "locks another for the platforms that the file has"},
		{Command: "overlay sdk lock -check", Text: "compares all entries with what is served now"},
	},
	Setup: setupSDKLock,
}

func setupSDKLock(flags *flag.FlagSet) func(versions []string) error {
	o := sdklock.Options{Out: os.Stdout, Warnings: os.Stderr}
	file := flags.String("file", "", "`PATH` of the lock file, relative to your folder. By default go_sdk.lock.json, "+
		"in the root of the workspace under bazel run")
	check := flags.Bool("check", false, "write nothing, but compare the entries, of the versions and platforms if there are any, "+
		"with what is served now")
	flags.BoolVar(&o.Unverified, "unverified", false, "take what can't be verified, with a warning")
	flags.Func("platforms", "`GOOS_GOARCH,...` are the platforms. By default those that the lock file has, for any version; "+
		"else the one that this runs on", func(value string) error {
		platforms, err := sdkmodule.ParsePlatforms(value)
		o.Platforms = append(o.Platforms, platforms...)
		return err
	})
	return func(versions []string) error {
		for _, text := range versions {
			version, err := sdkmodule.ParseVersion(text)
			if err != nil {
				return verbs.UsageError(err.Error())
			}
			o.Versions = append(o.Versions, version)
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
		return filepath.Join(workspace, sdklock.Name), command
	case filepath.IsAbs(flag):
		path = flag
	default:
		path = filepath.Join(os.Getenv("BUILD_WORKING_DIRECTORY"), flag)
	}
	return path, command + " -file " + shell.Word(flag)
}
