package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/report"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

func runReport(args []string) error {
	var o report.Options
	flags := verbs.NewFlags()
	flags.StringVar(&o.Target, "target", "", "label of what is reported on")
	flags.StringVar(&o.JSON, "json", "", "file to write")
	flags.StringVar(&o.HTML, "html", "", "file to write")
	flags.Func("record", "file with a record", verbs.AppendTo(&o.Records))
	if err := verbs.Parse(flags, args, "target", "json", "html"); err != nil {
		return err
	}
	if err := verbs.NoOperands(flags); err != nil {
		return err
	}
	return report.Run(o)
}
