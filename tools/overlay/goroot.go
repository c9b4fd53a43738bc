package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
)

func runGoroot(args []string) error {
	var o goroot.Options
	flags := flag.NewFlagSet("goroot", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // The error says it all.
	flags.Usage = func() {}
	flags.StringVar(&o.Out, "out", "", "folder to write")
	flags.StringVar(&o.Root, "root", "", "file in the top folder of the SDK")
	flags.BoolVar(&o.Link, "link", false, "make hard links where that is safe")
	flags.StringVar(&o.JSON, "json", "", "file to write")
	tools := flags.String("tools", "", "folder of rebuilt commands, which sdk rebuild writes")
	goroot.ChangesFlags(flags, &o.Changes)
	if err := flags.Parse(args); err != nil {
		return usageError(fmt.Sprintf("goroot: %v", err))
	}
	for _, name := range []string{"out", "root"} {
		if flags.Lookup(name).Value.String() == "" {
			return usageError(fmt.Sprintf("goroot: -%s is missing", name))
		}
	}
	o.Files = flags.Args()
	if len(o.Files) == 0 {
		return usageError("goroot: expected files of the SDK")
	}

	if *tools != "" {
		rebuilt, err := goroot.ChangesIn(*tools)
		if err != nil {
			return err
		}
		o.Changes = append(o.Changes, rebuilt...)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return goroot.Write(ctx, o)
}
