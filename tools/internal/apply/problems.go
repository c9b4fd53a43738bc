package apply

import (
	"fmt"
	"strings"
)

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
