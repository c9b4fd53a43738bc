package desk

import (
	"context"
	"fmt"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// missing returns what is said of a file of an overlay that is not there, and the command to run next, if there is one.
func (d *Desk) missing(o workspace.Overlay, change workspace.Change, tracked map[string]bool) (text, command string) {
	path := d.pathOf(change.Label)
	text = d.rel(path) + " is missing"
	switch command = dropCommand(o, change.Name); {
	case tracked[path]:
		return text + ": get it back from git, or drop the overlay", "git checkout -- " + shell.Word(d.rel(path))
	case command == "":
		return text + fmt.Sprintf(", and git does not have it: write it, or take it out at %s:%d", d.rel(o.BuildFile), o.Line), ""
	}
	return text + ", and git does not have it: write it, or drop the overlay", command
}

// missingFiles returns what is said of the files of an overlay that are not there.
func (d *Desk) missingFiles(ctx context.Context, o workspace.Overlay) (errs []error, err error) {
	var tracked map[string]bool
	said := map[string]bool{}
	for _, change := range o.Changes {
		if !change.Missing || said[change.Label] {
			continue
		}
		said[change.Label] = true
		if tracked == nil {
			if tracked, err = d.tracked(ctx, []workspace.Overlay{o}); err != nil {
				return nil, err
			}
		}
		text, command := d.missing(o, change, tracked)
		if command != "" {
			text += "\n  " + command
		}
		errs = append(errs, fmt.Errorf("%s", text))
	}
	return errs, nil
}
