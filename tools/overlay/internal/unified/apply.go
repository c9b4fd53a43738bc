package unified

import "strings"

// A Placement says where a hunk was applied.
type Placement struct {
	Hunk   *Hunk
	Line   int // of the file as it was, from 1
	Offset int // lines below (above, if negative) the one that the header and the hunks before ask for
	Fuzz   int // lines of context at its edges that were ignored
}

// Create returns the content of a file that the diff makes.
func (f *FileDiff) Create() string {
	var b strings.Builder
	for _, hunk := range f.Hunks {
		for _, line := range hunk.Lines {
			b.WriteString(line.Text)
		}
	}
	return b.String()
}

// Apply returns content with the hunks applied, and where they were. A hunk may
// ignore up to fuzz lines of context at its edges, but no line that it removes.
// It tries all hunks; if some fail, the content returned is without them.
func (f *FileDiff) Apply(content string, fuzz int) (string, []Placement, []*HunkError) {
	text := &text{lines: SplitLines(content)}
	var (
		out      strings.Builder
		placed   []Placement
		failures []*HunkError
		drift    int // of the hunk before
	)
	for _, hunk := range f.Hunks {
		want := hunk.stated() + drift
		found, failure := text.find(hunk, want, fuzz)
		if failure != nil {
			failures = append(failures, failure)
			continue
		}
		for _, line := range text.lines[text.done:found.at] {
			out.WriteString(line)
		}
		for _, line := range found.new {
			out.WriteString(line)
		}
		text.done = found.at + len(found.old)
		offset := found.start() - want
		drift += offset
		placed = append(placed, Placement{
			Hunk:   hunk,
			Line:   found.start() + 1,
			Offset: offset,
			Fuzz:   found.fuzz,
		})
	}
	for _, line := range text.lines[text.done:] {
		out.WriteString(line)
	}
	return out.String(), placed, failures
}
