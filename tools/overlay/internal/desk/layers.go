package desk

import (
	"slices"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A layering is how overlays of a workspace lie on top of each other.
type layering struct {
	all  []workspace.Overlay
	sets []workspace.Set
}

// layered tells whether a set puts one overlay on top of another, itself or by sets that have them.
func (l layering) layered(upper, lower string) bool {
	within := func(label, overlay string) bool { return label == overlay || has(l.sets, label, overlay) }
	for _, set := range l.sets {
		stack := append([]string{}, set.Layers...)
		for i, label := range stack {
			if !within(label, upper) {
				continue
			}
			// Below are the layers before it, and all of the overlays.
			for _, below := range slices.Concat(set.Overlays, stack[:i]) {
				if within(below, lower) {
					return true
				}
			}
		}
	}
	return false
}

// isOnTop tells whether another overlay changes the file first: then its base is what that leaves, which
// the build compares.
func (l layering) isOnTop(o workspace.Overlay, name string) bool {
	return slices.ContainsFunc(l.all, func(other workspace.Overlay) bool {
		return other.Label != o.Label && other.ImportPath == o.ImportPath && slices.Contains(sharedNames(o, other), name) && l.layered(o.Label, other.Label)
	})
}

// has tells whether a set has an overlay, or another one that has it.
func has(sets []workspace.Set, set, overlay string) bool {
	seen := map[string]bool{} // Sets that contain each other are an error of the build.
	var within func(set string) bool
	within = func(set string) bool {
		i := slices.IndexFunc(sets, func(s workspace.Set) bool { return s.Label == set })
		if i < 0 || seen[set] {
			return false
		}
		seen[set] = true
		return slices.ContainsFunc(slices.Concat(sets[i].Overlays, sets[i].Layers), func(label string) bool {
			return label == overlay || within(label)
		})
	}
	return within(set)
}
