package apply

import (
	"fmt"
	"regexp"
	"strings"
)

// plainWord matches words that a POSIX shell takes as they are.
var plainWord = regexp.MustCompile(`^[\w@%+=:,./-][\w@%+=:,./~-]*$`)

// shellWord returns text as a word of a command for a POSIX shell.
func shellWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// buildozer returns the command that pins a file's base.
func buildozer(name, digest, label string) string {
	// Buildozer takes words apart at blanks, and a key off its value at the first colon.
	name = strings.NewReplacer(" ", `\ `, ":", `\:`).Replace(name)
	command := fmt.Sprintf("dict_set base %s:%s", name, digest)
	return fmt.Sprintf("buildozer %s %s", shellWord(command), shellWord(label))
}

// copyFrom returns the command that copies what Bazel has under a path to a file of
// the workspace.
func copyFrom(path, to string) string {
	if plainWord.MatchString(path) {
		return fmt.Sprintf(`cp -f "$(bazel info execution_root)/%s" %s`, path, shellWord(to))
	}
	return fmt.Sprintf(`cp -f "$(bazel info execution_root)"/%s %s`, shellWord(path), shellWord(to))
}
