package main

import (
	"github.com/go-overlay/go_overlay/tools/helper/internal/report"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

func runContains(args []string) error {
	var o report.ContainsOptions
	flags := verbs.NewFlags()
	flags.StringVar(&o.Target, "target", "", "label of the program")
	flags.StringVar(&o.Out, "out", "", "file to write")
	flags.Func("overlay", "label of an overlay", verbs.AppendTo(&o.Overlays))
	flags.Func("record", "file with a record", verbs.AppendTo(&o.Records))
	if err := verbs.Parse(flags, args, "target", "out"); err != nil {
		return err
	}
	if err := verbs.NoOperands(flags); err != nil {
		return err
	}
	return report.Contains(o)
}
