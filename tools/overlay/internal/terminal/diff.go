package terminal

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
)

// The colours that git has for diffs.
const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	reset = "\x1b[m"
)

// PageDiff writes unified diffs as [Page] does, in colours if the terminal has them.
func PageDiff(w io.Writer, diff []byte) error {
	if Colours(w) {
		diff = ColourDiff(diff)
	}
	return Page(w, diff)
}

var hunk = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@`)

// ColourDiff returns unified diffs in colours. Other text, such as the heading of a file,
// is bold from where "diff " or "--- " begins a line to the next hunk.
func ColourDiff(diff []byte) []byte {
	var out bytes.Buffer
	oldLeft, newLeft, heading := 0, 0, false // lines of the hunk, which may look like a heading
	for _, line := range bytes.SplitAfter(diff, []byte("\n")) {
		colour := ""
		switch found := hunk.FindSubmatch(line); {
		case oldLeft > 0 && bytes.HasPrefix(line, []byte("-")):
			colour = red
			oldLeft--
		case newLeft > 0 && bytes.HasPrefix(line, []byte("+")):
			colour = green
			newLeft--
		case bytes.HasPrefix(line, []byte("\\")):
		case oldLeft > 0 || newLeft > 0: // an empty line, too, if an editor has cut its space off
			oldLeft--
			newLeft--
		case found != nil:
			colour, heading = cyan, false
			oldLeft, newLeft = count(found[1]), count(found[2])
		case heading, bytes.HasPrefix(line, []byte("diff ")), bytes.HasPrefix(line, []byte("--- ")):
			colour, heading = bold, true
		}
		text := bytes.TrimRight(line, "\r\n")
		if colour == "" || len(text) == 0 {
			out.Write(line)
			continue
		}
		out.WriteString(colour)
		out.Write(text)
		out.WriteString(reset)
		out.Write(line[len(text):])
	}
	return out.Bytes()
}

// count returns the number of lines in the heading of a hunk, which leaves out 1.
func count(number []byte) int {
	if number == nil {
		return 1
	}
	n, _ := strconv.Atoi(string(number))
	return n
}
