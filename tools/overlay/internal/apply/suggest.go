package apply

import "path"

// closest returns the name that is most like the given one, or "" if none is
// near enough to be a slip.
func closest(name string, names []string) string {
	best, bestDistance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		distance := editDistance(name, candidate)
		if path.Base(candidate) == path.Base(name) {
			distance = min(distance, 1) // In another folder.
		}
		if distance < bestDistance || distance == bestDistance && best != "" && candidate < best {
			best, bestDistance = candidate, distance
		}
	}
	return best
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
