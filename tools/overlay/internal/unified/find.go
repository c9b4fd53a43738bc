package unified

// A text is a file to which hunks are applied from top to bottom.
type text struct {
	lines []string
	done  int // lines that belong to hunks that have been applied, or are above
}

// A block is a hunk without some of its context, as two groups of lines.
type block struct {
	old, new []string
	lead     int // lines of leading context left out
	fuzz     int // the greater of the numbers of lines left out at both ends
}

// block returns the hunk without lead lines at its start and trail at its end.
func (h *Hunk) block(lead, trail int) block {
	b := block{lead: lead, fuzz: max(lead, trail)}
	for _, line := range h.Lines[lead : len(h.Lines)-trail] {
		if line.Op != '+' {
			b.old = append(b.old, line.Text)
		}
		if line.Op != '-' {
			b.new = append(b.new, line.Text)
		}
	}
	return b
}

// A match is a block and the index of the line at which it fits.
type match struct {
	block
	at int
}

// start returns the index of the line at which the whole hunk would begin.
func (m match) start() int { return m.at - m.lead }

// find returns where a hunk goes. It tries, in this order, the line of index
// want, any line, and any line with less and less context. At each step several
// places are an error: to take one of them would be a guess.
func (t *text) find(h *Hunk, want, fuzz int) (match, *HunkError) {
	whole := h.block(0, 0)
	if len(whole.old) == 0 && len(t.lines) > 0 {
		return match{}, &HunkError{Hunk: h, Problem: NoContext}
	}
	if t.replaceable(whole, want) && !t.insertedAt(h, whole, want) {
		return match{whole, want}, nil
	}
	if t.has(whole.new, want) && h.recognizable() {
		return match{}, &HunkError{Hunk: h, Problem: AlreadyApplied, Places: []int{want + 1}}
	}
	switch found := t.places(whole); {
	case len(found) > 1:
		return match{}, &HunkError{Hunk: h, Problem: Ambiguous, Places: lineNumbers(found)}
	case len(found) == 1 && t.insertedAt(h, whole, found[0].at):
		return match{}, &HunkError{Hunk: h, Problem: AlreadyApplied, Places: lineNumbers(found)}
	case len(found) == 1:
		return found[0], nil
	}
	// With less context, what is there already would be put there once more.
	if at := t.index(whole.new, t.done); at >= 0 && h.recognizable() {
		return match{}, &HunkError{Hunk: h, Problem: AlreadyApplied, Places: []int{at + 1}}
	}
	switch found := t.fuzzyPlaces(h, want, 1, fuzz); {
	case len(found) > 1:
		return match{}, &HunkError{Hunk: h, Problem: Ambiguous, Fuzz: found[0].fuzz, Places: lineNumbers(found)}
	case len(found) == 1:
		return found[0], nil
	}
	return match{}, t.explain(h, want, fuzz)
}

// has tells whether lines are at index at.
func (t *text) has(lines []string, at int) bool {
	if at < 0 || at+len(lines) > len(t.lines) {
		return false
	}
	for i, line := range lines {
		if t.lines[at+i] != line {
			return false
		}
	}
	return true
}

// index returns where lines are first, from an index on, or -1.
func (t *text) index(lines []string, from int) int {
	for at := from; at+len(lines) <= len(t.lines); at++ {
		if t.has(lines, at) {
			return at
		}
	}
	return -1
}

// replaceable tells whether a block can be applied at index at.
func (t *text) replaceable(b block, at int) bool {
	if at < t.done || !t.has(b.old, at) {
		return false
	}
	// A last line without an end must not get another line glued to it.
	if len(b.new) > 0 && !endsLine(b.new[len(b.new)-1]) && at+len(b.old) < len(t.lines) {
		return false
	}
	return at == 0 || len(b.new) == 0 || endsLine(t.lines[at-1])
}

func endsLine(line string) bool { return line != "" && line[len(line)-1] == '\n' }

// places returns all matches of a block.
func (t *text) places(b block) []match {
	var found []match
	for at := t.done; at+len(b.old) <= len(t.lines); at++ {
		if t.replaceable(b, at) {
			found = append(found, match{b, at})
		}
	}
	return found
}

// fuzzyPlaces returns the matches with the least context left out, at least
// from and at most to lines at either end. Of those, the one at the line that
// the header asks for is preferred.
func (t *text) fuzzyPlaces(h *Hunk, want, from, to int) []match {
	leading, trailing := h.context()
	for fuzz := from; fuzz <= min(to, max(leading, trailing)); fuzz++ {
		// An order by the sum within fuzz, so that a greater fuzz only adds matches.
		for sum := fuzz; sum <= 2*fuzz; sum++ {
			var found []match
			for lead := sum - fuzz; lead <= fuzz; lead++ {
				trail := sum - lead
				if lead > leading || trail > trailing {
					continue
				}
				b := h.block(lead, trail)
				if len(b.old) == 0 {
					continue // Would go anywhere.
				}
				if at := want + lead; t.replaceable(b, at) {
					return []match{{b, at}}
				}
				found = append(found, t.places(b)...)
			}
			if len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// insertedAt tells whether lines that a hunk adds at the start or the end of a
// file are there already, next to the place at which the hunk's context is. As
// the hunk has context on one side only, its old lines are there just as well.
func (t *text) insertedAt(h *Hunk, whole block, at int) bool {
	leading, trailing := h.context()
	if h.count('-') > 0 {
		return false
	}
	switch {
	case leading == 0:
		return t.has(whole.new, at-h.count('+'))
	case trailing == 0:
		return t.has(whole.new, at)
	}
	return false
}

// recognizable tells whether a hunk's new lines say, where they are found, that
// the hunk has been applied: not if they are but a line or two that it keeps.
func (h *Hunk) recognizable() bool {
	leading, trailing := h.context()
	return leading+trailing > 0 && (h.count('+') > 0 || leading > 0 && trailing > 0)
}

func lineNumbers(found []match) []int {
	var lines []int
	for _, m := range found {
		lines = append(lines, m.start()+1)
	}
	return lines
}
