package unified

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

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
	text := newText(content)
	text.base = f.baseOf(content, len(text.lines))
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
			if len(failures) == maxFailures {
				break // What else does not fit takes time to find, and nobody reads it.
			}
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
	for i, failure := range failures[:min(len(failures), maxExplained)] {
		failures[i] = text.explain(failure)
	}
	return out.String(), placed, failures
}

// Bounds of what is done about hunks that don't fit.
const (
	maxFailures  = 20 // after so many no more hunks are tried
	maxExplained = 3  // of so many it is found out where they nearly fit
)

// baseOf tells what the diff says about the file that it was made from, if that is
// content, which has so many lines.
func (f *FileDiff) baseOf(content string, lines int) base {
	if len(f.OldHash) >= shortestHash {
		if isBlob(content, f.OldHash) {
			return sameBase
		}
		return otherBase
	}
	if len(f.Hunks) == 0 {
		return unknownBase
	}
	// A hunk that ends with less context than it begins with tells how long the file was.
	last := f.Hunks[len(f.Hunks)-1]
	if leading, trailing := last.context(); trailing < leading && last.stated()+last.OldCount != lines {
		return otherBase
	}
	return unknownBase
}

// shortestHash is how many digits of a hash are trusted, which is how many git
// writes at least by default.
const shortestHash = 7

// isBlob tells whether git calls content by a hash, of which the first digits are
// given. Repositories use one of two kinds.
func isBlob(content, hash string) bool {
	blob := fmt.Sprintf("blob %d\x00%s", len(content), content)
	sum1, sum256 := sha1.Sum([]byte(blob)), sha256.Sum256([]byte(blob))
	return strings.HasPrefix(hex.EncodeToString(sum1[:]), hash) || strings.HasPrefix(hex.EncodeToString(sum256[:]), hash)
}
