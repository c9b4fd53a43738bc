package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/apply"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/report"
)

func runApply(args []string) error {
	if len(args) == 0 {
		return usageError("apply: expected a manifest")
	}
	files := make([]string, len(args)-1)
	for i, arg := range args[1:] {
		files[i] = strings.TrimPrefix(arg, "./") // With it, no name begins with @.
	}
	return apply.Run(args[0], files, os.Stderr)
}

func runContains(args []string) error {
	var o report.ContainsOptions
	flags := newFlags("contains")
	flags.StringVar(&o.Target, "target", "", "label of the program")
	flags.StringVar(&o.Out, "out", "", "file to write")
	flags.Func("overlay", "label of an overlay", appendTo(&o.Overlays))
	flags.Func("record", "file with a record", appendTo(&o.Records))
	if err := parse(flags, args, "target", "out"); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("contains: unexpected argument %q", flags.Arg(0)))
	}
	return report.Contains(o)
}

func runReport(args []string) error {
	var o report.Options
	flags := newFlags("report")
	flags.StringVar(&o.Target, "target", "", "label of what is reported on")
	flags.StringVar(&o.JSON, "json", "", "file to write")
	flags.StringVar(&o.HTML, "html", "", "file to write")
	flags.Func("record", "file with a record", appendTo(&o.Records))
	flags.Func("unrecorded", "record without files, as JSON", appendTo(&o.Unrecorded))
	if err := parse(flags, args, "target", "json", "html"); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("report: unexpected argument %q", flags.Arg(0)))
	}
	return report.Run(o)
}
