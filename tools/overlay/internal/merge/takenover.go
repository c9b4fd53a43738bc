package merge

import (
	"slices"
	"strings"
	"unicode"

	"github.com/go-overlay/go_overlay/tools/internal/linediff"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// A Change is one that an overlay makes.
type Change struct {
	Line     int      // in the overlay, counted from 1, or that which follows what is deleted
	Old, New []string // lines, with their ends
}

// TakenOver returns those of an overlay's changes that upstream has now, too, and how many
// changes the overlay makes. It is there to be told: what is left of an overlay, Three says.
// Nothing is left if the result equals upstream.
func TakenOver(base, overlay, upstream []byte) (taken []Change, all int) {
	baseLines, lines, upstreamLines := split(base), split(overlay), split(upstream)
	theirs := linediff.Changes(baseLines, upstreamLines)
	ours := linediff.Changes(baseLines, lines)
	has := make([]bool, len(ours))
	news := map[string]int{} // how often upstream has a text more often than base, as far as no change accounts for it
	block := make([]string, len(ours))
	for i, c := range ours {
		// A line such as "}" says nothing alone.
		start, end := widen(lines, c.NewStart, c.NewEnd)
		block[i] = strings.Join(lines[start:end], "")
		if _, ok := news[block[i]]; !ok {
			news[block[i]] = count(upstreamLines, lines[start:end]) - count(baseLines, lines[start:end])
		}
		has[i] = slices.ContainsFunc(theirs, func(t linediff.Change) bool {
			return t.OldStart == c.OldStart && t.OldEnd == c.OldEnd &&
				slices.Equal(upstreamLines[t.NewStart:t.NewEnd], lines[c.NewStart:c.NewEnd])
		})
		if has[i] {
			news[block[i]]--
		}
	}
	for i, c := range ours {
		// Upstream has changed more around it, or has it elsewhere.
		if !has[i] && news[block[i]] > 0 && isGone(baseLines, upstreamLines, c) {
			has[i] = true
			news[block[i]]--
		}
		if has[i] {
			taken = append(taken, Change{Line: c.NewStart + 1, Old: baseLines[c.OldStart:c.OldEnd], New: lines[c.NewStart:c.NewEnd]})
		}
	}
	return taken, len(ours)
}

// split is of lines without the carriage returns at their ends: not they are what is
// taken over.
func split(text []byte) []string {
	return unified.SplitLines(strings.ReplaceAll(string(text), "\r\n", "\n"))
}

// isGone tells whether upstream lacks what a change replaces.
func isGone(base, upstream []string, c linediff.Change) bool {
	if c.OldStart == c.OldEnd {
		return true
	}
	start, end := widen(base, c.OldStart, c.OldEnd)
	return count(upstream, base[start:end]) < count(base, base[start:end])
}

// widen makes a range of lines one that can be recognized: it is not empty, and has a letter.
func widen(lines []string, start, end int) (int, int) {
	isEmpty := start == end
	for isEmpty || !slices.ContainsFunc(lines[start:end], hasLetter) {
		if start == 0 && end == len(lines) {
			break
		}
		isEmpty = false
		start, end = max(0, start-1), min(len(lines), end+1)
	}
	return start, end
}

func hasLetter(line string) bool { return strings.IndexFunc(line, unicode.IsLetter) >= 0 }

// count returns how often lines has a block.
func count(lines, block []string) int {
	n := 0
	for i := 0; len(block) > 0 && i+len(block) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(block)], block) {
			n++
		}
	}
	return n
}
