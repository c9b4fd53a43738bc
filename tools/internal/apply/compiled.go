package apply

import (
	"fmt"
	"slices"
)

// An impossibleName is one with which no build compiles a file.
type impossibleName struct {
	made
	reason string
}

// An impossibleConstraint is one with which no build compiles a file of its name.
type impossibleConstraint struct {
	made
	constraint string
}

// A takenOut file is one that Go leaves out, and compiled before.
type takenOut struct {
	made
	reason string
}

// A leftOutFile is one that Go leaves out, which may be meant.
type leftOutFile struct {
	made
	reason string
}

// checkCompiled checks that Go takes what overlays make of a file that it compiles.
// It returns why Go leaves the file out in this build, if that may be meant. If
// another changed file stands in for it, that is its name.
func (a *applier) checkCompiled(c *change, final version, instead string) string {
	if !final.present || c.Embedded {
		return ""
	}
	build := a.manifest.Build
	reason := build.leftOut(c.Name, final.content)
	if reason == "" {
		return ""
	}
	if !isSatisfiable(c.Name, emptyFile) {
		a.report(impossibleName{c.made(final), reason})
		return ""
	}
	if !isSatisfiable(c.Name, final.content) {
		a.report(impossibleConstraint{c.made(final), constraintOf(final.content)})
		return ""
	}
	reason = fmt.Sprintf("%s (%s)", reason, build)
	if c.Original != nil && instead == "" {
		original, ok := a.read(*c.Original, c.last().overlay())
		if ok && build.leftOut(c.Name, original) == "" {
			a.report(takenOut{c.made(final), reason})
			return ""
		}
	}
	return reason
}

// noteLeftOut tells people who build of what Go leaves out, but for what is no news:
// files of other platforms, beside those of this one.
func (a *applier) noteLeftOut(outcomes []outcome) {
	isTaken := func(o outcome) bool { return o.file.LeftOut == "" }
	for i, c := range a.manifest.Changes {
		file := outcomes[i].file
		if file.LeftOut == "" || file.Instead != "" || c.Original != nil && slices.ContainsFunc(outcomes, isTaken) {
			continue
		}
		a.notes = append(a.notes, leftOutFile{c.made(outcomes[i].version), file.LeftOut})
	}
}

// standIns returns, for each changed file that Go leaves out, a changed file that it
// compiles and that declares something of the same name: both can't be in one build,
// and are for different ones.
func (a *applier) standIns(outcomes []outcome) map[string]string {
	compiled := map[string]string{} // name of a declaration to the file
	var leftOut []map[string]declaration
	var names []string
	for i, c := range a.manifest.Changes {
		if !isGo(c) || !outcomes[i].present {
			continue
		}
		declared := map[string]declaration{}
		declarations(c.Name, outcomes[i].content, declared)
		delete(declared, "init")
		delete(declared, "_")
		if a.manifest.Build.leftOut(c.Name, outcomes[i].content) != "" {
			leftOut, names = append(leftOut, declared), append(names, c.Name)
			continue
		}
		for name := range declared {
			compiled[name] = c.Name
		}
	}
	found := map[string]string{}
	for i, declared := range leftOut {
		for name := range declared {
			if file := compiled[name]; file != "" && (found[names[i]] == "" || file < found[names[i]]) {
				found[names[i]] = file
			}
		}
	}
	return found
}
