package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/overlay.md")

// TestManual checks that docs/overlay.md is what the verbs say.
func TestManual(t *testing.T) {
	const write = "go -C tools test ./overlay -run TestManual -update"
	file := filepath.Join("..", "..", "docs", "overlay.md")
	want := overlay.Markdown("<!-- Written by: " + write + " -->")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/overlay.md is not what the verbs of the command say; run %s", write)
	}
}

// TestDocumented checks that all that the manual has of a verb is there.
func TestDocumented(t *testing.T) {
	for _, missing := range overlay.Undocumented() {
		t.Error(missing)
	}
}

// commandLine is one that a text has indented, as a step of a workflow, or in quotes.
var commandLine = regexp.MustCompile("(?m)^ {4,}(?:- )?(?:run: )?overlay ([a-z].*)$|[`\"]overlay ([a-z][^`\"]*)[`\"]")

// TestGuides checks that guides call the command as it is called now: verbs, and flags that those have.
func TestGuides(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" || filepath.Base(path) == "overlay.md" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range commandLine.FindAllStringSubmatch(string(content), -1) {
			seen++
			line, _, _ := strings.Cut(match[1]+match[2], " #")
			line, _, _ = strings.Cut(line, " || ")
			line, _, _ = strings.Cut(line, " -- ") // What follows is no flag.
			if line == "sdk" {                     // all verbs that begin so
				continue
			}
			if wrong := wrongIn(strings.Fields(line)); wrong != "" {
				t.Errorf("%s: overlay %s: %s", path, line, wrong)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 30 {
		t.Errorf("only %d command lines", seen)
	}
}

// wrongIn returns what is wrong with the words of a command line, or an empty string.
func wrongIn(words []string) string {
	if words[0] == "help" || words[0] == "completion" {
		return ""
	}
	for _, group := range overlay.Groups {
		for _, verb := range group.Verbs {
			rest, ok := strings.CutPrefix(strings.Join(words, " ")+" ", verb.Name+" ")
			if !ok {
				continue
			}
			flags := flag.NewFlagSet(verb.Name, flag.ContinueOnError)
			verb.Setup(flags)
			for _, word := range strings.Fields(rest) {
				if strings.HasPrefix(word, "-") && len(word) > 1 && flags.Lookup(strings.TrimLeft(word, "-")) == nil {
					return "no flag " + word
				}
			}
			return ""
		}
	}
	return "no verb"
}
