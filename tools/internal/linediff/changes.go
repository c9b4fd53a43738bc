package linediff

// A Change replaces lines of one text by lines of another. They are ranges of indices:
// the start, and the end that is not in the range.
type Change struct{ OldStart, OldEnd, NewStart, NewEnd int }

// Changes returns what makes new of old, from the top to the end. No two touch.
func Changes(old, new []string) []Change {
	var changes []Change
	at := Change{}
	add := func() {
		if at.OldStart < at.OldEnd || at.NewStart < at.NewEnd {
			changes = append(changes, at)
		}
	}
	for _, e := range edits(old, new) {
		switch e.op {
		case '-':
			at.OldEnd++
		case '+':
			at.NewEnd++
		default:
			add()
			at = Change{at.OldEnd + 1, at.OldEnd + 1, at.NewEnd + 1, at.NewEnd + 1}
		}
	}
	add()
	return changes
}
