package unified

// A text is a file to which hunks are applied from top to bottom.
type text struct {
	lines []string
	done  int // lines that belong to hunks that have been applied, or are above

	base base // whether it is the file that the diff was made from

	ids   []int32          // of lines: equal lines have equal ones
	known map[string]int32 // ids by line
	where [][]int32        // indices of lines by id, ascending
	heads *headings        // made when they are asked for
}

// A base is what is known of the file that a diff was made from.
type base int

const (
	unknownBase base = iota
	sameBase         // it is this one, so that lines are where the diff states
	otherBase
)

func newText(content string) *text { return textOf(SplitLines(content)) }

func textOf(lines []string) *text {
	t := &text{lines: lines, ids: make([]int32, len(lines)), known: map[string]int32{}}
	for i, line := range lines {
		id, ok := t.known[line]
		if !ok {
			id = int32(len(t.where))
			t.known[line] = id
			t.where = append(t.where, nil)
		}
		t.ids[i] = id
		t.where[id] = append(t.where[id], int32(i))
	}
	return t
}

// search returns the indices, from one on, at which lines are, ascending. It takes
// time in proportion to the lengths of both, and mostly much less.
func (t *text) search(lines []string, from int) []int {
	if len(lines) == 0 {
		found := make([]int, 0, max(0, len(t.lines)-from+1))
		for at := from; at <= len(t.lines); at++ {
			found = append(found, at)
		}
		return found
	}
	ids := make([]int32, len(lines))
	rarest := 0
	for i, line := range lines {
		id, ok := t.known[line]
		if !ok {
			return nil
		}
		ids[i] = id
		if len(t.where[id]) < len(t.where[ids[rarest]]) {
			rarest = i
		}
	}
	rare := t.where[ids[rarest]]
	if len(rare)*len(lines) > 4*(len(t.lines)+len(lines)) {
		return t.searchRepetitive(ids, from)
	}
	var found []int
	for _, index := range rare {
		if at := int(index) - rarest; at >= from && t.hasIDs(ids, at) {
			found = append(found, at)
		}
	}
	return found
}

func (t *text) hasIDs(ids []int32, at int) bool {
	if at+len(ids) > len(t.ids) {
		return false
	}
	for i, id := range ids {
		if t.ids[at+i] != id {
			return false
		}
	}
	return true
}

// searchRepetitive is the algorithm of Knuth, Morris and Pratt.
func (t *text) searchRepetitive(ids []int32, from int) []int {
	// border[i] is the length of the longest proper prefix of ids[:i+1] that is its suffix, too.
	border := make([]int, len(ids))
	for i, k := 1, 0; i < len(ids); i++ {
		for k > 0 && ids[i] != ids[k] {
			k = border[k-1]
		}
		if ids[i] == ids[k] {
			k++
		}
		border[i] = k
	}
	var found []int
	for i, k := from, 0; i < len(t.ids); i++ {
		for k > 0 && t.ids[i] != ids[k] {
			k = border[k-1]
		}
		if t.ids[i] == ids[k] {
			k++
		}
		if k == len(ids) {
			found = append(found, i+1-k)
			k = border[k-1]
		}
	}
	return found
}
