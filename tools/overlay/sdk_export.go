package main

import (
	"context"
	"flag"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

var sdkExportVerb = command.Verb{
	Name:     "sdk export",
	Operands: "SDK",
	Summary:  "write a Go SDK to a file, for other machines and images",
	Description: `
Writes SDK to an archive, the same bytes on every machine, which "overlay sdk install" takes without network. It is a tar, of which any program lays
the files out below go, beside its manifest, sdk.manifest.

With -since, it has only what another SDK has not, and of programs what differs: install takes it where that one is installed. With -layer, it has the files
that differ from another SDK below the folder -prefix, and marks those that are gone, as layers of images do.
`,
	Fails: "there is no such SDK, or it is damaged; then no file is written",
	Examples: []command.Example{
		{Command: "overlay sdk export 1.26.8-prod", Text: "writes go1.26.8-prod.tar.zst"},
		{Command: "overlay sdk export -since 1.26.7 -o update.tar.zst 1.26.8", Text: "writes what a machine with 1.26.7 lacks"},
		{Command: "overlay sdk export -layer 1.26.8 -o layer.tar 1.26.8-prod", Text: "writes a layer for an image that has 1.26.8 in /usr/local/go"},
	},
	Setup:    setupSDKExport,
	Complete: completeSDKs,
}

func setupSDKExport(flags *flag.FlagSet) func(operands []string) error {
	const prefix = "usr/local/go"
	o := store.ExportOptions{Prefix: prefix}
	output := flags.String("o", "", "`PATH` of the file, which ends with .tar.zst, .tar.gz or .tar. By default goSDK.tar.zst, goSDK-since-SDK.tar.zst or goSDK-layer.tar")
	flags.StringVar(&o.Since, "since", "", "`SDK` that is installed where the archive will be")
	flags.StringVar(&o.Layer, "layer", "", "`SDK` of the image that this is a layer for")
	flags.StringVar(&o.Prefix, "prefix", o.Prefix, "`FOLDER` of the GOROOT in the image, for -layer")
	return func(operands []string) error {
		text, err := one(operands)
		if err != nil {
			return err
		}
		if o.Since != "" && o.Layer != "" {
			return verbs.UsageError("-since and -layer are two kinds of archives")
		}
		if o.Layer == "" && o.Prefix != prefix {
			return verbs.UsageError("-prefix is for -layer")
		}
		return atStore(func(ctx context.Context, s *sdks.SDKs) error { return s.Export(ctx, text, *output, o) })
	}
}
