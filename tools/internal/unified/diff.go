// Package unified reads unified diffs and applies them.
//
// It is stricter than patch(1) and git-apply(1): a diff whose lines could go to
// several places, or whose counts are wrong, is an error and not a guess. Whoever
// patches the code of others wants to know that the code has changed.
package unified

import "strings"

// A FileDiff is what a diff says about one file.
type FileDiff struct {
	Line int // line of the diff on which it begins, from 1

	// Old and New are the names as the diff has them, prefixes such as a/ and
	// b/ included. A side that does not exist (/dev/null) has the name "".
	Old, New string

	Renamed bool // whether the file of the old name is gone, and the hunks make the new one of it
	Copied  bool // the same, but the old one stays

	// OldHash are the first digits of the hash by which git calls the old content;
	// "" where the diff does not tell.
	OldHash string

	Hunks []*Hunk

	// Unusable says why the part can't be applied, which matters to whom it is for:
	// it is about a binary file, say.
	Unusable error
}

// Creates tells whether the diff makes the file.
func (f *FileDiff) Creates() bool { return f.Old == "" }

// Deletes tells whether the diff removes the file.
func (f *FileDiff) Deletes() bool { return f.New == "" }

// Names returns the names that the file may have, without the first strip
// elements of their paths, the likeliest first. There are two at most: backups
// are called differently (hash.go.orig and hash.go). A name that has no more
// elements than are to be stripped is left out.
func (f *FileDiff) Names(strip int) []string {
	var names []string
	for _, path := range []string{f.New, f.Old} {
		name, ok := Strip(path, strip)
		if ok && (len(names) == 0 || names[0] != name) {
			names = append(names, name)
		}
	}
	return names
}

// Depth returns the number of elements of the longer of the file's names.
func (f *FileDiff) Depth() int {
	return 1 + max(strings.Count(f.Old, "/"), strings.Count(f.New, "/"))
}

// Strip returns a path without its first elements, if it has more of them.
func Strip(path string, elements int) (string, bool) {
	for range elements {
		var found bool
		if _, path, found = strings.Cut(path, "/"); !found {
			return "", false
		}
	}
	return path, path != ""
}

// A Hunk is a group of changes with the lines around them.
type Hunk struct {
	Line   int    // line of the diff that holds the header, from 1
	Header string // as in the diff

	OldStart, OldCount int
	NewStart, NewCount int

	Lines  []Line
	CutOff int // how many lines at the end are not in the diff, and taken for blank ones
}

// A Line is one line of a hunk.
type Line struct {
	Op   byte   // ' ' for context, '-' for a removed and '+' for an added line
	Text string // with the line's end, which is missing if the file's last line has none
}

// String returns the hunk as a diff has it.
func (h *Hunk) String() string {
	var b strings.Builder
	b.WriteString(h.Header)
	b.WriteByte('\n')
	for _, line := range h.Lines {
		b.WriteByte(line.Op)
		b.WriteString(line.Text)
		if !strings.HasSuffix(line.Text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
	return b.String()
}

// Ranges returns the hunk's header without the name of the function.
func (h *Hunk) Ranges() string {
	if head, _, ok := strings.Cut(strings.TrimPrefix(h.Header, "@@"), " @@"); ok {
		return "@@" + head + " @@"
	}
	return h.Header
}

// stated returns the index of the line of the file at which the hunk begins, by
// what its header says. A hunk without old lines goes after the line it names.
func (h *Hunk) stated() int {
	if h.OldCount == 0 {
		return h.OldStart
	}
	return h.OldStart - 1
}

// context returns how many lines of context the hunk begins and ends with.
func (h *Hunk) context() (leading, trailing int) {
	for leading < len(h.Lines) && h.Lines[leading].Op == ' ' {
		leading++
	}
	for trailing < len(h.Lines)-leading && h.Lines[len(h.Lines)-1-trailing].Op == ' ' {
		trailing++
	}
	return leading, trailing
}

// count returns how many lines the hunk has of one kind.
func (h *Hunk) count(op byte) int {
	n := 0
	for _, line := range h.Lines {
		if line.Op == op {
			n++
		}
	}
	return n
}

// SplitLines splits text after each line's end, so that joining gives text again.
func SplitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}
