package apply

import (
	"fmt"
	"strings"
)

// A problem is what is wrong with an overlay, or what people should know though nothing
// is wrong. It holds facts only: messages.go has the words for each kind.
type problem interface {
	overlay() int          // its index in the manifest
	text(w wording) string // what follows its label in the message
}

// An owner is the overlay with a problem, by its index in the manifest.
type owner int

func (o owner) overlay() int { return int(o) }

// An edit is a step of a change.
type edit struct {
	change *change
	step   *step
}

func (e edit) overlay() int { return e.step.Overlay }

// last returns the last step of a change.
func (c *change) last() edit { return edit{c, c.Steps[len(c.Steps)-1]} }

// A made file is what the last step of a change makes.
type made struct {
	edit
	path string // where people find it; "" if the overlay makes it
}

func (c *change) made(final version) made { return made{c.last(), final.path} }

// A diffEdit is what one of the diffs of a step does to a file.
type diffEdit struct {
	edit
	diff diff
}

// An overlayDiff is a diff with what its overlay says about it.
type overlayDiff struct {
	step *step
	diff diff
}

func (o overlayDiff) overlay() int { return o.step.Overlay }

// report notes a problem.
func (a *applier) report(p problem) { a.problems = append(a.problems, p) }

// told returns the problems that there are, each once: several files may have the same.
func (a *applier) told() Problems { return unique(a.messages(a.problems)) }

// messages returns problems in words.
func (w wording) messages(problems []problem) []string {
	all := make([]string, len(problems))
	for i, p := range problems {
		all[i] = w.label(p.overlay()) + strings.TrimSuffix(p.text(w), "\n")
	}
	return all
}

// Bounds of an error, which people read on a terminal.
const (
	maxLines = 100  // in all
	maxBytes = 4000 // of a line
)

// Problems are all that is wrong with the overlays of a package.
type Problems []string

// Error returns the problems, with blank lines between them. What takes more than
// maxLines is only counted.
func (p Problems) Error() string {
	var shown []string
	left := maxLines - 2 // But for the count.
	for i, problem := range p {
		lines := strings.Split(problem, "\n")
		if i > 0 && len(lines) > left {
			shown = append(shown, fmt.Sprintf("and %d more problems, which are told when these are mended", len(p)-i))
			break
		}
		if len(lines) > left {
			more := len(lines) - left + 1
			lines = append(lines[:left-1], fmt.Sprintf("… (%d lines)", more))
		}
		for k, line := range lines {
			if len(line) > maxBytes {
				lines[k] = fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(line[:maxBytes], ""), len(line))
			}
		}
		shown = append(shown, strings.Join(lines, "\n"))
		left -= len(lines) + 1
	}
	return strings.Join(shown, "\n\n")
}
