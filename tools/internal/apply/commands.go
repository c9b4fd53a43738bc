package apply

import (
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
)

// buildozer returns the command that pins a file's base.
func buildozer(name, digest, label string) string {
	// Buildozer takes words apart at blanks, and a key off its value at the first colon.
	name = strings.NewReplacer(" ", `\ `, ":", `\:`).Replace(name)
	command := fmt.Sprintf("dict_set base %s:%s", name, digest)
	return fmt.Sprintf("buildozer %s %s", shell.Word(command), shell.Word(label))
}

// command returns what people do to an overlay by the command overlay. For an overlay of another Bazel module, whose files
// are not theirs, ok is false.
func (w wording) command(verb string, overlay int) (command string, ok bool) {
	label := w.label(overlay)
	return "overlay " + verb + " " + shell.Word(label), strings.HasPrefix(label, "//")
}

// copyFrom returns the command that copies what Bazel has under a path to a file of
// the workspace.
func copyFrom(path, to string) string {
	if shell.IsPlain(path) {
		return fmt.Sprintf(`cp -f "$(bazel info execution_root)/%s" %s`, path, shell.Word(to))
	}
	return fmt.Sprintf(`cp -f "$(bazel info execution_root)"/%s %s`, shell.Word(path), shell.Word(to))
}
