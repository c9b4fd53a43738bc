package unified

import "strings"

// maxSuggestedFuzz is the most fuzz that a message proposes.
const maxSuggestedFuzz = 3

// explain says why a hunk fits nowhere, once all hunks have been tried. That its
// old lines are there does not rule it out: they may be somewhere in the file where
// the hunk wants its end.
func (t *text) explain(failure *HunkError) *HunkError {
	if failure.Problem != NoMatch {
		return failure
	}
	h, want, fuzz := failure.Hunk, failure.want, failure.fuzzAllowed
	whole := h.block(0, 0)
	if len(t.search(whole.old, failure.done)) == 0 {
		if found := t.search(whole.old, 0); len(found) > 0 {
			return &HunkError{Hunk: h, Problem: Overlap, Places: []int{found[0] + 1}}
		}
		bare := textOf(withoutCR(t.lines))
		if found := bare.search(withoutCR(whole.old), failure.done); len(found) > 0 {
			return &HunkError{Hunk: h, Problem: LineEnds, Places: []int{found[0] + 1}}
		}
	}
	rest := t.lines[failure.done:]
	failure.Near = nearest(whole.old, rest, want-failure.done)
	if failure.Near != nil {
		failure.Near.shift(failure.done)
	}
	t.done = failure.done
	if found := t.fuzzyPlaces(h, want, fuzz+maxSuggestedFuzz); len(found) == 1 {
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
