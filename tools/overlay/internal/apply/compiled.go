package apply

import (
	"fmt"
)

// checkCompiled checks that Go takes what overlays make of a file that it compiles.
// It returns why Go leaves the file out in this build, if that may be meant.
func (a *applier) checkCompiled(c *change, final version) string {
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
	if !isSatisfiable(c.Name, final.content) {
		a.report(overlay, " %s, which no build compiles: no platform and no tags suit both its name and its constraint %q.\nCorrect the constraint.", what, constraintOf(final.content))
		return ""
	}
	reason = fmt.Sprintf("%s (%s)", reason, build)
	if c.Original != nil {
		original, ok := a.read(*c.Original, overlay)
		if ok && build.leftOut(c.Name, original) == "" {
			a.report(overlay, ` %s, and so takes %s out of the package, as Go leaves the new one out: %s.
Correct the constraint. If the package is to lose the file, write delete = [%q]; if it is to have another one in other builds, delete it and add that under another name, in new_srcs.`,
				what, c.Name, reason, c.Name)
			return ""
		}
	}
	return a.noteLeftOut(c, final, reason)
}

// noteLeftOut says that Go leaves out what a change makes, and returns the reason.
func (a *applier) noteLeftOut(c *change, final version, reason string) string {
	overlay := c.Steps[len(c.Steps)-1].Overlay
	a.notes = append(a.notes, fmt.Sprintf("%s %s, which Go leaves out of this build: %s", a.label(overlay), a.makes(c, final), reason))
	return reason
}

// makes says what the last step of a change does, and with which file.
func (a *applier) makes(c *change, final version) string {
	does := a.does(c, c.Steps[len(c.Steps)-1])
	if final.path == "" {
		return does
	}
	return fmt.Sprintf("%s (%s)", does, final.path)
}
