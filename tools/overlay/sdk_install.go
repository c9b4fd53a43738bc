package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdks"
)

var sdkInstallVerb = command.Verb{
	Name:     "sdk install",
	Operands: "[VERSION|FOLDER|FILE]...",
	Summary:  "install Go SDKs, with overlays or without",
	Description: `
Takes Go SDKs into the store, and lays each out as a GOROOT. VERSION is one such as 1.26.8, part of one, such as 1.26, or latest. By
default it is what files here ask for. The first of these that there is counts: the toolchain or go line of go.work, that of go.mod, .go-version,
.tool-versions, and of .envrc a line such as "use go 1.26" or "export GOTOOLCHAIN=go1.26.8". One that is no
release, such as go1.26.8-prod, has to be installed already.

An SDK comes from GOPROXY, or without network from what the module cache has. Its sum has to be that of go_sdk.lock.json, if that has the version, or
else of the checksum database. With -from proxy, too: that takes the newest version there is, and not the newest in that file. Or it is in a FOLDER
with a GOROOT, a zip of the module golang.org/toolchain, or an archive of "overlay sdk export": a name with a slash is a folder, and one that ends as
those of zips and archives do is one.

With -overlays, the SDK has the changes of a set, or of an overlay, to packages of Go itself, as far as they need no compiling: those of
Go's own tools are made by a go_goroot target of Bazel. It is called VERSION-SET, and costs only what differs. What "go version" says stays.

The store has each file once. It is in $GO_OVERLAY_SDK_STORE, or else in go_overlay/sdk of the user's data ($XDG_DATA_HOME,
~/.local/share). Its files are read-only, and shared by all SDKs: don't change them.

An SDK that is installed already is read, and if others have changed its files, or neither that file nor the database has verified them, installed
again. The name of a release, such as 1.26.8 or 1.26.8-linux_arm64, is for that alone.
`,
	Fails: "an SDK can't be installed; then nothing has changed, but that those named before it are",
	Examples: []command.Example{
		{Command: "overlay sdk install 1.26.8", Text: "installs a version"},
		{Command: "overlay sdk install 1.25 1.26", Text: "installs the newest of each"},
		{Command: "overlay sdk install -overlays //overlays:prod 1.26.8", Text: "installs it with overlays, as 1.26.8-prod"},
		{Command: "overlay sdk install -use", Text: "installs what go.mod asks for, and makes it the current one"},
		{Command: "overlay sdk install go1.26.8-prod.tar.zst", Text: "installs what overlay sdk export has written"},
	},
	Setup: setupSDKInstall,
	Complete: func(flag, word string) []string {
		if flag == "from" {
			return sdks.Froms
		}
		return nil
	},
}

func setupSDKInstall(flags *flag.FlagSet) func(operands []string) error {
	var o sdks.InstallOptions
	flags.Func("from", "`SOURCE` is lock, proxy, dir, zip or archive. By default what the operand looks like, or else lock where there is one, or else proxy", func(value string) error {
		o.From = value
		if !slices.Contains(sdks.Froms, value) {
			return fmt.Errorf("expected %s", strings.Join(sdks.Froms, ", "))
		}
		return nil
	})
	flags.StringVar(&o.Name, "name", "", "`NAME` of the SDK in the store. By default the version, with -SET for overlays and -GOOS_GOARCH for another platform")
	flags.Func("overlays", "`LABEL` of the set or overlay whose changes to Go it is to have", func(value string) error {
		o.Overlays = value
		return notEmpty(value)
	})
	platformFlag(flags, &o.Platform, "is what it runs on.")
	flags.BoolVar(&o.Unverified, "unverified", false, "take what can't be verified, with a warning")
	flags.BoolVar(&o.Use, "use", false, "make it the current one")
	return func(operands []string) error {
		if len(operands) > 1 && (o.Name != "" || o.Use) {
			return verbs.UsageError("-name and -use are for one SDK")
		}
		if slices.Contains(operands, "") {
			return emptyError
		}
		if len(operands) == 0 {
			operands = []string{""}
		}
		if operands[0] == "" && (o.From == sdks.FromFolder || o.From == sdks.FromZip || o.From == sdks.FromArchive) {
			return verbs.UsageError("expected the path that it is to come from")
		}
		return atStore(func(ctx context.Context, s *sdks.SDKs) error {
			for _, o.What = range operands {
				if err := s.Install(ctx, o); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
