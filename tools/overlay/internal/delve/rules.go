package delve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Rule is one of Delve's substitute-path: files whose names in the debug information begin with From
// are those whose paths begin with To. An empty From is for all names that are no absolute paths.
type Rule struct{ From, To string }

// A Place is where files may be: a rule that holds for those that are there.
type Place struct {
	Rule

	// FollowsLinks says that a file that is a link is shown where it leads.
	FollowsLinks bool
}

// apply returns what Delve makes of a name by the rule. All names here have slashes.
func (r Rule) apply(name string) (path string, ok bool) {
	if name == r.From {
		return r.To, true
	}
	rest, ok := name, !filepath.IsAbs(name) && !strings.HasPrefix(name, "/")
	if r.From != "" {
		rest, ok = strings.CutPrefix(name, r.From)
		ok = ok && strings.HasPrefix(rest, "/")
	}
	if !ok {
		return "", false
	}
	return strings.TrimSuffix(r.To, "/") + "/" + strings.TrimPrefix(rest, "/"), true
}

// Substitute returns what Delve makes of a name by rules: the first that is for it counts.
func Substitute(name string, rules []Rule) string {
	for _, r := range rules {
		if path, ok := r.apply(name); ok {
			return path
		}
	}
	return name
}

// RulesFor returns rules by which Delve finds the files that debug information names, and the names of which there
// is no file. Where a name is in known, that is its file; else it is in the first of the places that has it.
func RulesFor(names []string, known map[string]string, places []Place) (rules []Rule, missing []string) {
	files := map[string]string{}
	uses := map[Rule]int{}
	for _, name := range names {
		if file, ok := known[name]; ok {
			files[name] = file
			continue
		}
		matched := false
		for _, place := range places {
			file, ok := place.apply(name)
			if !ok {
				continue
			}
			matched = true
			info, err := os.Lstat(file)
			if err != nil {
				continue
			}
			if place.FollowsLinks && info.Mode()&os.ModeSymlink != 0 {
				if real, err := filepath.EvalSymlinks(file); err == nil {
					file = filepath.ToSlash(real)
				}
			}
			if info, err := os.Stat(file); err != nil || info.IsDir() {
				continue
			}
			files[name] = file
			uses[place.Rule]++
			break
		}
		if _, found := files[name]; !found && matched {
			missing = append(missing, name)
		}
	}

	// Of two rules for one beginning, the one for more files.
	most := map[string]Rule{}
	for rule, n := range uses {
		if has, ok := most[rule.From]; !ok || n > uses[has] || n == uses[has] && rule.To < has.To {
			most[rule.From] = rule
		}
	}
	var general []Rule
	for _, rule := range most {
		general = append(general, rule)
	}
	slices.SortFunc(general, func(a, b Rule) int { // The longest first, as the first counts.
		if len(a.From) != len(b.From) {
			return len(b.From) - len(a.From)
		}
		return strings.Compare(a.From, b.From)
	})
	rules = withExceptions(files, general)
	for i := range general { // A rule that is right for few files of many costs more than it saves.
		without := withExceptions(files, slices.Delete(slices.Clone(general), i, i+1))
		if len(without) < len(rules) {
			rules = without
		}
	}
	return rules, missing
}

// withExceptions returns rules, and before them one for each file that they would have elsewhere.
func withExceptions(files map[string]string, general []Rule) (rules []Rule) {
	for name, file := range files {
		if Substitute(name, general) != file {
			rules = append(rules, Rule{name, file})
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.From, b.From) })
	return append(rules, general...)
}
