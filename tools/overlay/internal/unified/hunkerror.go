package unified

import (
	"fmt"
	"strings"
)

// A Problem is the reason why a hunk can't be applied.
type Problem int

// The problems, and what Places means for each.
const (
	NoMatch        Problem = iota // it fits nowhere; Places is where it would fit with Fuzz, if it would
	Ambiguous                     // it fits at all of Places
	AlreadyApplied                // its new lines are at Places[0]
	Overlap                       // it fits at Places[0], which hunks before it have passed
	LineEnds                      // it fits at Places[0] but for CRLF and LF
	NoContext                     // nothing tells where its lines go
)

// A HunkError says why a hunk can't be applied, and what was found instead.
type HunkError struct {
	Hunk    *Hunk
	Problem Problem
	Places  []int // lines of the file, from 1
	Fuzz    int   // with which Places were found
	Near    *Near // for NoMatch: where the hunk nearly fits, if anywhere
}

// Error explains the problem and shows the hunk. It takes several lines.
func (e *HunkError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "hunk %s of line %d of the diff %s\n", e.Hunk.Ranges(), e.Hunk.Line, e.problem())
	for _, line := range SplitLines(e.Hunk.String()) {
		b.WriteString("    " + Visible(line) + "\n")
	}
	if e.Problem == NoMatch {
		e.describeNear(&b)
		if e.Fuzz > 0 {
			fmt.Fprintf(&b, "patch_fuzz = %d would accept it at line %d; read that part of the file first.\n", e.Fuzz, e.Places[0])
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (e *HunkError) problem() string {
	switch e.Problem {
	case Ambiguous:
		with := ""
		if e.Fuzz > 0 {
			with = fmt.Sprintf(" with patch_fuzz = %d", e.Fuzz)
		}
		return fmt.Sprintf("fits at several places%s, lines %s, and not at the line that it states; "+
			"make the diff with more context (git diff -U10):", with, joinInts(e.Places))
	case AlreadyApplied:
		return fmt.Sprintf("is already applied, at line %d:", e.Places[0])
	case Overlap:
		return fmt.Sprintf("fits at line %d only, which the hunks before it have passed; hunks go from top to bottom and don't overlap:", e.Places[0])
	case LineEnds:
		return fmt.Sprintf("fits at line %d but for the ends of lines: one has CRLF (shown as \\r), the other LF; "+
			"make the diff from the file as it is:", e.Places[0])
	case NoContext:
		return "has no line that tells where it goes; make the diff with context (git diff -U3):"
	default:
		return "does not fit:"
	}
}

func (e *HunkError) describeNear(b *strings.Builder) {
	if e.Near == nil {
		b.WriteString("Nothing in the file looks like it.\n")
		return
	}
	if len(e.Near.Differs) == 0 {
		fmt.Fprintf(b, "Its lines are at line %d, but the hunk is for the end of a file, without a newline there.\n", e.Near.Line)
		return
	}
	fmt.Fprintf(b, "It nearly fits at line %d, where %d of the %d lines that it expects are. What differs (- in the diff, + in the file):\n",
		e.Near.Line, e.Near.Matched, e.Near.Total)
	for _, difference := range e.Near.Differs {
		fmt.Fprintf(b, "  line %d:\n", difference.Line)
		writeLines(b, "    -", difference.Expected)
		writeLines(b, "    +", difference.Found)
	}
}

func writeLines(b *strings.Builder, prefix string, lines []string) {
	for _, line := range lines {
		b.WriteString(prefix + Visible(line) + "\n")
		if !endsLine(line) {
			b.WriteString("    \\ No newline at end of file\n")
		}
	}
}

// Visible returns a line without its end, and shows a carriage return in it:
// else lines that differ could look alike.
func Visible(line string) string {
	return strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\r", `\r`)
}

func joinInts(numbers []int) string {
	var parts []string
	for _, n := range numbers {
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, ", ")
}
