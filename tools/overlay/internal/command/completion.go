package command

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// completeVerb is what scripts of shells call, with the words up to the cursor. The help
// doesn't have it.
const completeVerb = "__complete"

func (p *Program) completionVerb(stdout io.Writer) Verb {
	return Verb{
		Name:     "completion",
		Operands: "SHELL",
		Summary:  "write what makes a shell complete verbs, flags and operands",
		Description: strings.ReplaceAll(`
Prints a script for SHELL, which is bash, zsh or fish. A shell that reads it asks NAME
for what can come next. For the shells that you start from now on, write one of these lines
into the file behind it:

    source <(NAME completion bash)    # ~/.bashrc
    source <(NAME completion zsh)     # ~/.zshrc, after compinit
    NAME completion fish | source     # ~/.config/fish/config.fish
`, "NAME", p.Name),
		Fails:    "the script can't be written",
		Examples: []Example{{"source <(" + p.Name + " completion bash)", "completion in this bash"}},
		Setup: func(*flag.FlagSet) func([]string) error {
			return func(operands []string) error {
				if len(operands) > 1 {
					return verbs.UsageError(fmt.Sprintf("unexpected argument %q", operands[1]))
				}
				script, ok := scripts[operands[0]]
				if !ok {
					return verbs.UsageError(fmt.Sprintf("expected bash, zsh or fish, found %q", operands[0]))
				}
				_, err := io.WriteString(stdout, strings.ReplaceAll(script, "NAME", p.Name))
				return err
			}
		},
		Complete: func(_, _ string) []string { return []string{"bash", "zsh", "fish"} },
	}
}

// complete writes what the last of the words can be, one a line, each with a tab and what it
// is after it. If it writes nothing, the shell takes files.
func (p *Program) complete(words []string, stdout io.Writer) {
	if len(words) == 0 {
		return
	}
	before, word := words[:len(words)-1], words[len(words)-1]
	write := func(candidate, text string) {
		if strings.HasPrefix(candidate, word) {
			fmt.Fprintf(stdout, "%s\t%s\n", candidate, text)
		}
	}
	verb, rest, ok := p.find(before)
	switch {
	case !ok:
		p.completeVerb(before, write)
		return
	case verb.Name == "help":
		p.completeVerb(rest, write)
		return
	}

	flags := verb.flags()
	flagsEnded, valueOf := false, ""
	for _, arg := range rest {
		switch {
		case valueOf != "":
			valueOf = ""
		case flagsEnded || !isFlag(arg):
		case arg == "--":
			flagsEnded = true
		case takesNext(flags, arg):
			valueOf, _, _ = flagName(arg)
		}
	}
	prefix := ""
	if valueOf == "" && !flagsEnded && strings.HasPrefix(word, "-") {
		dashes := word[:len(word)-len(strings.TrimLeft(word, "-"))]
		name, value, hasValue := flagName(word)
		if !hasValue {
			if dashes != "--" {
				dashes = "-"
			}
			flags.VisitAll(func(f *flag.Flag) { write(dashes+f.Name, flagText(f)) })
			return
		}
		prefix, valueOf = strings.TrimSuffix(word, value), name
	}
	if verb.Complete == nil {
		return
	}
	for _, candidate := range verb.Complete(valueOf, strings.TrimPrefix(word, prefix)) {
		write(prefix+candidate, "")
	}
}

// completeVerb writes what the next word of a verb's name can be, after others.
func (p *Program) completeVerb(before []string, write func(candidate, text string)) {
	start := ""
	if len(before) > 0 {
		start = strings.Join(before, " ") + " "
	}
	var last string
	for _, verb := range p.verbs() {
		rest, ok := strings.CutPrefix(verb.Name, start)
		word, _, isGroup := strings.Cut(rest, " ")
		if !ok || word == last {
			continue
		}
		text := verb.Summary
		if isGroup {
			text = ""
		}
		write(word, text)
		last = word
	}
}
