// Package command is the command line of a program that people use: its verbs, their
// flags, the help and the manual page made of both, and completion by shells.
//
// To add a verb, append it to the Verbs of a group, in main.go:
//
//	{Name: "drop", Operands: "OVERLAY...", Summary: "take overlays out again", Setup: setupDrop,
//		Description: "…", Fails: "an overlay is still named", Examples: []command.Example{{"overlay drop //overlays:uuid", "…"}}}
//
// and write setupDrop, which declares the flags, and returns what is done with the
// operands. Then go -C tools test ./overlay -run TestManual -update writes the manual page.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

// A Program is one with verbs. Beside its own it has help and completion.
type Program struct {
	Name    string
	Summary string // a paragraph
	Groups  []Group
	Hidden  []Verb // for other programs, which need no help
}

// A Group is verbs for one purpose.
type Group struct {
	Title string // "look at it"
	Verbs []Verb
}

// A Verb is one of the things that a program does.
type Verb struct {
	Name string // a word, or two: sdk lock

	// Operands are what Run is called with, as the help names them: "WHAT...". None are
	// allowed if it is empty, and at least one is needed unless it begins with "[".
	Operands string

	// PassesOn tells that operands are the arguments of another program, so that flags end where they begin.
	PassesOn bool
	// Divided tells that there may be an operand before a -- and others after it, which is one of them then.
	Divided bool

	Summary string // "take overlays out again"

	// Description is paragraphs, with empty lines between them. They are wrapped, but
	// for lines that begin with four spaces.
	Description string

	Fails    string // what exit code 1 means: "an overlay has conflicts"
	Examples []Example

	// Setup declares flags, with the name of the value in backquotes in the text of each
	// that has one, and returns what the verb does. It is also called for the help, and
	// does nothing else.
	Setup func(flags *flag.FlagSet) (run func(operands []string) error)

	// Complete returns what the value of a flag can be, or an operand if flag is
	// empty. What doesn't begin with word is left out afterwards. Nil, as no result, leaves
	// it to the shell, which knows files.
	Complete func(flag, word string) []string
}

// An Example is a command, and what it does.
type Example struct{ Command, Text string }

// An ExitCode is an error that has been told already, such as what a verb found.
type ExitCode int

func (e ExitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Main runs the verb that the arguments begin with, tells the user what is wrong, and
// returns the exit code: 0, 1 if something is wrong or was found, or 2 after a wrong call.
func (p Program) Main(args []string, stdout, stderr io.Writer) int {
	all := p.withOwn(stdout)
	switch {
	case len(args) == 0:
		fmt.Fprint(stderr, all.overview())
		return 2
	case args[0] == completeVerb:
		all.complete(args[1:], stdout)
		return 0
	case isHelp(args[0]):
		args = append([]string{"help"}, args[1:]...)
	case len(args) == 2 && isHelp(args[1]) && all.isGroup(args[0]):
		args = []string{"help", args[0]}
	}

	verb, rest, ok := all.find(args)
	if !ok {
		fmt.Fprintf(stderr, "%s: %s\n", p.Name, all.notFound(args))
		return 2
	}
	err := verb.call(rest)
	if errors.Is(err, flag.ErrHelp) {
		err = terminal.Page(stdout, []byte(all.page(verb)))
	}
	exit := ExitCode(0)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, new(verbs.UsageError)):
		fmt.Fprintf(stderr, "%s: %s: %v\n%s%s\n", p.Name, verb.Name, err, all.usage(verb), all.more(verb.Name))
		return 2
	}
	fmt.Fprintln(stderr, err)
	return 1
}

// withOwn returns the program with the verbs that all have.
func (p Program) withOwn(stdout io.Writer) *Program {
	all := &p
	all.Groups = append(slices.Clone(p.Groups), Group{
		Title: "the command itself",
		Verbs: []Verb{all.completionVerb(stdout), all.helpVerb(stdout)},
	})
	return all
}

func (p *Program) verbs() []Verb {
	var all []Verb
	for _, group := range p.Groups {
		all = append(all, group.Verbs...)
	}
	return all
}

// find returns the verb that arguments begin with, and the arguments after it.
func (p *Program) find(args []string) (Verb, []string, bool) {
	for _, verb := range append(p.verbs(), p.Hidden...) {
		words := strings.Fields(verb.Name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return verb, args[len(words):], true
		}
	}
	return Verb{}, nil, false
}

// group returns the verbs of two words that begin with this one.
func (p *Program) group(word string) (group []Verb) {
	for _, verb := range p.verbs() {
		if strings.HasPrefix(verb.Name, word+" ") {
			group = append(group, verb)
		}
	}
	return group
}

func (p *Program) isGroup(word string) bool { return p.group(word) != nil }

// notFound tells what is wrong with arguments that begin with no verb, and what to do.
func (p *Program) notFound(args []string) string {
	group := p.group(args[0])
	if group == nil {
		message := fmt.Sprintf("expected a verb, found %q", args[0])
		if near := p.near(args[0]); near != "" {
			return message + near + p.all("")
		}
		return message + "\n" + strings.TrimSuffix(p.overview(), "\n")
	}
	message := args[0] + ": expected a verb"
	if len(args) > 1 {
		message += fmt.Sprintf(", found %q", args[1])
		if near := p.near(args[0] + " " + args[1]); near != "" {
			return message + near + p.all(args[0])
		}
	}
	return message + "\n" + p.list(group) + p.more(args[0]+" VERB")
}

// near returns what is added to a message about a word that is no verb.
func (p *Program) near(word string) string {
	var names []string
	for _, verb := range p.verbs() {
		names = append(names, verb.Name)
	}
	if name := suggest.Closest(word, names); name != "" {
		return "; did you mean " + name + "?\n"
	}
	return ""
}

// call parses the arguments of a verb, and runs it.
func (v Verb) call(args []string) error {
	flags := verbs.NewFlags()
	run := v.Setup(flags)
	operands, err := parse(flags, args, v.PassesOn, v.Divided)
	switch {
	case err != nil:
		return err
	case v.Operands == "" && len(operands) > 0:
		return verbs.UsageError(fmt.Sprintf("unexpected argument %q", operands[0]))
	case v.Operands != "" && v.Operands[0] != '[' && len(operands) == 0:
		return verbs.UsageError("expected " + v.Operands)
	}
	return run(operands)
}
