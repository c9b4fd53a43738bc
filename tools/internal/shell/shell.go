// Package shell writes words of commands that people copy from messages.
package shell

import (
	"regexp"
	"strings"
)

// plain matches words that a POSIX shell takes as they are.
var plain = regexp.MustCompile(`^[\w@%+=:,./-][\w@%+=:,./~-]*$`)

// IsPlain tells whether a POSIX shell takes a word as it is.
func IsPlain(word string) bool { return plain.MatchString(word) }

// Word returns text as a word of a command for a POSIX shell.
func Word(text string) string {
	if IsPlain(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Words returns texts as words of a command.
func Words(texts []string) string {
	words := make([]string, len(texts))
	for i, text := range texts {
		words[i] = Word(text)
	}
	return strings.Join(words, " ")
}
