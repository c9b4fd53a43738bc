package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

var exportVerb = command.Verb{
	Name:     "export",
	Operands: "[OVERLAY...]",
	Summary:  "write overlays for what knows nothing of them",
	Description: `
Writes what each OVERLAY, or all, make of their packages, as one of these:

    diff             for a pull request upstream: names are those of the module's repository, as far as
                     the module cache or the module's path tells where in it the module is
    mail             the same for git am, a mail for each overlay; reason is the subject, and git
                     config tells who it is from
    module_override  a patch for gazelle's go_deps, and the lines for MODULE.bazel that apply it
    json             for go build -overlay, which refuses files of the module cache since Go 1.25:
                     those of a vendor folder are taken where there is one

With -to, it writes what the go command compiles from without this command: into a FOLDER, all modules that overlays change, a go.work that has
them, and a GOROOT; or, by goproxy, a module proxy in the folder of -o, in which the modules have versions of their own, v1.6.0-overlay.…,
for tools that only know modules. The bytes are the same on all machines. That is of all overlays of the set that builds use, or of one OVERLAY or set.

There is one file for each module, and one JSON for all. Overlays that lie on top of each other become one
change. Those that don't suit their packages any more are errors, as in builds.

What a file can't carry is said: what rules generate, and what overlays set beside files, such as deps
and x_defs. So is a select(), of which a file has all branches.

Without Bazel there is no module_override.

Labels are those of overlays; a name alone will do if it is the only one.
`,
	Fails: "an overlay can't be exported; then no file is written",
	Examples: []command.Example{
		{Command: "overlay export //overlays:uuid > uuid.patch", Text: "writes a diff for a pull request"},
		{Command: "overlay export -format mail -o outbox/", Text: "writes mails for all overlays, a file for each module"},
		{Command: "overlay export -to shadow", Text: "writes a folder that the go command of a CI compiles from"},
		{Command: "overlay export -to goproxy -o proxy", Text: "writes overlaid modules as a module proxy, and says what go.mod and go.sum are to have"},
		{Command: "overlay export -format json -o overlay.json", Text: "writes what go build -overlay overlay.json takes"},
	},
	Setup: setupExport,
	Complete: func(flag, word string) []string {
		if flag == "format" {
			return desk.ExportFormats
		}
		return completeOverlays(flag, word)
	},
}

func setupExport(flags *flag.FlagSet) func(labels []string) error {
	o := desk.ExportOptions{Format: desk.ExportFormats[0]}
	flags.Func("format", "`FORMAT` is diff, mail, module_override or json. By default diff", func(value string) error {
		o.Format = value
		if !slices.Contains(desk.ExportFormats, value) {
			return fmt.Errorf("expected %s", strings.Join(desk.ExportFormats, ", "))
		}
		return nil
	})
	flags.StringVar(&o.Output, "o", "", "`PATH` of the file, or with / at its end of the folder, to write. By default, it is written to stdout")
	to := flags.String("to", "", "`WHERE` is a folder for what the go command compiles, or goproxy")
	date := flags.String("date", "", "`DATE` of mails: 2026-11-28, or 2026-11-28T10:00:00Z. By default that in $SOURCE_DATE_EPOCH, else now")
	return func(labels []string) error {
		if *to != "" && (o.Format != desk.ExportFormats[0] || *date != "" || o.Output != "" && *to != desk.Proxy) {
			return verbs.UsageError("-to goes with -o if it is goproxy, and with no other flag")
		}
		if *to != "" {
			if len(labels) > 1 {
				return verbs.UsageError("-to takes one overlay or set: make a set of several")
			}
			return atDesk(func(ctx context.Context, d *desk.Desk) error {
				return d.ExportTo(ctx, desk.ExportToOptions{To: *to, Output: o.Output, Set: strings.Join(labels, "")})
			})
		}
		var err error
		if o.Date, err = mailDate(*date, os.Getenv("SOURCE_DATE_EPOCH"), time.Now()); err != nil {
			return verbs.UsageError(err.Error())
		}
		return atDesk(func(ctx context.Context, d *desk.Desk) error { return d.Export(ctx, labels, o) })
	}
}

// mailDate returns the date that a flag or the variable says, or else the present one.
func mailDate(flag, epoch string, now time.Time) (time.Time, error) {
	if flag != "" {
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if date, err := time.Parse(layout, flag); err == nil {
				return date, nil
			}
		}
		return time.Time{}, fmt.Errorf("-date is %q, expected such as 2026-11-28, or 2026-11-28T10:00:00Z", flag)
	}
	if epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q, expected seconds since 1970", epoch)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	return now, nil
}
