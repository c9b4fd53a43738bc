package command

import (
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

// width is the number of letters that a line of the help has at most.
const width = 80

// unwrapped is the width of Markdown, where a line must not begin with what then marks a list.
const unwrapped = math.MaxInt

func (p *Program) helpVerb(stdout io.Writer) Verb {
	return Verb{
		Name:     "help",
		Operands: "[VERB]",
		Summary:  "tell what a verb does",
		Description: fmt.Sprintf(`Prints the manual page of a verb, or the list of all verbs. "%[1]s VERB -h" is the same. On a terminal, long texts are shown by $GIT_PAGER, $PAGER or less.`,
			p.Name),
		Fails:    "the page can't be written",
		Examples: []Example{{p.Name + " help " + p.Groups[0].Verbs[0].Name, ""}},
		Setup: func(*flag.FlagSet) func([]string) error {
			return func(operands []string) error {
				text, err := p.help(operands)
				if err != nil {
					return err
				}
				return terminal.Page(stdout, []byte(text))
			}
		},
	}
}

// help returns what is known of a verb, of a group of them, or of all.
func (p *Program) help(words []string) (string, error) {
	if len(words) == 0 {
		return p.overview(), nil
	}
	if verb, rest, ok := p.find(words); ok && len(rest) == 0 {
		return p.page(verb), nil
	}
	if group := p.group(words[0]); group != nil && len(words) == 1 {
		text := ""
		for _, verb := range group {
			text += p.usage(verb)
		}
		return text + "\n" + p.list(group) + "\n" + p.more(words[0]+" VERB") + "\n", nil
	}
	name := strings.Join(words, " ")
	return "", verbs.UsageError(fmt.Sprintf("expected a verb, found %q", name) + strings.TrimSuffix(p.near(name), "\n"))
}

// overview returns the list of verbs.
func (p *Program) overview() string {
	text := "usage: " + p.Name + " VERB [FLAG]... [OPERAND]...\n\n" + wrap(p.Summary, "", width)
	for _, group := range p.Groups {
		text += "\n" + group.Title + "\n" + p.list(group.Verbs)
	}
	return text + "\n" + p.more("VERB") + "\n"
}

// list returns a line for each verb.
func (p *Program) list(list []Verb) string {
	column := 0
	for _, verb := range p.verbs() {
		column = max(column, len(verb.Name))
	}
	text := ""
	for _, verb := range list {
		text += fmt.Sprintf("   %-*s   %s\n", column, verb.Name, verb.Summary)
	}
	return text
}

// all and more return the last line of a message.
func (p *Program) all(group string) string {
	return fmt.Sprintf("%q lists the verbs.", strings.TrimSpace(p.Name+" help "+group))
}

func (p *Program) more(verb string) string {
	return fmt.Sprintf("\"%s help %s\" tells more.", p.Name, verb)
}

// synopsis returns how a verb is called.
func (p *Program) synopsis(verb Verb) []string {
	words := []string{p.Name + " " + verb.Name}
	verb.flags().VisitAll(func(f *flag.Flag) { words = append(words, "["+flagWithValue(f)+"]") })
	if verb.Operands != "" {
		words = append(words, verb.Operands)
	}
	return words
}

// usage returns the same, as lines.
func (p *Program) usage(verb Verb) string {
	return wrapWords(p.synopsis(verb), "usage: ", strings.Repeat(" ", len("usage: ")+len(p.Name+" "+verb.Name)+1), width)
}

func (v Verb) flags() *flag.FlagSet {
	flags := verbs.NewFlags()
	v.Setup(flags)
	return flags
}

// flagWithValue returns a flag as it is written: -file PATH.
func flagWithValue(f *flag.Flag) string {
	if value, _ := flag.UnquoteUsage(f); value != "" {
		return "-" + f.Name + " " + value
	}
	return "-" + f.Name
}

// flagText returns what a flag does.
func flagText(f *flag.Flag) string {
	_, text := flag.UnquoteUsage(f)
	if !slices.Contains([]string{"", "0", "false"}, f.DefValue) {
		text += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	return text
}

// exitCodes returns what the exit codes of a verb mean.
func (v Verb) exitCodes() []string {
	return []string{"fine", v.Fails, "called wrongly"}
}

// page returns the manual page of a verb, in the form that man has.
func (p *Program) page(verb Verb) string {
	const indent, deeper = "    ", "        "
	var b strings.Builder
	fmt.Fprintf(&b, "NAME\n%s%s %s - %s\n", indent, p.Name, verb.Name, verb.Summary)
	fmt.Fprintf(&b, "\nSYNOPSIS\n%s", wrapWords(p.synopsis(verb), indent, deeper, width))
	fmt.Fprintf(&b, "\nDESCRIPTION\n%s", wrap(verb.Description, indent, width))
	heading := "\nFLAGS\n"
	verb.flags().VisitAll(func(f *flag.Flag) {
		fmt.Fprintf(&b, "%s%s%s\n%s", heading, indent, flagWithValue(f), wrap(flagText(f), deeper, width))
		heading = ""
	})
	heading = "\nEXAMPLES\n"
	for _, example := range verb.Examples {
		fmt.Fprintf(&b, "%s%s%s\n%s", heading, indent, example.Command, wrap(example.Text, deeper, width))
		heading = ""
	}
	b.WriteString("\nEXIT CODES\n")
	for code, meaning := range verb.exitCodes() {
		b.WriteString(wrapWords(strings.Fields(meaning), fmt.Sprintf("%s%d   ", indent, code), deeper, width))
	}
	return b.String()
}

// Markdown returns the manual pages of all verbs. Note is its first line.
func (p Program) Markdown(note string) string {
	all := p.withOwn(io.Discard)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n# %s\n\n%s", note, p.Name, wrap(p.Summary, "", unwrapped))
	for _, group := range all.Groups {
		fmt.Fprintf(&b, "\n## %s\n", sentence(group.Title))
		for _, verb := range group.Verbs {
			fmt.Fprintf(&b, "\n### %s %s\n\n%s.\n", p.Name, verb.Name, sentence(verb.Summary))
			fmt.Fprintf(&b, "\n%s", wrapWords(all.synopsis(verb), "    ", "        ", width))
			fmt.Fprintf(&b, "\n%s", wrap(verb.Description, "", unwrapped))
			heading := "\nFlags:\n\n"
			verb.flags().VisitAll(func(f *flag.Flag) {
				fmt.Fprintf(&b, "%s- `%s`: %s\n", heading, flagWithValue(f), flagText(f))
				heading = ""
			})
			heading = "\nExamples:\n\n"
			for _, example := range verb.Examples {
				fmt.Fprintf(&b, "%s- `%s`", heading, example.Command)
				if example.Text != "" {
					fmt.Fprintf(&b, ": %s", example.Text)
				}
				b.WriteString("\n")
				heading = ""
			}
			b.WriteString("\nExit codes:\n\n")
			for code, meaning := range verb.exitCodes() {
				fmt.Fprintf(&b, "- `%d`: %s\n", code, meaning)
			}
		}
	}
	return b.String()
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// wrap returns paragraphs as lines. Those that begin with four spaces stay as they are.
func wrap(text, indent string, width int) string {
	var b strings.Builder
	var words []string
	flush := func() {
		b.WriteString(wrapWords(words, indent, indent, width))
		words = nil
	}
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "    "):
			flush()
			b.WriteString(indent + line + "\n")
		case line == "":
			flush()
			if text != "" {
				b.WriteString("\n")
			}
		default:
			words = append(words, strings.Fields(line)...)
		}
	}
	flush()
	return b.String()
}

// wrapWords returns words as lines, the first of which begins with start, the others with indent.
func wrapWords(words []string, start, indent string, width int) string {
	if len(words) == 0 {
		return ""
	}
	var b strings.Builder
	line := start
	for i, word := range words {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > width:
			b.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	b.WriteString(line + "\n")
	return b.String()
}

// Undocumented returns what the manual lacks: "drop has no examples".
func (p Program) Undocumented() (missing []string) {
	for _, verb := range p.withOwn(io.Discard).verbs() {
		for what, there := range map[string]bool{
			"summary":     verb.Summary != "",
			"description": verb.Description != "",
			"Fails":       verb.Fails != "",
			"examples":    len(verb.Examples) > 0,
		} {
			if !there {
				missing = append(missing, verb.Name+" has no "+what)
			}
		}
		verb.flags().VisitAll(func(f *flag.Flag) {
			if f.Usage == "" {
				missing = append(missing, verb.Name+": -"+f.Name+" has no text")
			} else if name, _ := flag.UnquoteUsage(f); !isBool(f) && name != strings.ToUpper(name) {
				missing = append(missing, verb.Name+": -"+f.Name+" has no name of its value, such as `FILE`")
			}
		})
	}
	slices.Sort(missing)
	return missing
}
