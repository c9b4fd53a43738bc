package verbs

import (
	"flag"
	"fmt"
	"io"
)

// NewFlags returns flags for a verb, to be parsed with [Parse].
func NewFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	return flags
}

// Parse returns an error unless all required flags have values.
func Parse(flags *flag.FlagSet, args []string, required ...string) error {
	if err := flags.Parse(args); err != nil {
		return UsageError(err.Error())
	}
	for _, name := range required {
		if flags.Lookup(name).Value.String() == "" {
			return UsageError(fmt.Sprintf("-%s is missing", name))
		}
	}
	return nil
}

// Operands returns the arguments after the flags, which are of some kind, and an
// error if there are none.
func Operands(flags *flag.FlagSet, kind string) ([]string, error) {
	if flags.NArg() == 0 {
		return nil, UsageError("expected " + kind)
	}
	return flags.Args(), nil
}

// NoOperands returns an error if there are arguments after the flags.
func NoOperands(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return UsageError(fmt.Sprintf("unexpected argument %q", flags.Arg(0)))
	}
	return nil
}

// AppendTo returns what a flag does that may be given several times.
func AppendTo(values *[]string) func(string) error {
	return func(value string) error {
		*values = append(*values, value)
		return nil
	}
}
