package main

import (
	"flag"
	"fmt"
	"io"
)

// newFlags returns the flags of a verb, to be parsed with parse.
func newFlags(verb string) *flag.FlagSet {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	return flags
}

// parse returns an error unless all required flags have values.
func parse(flags *flag.FlagSet, args []string, required ...string) error {
	if err := flags.Parse(args); err != nil {
		return usageError(fmt.Sprintf("%s: %v", flags.Name(), err))
	}
	for _, name := range required {
		if flags.Lookup(name).Value.String() == "" {
			return usageError(fmt.Sprintf("%s: -%s is missing", flags.Name(), name))
		}
	}
	return nil
}

// operands returns the arguments after the flags, which are of some kind, and an
// error if there are none.
func operands(flags *flag.FlagSet, kind string) ([]string, error) {
	if flags.NArg() == 0 {
		return nil, usageError(fmt.Sprintf("%s: expected %s", flags.Name(), kind))
	}
	return flags.Args(), nil
}

func appendTo(values *[]string) func(string) error {
	return func(value string) error {
		*values = append(*values, value)
		return nil
	}
}
