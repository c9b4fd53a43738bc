// Package suggest finds names that may have been meant by one that nothing has.
package suggest

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Closest returns the name that is most like the given one, or "" if none is
// near enough to be a slip.
func Closest(name string, names []string) string {
	best, bestDistance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		distance := nameDistance(name, candidate)
		if distance < bestDistance || distance == bestDistance && best != "" && candidate < best {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// Nearest returns the names that are most like the given one, in alphabetical order,
// and how many others there are.
func Nearest(name string, names []string, limit int) (near []string, others int) {
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

// maxNear is how many names Near returns.
const maxNear = 5

// Near returns at most five names that may be meant by the given one, the most likely
// first: those that differ in case only, or in few letters, or that begin with it.
func Near(name string, names []string) []string {
	distances := map[string]int{}
	limit := max(2, len(name)/3)
	lower := strings.ToLower(name)
	for _, candidate := range names {
		distance := nameDistance(name, candidate)
		if len(name) >= 2 && strings.HasPrefix(strings.ToLower(candidate), lower) {
			distance = 0
		}
		if distance <= limit && distance < max(len(name), len(candidate)) { // Not all letters are others.
			distances[candidate] = distance
		}
	}
	near := make([]string, 0, len(distances))
	for candidate := range distances {
		near = append(near, candidate)
	}
	slices.SortFunc(near, func(x, y string) int {
		// Of those that begin with the name, one that differs in case only is the shortest.
		return cmp.Or(cmp.Compare(distances[x], distances[y]), cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	for i, candidate := range near {
		if i == maxNear || distances[candidate] > distances[near[0]]+1 { // The others are much more likely.
			return near[:i]
		}
	}
	return near
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
