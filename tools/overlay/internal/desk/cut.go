package desk

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A cutting takes from overlays what they are made of, and leaves what something else uses.
type cutting struct {
	desk    *Desk
	all     []workspace.Overlay
	diffs   diffFiles
	force   bool                      // whether what git does not have may be lost
	overlay string                    // label of the one that loses files
	uses    map[string][]bazel.Target // rules, by the labels of overlays and files that they name
	texts   map[string][]string       // lines of MODULE.bazel and the like, by the labels that they name

	released map[string][]string // labels of files, by those of overlays which use them no more
	cuts     []diffPart          // that overlays have no more, one of each diff

	gone       []userfiles.Change
	goneLabels []string
	out        bytes.Buffer
}

func newCutting(d *Desk, all []workspace.Overlay) cutting {
	return cutting{desk: d, all: all, diffs: diffFiles{}, released: map[string][]string{}}
}

// cut takes the parts that are about a file of the package out of an overlay's diffs.
func (c *cutting) cut(o workspace.Overlay, name string) error {
	parts, err := c.diffs.parts(c.desk, o, name)
	if err != nil {
		return err
	}
	slices.Reverse(parts) // Lines before a part stay where they are.
	for _, part := range parts {
		if !slices.ContainsFunc(c.cuts, func(before diffPart) bool { return before.path == part.path }) {
			c.cuts = append(c.cuts, part)
		}
		if c.isShared(o, part, name) {
			continue
		}
		if _, other := c.users(part.label); other != "" {
			return fmt.Errorf("%s uses %s, too, and would lose what that changes of %s; give it a copy of the diff first", other, c.desk.rel(part.path), name)
		}
		c.diffs[part.path].text = withoutPart(c.diffs[part.path].text, part.FileDiff)
	}
	return nil
}

// isShared tells whether another overlay has a part of a diff, too, maybe of another package.
func (c *cutting) isShared(o workspace.Overlay, part diffPart, name string) bool {
	return slices.ContainsFunc(c.all, func(other workspace.Overlay) bool {
		return other.Label != o.Label && slices.ContainsFunc(other.Changes, func(change workspace.Change) bool {
			return change.Path == part.path && !slices.Contains(c.released[other.Label], change.Label) && slices.Contains(part.Names(number(other, "patch_strip", 1)), change.Name)
		})
	})
}

// dropEmpty deletes the diffs in which nothing is left, or says what is.
func (c *cutting) dropEmpty(ctx context.Context) error {
	for _, part := range c.cuts {
		file, user := part.path, c.usedBy(part.label)
		diff := c.diffs[file]
		if parts, err := unified.Parse(diff.text); err == nil && len(parts) > 0 {
			if user == "" {
				fmt.Fprintf(&c.out, "kept %s, which changes other files, too\n", c.desk.rel(file))
			} else {
				fmt.Fprintf(&c.out, "kept %s, which %s uses, too\n", c.desk.rel(file), user)
			}
			continue
		}
		if user != "" {
			return fmt.Errorf("nothing would be left of %s, which %s uses, too", c.desk.rel(file), user)
		}
		// Of what the diff changes nothing is lost; but it may say more, such as the mail that it came in.
		if strings.TrimSpace(diff.text) != "" && !c.force {
			if safe, why := isCommitted(ctx, file); !safe {
				return fmt.Errorf("%s has text beside its diffs, and %s; commit it first", c.desk.rel(file), why)
			}
		}
		c.gone = append(c.gone, userfiles.Change{Path: file, Original: []byte(diff.original), Delete: true, Root: c.desk.Workspace.Root})
		c.goneLabels = append(c.goneLabels, part.label)
		delete(c.diffs, file)
	}
	return nil
}

// usedBy returns what uses a file, beside the overlay, or an empty string.
func (c *cutting) usedBy(label string) string {
	overlay, other := c.users(label)
	return cmp.Or(other, overlay)
}

// users returns an overlay, beside the one that loses files, that uses a file, and what else does: a rule, or a line of MODULE.bazel
// or the like.
func (c *cutting) users(label string) (overlay, other string) {
	for _, user := range c.uses[label] {
		switch {
		case user.Label == c.overlay || slices.Contains(c.released[user.Label], label):
		case user.Kind == "go_overlay":
			overlay = user.Label
		default:
			other = user.Label
		}
	}
	if lines := c.texts[label]; len(lines) > 0 {
		other = lines[0]
	}
	return overlay, other
}
