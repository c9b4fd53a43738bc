package unified

import (
	"regexp"
	"strings"
)

// heading returns what a hunk's header says after the line numbers: the line that
// begins the function around it, cut short, or "".
func (h *Hunk) heading() string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(h.Header, "@@"), " @@")
	return strings.TrimRight(strings.TrimPrefix(rest, " "), " \t\r")
}

// namesItself tells whether a hunk has the first line of the function that it
// changes, so that the heading, which is of the function before, tells nothing.
func (h *Hunk) namesItself() bool {
	for _, line := range h.Lines {
		if line.Op != ' ' {
			return false
		}
		if isHead(line.Text) {
			return true
		}
	}
	return false
}

// leavesFunction tells whether a hunk has the end of the function that its heading
// names, before what it changes: that is elsewhere.
func (h *Hunk) leavesFunction() bool {
	for _, line := range h.Lines {
		if line.Op != ' ' {
			return false
		}
		if strings.HasPrefix(line.Text, "}") || strings.HasPrefix(line.Text, ")") {
			return true
		}
	}
	return false
}

// isHead tells whether git and diff -p take a line for one that begins a
// function, where they don't know the language.
func isHead(line string) bool {
	if line == "" {
		return false
	}
	c := line[0]
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isLabel tells whether git passes over a line that begins as a function would, where
// it knows C.
func isLabel(line string) bool { return label.MatchString(line) }

var label = regexp.MustCompile(`^[A-Za-z_]\w*:\s*($|/[/*])`)

// isGoHead tells whether git takes a line for a heading, where it knows Go.
func isGoHead(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return strings.HasPrefix(line, "func ") || strings.HasPrefix(line, "func(") ||
		strings.HasPrefix(line, "type ") && (strings.Contains(line, "struct") || strings.Contains(line, "interface"))
}

// headings are the lines of a file that begin functions.
type headings struct {
	plain, c, golang []int // for each line the index of the last one before it, or -1
	closed           []int // for each line the index of the last one before it that ends a function, or -1
	all              []int
}

func (t *text) headings() *headings {
	if t.heads != nil {
		return t.heads
	}
	n := len(t.lines) + 1
	t.heads = &headings{plain: make([]int, n), c: make([]int, n), golang: make([]int, n), closed: make([]int, n)}
	plain, c, golang, closed := -1, -1, -1, -1
	for i := range n {
		t.heads.plain[i], t.heads.c[i], t.heads.golang[i], t.heads.closed[i] = plain, c, golang, closed
		if i == len(t.lines) {
			break
		}
		line := t.lines[i]
		if isHead(line) {
			plain = i
			if !isLabel(line) {
				c = i
			}
		}
		if isGoHead(line) {
			golang = i
		}
		if plain == i || golang == i {
			t.heads.all = append(t.heads.all, i)
		}
		if strings.HasPrefix(line, "}") || strings.HasPrefix(line, ")") {
			closed = i
		}
	}
	return t.heads
}

// inHeading tells whether the line of index at is below the hunk's heading.
func (t *text) inHeading(h *Hunk, at int) bool {
	heading, heads := h.heading(), t.headings()
	if heading == "" || at < 0 || at > len(t.lines) {
		return false
	}
	for _, index := range []int{heads.plain[at], heads.c[at], heads.golang[at]} {
		if index >= 0 && sameHeading(t.lines[index], heading) {
			return true
		}
	}
	return false
}

// underHeading returns those of the places that are in the function which the
// hunk's heading names, if any are; else those in no function. If the function is
// elsewhere, places in others are an error.
func (t *text) underHeading(h *Hunk, found []match) ([]match, *HunkError) {
	if len(found) == 0 || h.heading() == "" || h.namesItself() {
		return found, nil
	}
	heads := t.headings()
	var inside, outside []match
	for _, m := range found {
		at := max(m.start(), 0)
		switch index := heads.plain[at]; {
		case t.inHeading(h, at):
			inside = append(inside, m)
		case index < 0 || index < heads.closed[at]:
			outside = append(outside, m)
		}
	}
	switch {
	case len(inside) > 0:
		return inside, nil
	case len(outside) > 0:
		return outside, nil
	case h.leavesFunction():
		return found, nil
	}
	for _, index := range heads.all {
		if sameHeading(t.lines[index], h.heading()) {
			return nil, &HunkError{Hunk: h, Problem: OtherFunction, Places: append(lineNumbers(found), index+1)}
		}
	}
	return found, nil // It has another name now.
}

// goFunc is the start of a function or method, but for the name of its receiver.
var goFunc = regexp.MustCompile(`^\s*func\s*(?:\(\s*(?:\w+\s+)?\*?([\w.]+)[^)]*\)\s*)?(\w+)`)

// sameHeading tells whether a line begins the function that a heading names. Its
// parameters may have changed.
func sameHeading(line, heading string) bool {
	line = strings.TrimRight(line, " \t\r\n")
	if a, b := goFunc.FindStringSubmatch(line), goFunc.FindStringSubmatch(heading); a != nil && b != nil {
		return a[1] == b[1] && a[2] == b[2]
	}
	bare := strings.TrimLeft(line, " \t")
	if len(heading) < shortestCut {
		return line == heading || bare == heading
	}
	return strings.HasPrefix(line, heading) || strings.HasPrefix(bare, heading)
}

// shortestCut is the length, in bytes, from which on headings are cut: diff -p
// does so here, git at 80.
const shortestCut = 40
