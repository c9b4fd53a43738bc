package main

import (
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// stdFlags are the flags that all verbs on the standard library have.
func stdFlags(builder, root, out *string, changes *[]gosdk.Change) *flag.FlagSet {
	flags := verbs.NewFlags()
	flags.StringVar(builder, "builder", "", "the builder of rules_go")
	flags.StringVar(root, "root", "", "file in the top folder of the SDK")
	flags.StringVar(out, "out", "", "what to write")
	gosdk.ChangesFlags(flags, changes)
	return flags
}

// parseStd returns the arguments for the builder.
func parseStd(flags *flag.FlagSet, args []string) ([]string, error) {
	if err := verbs.Parse(flags, args, "builder", "root", "out"); err != nil {
		return nil, err
	}
	return verbs.Operands(flags, "arguments for the builder")
}
