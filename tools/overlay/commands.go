package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/apply"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/report"
)

func runApply(args []string) error {
	if len(args) == 0 {
		return usageError("apply: expected a manifest")
	}
	return apply.Run(args[0], args[1:])
}

func runReport(args []string) error {
	var o report.Options
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	flags.StringVar(&o.Target, "target", "", "label of what is reported on")
	flags.StringVar(&o.JSON, "json", "", "file to write")
	flags.StringVar(&o.HTML, "html", "", "file to write")
	flags.Func("record", "file with a record", appendTo(&o.Records))
	flags.Func("unrecorded", "record without files, as JSON", appendTo(&o.Unrecorded))
	if err := flags.Parse(args); err != nil {
		return usageError(fmt.Sprintf("report: %v", err))
	}
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("report: unexpected argument %q", flags.Arg(0)))
	}
	for _, name := range []string{"target", "json", "html"} {
		if flags.Lookup(name).Value.String() == "" {
			return usageError(fmt.Sprintf("report: -%s is missing", name))
		}
	}
	return report.Run(o)
}

func appendTo(values *[]string) func(string) error {
	return func(value string) error {
		*values = append(*values, value)
		return nil
	}
}
