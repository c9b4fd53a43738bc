package main

import (
	"context"
	"flag"
	"os"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

// goPackagesDriverVerb is what the script runs that overlay ide -write makes, and gopls that script.
var goPackagesDriverVerb = command.Verb{
	Name:     "gopackagesdriver",
	Operands: "PATTERN...",
	Setup: func(*flag.FlagSet) func([]string) error {
		return func(patterns []string) error {
			return atDesk(func(ctx context.Context, d *desk.Desk) error {
				answer, err := d.GoPackagesDriver(ctx, patterns, os.Stdin)
				if err == nil {
					_, err = os.Stdout.Write(answer)
				}
				return err
			})
		}
	},
}
