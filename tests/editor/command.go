package editor

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// Command is the command editor of a script, of which one can be open at a time:
//
//	editor start GOPLS
//
// opens the script's folder. What gopls says is in the file gopls.log.
//
//	editor open FILE
//	editor type FILE OLD NEW
//	editor save FILE
//
// opens, changes (\n is a new line, \t a tab) and saves a file,
//
//	editor changed FILE...
//
// tells gopls of files that the script has changed,
//
//	editor definition FILE TEXT WANT LINE
//	editor references FILE TEXT WANT...
//
// jumps from the last letter of a text to the declaration, in a file whose path matches the regular expression WANT and a line that
// contains LINE; or lists its uses, which are to be in all of the WANT, and nowhere else, and
//
//	editor diagnosed FILE [MESSAGE]
//
// waits until the file has a diagnostic that matches a regular expression, or none.
//
//	editor stop
func Command() func(ts *testscript.TestScript, neg bool, args []string) {
	sessions := sync.Map{} // by scripts, which run at a time
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s, _ := sessions.LoadOrStore(ts, &session{})
		s.(*session).command(ts, neg, args)
	}
}

type session struct {
	*Editor
	texts map[string]string // of open files
}

func (s *session) command(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: editor start|open|type|save|changed|definition|references|diagnosed|stop …")
	}
	what, args := args[0], args[1:]
	if (s.Editor == nil) != (what == "start") {
		ts.Fatalf("editor %s: an editor is to be started once, and first", what)
	}
	need := map[string]int{"start": 1, "open": 1, "type": 3, "save": 1, "changed": 1, "definition": 4, "references": 3, "diagnosed": 1}[what]
	if len(args) < need {
		ts.Fatalf("editor %s: expected %d arguments", what, need)
	}
	file := ""
	if len(args) > 0 {
		file = ts.MkAbs(args[0])
	}
	switch what {
	case "start":
		s.start(ts, args[0])
	case "open":
		s.text(ts, file)
	case "type":
		text := s.text(ts, file)
		old, text2 := lines(args[1]), lines(args[2])
		if strings.Count(text, old) != 1 {
			ts.Fatalf("%s has %q %d times", args[0], old, strings.Count(text, old))
		}
		s.texts[file] = strings.Replace(text, old, text2, 1)
		ts.Check(s.Type(file, s.texts[file]))
	case "save":
		ts.Check(s.Save(file, s.text(ts, file)))
	case "changed":
		var files []string
		for _, arg := range args {
			files = append(files, ts.MkAbs(arg))
		}
		ts.Check(s.Changed(files...))
	case "definition":
		s.definition(ts, file, args[1], regexp.MustCompile(args[2]), args[3])
	case "references":
		s.references(ts, file, args[1], args[2:])
	case "diagnosed":
		s.diagnosed(ts, file, args[1:])
	case "stop":
		err := s.Stop()
		s.Editor = nil
		ts.Check(err)
	default:
		ts.Fatalf("editor %s: unknown", what)
	}
}

func (s *session) start(ts *testscript.TestScript, gopls string) {
	log, err := os.Create(ts.MkAbs("gopls.log"))
	ts.Check(err)
	env := os.Environ()
	for _, name := range []string{"PATH", "BAZEL", "HOME", "GOFLAGS", "GOWORK", "GOPLSCACHE", "TMPDIR", "GOROOT", "GOTOOLCHAIN"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	e, err := Start(ts.MkAbs("."), env, gopls, log)
	ts.Check(err)
	s.Editor, s.texts = e, map[string]string{}
	ts.Defer(func() {
		if s.Editor != nil {
			s.Editor.Stop()
			s.Editor = nil
		}
		log.Close()
	})
}

// text returns the text of a file, as the editor shows it.
func (s *session) text(ts *testscript.TestScript, file string) string {
	if text, ok := s.texts[file]; ok {
		return text
	}
	text, err := s.Open(file)
	ts.Check(err)
	s.texts[file] = text
	return text
}

// at returns the position of the last letter of a text, where a file has it first.
func (s *session) at(ts *testscript.TestScript, file, sought string) Position {
	text := s.text(ts, file)
	if !strings.Contains(text, sought) {
		ts.Fatalf("%s has no %q", file, sought)
	}
	before := text[:strings.Index(text, sought)+len(sought)-1]
	return Position{Line: strings.Count(before, "\n"), Character: len(utf16.Encode([]rune(before[strings.LastIndexByte(before, '\n')+1:])))}
}

// until tries something again until it is right, as what gopls knows may be about to change. The error is the last one.
func until(ts *testscript.TestScript, try func() error) {
	var err error
	for start := time.Now(); time.Since(start) < patience; time.Sleep(500 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	ts.Fatalf("%v", err)
}

func (s *session) definition(ts *testscript.TestScript, file, sought string, want *regexp.Regexp, line string) {
	at := s.at(ts, file, sought)
	until(ts, func() error {
		locations, err := s.Definition(file, at)
		if err != nil {
			return err
		}
		if len(locations) != 1 || !want.MatchString(pathOf(locations[0].URI)) || !strings.Contains(lineOf(locations[0]), line) {
			return fmt.Errorf("%s is declared at%s, want %s: %s", sought, show(locations), want, line)
		}
		fmt.Fprintln(ts.Stdout(), strings.TrimSpace(show(locations)))
		return nil
	})
}

func (s *session) references(ts *testscript.TestScript, file, sought string, wants []string) {
	at := s.at(ts, file, sought)
	until(ts, func() error {
		locations, err := s.References(file, at)
		if err != nil {
			return err
		}
		missing := slices.Clone(wants)
		for _, location := range locations {
			i := slices.IndexFunc(wants, func(want string) bool { return regexp.MustCompile(want).MatchString(pathOf(location.URI)) })
			if i < 0 {
				return fmt.Errorf("%s is used at%s, want %q", sought, show(locations), wants)
			}
			missing = slices.DeleteFunc(missing, func(want string) bool { return want == wants[i] })
		}
		if len(missing) > 0 {
			return fmt.Errorf("%s is used at%s, but not in %q", sought, show(locations), missing)
		}
		return nil
	})
}

func (s *session) diagnosed(ts *testscript.TestScript, file string, want []string) {
	s.text(ts, file)
	diagnostics, ok := s.Diagnostics(file, func(diagnostics []Diagnostic) bool {
		if len(want) == 0 {
			return len(diagnostics) == 0
		}
		return slices.ContainsFunc(diagnostics, func(d Diagnostic) bool { return regexp.MustCompile(want[0]).MatchString(d.Message) })
	})
	if !ok {
		ts.Fatalf("%s has the diagnostics %+v, want %q", file, diagnostics, want)
	}
}

// lines returns a text of a script, in which \n and \t are what Go has them for.
func lines(text string) string { return strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text) }

// lineOf returns the line of a location, as it is on the disk.
func lineOf(location Location) string {
	content, err := os.ReadFile(pathOf(location.URI))
	all := strings.Split(string(content), "\n")
	if err != nil || location.Range.Start.Line >= len(all) {
		return ""
	}
	return all[location.Range.Start.Line]
}

func show(locations []Location) string {
	text := ""
	for _, location := range locations {
		text += fmt.Sprintf("\n%s:%d: %s", filepath.ToSlash(pathOf(location.URI)), location.Range.Start.Line+1, lineOf(location))
	}
	return text
}
