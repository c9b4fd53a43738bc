package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// ContainsOptions are what a program has to contain, and where to say whether it does.
type ContainsOptions struct {
	Target   string   // label of the program
	Overlays []string // labels
	Records  []string // files with a record each, of the program's packages
	Out      string   // file to write: a shell script, which tells and has the exit code
}

// Contains writes a test that fails if Go left out what overlays make, though the
// program's packages were compiled with the overlays.
func Contains(o ContainsOptions) error {
	records, err := readRecords(o.Records)
	if err != nil {
		return err
	}
	var missing []string
	for _, label := range o.Overlays {
		for _, r := range records {
			message := missingMessage(o.Target, label, r)
			if message != "" && !slices.Contains(missing, message) {
				missing = append(missing, message)
			}
		}
	}
	message, code := strings.Join(missing, "\n"), 1
	if len(missing) == 0 {
		var shown []string
		for _, label := range o.Overlays {
			shown = append(shown, record.DisplayLabel(label))
		}
		message, code = fmt.Sprintf("%s contains %s", record.DisplayLabel(o.Target), strings.Join(shown, ", ")), 0
	}
	script := fmt.Sprintf("#!/bin/sh\ncat <<'END_OF_MESSAGE'\n%s\nEND_OF_MESSAGE\nexit %d\n", message, code)
	return output.Write(output.File{Path: o.Out, Content: []byte(script)})
}

// missingMessage says what of an overlay Go has left out of a package, or returns "".
// Files of a package that are for other platforms stay so with an overlay, and an
// overlay may add files for each; but it does nothing if it has no others.
func missingMessage(target, label string, r record.Record) string {
	var leftOut []record.File
	added, taken := false, false
	for _, file := range r.Files {
		if !slices.Contains(file.Overlays, label) {
			continue
		}
		if file.LeftOut == "" {
			taken = true
			continue
		}
		leftOut = append(leftOut, file)
		added = added || file.Change == record.Added && file.Instead == ""
	}
	if len(leftOut) == 0 || taken && !added {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s does not contain all of %s.\n", record.DisplayLabel(target), record.DisplayLabel(label))
	for _, file := range leftOut {
		fmt.Fprintf(&b, "  Go leaves %s (%s) out of package %s: %s.\n", file.Name, file.Change, r.ImportPath, file.LeftOut)
	}
	fmt.Fprintf(&b, "  Correct what keeps it out, or set the tag that it asks for. If it is for other builds only, name it in %s by a select(), or let a file for this one declare what it declares.", record.DisplayLabel(label))
	return b.String()
}
