package apply

import "slices"

// vainPatterns are those of patch_exclude that match nothing.
type vainPatterns struct {
	owner
	patterns []string
	places   []string // of what the diffs change
}

// checkExclusions checks that what overlays leave out of their diffs is in one of them:
// a pattern that matches nothing is misspelled, or the diff has changed.
func (a *applier) checkExclusions() {
	patterns, diffs := map[int][]string{}, map[int][]int{} // by overlay
	var overlays []int
	for _, c := range a.manifest.Changes {
		for _, s := range c.Steps {
			if len(s.Exclude) == 0 || len(s.Patches) == 0 {
				continue
			}
			overlays = append(overlays, s.Overlay)
			patterns[s.Overlay] = s.Exclude
			for _, d := range s.Patches {
				diffs[s.Overlay] = append(diffs[s.Overlay], d.File)
			}
		}
	}
	for _, overlay := range unique(overlays) {
		var changed []string
		for _, file := range unique(diffs[overlay]) {
			parts, ok := a.parse(overlay, file)
			if !ok {
				return // Reported.
			}
			places := placesIn(parts)
			for _, part := range parts {
				changed = append(changed, places.of(part))
			}
		}
		vain := slices.DeleteFunc(slices.Clone(patterns[overlay]), func(pattern string) bool {
			return slices.ContainsFunc(changed, anyOf([]string{pattern}).MatchString)
		})
		if len(vain) > 0 {
			a.report(vainPatterns{owner(overlay), vain, unique(changed)})
		}
	}
}
