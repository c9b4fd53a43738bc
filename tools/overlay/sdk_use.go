package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
)

var sdkUseVerb = command.Verb{
	Name:     "sdk use",
	Operands: "[SDK]",
	Summary:  "make a Go SDK the current one",
	Description: `
Makes SDK the current one: a name of "overlay sdk list", or part of a version, of which the newest counts that is installed; by default what
files here ask for. The folder current of the store leads to it from then on, at once. Put its bin on PATH, by "overlay sdk env current".

With -on, its files are laid out in another place: in tmpfs, which is memory, or below a FOLDER. After that place is gone, as by a restart,
"overlay sdk env current" and "overlay sdk path current" lay it out again. "overlay sdk gc" removes what lies there once another SDK is current, and
has been so before.
`,
	Fails: "there is no such SDK, or it can't be laid out",
	Examples: []command.Example{
		{Command: "overlay sdk use 1.26", Text: "makes the newest 1.26 that is installed the current one"},
		{Command: "overlay sdk use -on tmpfs 1.26.8", Text: "has its files in memory"},
	},
	Setup: func(flags *flag.FlagSet) func([]string) error {
		on := ""
		flags.Func("on", "`PLACE` is tmpfs or a folder", func(value string) error {
			on = value
			return notEmpty(value)
		})
		return func(operands []string) error {
			text, err := one(operands)
			if err != nil {
				return err
			}
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Use(ctx, text, on) })
		}
	},
	Complete: completeSDKs,
}

var sdkRollbackVerb = command.Verb{
	Name:        "sdk rollback",
	Summary:     "make the Go SDK current again that was so before",
	Description: "Makes the SDK the current one that was so before this one. Said again, it goes back further.",
	Fails:       "there is none, or it has been removed",
	Examples:    []command.Example{{Command: "overlay sdk rollback", Text: "goes back to the SDK before"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func([]string) error {
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Rollback(ctx) })
		}
	},
}

var sdkHistoryVerb = command.Verb{
	Name:        "sdk history",
	Summary:     "list which Go SDKs were current",
	Description: "Lists which SDKs were the current one, and since when. Those that have been removed are left out once \"overlay sdk gc\" has run.",
	Fails:       "the store can't be read",
	Examples:    []command.Example{{Command: "overlay sdk history", Text: "lists them, the last one last"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func([]string) error {
			return atStore(func(_ context.Context, s *sdks.SDKs) error { return s.History() })
		}
	},
}

var sdkPathVerb = command.Verb{
	Name:     "sdk path",
	Operands: "[SDK]",
	Summary:  "print the GOROOT of a Go SDK",
	Description: `
Prints the folder of SDK, as "overlay sdk use" takes it, and unpacks it first if it is packed. The folder of current stays the same whichever
SDK that is.
`,
	Fails:    "there is no such SDK",
	Examples: []command.Example{{Command: "$(overlay sdk path 1.26.8)/bin/go version", Text: "runs its go command"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(operands []string) error {
			text, err := one(operands)
			if err != nil {
				return err
			}
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Path(ctx, text) })
		}
	},
	Complete: completeSDKs,
}

var sdkExecVerb = command.Verb{
	Name:     "sdk exec",
	Operands: "[SDK] -- COMMAND [ARGUMENT...]",
	PassesOn: true,
	Divided:  true,
	Summary:  "run a command with a Go SDK",
	Description: `
Runs COMMAND with the go command of SDK first on PATH. Input, output, signals and exit code are those of the command. GOTOOLCHAIN is local, so that it is this Go
and no other one, and GOROOT is unset: another go command would take it for its own. While the command runs, and what it has started, the SDK
is neither removed nor packed.
`,
	Fails:    "there is no such SDK or command; or what the command exits with",
	Examples: []command.Example{{Command: "overlay sdk exec 1.25.14 -- go test ./...", Text: "tests with another version"}},
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(args []string) error {
			return exitCode(atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Exec(ctx, args) }))
		}
	},
	Complete: completeSDKs,
}

var sdkEnvVerb = command.Verb{
	Name:     "sdk env",
	Operands: "[SDK]",
	Summary:  "print what a shell has to know to use a Go SDK",
	Description: `
Prints commands for a shell, which has the go command of SDK first on PATH then: of current, of whichever that is. GOTOOLCHAIN becomes local, and GOROOT is unset.
With -shell direnv it also prints what is to be watched, files that may ask for another SDK, for a line of .envrc:

    eval "$(overlay sdk env -shell direnv)"
`,
	Fails: "there is no such SDK",
	Examples: []command.Example{
		{Command: `eval "$(overlay sdk env current)"`, Text: "for .bashrc or .zshrc"},
		{Command: "overlay sdk env -shell fish 1.26 | source", Text: "for fish"},
	},
	Setup: func(flags *flag.FlagSet) func([]string) error {
		forShell := ""
		flags.Func("shell", "`SHELL` is "+strings.Join(sdks.Shells, ", ")+". By default that of $SHELL", func(value string) error {
			forShell = value
			if !slices.Contains(sdks.Shells, value) {
				return fmt.Errorf("expected %s", strings.Join(sdks.Shells, ", "))
			}
			return nil
		})
		return func(operands []string) error {
			text, err := one(operands)
			if err != nil {
				return err
			}
			return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Env(ctx, text, forShell) })
		}
	},
	Complete: func(flag, word string) []string {
		if flag == "shell" {
			return sdks.Shells
		}
		return completeSDKs(flag, word)
	},
}
