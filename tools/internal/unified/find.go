package unified

import "slices"

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

// find returns where a hunk goes, which its header wants at the line of index
// want. A place at which the whole hunk fits comes first, then one with less and
// less context. Wherever more than one place is as good as the others, that is an
// error: to take one of them would be a guess.
func (t *text) find(h *Hunk, want, fuzz int) (match, *HunkError) {
	if h.CutOff > 0 {
		fuzz = 0 // What else may be cut off, nobody knows.
	}
	whole := h.block(0, 0)
	if len(whole.old) == 0 && len(t.lines) > 0 {
		return match{}, &HunkError{Hunk: h, Problem: NoContext}
	}
	if found := t.places(whole); len(found) > 0 {
		return t.choose(h, found, want, fuzz)
	}
	// With less context, what is there already would be put there once more.
	if at := t.applied(h, whole); at >= 0 {
		return match{}, &HunkError{Hunk: h, Problem: AlreadyApplied, Places: []int{at + 1}}
	}
	found, failure := t.underHeading(h, t.fuzzyPlaces(h, want, fuzz))
	switch {
	case failure != nil:
		return match{}, failure
	case len(found) > 1:
		return match{}, &HunkError{Hunk: h, Problem: Ambiguous, Fuzz: found[0].fuzz, Places: lineNumbers(found)}
	case len(found) == 1:
		return found[0], nil
	}
	return match{}, &HunkError{Hunk: h, Problem: NoMatch, want: want, fuzzAllowed: fuzz, done: t.done}
}

// choose returns that of several places, at all of which the whole hunk fits, at
// which it belongs.
func (t *text) choose(h *Hunk, found []match, want, fuzz int) (match, *HunkError) {
	stated, isStated := matchAt(found, want)
	if isStated && t.base == sameBase {
		return stated, nil
	}
	var open []match
	for _, m := range found {
		if !t.insertedAt(h, m.block, m.at) {
			open = append(open, m)
		}
	}
	switch _, isOpen := matchAt(open, want); {
	case len(open) == 0:
		return match{}, &HunkError{Hunk: h, Problem: AlreadyApplied, Places: lineNumbers(found)}
	case isStated && !isOpen:
		return match{}, &HunkError{Hunk: h, Problem: MaybeApplied, Places: []int{want + 1, open[0].at + 1}}
	}
	named, failure := t.underHeading(h, open)
	if failure != nil {
		return match{}, failure
	}
	stated, isStated = matchAt(named, want)
	if edge, isEdge := t.edge(h); isEdge {
		anchored, fits := matchAt(named, edge)
		switch {
		case fits && isStated && stated.at != anchored.at:
			return match{}, &HunkError{Hunk: h, Problem: Ambiguous, Stated: true, Places: lineNumbers([]match{stated, anchored})}
		case fits:
			return anchored, nil
		case len(named) == 1 && !isStated && h.anchor() > fuzz && !t.inHeading(h, named[0].at):
			return match{}, &HunkError{Hunk: h, Problem: NotAtEdge, Fuzz: h.anchor(), Places: lineNumbers(named)}
		}
	}
	switch {
	case len(named) > 1 && isStated && t.trusts(h):
		return stated, nil
	case len(named) > 1:
		return match{}, &HunkError{Hunk: h, Problem: Ambiguous, Stated: isStated, Places: lineNumbers(named)}
	case !isStated && h.count('+') > 0 && h.recognizable() && t.has(named[0].new, want) && !t.inHeading(h, named[0].at):
		// It would be put there if the like of the place that it was for were elsewhere, too.
		return match{}, &HunkError{Hunk: h, Problem: MaybeApplied, Places: []int{want + 1, named[0].at + 1}}
	}
	return named[0], nil
}

// enoughContext is how many lines of context diffs have by default. With less, so
// many places look alike that a line number proves nothing.
const enoughContext = 3

// trusts tells whether the line that a hunk states is to be believed where several
// places are alike.
func (t *text) trusts(h *Hunk) bool {
	leading, trailing := h.context()
	return t.base == sameBase || t.base == unknownBase && max(leading, trailing) >= enoughContext
}

func matchAt(found []match, at int) (match, bool) {
	for _, m := range found {
		if m.start() == at {
			return m, true
		}
	}
	return match{}, false
}

// anchor returns how many lines of context a hunk has less at one end than at the
// other. Diffs have so where a file begins or ends.
func (h *Hunk) anchor() int {
	leading, trailing := h.context()
	return abs(leading - trailing)
}

// edge returns the index of the line at which a hunk begins that is for the start
// or the end of the file, by its context, and whether it is.
func (t *text) edge(h *Hunk) (int, bool) {
	leading, trailing := h.context()
	switch {
	case leading < trailing && h.OldStart <= 1:
		return 0, true
	case trailing < leading:
		return len(t.lines) - h.OldCount, true
	}
	return 0, false
}

// applied returns where the lines are that the hunk makes, or -1.
func (t *text) applied(h *Hunk, whole block) int {
	if !h.recognizable() {
		return -1
	}
	var found []match
	for _, at := range t.search(whole.new, t.done) {
		found = append(found, match{whole, at})
	}
	if found, failure := t.underHeading(h, found); failure == nil && len(found) > 0 {
		return found[0].at
	}
	return -1
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

// replaceable tells whether a block whose lines are at index at can be applied there.
func (t *text) replaceable(b block, at int) bool {
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
	for _, at := range t.search(b.old, t.done) {
		if t.replaceable(b, at) {
			found = append(found, match{b, at})
		}
	}
	return found
}

// fuzzyPlaces returns the matches with the least context left out, at most limit
// lines at either end; of those that lack equally much, the one at the line that
// the header asks for is preferred.
func (t *text) fuzzyPlaces(h *Hunk, want, limit int) []match {
	if limit == 0 {
		return nil
	}
	leading, trailing := h.context()
	var (
		found []match
		best  = 2*limit*(limit+1) + 1 // more than any lack within the limit
	)
	blocks := map[[2]int]block{} // by what is left out: there are few, but many places
	for _, start := range t.coreStarts(h, limit) {
		lead, trail := t.lacking(h, start)
		if max(lead, trail) > limit || lead > leading || trail > trailing {
			continue
		}
		// By what is left out at the worse end, then by both.
		lack := max(lead, trail)*(2*limit+1) + lead + trail
		if lack > best {
			continue
		}
		b, ok := blocks[[2]int{lead, trail}]
		if !ok {
			b = h.block(lead, trail)
			blocks[[2]int{lead, trail}] = b
		}
		at := start + lead
		if len(b.old) == 0 || at < t.done || !t.has(b.old, at) || !t.replaceable(b, at) {
			continue
		}
		if lack < best {
			found, best = nil, lack
		}
		found = append(found, match{b, at})
	}
	if stated, ok := matchAt(found, want); ok && t.base != otherBase {
		return []match{stated}
	}
	return found
}

// coreStarts returns the indices, perhaps negative, at which the hunk would begin
// where the lines are that it removes, and those in between; or, if there are
// none, one of the lines next to which it adds others.
func (t *text) coreStarts(h *Hunk, limit int) []int {
	leading, trailing := h.context()
	core := h.block(leading, trailing)
	var starts []int
	if len(core.old) > 0 {
		for _, at := range t.search(core.old, t.done) {
			starts = append(starts, at-leading)
		}
		return starts
	}
	// With at most limit lines left out at an end, one of these is there.
	for i := range leading {
		if leading-1-i > limit {
			continue
		}
		for _, at := range t.search([]string{h.Lines[i].Text}, t.done) {
			starts = append(starts, at-i)
		}
	}
	after := len(h.Lines) - trailing
	for i := range min(trailing, limit+1) {
		for _, at := range t.search([]string{h.Lines[after+i].Text}, t.done) {
			starts = append(starts, at-leading-i)
		}
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}

// lacking returns how many lines of context have to be left out at both ends for
// the hunk to begin at an index.
func (t *text) lacking(h *Hunk, start int) (lead, trail int) {
	leading, trailing := h.context()
	there := func(line string, at int) bool { return at >= t.done && at < len(t.lines) && t.lines[at] == line }
	for i := leading - 1; i >= 0; i-- {
		if !there(h.Lines[i].Text, start+i) {
			lead = i + 1
			break
		}
	}
	end := start + h.OldCount
	for i := trailing - 1; i >= 0; i-- {
		if !there(h.Lines[len(h.Lines)-1-i].Text, end-1-i) {
			trail = i + 1
		}
		if trail > 0 {
			break
		}
	}
	return lead, trail
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
