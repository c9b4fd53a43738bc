package desk

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A layering is how overlays of a workspace lie on top of each other.
type layering struct {
	all  []workspace.Overlay
	sets []workspace.Set
	used []string // labels of sets that builds use, as far as files tell
}

// activeFlag is how .bazelrc chooses a set.
var activeFlag = regexp.MustCompile(`(?m)^[^#\n]*//go_overlay:active=["']?(@{0,2}//[^\s"']+)`)

// everyBuild is activeFlag where it holds for all builds, and not for those of a --config.
var everyBuild = regexp.MustCompile(`(?m)^(?:build|common)\s[^#\n]*//go_overlay:active=["']?(@{0,2}//[^\s"']+)`)

// usedSets returns the labels of sets that builds use: by default, by .bazelrc, or for a target.
func (d *Desk) usedSets(sets []workspace.Set) (used []string) {
	if module, err := d.readModule(); err == nil {
		if set, err := module.usedSet(); err == nil && set != "" {
			used = append(used, set)
		}
	}
	if content, err := os.ReadFile(filepath.Join(d.Workspace.Root, ".bazelrc")); err == nil {
		for _, match := range activeFlag.FindAllStringSubmatch(string(content), -1) {
			pkg, name := workspace.Package(match[1])
			used = append(used, setLabel{pkg, name}.label())
		}
	}
	for _, set := range sets {
		if set.IsPinned {
			used = append(used, set.Label)
		}
	}
	return used
}

// isSet returns an error about a set where an overlay is asked for.
func (l layering) isSet(label string) error {
	var in []string
	for _, o := range l.all {
		if has(l.sets, label, o.Label) {
			in = append(in, "\n  "+o.Label)
		}
	}
	if len(in) == 0 {
		return fmt.Errorf("%s is a go_overlay_set, and no overlay; it has none", label)
	}
	return fmt.Errorf("%s is a go_overlay_set, and no overlay; it has:%s", label, strings.Join(in, ""))
}

// inUse returns the sets that builds use, of those that have an overlay, and the sets that are in them; or all, if no set in
// use has it: then another one is chosen by hand.
func (l layering) inUse(overlay string) layering {
	var sets []workspace.Set
	alone := false
	for _, used := range l.used {
		alone = alone || used == overlay
		if !has(l.sets, used, overlay) {
			continue
		}
		for _, set := range l.sets {
			if set.Label == used || has(l.sets, used, set.Label) {
				sets = append(sets, set)
			}
		}
	}
	if len(sets) > 0 || alone {
		l.sets = sets
	}
	return l
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

// isOnTop tells whether another overlay changes the file first, in a set that builds use: then its base is what that
// leaves, which the build compares.
func (l layering) isOnTop(o workspace.Overlay, name string) bool {
	l = l.inUse(o.Label)
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

// ordered returns overlays with those first that others lie on top of. The error says which of them change
// the same file, where nothing says which is on top.
func (l layering) ordered(overlays []workspace.Overlay) ([]workspace.Overlay, error) {
	for i, o := range overlays {
		for _, other := range overlays[:i] {
			names := sharedNames(o, other)
			if o.ImportPath == other.ImportPath && len(names) > 0 && !l.layered(o.Label, other.Label) && !l.layered(other.Label, o.Label) {
				return nil, fmt.Errorf("%s and %s both change %s of package %s, and no set has one on top of the other by its layers; name one of them",
					other.Label, o.Label, strings.Join(names, ", "), o.ImportPath)
			}
		}
	}
	left := slices.Clone(overlays)
	var ordered []workspace.Overlay
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(o workspace.Overlay) bool {
			return !slices.ContainsFunc(left, func(other workspace.Overlay) bool {
				return o.Label != other.Label && o.ImportPath == other.ImportPath && l.layered(o.Label, other.Label)
			})
		})
		i = max(i, 0) // Sets that contradict each other have none.
		ordered = append(ordered, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return ordered, nil
}

// beneath returns the overlays, beside some of a package, that these lie on top of: they change files which those change, too.
func (l layering) beneath(overlays []workspace.Overlay) []workspace.Overlay {
	var beneath []workspace.Overlay
	for again := true; again; {
		again = false
		for _, lower := range l.all {
			isIn := func(o workspace.Overlay) bool { return o.Label == lower.Label }
			if slices.ContainsFunc(overlays, isIn) || slices.ContainsFunc(beneath, isIn) {
				continue
			}
			if slices.ContainsFunc(slices.Concat(overlays, beneath), func(o workspace.Overlay) bool {
				return o.ImportPath == lower.ImportPath && len(sharedNames(o, lower)) > 0 && l.layered(o.Label, lower.Label)
			}) {
				beneath, again = append(beneath, lower), true
			}
		}
	}
	return beneath
}

// within returns the sets that a label stands for: the set, and those in it.
func (l layering) within(label string) layering {
	sets := slices.DeleteFunc(slices.Clone(l.sets), func(s workspace.Set) bool { return s.Label != label && !has(l.sets, label, s.Label) })
	all := slices.DeleteFunc(slices.Clone(l.all), func(o workspace.Overlay) bool { return o.Label != label && !has(l.sets, label, o.Label) })
	return layering{all: all, sets: sets}
}
