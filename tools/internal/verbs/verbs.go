// Package verbs is the command line of a program that does several things, each by a
// verb: the table of them, their flags, and what the user is told after a wrong call.
package verbs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Program is one with verbs.
type Program struct {
	Name  string
	Verbs []Verb // in the order in which the usage has them
	Note  string // below the usage, or an empty string
}

// A Verb is one of the things that a program does.
type Verb struct {
	Name  string // a word, or two: sdk lock
	Usage string // its arguments
	Run   func(args []string) error
}

// A UsageError says that a program, or its verb, was called wrongly.
type UsageError string

func (e UsageError) Error() string { return string(e) }

// Run runs the verb that the arguments begin with.
func (p Program) Run(args []string) error {
	verb, args, err := find(p.Verbs, "", args)
	if err != nil {
		return err
	}
	err = verb.Run(args)
	if wrong := UsageError(""); errors.As(err, &wrong) {
		return UsageError(verb.Name + ": " + string(wrong))
	}
	return err
}

// find returns the verb that arguments begin with, and the arguments after it. Group
// is the words of its name that were there before those, with a space after each.
func find(verbs []Verb, group string, args []string) (Verb, []string, error) {
	var expected []string
	for _, verb := range verbs {
		rest, ok := strings.CutPrefix(verb.Name, group)
		if !ok {
			continue
		}
		word, _, isGroup := strings.Cut(rest, " ")
		if len(args) > 0 && args[0] == word {
			if isGroup {
				return find(verbs, group+word+" ", args[1:])
			}
			return verb, args[1:], nil
		}
		if !slices.Contains(expected, word) {
			expected = append(expected, word)
		}
	}
	message := "expected " + alternatives(expected)
	if group != "" {
		message = strings.TrimSuffix(group, " ") + ": " + message
	}
	if len(args) > 0 {
		message += fmt.Sprintf(", found %q", args[0])
	}
	return Verb{}, nil, UsageError(message)
}

// alternatives returns a list of words: apply, report or std.
func alternatives(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Exit tells the user about an error, if it is not nil, and returns the exit code: 2
// after a wrong call, which a shell can tell from other errors, 1.
func (p Program) Exit(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if !errors.As(err, new(UsageError)) {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stderr, "%s: %v\n%s\n", p.Name, err, p.usage())
	return 2
}

func (p Program) usage() string {
	var lines []string
	start := "usage: "
	for _, verb := range p.Verbs {
		lines = append(lines, start+p.Name+" "+verb.Name+" "+verb.Usage)
		start = strings.Repeat(" ", len(start))
	}
	if p.Note != "" {
		lines = append(lines, p.Note)
	}
	return strings.Join(lines, "\n")
}
