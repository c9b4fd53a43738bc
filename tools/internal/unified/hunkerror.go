package unified

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Problem is the reason why a hunk can't be applied.
type Problem int

// The problems, and what Places means for each.
const (
	NoMatch        Problem = iota // it fits nowhere; Places is where it would fit with Fuzz, if it would
	Ambiguous                     // it fits at all of Places
	AlreadyApplied                // its new lines are at Places[0]
	MaybeApplied                  // its new lines are at Places[0], where it is stated to go, but it fits at Places[1]
	Overlap                       // it fits at Places[0], which hunks before it have passed
	LineEnds                      // it fits at Places[0] but for CRLF and LF
	NoContext                     // nothing tells where its lines go
	NotAtEdge                     // it is for the start or the end of the file, but fits at Places[0] only
	OtherFunction                 // it fits at Places but for the last, where the function begins that its header names
)

// A HunkError says why a hunk can't be applied, and what was found instead.
type HunkError struct {
	Hunk    *Hunk
	Problem Problem
	Places  []int // lines of the file, from 1
	Stated  bool  // for Ambiguous: whether one of Places is the line that the hunk states
	Fuzz    int   // with which Places were found
	Near    *Near // for NoMatch: where the hunk nearly fits, if anywhere

	// For NoMatch, what explaining it takes: where it is wanted, with which fuzz,
	// and which lines were done.
	want, fuzzAllowed, done int
}

// What is shown of a hunk, and of lines.
const (
	maxShown     = 16  // lines
	maxLine      = 160 // bytes
	maxPlaces    = 8
	maxDescribed = 3 // hunks that are shown
)

// Describe returns what is wrong with hunks, in a limited number of lines.
func Describe(failures []*HunkError) string {
	var b strings.Builder
	for i, failure := range failures {
		if i == maxDescribed {
			fmt.Fprintf(&b, "%d more hunks of the diff don't fit, or more.\n", len(failures)-i)
			break
		}
		b.WriteString(failure.Error() + "\n")
	}
	return b.String()
}

// Error explains the problem and shows the hunk. It takes several lines.
func (e *HunkError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "hunk %s of line %d of the diff %s\n", e.Hunk.Ranges(), e.Hunk.Line, e.problem())
	e.describeHunk(&b)
	if e.Problem == NoMatch {
		e.describeNear(&b)
		if n := e.Hunk.CutOff; n > 0 {
			fmt.Fprintf(&b, "By its header, the hunk goes on where the diff ends, for %d more, which were taken for blank lines. See whether the diff is cut off; it is not applied with patch_fuzz.\n", n)
		} else if e.Fuzz > 0 {
			fmt.Fprintf(&b, "patch_fuzz = %d would accept it at line %d; read that part of the file first.\n", e.Fuzz, e.Places[0])
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (e *HunkError) problem() string {
	switch e.Problem {
	case Ambiguous:
		with, stated := "", ""
		if e.Fuzz > 0 {
			with = fmt.Sprintf(" with patch_fuzz = %d", e.Fuzz)
		}
		if !e.Stated {
			stated = ", and not at the line that it states"
		}
		return fmt.Sprintf("fits at several places%s, lines %s%s; "+
			"make the diff with more context (git diff -U10), from the file as it is:", with, joinInts(e.Places), stated)
	case AlreadyApplied:
		return fmt.Sprintf("is already applied, at line %d:", e.Places[0])
	case MaybeApplied:
		return fmt.Sprintf("is already applied at line %d, which it states, but fits at line %d, too; "+
			"take it out of the diff, or make the diff from the file as it is:", e.Places[0], e.Places[1])
	case Overlap:
		return fmt.Sprintf("fits at line %d only, which the hunks before it have passed; hunks go from top to bottom and don't overlap:", e.Places[0])
	case LineEnds:
		return fmt.Sprintf("fits at line %d but for the ends of lines: one has CRLF (shown as \\r), the other LF; "+
			"make the diff from the file as it is, or convert the diff (sed -i 's/\\r$//', if it is the diff that has \\r):", e.Places[0])
	case NoContext:
		return "has no line that tells where it goes; make the diff with context (git diff -U3):"
	case NotAtEdge:
		leading, trailing := e.Hunk.context()
		edge := fmt.Sprintf("the end of the file, as it has %d lines of context behind its changes and %d before", trailing, leading)
		if leading < trailing {
			edge = fmt.Sprintf("the start of the file, as it has %d lines of context before its changes and %d behind", leading, trailing)
		}
		return fmt.Sprintf("is for %s, but fits at line %d only; make the diff from the file as it is, or allow for it by patch_fuzz = %d:",
			edge, e.Places[0], e.Fuzz)
	case OtherFunction:
		last := len(e.Places) - 1
		return fmt.Sprintf("fits at line %s only, but says that it is for %q, which begins at line %d; make the diff from the file as it is, "+
			"or take the name out of the hunk's header:", joinInts(e.Places[:last]), clip(e.Hunk.heading()), e.Places[last])
	default:
		return "does not fit:"
	}
}

func (e *HunkError) describeHunk(b *strings.Builder) {
	writeLine(b, "    ", e.Hunk.Header)
	first, end := 0, len(e.Hunk.Lines)
	if end > maxShown {
		// The changes are what tells hunks apart.
		leading, _ := e.Hunk.context()
		first = min(max(leading-3, 0), end-maxShown)
		end = first + maxShown
	}
	writeSkipped(b, "    ", first)
	for _, line := range e.Hunk.Lines[first:end] {
		writeLine(b, "    "+string(line.Op), line.Text)
		if !endsLine(line.Text) {
			b.WriteString("    \\ No newline at end of file\n")
		}
	}
	writeSkipped(b, "    ", len(e.Hunk.Lines)-end)
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
	for i, difference := range e.Near.Differs {
		if i == maxDescribed {
			fmt.Fprintf(b, "  and at %d more places\n", len(e.Near.Differs)-i)
			break
		}
		fmt.Fprintf(b, "  line %d:\n", difference.Line)
		writeLines(b, "    -", difference.Expected)
		writeLines(b, "    +", difference.Found)
	}
}

func writeLines(b *strings.Builder, prefix string, lines []string) {
	shown := min(len(lines), maxShown/4)
	for _, line := range lines[:shown] {
		writeLine(b, prefix, line)
		if !endsLine(line) {
			b.WriteString("    \\ No newline at end of file\n")
		}
	}
	writeSkipped(b, prefix, len(lines)-shown)
}

func writeLine(b *strings.Builder, prefix, line string) {
	b.WriteString(prefix + Visible(line) + "\n")
}

func writeSkipped(b *strings.Builder, prefix string, lines int) {
	if lines > 0 {
		fmt.Fprintf(b, "%s… (%d lines)\n", prefix, lines)
	}
}

// Visible returns a line without its end, and shows a carriage return in it: else
// lines that differ could look alike. Of a very long one it returns the start.
func Visible(line string) string {
	return strings.ReplaceAll(clip(strings.TrimSuffix(line, "\n")), "\r", `\r`)
}

// clip returns text, or the start of it if it is long.
func clip(text string) string {
	if len(text) <= maxLine {
		return text
	}
	end := maxLine
	for end > maxLine-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:end], len(text))
}

func joinInts(numbers []int) string {
	var parts []string
	for i, n := range numbers {
		if i == maxPlaces {
			parts = append(parts, fmt.Sprintf("… (%d in all)", len(numbers)))
			break
		}
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, ", ")
}
