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
	patterns := map[int][]string{} // by overlay
	var overlays []int
	for _, c := range a.manifest.Changes {
		for _, s := range c.Steps {
			if len(s.Exclude) > 0 && len(s.Patches) > 0 {
				overlays = append(overlays, s.Overlay)
				patterns[s.Overlay] = s.Exclude
			}
		}
	}
	for _, overlay := range unique(overlays) {
		places, ok := a.changedBy(overlay)
		if !ok {
			return // Reported.
		}
		if _, vain := matching(patterns[overlay], places); len(vain) > 0 {
			a.report(vainPatterns{owner(overlay), vain, places})
		}
	}
}

// changedBy returns where the files are that the diffs of an overlay change. It returns
// false if one of them can't be read.
func (a *applier) changedBy(overlay int) (changed []string, ok bool) {
	var files []int
	for _, c := range a.manifest.Changes {
		for _, s := range c.Steps {
			for _, d := range s.Patches {
				if s.Overlay == overlay {
					files = append(files, d.File)
				}
			}
		}
	}
	for _, u := range a.manifest.Unnamed {
		if u.Overlay == overlay {
			files = append(files, u.File)
		}
	}
	for _, file := range unique(files) {
		parts, ok := a.parse(overlay, file)
		if !ok {
			return nil, false
		}
		places := placesIn(parts)
		for _, part := range parts {
			changed = append(changed, places.of(part))
		}
	}
	return unique(changed), true
}

// matching parts patterns that match one of some paths from those that match none.
func matching(patterns, paths []string) (matching, vain []string) {
	for _, pattern := range patterns {
		if slices.ContainsFunc(paths, anyOf([]string{pattern}).MatchString) {
			matching = append(matching, pattern)
		} else {
			vain = append(vain, pattern)
		}
	}
	return matching, vain
}
