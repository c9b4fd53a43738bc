package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// fruit returns a program. Its verbs tell on out what they were called with.
func fruit(out io.Writer) Program {
	eat := func(flags *flag.FlagSet) func([]string) error {
		peel := flags.Bool("peel", false, "take the peel off")
		with := flags.String("with", "spoon", "the `TOOL` to eat with")
		flags.Func("day", "`DAY` to eat on", func(string) error { return nil })
		return func(operands []string) error {
			fmt.Fprintf(out, "peel=%v with=%s %q", *peel, *with, operands)
			switch {
			case slices.Contains(operands, "stone"):
				return errors.New("a stone can't be eaten")
			case slices.Contains(operands, "worm"):
				return fmt.Errorf("found: %w", ExitCode(1))
			case slices.Contains(operands, ""):
				return verbs.UsageError("expected the name of a fruit, found nothing")
			}
			return nil
		}
	}
	plain := func(*flag.FlagSet) func([]string) error {
		return func([]string) error { return nil }
	}
	return Program{
		Name:    "fruit",
		Summary: "Deals with fruit.",
		Groups: []Group{
			{Title: "at table", Verbs: []Verb{{
				Name: "eat", Operands: "FRUIT...", Summary: "eat fruit", Setup: eat, Fails: "a fruit can't be eaten",
				Description: "Eats each FRUIT.\n\nLike so:\n\n    fruit eat  apple\n",
				Examples:    []Example{{"fruit eat -peel banana", "eats it"}},
				Complete: func(flag, _ string) []string {
					switch flag {
					case "":
						return []string{"//tree:apple", "//tree:pear", "//bush:currant"}
					case "with":
						return []string{"fork", "spoon", "spork"}
					}
					return nil
				},
			}}},
			{Title: "in the garden", Verbs: []Verb{
				{Name: "tree grow", Summary: "grow a tree", Setup: plain},
				{Name: "tree fell", Summary: "cut a tree down", Setup: plain},
			}},
		},
	}
}

func TestProgram(t *testing.T) {
	for _, test := range []struct {
		args   string
		code   int
		stdout string // what it begins with
		stderr string
	}{
		{"eat apple", 0, `peel=false with=spoon ["apple"]`, ""},
		{"eat apple --with=fork pear -peel", 0, `peel=true with=fork ["apple" "pear"]`, ""},
		{"eat -with -- apple", 0, `peel=false with=-- ["apple"]`, ""},
		{"eat apple -- -peel --", 0, `peel=false with=spoon ["apple" "-peel" "--"]`, ""},
		{"eat - -peel", 0, `peel=true with=spoon ["-"]`, ""},
		{"eat stone", 1, `peel=`, "a stone can't be eaten\n"},
		{"eat worm", 1, `peel=`, ""},
		{"eat", 2, "", "fruit: eat: expected FRUIT...\nusage: fruit eat [-day DAY] [-peel] [-with TOOL] FRUIT...\n\"fruit help eat\" tells more.\n"},
		{"eat apple -wiht fork", 2, "", "fruit: eat: flag provided but not defined: -wiht; did you mean -with?\nusage: "},
		{"eat apple -with", 2, "", "fruit: eat: flag needs an argument: -with\nusage: "},
		{"eat apple -peel=x", 2, "", "fruit: eat: invalid boolean value \"x\" for -peel"},
		{"tree grow oak", 2, "", "fruit: tree grow: unexpected argument \"oak\"\nusage: fruit tree grow\n"},
		{"tree", 2, "", "fruit: tree: expected a verb\n   tree grow    "},
		{"tree groww", 2, "", "fruit: tree: expected a verb, found \"groww\"; did you mean tree grow?\n\"fruit help tree\" lists the verbs.\n"},
		{"tree juggling", 2, "", "fruit: tree: expected a verb, found \"juggling\"\n   tree grow    "},
		{"eta", 2, "", "fruit: expected a verb, found \"eta\"; did you mean eat?\n\"fruit help\" lists the verbs.\n"},
		{"juggling", 2, "", "fruit: expected a verb, found \"juggling\"\nusage: fruit VERB"},
		{"", 2, "", "usage: fruit VERB"},
		{"help", 0, "usage: fruit VERB", ""},
		{"-h", 0, "usage: fruit VERB", ""},
		{"--help", 0, "usage: fruit VERB", ""},
		{"--help eat", 0, "NAME\n    fruit eat - eat fruit\n", ""},
		{"help eat", 0, "NAME\n    fruit eat - eat fruit\n", ""},
		{"eat apple -peel --help", 0, "NAME\n    fruit eat - eat fruit\n", ""},
		{"eat apple -- -h", 0, `peel=false with=spoon ["apple" "-h"]`, ""},
		{"help tree grow", 0, "NAME\n    fruit tree grow - ", ""},
		{"tree -h", 0, "usage: fruit tree grow\nusage: fruit tree fell\n\n   tree grow", ""},
		{"help tree", 0, "usage: fruit tree grow\n", ""},
		{"help eta", 2, "", "fruit: help: expected a verb, found \"eta\"; did you mean eat?\n"},
		{"help help", 0, "NAME\n    fruit help - ", ""},
		{"completion", 2, "", "fruit: completion: expected SHELL\n"},
		{"completion tcsh", 2, "", "fruit: completion: expected bash, zsh or fish, found \"tcsh\"\n"},
		{"completion bash zsh", 2, "", "fruit: completion: unexpected argument \"zsh\"\n"},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr strings.Builder
			args := strings.Fields(test.args)
			before := slices.Clone(args)
			if code := fruit(&stdout).Main(args, &stdout, &stderr); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !slices.Equal(args, before) {
				t.Errorf("made %q of the arguments", args)
			}
			for _, stream := range []struct{ name, got, want string }{{"stdout", stdout.String(), test.stdout}, {"stderr", stderr.String(), test.stderr}} {
				if !strings.HasPrefix(stream.got, stream.want) || stream.want == "" && stream.got != "" {
					t.Errorf("%s:\n%s\nwant:\n%s", stream.name, stream.got, stream.want)
				}
			}
		})
	}
}

func TestComplete(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{""}, "eat tree completion help"},
		{[]string{"t"}, "tree"},
		{[]string{"tree", ""}, "grow fell"},
		{[]string{"tree", "grow", ""}, ""},
		{[]string{"help", ""}, "eat tree completion help"},
		{[]string{"help", "tree", "f"}, "fell"},
		{[]string{"completion", ""}, "bash zsh fish"},
		{[]string{"juggle", ""}, ""},
		{[]string{"eat", "-"}, "-day -peel -with"},
		{[]string{"eat", "--p"}, "--peel"},
		{[]string{"eat", "-peel", ""}, "//tree:apple //tree:pear //bush:currant"},
		{[]string{"eat", "//tree:p"}, "//tree:pear"},
		{[]string{"eat", "//tree:pear", "-with", "sp"}, "spoon spork"},
		{[]string{"eat", "-with", "-peel", "//b"}, "//bush:currant"},
		{[]string{"eat", "--with=sp"}, "--with=spoon --with=spork"},
		{[]string{"eat", "-with=fork", "//b"}, "//bush:currant"},
		{[]string{"eat", "-day", ""}, ""},
		{[]string{"eat", "--", "-"}, ""},
		{[]string{"eat", "--", "//b"}, "//bush:currant"},
		{nil, ""},
	} {
		var stdout, stderr strings.Builder
		code := fruit(io.Discard).Main(append([]string{completeVerb}, test.words...), &stdout, &stderr)
		var got []string
		for _, line := range strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n") {
			candidate, _, _ := strings.Cut(line, "\t")
			got = append(got, candidate)
		}
		if code != 0 || strings.Join(got, " ") != test.want || stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, %q, want %q\n%s", test.words, code, got, test.want, &stderr)
		}
	}
}

func TestPage(t *testing.T) {
	var page strings.Builder
	fruit(io.Discard).Main([]string{"eat", "-h"}, &page, &page)
	const want = `NAME
    fruit eat - eat fruit

SYNOPSIS
    fruit eat [-day DAY] [-peel] [-with TOOL] FRUIT...

DESCRIPTION
    Eats each FRUIT.

    Like so:

        fruit eat  apple

FLAGS
    -day DAY
        DAY to eat on
    -peel
        take the peel off
    -with TOOL
        the TOOL to eat with (default spoon)

EXAMPLES
    fruit eat -peel banana
        eats it

EXIT CODES
    0   fine
    1   a fruit can't be eaten
    2   called wrongly
`
	if page.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &page, want)
	}
}

func TestMarkdown(t *testing.T) {
	page := fruit(io.Discard).Markdown("<!-- a note -->")
	const want = `<!-- a note -->

# fruit

Deals with fruit.

## At table

### fruit eat

Eat fruit.

    fruit eat [-day DAY] [-peel] [-with TOOL] FRUIT...

Eats each FRUIT.

Like so:

    fruit eat  apple

Flags:

- ` + "`-day DAY`" + `: DAY to eat on
`
	if !strings.HasPrefix(page, want) {
		t.Errorf("got:\n%s\nwant:\n%s", page, want)
	}
}

func TestUndocumented(t *testing.T) {
	got := fruit(io.Discard).Undocumented()
	if len(got) != 6 || got[0] != "tree fell has no Fails" {
		t.Errorf("got %q", got)
	}
}

func TestWrap(t *testing.T) {
	const text = "a bc def\ngh\n\n    kept  as it is\n"
	const want = "> a bc\n> def gh\n\n>     kept  as it is\n"
	if got := wrap(text, "> ", 8); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestScripts checks that the name of the program is all that is put into them.
func TestScripts(t *testing.T) {
	for shell := range scripts {
		var stdout strings.Builder
		if code := fruit(io.Discard).Main([]string{"completion", shell}, &stdout, os.Stderr); code != 0 {
			t.Errorf("%s: exit code %d", shell, code)
		}
		if strings.Contains(stdout.String(), "NAME") || !strings.Contains(stdout.String(), "fruit") {
			t.Errorf("%s: got\n%s", shell, &stdout)
		}
	}
}

// TestHidden checks that a verb for other programs is run, and that no help has it.
func TestHidden(t *testing.T) {
	var said strings.Builder
	p := fruit(&said)
	p.Hidden = []Verb{{Name: "rot", Operands: "FRUIT...", Setup: p.Groups[0].Verbs[0].Setup}}
	if code := p.Main([]string{"rot", "apple"}, io.Discard, io.Discard); code != 0 || said.String() != `peel=false with=spoon ["apple"]` {
		t.Errorf("exit code %d, said %q", code, &said)
	}
	var help strings.Builder
	p.Main([]string{"help"}, &help, io.Discard)
	p.Main([]string{completeVerb, ""}, &help, io.Discard)
	if text := help.String() + p.Markdown(""); strings.Contains(text, "rot") {
		t.Errorf("the help has it: %s", text)
	}
}
