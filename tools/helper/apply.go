package main

import (
	"os"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

func runApply(args []string) error {
	if len(args) == 0 {
		return verbs.UsageError("expected a manifest")
	}
	files := make([]string, len(args)-1)
	for i, arg := range args[1:] {
		files[i] = strings.TrimPrefix(arg, "./") // With it, no name begins with @.
	}
	return apply.Run(args[0], files, os.Stderr)
}
