package record

import "strings"

// DisplayLabel returns a canonical label as people write it: without @@ in the
// main repository.
func DisplayLabel(label string) string {
	if rest, ok := strings.CutPrefix(label, "@@//"); ok {
		return "//" + rest
	}
	return label
}
