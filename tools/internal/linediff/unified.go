package linediff

import (
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// context is how many lines a hunk has around its changes.
const context = 3

// Unified returns the hunks of a unified diff of two texts, without the names of
// files and cut off after limit lines. Carriage returns are shown as \r: it is not
// made to be applied.
func Unified(old, new string, limit int) string {
	if strings.ContainsRune(old+new, 0) {
		return fmt.Sprintf("(binary: %d bytes before, %d bytes now)\n", len(old), len(new))
	}
	lines := render(edits(unified.SplitLines(old), unified.SplitLines(new)), unified.Visible)
	var b strings.Builder
	for _, line := range lines[:min(limit, len(lines))] {
		b.WriteString(line + "\n")
	}
	if more := len(lines) - limit; more > 0 {
		fmt.Fprintf(&b, "… %d more lines\n", more)
	}
	return b.String()
}

// Exact returns the hunks of a unified diff of two texts, without the names of files: one that
// can be applied, and makes every byte of new.
func Exact(old, new string) string {
	var b strings.Builder
	for _, line := range render(edits(unified.SplitLines(old), unified.SplitLines(new)), withoutEnd) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func withoutEnd(line string) string { return strings.TrimSuffix(line, "\n") }

// render returns the lines of hunks, in which show says how lines of the texts look.
func render(script []edit, show func(line string) string) []string {
	var lines []string
	oldLine, newLine := 1, 1 // of script[at]
	at := 0
	for {
		start, end := hunk(script, at)
		if start == len(script) {
			return lines
		}
		oldLine += start - at // What is skipped is in both.
		newLine += start - at
		oldCount, newCount := count(script[start:end])
		lines = append(lines, fmt.Sprintf("@@ -%s +%s @@", lineRange(oldLine, oldCount), lineRange(newLine, newCount)))
		for _, e := range script[start:end] {
			lines = append(lines, string(e.op)+show(e.line))
			if !strings.HasSuffix(e.line, "\n") {
				lines = append(lines, `\ No newline at end of file`)
			}
		}
		oldLine += oldCount
		newLine += newCount
		at = end
	}
}

// hunk returns the first hunk from an index of a script on, as a range of
// indices. Changes whose context would touch are one hunk.
func hunk(script []edit, from int) (start, end int) {
	first := from
	for first < len(script) && script[first].op == ' ' {
		first++
	}
	if first == len(script) {
		return first, first
	}
	last := first
	for i := first; i < len(script) && i <= last+2*context+1; i++ {
		if script[i].op != ' ' {
			last = i
		}
	}
	return max(from, first-context), min(len(script), last+1+context)
}

func count(script []edit) (old, new int) {
	for _, e := range script {
		if e.op != '+' {
			old++
		}
		if e.op != '-' {
			new++
		}
	}
	return old, new
}

// lineRange writes a range of lines as the header of a hunk has it.
func lineRange(start, count int) string {
	if count == 0 {
		start-- // A range of none is after a line.
	}
	return fmt.Sprintf("%d,%d", start, count)
}
