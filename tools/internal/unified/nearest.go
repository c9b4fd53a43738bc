package unified

import "strings"

// Near says where in a file a hunk nearly fits.
type Near struct {
	Line    int // of the file, from 1
	Matched int // old lines of the hunk that are there
	Total   int // old lines of the hunk
	Differs []Difference
}

// A Difference is a group of lines that differ.
type Difference struct {
	Line     int      // of the file, from 1
	Expected []string // lines that the hunk has there
	Found    []string // lines that the file has there
}

func (n *Near) shift(lines int) {
	n.Line += lines
	for i := range n.Differs {
		n.Differs[i].Line += lines
	}
}

// maxCells bounds the memory that nearest takes, in bytes. A hunk of 100 lines
// and a file of 100,000 stay below it.
const maxCells = 1 << 24

// The moves of an alignment of hunk and file.
const (
	same    = iota // the line is in both
	missing        // the line is in the hunk only
	extra          // the line is in the file only
)

// What the moves cost. A line that has changed is missing and extra: that must
// be cheaper than to do without the next line of the hunk, too.
const (
	missingCost = 2
	extraCost   = 1
)

// nearest aligns the old lines of a hunk with the part of a file that it looks
// like most. Of several such parts it takes the one next to index want. It
// returns nil if nothing in the file looks like the hunk.
func nearest(old, lines []string, want int) *Near {
	width := len(lines) + 1
	if len(old)*width > maxCells {
		return nil
	}
	// cost[j] is the cost of the best alignment of the hunk's first lines with
	// lines of the file up to j, and start[j] where it begins.
	cost, start := make([]int, width), make([]int, width)
	for j := range start {
		start[j] = j
	}
	moves := make([]byte, len(old)*width)
	for i, line := range old {
		row := moves[i*width:][:width]
		diagonal, diagonalStart := cost[0], start[0]
		cost[0] += missingCost
		row[0] = missing
		for j := 1; j < width; j++ {
			up, upStart := cost[j], start[j]
			switch {
			case line == lines[j-1]:
				cost[j], start[j], row[j] = diagonal, diagonalStart, same
			case up+missingCost <= cost[j-1]+extraCost:
				cost[j], start[j], row[j] = up+missingCost, upStart, missing
			default:
				cost[j], start[j], row[j] = cost[j-1]+extraCost, start[j-1], extra
			}
			diagonal, diagonalStart = up, upStart
		}
	}
	end := 0
	for j := range width {
		if cost[j] < cost[end] || cost[j] == cost[end] && abs(start[j]-want) < abs(start[end]-want) {
			end = j
		}
	}
	return trace(old, lines, moves, end)
}

// trace follows the moves back from the end of an alignment.
func trace(old, lines []string, moves []byte, end int) *Near {
	width := len(lines) + 1
	var path []byte
	i, j := len(old), end
	for i > 0 {
		move := moves[(i-1)*width+j]
		path = append(path, move)
		if move != extra {
			i--
		}
		if move != missing {
			j--
		}
	}
	near := &Near{Line: j + 1, Total: len(old)}
	telling := false
	var open *Difference
	for k := len(path) - 1; k >= 0; k-- {
		if path[k] == same {
			near.Matched++
			telling = telling || strings.Trim(old[i], " \t\r\n{}()") != ""
			open = nil
			i++
			j++
			continue
		}
		if open == nil {
			near.Differs = append(near.Differs, Difference{Line: j + 1})
			open = &near.Differs[len(near.Differs)-1]
		}
		if path[k] == missing {
			open.Expected = append(open.Expected, old[i])
			i++
		} else {
			open.Found = append(open.Found, lines[j])
			j++
		}
	}
	if !telling || near.Matched*3 < near.Total {
		return nil
	}
	near.widen(lines, j)
	return near
}

// widen shows what the file has instead of lines that are missing at the edges
// of the hunk: the alignment begins and ends with lines that are there. It ends
// before line end.
func (n *Near) widen(lines []string, end int) {
	if len(n.Differs) == 0 {
		return
	}
	first, last := &n.Differs[0], &n.Differs[len(n.Differs)-1]
	if first.Line == n.Line && len(first.Found) == 0 {
		found := min(len(first.Expected), n.Line-1)
		first.Found = lines[n.Line-1-found : n.Line-1]
		first.Line -= found
		n.Line -= found
	}
	if last.Line == end+1 && len(last.Found) == 0 {
		last.Found = lines[end:min(end+len(last.Expected), len(lines))]
	}
}

func abs(n int) int { return max(n, -n) }
