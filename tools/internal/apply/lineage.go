package apply

import (
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// A lineage is how a diff comes to one file.
type lineage struct {
	source string // name of the file that it begins with: another one where the diff renames that
	parts  []*unified.FileDiff
	gone   bool // whether the last part deletes the file, or renames it

	// Of a file that another one becomes.
	renamed  *unified.FileDiff // the part that says so
	replaces bool              // whether the diff has taken a file of this name away before
	clashes  bool              // whether it has one still
}

// lineages are what a diff makes of files, by their names in the package. A series
// of patches may change a file several times.
type lineages map[string]*lineage

// add adds the next part of the diff, which is about the file newName, or renames
// oldName so.
func (l lineages) add(part *unified.FileDiff, oldName, newName string) {
	before := l.of(oldName)
	if oldName == newName {
		before.parts = append(before.parts, part)
		before.gone = part.Deletes()
		return
	}
	after := &lineage{
		source:  before.source,
		parts:   append(slices.Clone(before.parts), part),
		renamed: part,
	}
	if other := l[newName]; other != nil {
		after.replaces, after.clashes = other.gone, !other.gone
	}
	l[newName] = after
	before.parts = append(before.parts, part)
	before.gone = true
}

// of returns the lineage of a file, which is new if the diff has not had it yet.
func (l lineages) of(name string) *lineage {
	if l[name] == nil {
		l[name] = &lineage{source: name}
	}
	return l[name]
}

// names returns the names of the files about which the diff is, in order.
func (l lineages) names() []string { return sortedKeys(l) }

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
