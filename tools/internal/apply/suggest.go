package apply

import (
	"cmp"
	"path"
	"slices"
)

// closest returns the name that is most like the given one, or "" if none is
// near enough to be a slip.
func closest(name string, names []string) string {
	best, bestDistance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		distance := nameDistance(name, candidate)
		if distance < bestDistance || distance == bestDistance && best != "" && candidate < best {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// nearest returns the names that are most like the given one, in alphabetical order,
// and how many others there are.
func nearest(name string, names []string, limit int) (near []string, others int) {
	near = slices.Clone(names)
	slices.Sort(near)
	if len(near) <= limit {
		return near, 0
	}
	distances := map[string]int{}
	for _, candidate := range near {
		distances[candidate] = nameDistance(name, candidate)
	}
	slices.SortStableFunc(near, func(x, y string) int { return cmp.Compare(distances[x], distances[y]) })
	slices.Sort(near[:limit])
	return near[:limit], len(near) - limit
}

// nameDistance tells how unlike each other two names are.
func nameDistance(a, b string) int {
	distance := editDistance(a, b)
	if path.Base(a) == path.Base(b) {
		distance = min(distance, 1) // In another folder.
	}
	return distance
}

// editDistance returns how many letters have to be added, taken out or exchanged
// to make b of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			exchanged := diagonal
			if a[i] != b[j] {
				exchanged++
			}
			diagonal = row[j+1]
			row[j+1] = min(exchanged, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
