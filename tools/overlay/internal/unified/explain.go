package unified

import "strings"

// explain says why a hunk fits nowhere. That its old lines are there does not
// rule it out: they may be somewhere in the file where the hunk wants its end.
func (t *text) explain(h *Hunk, want, fuzz int) *HunkError {
	whole := h.block(0, 0)
	if t.index(whole.old, t.done) < 0 {
		if at := t.index(whole.old, 0); at >= 0 {
			return &HunkError{Hunk: h, Problem: Overlap, Places: []int{at + 1}}
		}
		bare := &text{lines: withoutCR(t.lines)}
		if at := bare.index(withoutCR(whole.old), t.done); at >= 0 {
			return &HunkError{Hunk: h, Problem: LineEnds, Places: []int{at + 1}}
		}
	}
	failure := &HunkError{Hunk: h, Problem: NoMatch, Near: nearest(whole.old, t.lines[t.done:], want-t.done)}
	if failure.Near != nil {
		failure.Near.shift(t.done)
	}
	if found := t.fuzzyPlaces(h, want, fuzz+1, len(h.Lines)); len(found) == 1 {
		failure.Fuzz = found[0].fuzz
		failure.Places = lineNumbers(found)
	}
	return failure
}

// withoutCR returns lines as they are where lines end with LF only.
func withoutCR(lines []string) []string {
	bare := make([]string, len(lines))
	for i, line := range lines {
		bare[i] = line
		if body, ok := strings.CutSuffix(line, "\r\n"); ok {
			bare[i] = body + "\n"
		}
	}
	return bare
}
