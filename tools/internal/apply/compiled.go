package apply

import (
	"fmt"
	"slices"
)

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
	overlay := c.Steps[len(c.Steps)-1].Overlay
	what := a.makes(c, final)
	if !isSatisfiable(c.Name, emptyFile) {
		a.report(overlay, " %s, which no build compiles: %s.\nGive the file another name.", what, reason)
		return ""
	}
	if !isSatisfiable(c.Name, final.content) {
		a.report(overlay, " %s, which no build compiles: no platform and no tags suit both its name and its constraint %q.\nCorrect the constraint.", what, constraintOf(final.content))
		return ""
	}
	reason = fmt.Sprintf("%s (%s)", reason, build)
	if c.Original != nil && instead == "" {
		original, ok := a.read(*c.Original, overlay)
		if ok && build.leftOut(c.Name, original) == "" {
			a.report(overlay, ` %s, and so takes %s out of the package, as Go leaves the new one out: %s.
Correct the constraint. If the package is to lose the file, write delete = [%q]; if the new one is for other builds only, let another file of the overlay declare for this one what it declares.`,
				what, c.Name, reason, c.Name)
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
		overlay := c.Steps[len(c.Steps)-1].Overlay
		a.notes = append(a.notes, fmt.Sprintf("%s %s, which Go leaves out of this build: %s", a.label(overlay), a.makes(c, outcomes[i].version), file.LeftOut))
	}
}

// makes says what the last step of a change does, and with which file.
func (a *applier) makes(c *change, final version) string {
	does := a.does(c, c.Steps[len(c.Steps)-1])
	if final.path == "" {
		return does
	}
	return fmt.Sprintf("%s (%s)", does, final.path)
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
