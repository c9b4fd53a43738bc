// Package linediff shows how a text has changed, for people to read or for programs to apply.
package linediff

// An edit is a line of the way from one text to another.
type edit struct {
	op   byte // ' ' for a line of both, '-' for one of the old, '+' for one of the new text
	line string
}

// edits returns how old becomes new. As in a patience diff, the lines that are
// in both texts exactly once are held on to: in source code these are the ones
// that matter, and braces and blank lines find their places around them. The
// result need not be the shortest, and its cost does not explode.
func edits(old, new []string) []edit {
	var script []edit
	for len(old) > 0 && len(new) > 0 && old[0] == new[0] {
		script = append(script, edit{' ', old[0]})
		old, new = old[1:], new[1:]
	}
	kept := 0 // lines at the end of both
	for kept < len(old) && kept < len(new) && old[len(old)-1-kept] == new[len(new)-1-kept] {
		kept++
	}
	end := old[len(old)-kept:]
	old, new = old[:len(old)-kept], new[:len(new)-kept]

	anchors := uniqueCommon(old, new)
	fromOld, fromNew := 0, 0
	for _, a := range anchors {
		// What lies between two anchors has fewer lines, of which others are unique.
		script = append(script, edits(old[fromOld:a.old], new[fromNew:a.new])...)
		script = append(script, edit{' ', old[a.old]})
		fromOld, fromNew = a.old+1, a.new+1
	}
	if len(anchors) > 0 {
		script = append(script, edits(old[fromOld:], new[fromNew:])...)
	} else {
		script = appendAll(script, '-', old)
		script = appendAll(script, '+', new)
	}
	return appendAll(script, ' ', end)
}

func appendAll(script []edit, op byte, lines []string) []edit {
	for _, line := range lines {
		script = append(script, edit{op, line})
	}
	return script
}

// An anchor is a line of both texts, by its indices.
type anchor struct{ old, new int }

// uniqueCommon returns the lines that both texts have exactly once, as far as
// they are in the same order: the longest increasing sequence of them.
func uniqueCommon(old, new []string) []anchor {
	type occurrence struct{ inOld, inNew, at int }
	seen := make(map[string]*occurrence, len(old))
	for _, line := range old {
		if seen[line] == nil {
			seen[line] = &occurrence{}
		}
		seen[line].inOld++
	}
	for i, line := range new {
		if o := seen[line]; o != nil {
			o.inNew++
			o.at = i
		}
	}
	var common []anchor
	for i, line := range old {
		if o := seen[line]; o.inOld == 1 && o.inNew == 1 {
			common = append(common, anchor{i, o.at})
		}
	}
	return increasing(common)
}

// increasing returns the longest part of anchors, which are sorted by old, that
// is sorted by new, too. It lays them out like cards in a game of patience.
func increasing(anchors []anchor) []anchor {
	var tops []int // index of the anchor on top of each pile
	before := make([]int, len(anchors))
	for i, a := range anchors {
		low, high := 0, len(tops)
		for low < high {
			middle := (low + high) / 2
			if anchors[tops[middle]].new < a.new {
				low = middle + 1
			} else {
				high = middle
			}
		}
		before[i] = -1
		if low > 0 {
			before[i] = tops[low-1]
		}
		if low == len(tops) {
			tops = append(tops, i)
		} else {
			tops[low] = i
		}
	}
	if len(tops) == 0 {
		return nil
	}
	sequence := make([]anchor, len(tops))
	for i, k := tops[len(tops)-1], len(tops)-1; k >= 0; i, k = before[i], k-1 {
		sequence[k] = anchors[i]
	}
	return sequence
}
