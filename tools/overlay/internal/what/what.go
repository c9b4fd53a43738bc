// Package what tells what people mean who name a file, a package or a symbol, in
// whichever form they have it: an import path, a symbol of the linker, a label, or a
// line of a stack trace, of a compile error, or of a debugger.
//
// It looks at text only. A text often has several meanings, of which its reader takes
// the first that exists.
package what

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An Env is what paths are told by. Each field may be empty. Paths are absolute, and as
// the operating system has them.
type Env struct {
	Workspace  string   // folder of the workspace
	Dir        string   // current folder, relative to the workspace, with slashes
	OutputBase string   // of Bazel
	GOROOTs    []string // folders of Go SDKs
	ModCache   string   // GOMODCACHE
}

// A Candidate is one meaning of a text. It names a package by its import path, or a
// place in a repository of Bazel's; paths have slashes.
type Candidate struct {
	// ImportPath is that of a package, "" if a place is meant. It may be the name of a
	// package only ("uuid", as in uuid.NewRandom), and "main" for any program.
	ImportPath string
	File       string // name in the package: version4.go, static/index.html; "" for none in particular
	Symbol     string // F, T or T.M, also if M is a field; "" for none
	Version    string // of the package's module, as the text has it, or ""

	// Path is the place of a file or a folder, "" for the top folder, of the repository or,
	// if that is "", of the workspace.
	Path       string
	Repository string // without @
	Apparent   bool   // whether Repository is the name that the workspace has for it, and not the canonical one
	Label      string // the target, where the text is a label, or ""

	// Generated tells that the text names a file that the build makes, below bazel-out,
	// whose name there is that of its label.
	Generated bool

	Line int // counted from 1, or 0
}

// Parse returns what a text may mean, the most likely first: at least one candidate, or
// an error that tells why there can't be any. Refused are, by what they look like: nothing,
// tests, patterns of packages, addresses of the web, files that cgo or the compiler has
// made, lines of a trace without a place, several lines unless they are one frame of it, and
// paths outside of all that Env and the layouts of Bazel, SDKs and modules tell. Whether a
// folder is a package, and a file one that overlays can change, is not told by its name.
func Parse(arg string, env Env) ([]Candidate, error) {
	r := reading{arg: arg, env: env}
	if len(arg) > maxText {
		return nil, fmt.Errorf("a text of %d bytes is too long for a file or a symbol; name one, such as net/http/request.go or net/http.NewRequest", len(arg))
	}
	var lines []string
	for _, line := range strings.FieldsFunc(arg, func(c rune) bool { return c == '\n' || c == '\r' }) {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	switch len(lines) {
	case 0:
		return nil, fmt.Errorf("an empty name stands for nothing; name a file, a package or a symbol, such as net/http/request.go")
	case 1:
		if err := r.line(lines[0]); err != nil {
			return nil, err
		}
	case 2: // A frame of a stack trace: the function and, more exactly, its place.
		if err := r.line(lines[1]); err != nil {
			return nil, err
		}
		_ = r.line(lines[0]) // It may be "goroutine 1 [running]:".
	default:
		return nil, fmt.Errorf("these are %d lines; give the one that names the place to change", len(lines))
	}
	if len(r.candidates) == 0 { // $GOROOT/src/!
		return nil, r.refuse("this is neither a file nor a symbol; name one, such as net/http/request.go or net/http.NewRequest")
	}
	return r.candidates, nil
}

// A reading of a text.
type reading struct {
	arg        string
	env        Env
	candidates []Candidate
}

// No path is longer than maxText, and none has as many meanings as maxCandidates.
const (
	maxText       = 4096
	maxCandidates = 64
)

// add adds a candidate that is none yet.
func (r *reading) add(c Candidate) {
	if len(r.candidates) < maxCandidates && !slices.Contains(r.candidates, c) {
		r.candidates = append(r.candidates, c)
	}
}

// refuse returns an error about the text.
func (r *reading) refuse(format string, args ...any) error {
	text := strings.ReplaceAll(strconv.Quote(strings.TrimSpace(r.arg)), `\\`, `\`) // C:\x
	return fmt.Errorf("%s: %s", text, fmt.Sprintf(format, args...))
}

var (
	// sourceExtension is what names of compiled files end with, as in source_names.bzl.
	sourceExtension = regexp.MustCompile(`\.(?:go|S|s|c|cc|cpp|cxx|h|hh|hpp|hxx|inc|m|mm|syso)$`)

	// positioned is a file of a kind that compilers and traces speak of, and a line.
	positioned = regexp.MustCompile(`^(.*?\.(?:go|S|s|c|cc|cpp|cxx|h|hh|hpp|hxx|inc|m|mm))(?::(\d+)(?::\d+)?|\((\d+)(?:,\d+)?\)|#L(\d+))(?:\W.*)?$`)

	withLine  = regexp.MustCompile(`^(.+?):(\d+)(?::\d+)?:?$`)
	drive     = regexp.MustCompile(`^[A-Za-z]:[/\\]`)
	absolute  = regexp.MustCompile(`^(?:/|\\\\|[A-Za-z]:[/\\])`)
	goroot    = regexp.MustCompile(`^(?:\$\{?GOROOT\}?|%GOROOT%|\$env:GOROOT|GOROOT)(?:[/\\]|$)`)
	creator   = regexp.MustCompile(`^(?:\[originating from goroutine|created by) (\S+?)(?: in goroutine \d+)?$`)
	inSymbol  = regexp.MustCompile(`(?:^|\s)(?:in|frame #\d+:.*` + "`" + `) ?(\S+)`)
	noise     = regexp.MustCompile(`^(?:goroutine \d+|panic:|panic\(|fatal error:|exit status|\[signal|SIG[A-Z]+:|runtime stack:|\.\.\. ?\w)`)
	hitSymbol = regexp.MustCompile(`^(?:=?>|\*|\d+|#\d+)?\s*(?:\[?Breakpoint [^\],]*[\],]\s*)?(?:0x[0-9a-f]+ in )?([^\s(]\S*)`)
	arguments = regexp.MustCompile(`([^.])\s?\(.*$`)
)

// line looks for a place or a symbol in a line.
func (r *reading) line(line string) error {
	line = strings.TrimPrefix(strings.TrimSpace(line), "file://")
	if windows := strings.TrimPrefix(line, "/"); windows != line && drive.MatchString(windows) {
		line = windows // file:///C:/x.go
	}
	if strings.Contains(line, "<autogenerated>") {
		return r.refuse("the compiler has made this function and no file has it; give the line of its caller, or of the method it calls")
	}
	if m := positioned.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "//") && !strings.HasPrefix(m[1], "@") {
		number := lineNumber(m[2] + m[3] + m[4])
		before := ""
		file := strings.TrimLeft(m[1], "\"'`(<")
		if i := strings.LastIndexAny(file, " \t"); i >= 0 {
			if absolute.MatchString(file) { // C:\Users\A B\x.go
				return r.word(file, number)
			}
			if r.withBlanks(file, number) {
				return nil
			}
			before, file = file[:i], strings.TrimLeft(file[i+1:], "\"'`(<")
		}
		if err := r.word(file, number); err != nil {
			return err
		}
		// Debuggers say the function, too.
		if m := hitSymbol.FindStringSubmatch(before); m != nil && strings.Contains(m[1], ".") {
			r.symbols(m[1])
		}
		return nil
	}
	if noise.MatchString(line) {
		return r.refuse("this line of a stack trace names no place; give one of those below it, such as the one with the file")
	}
	if m := creator.FindStringSubmatch(line); m != nil {
		return r.symbol(m[1])
	}
	line = strings.TrimPrefix(line, "# ") // The go command puts it before the package whose errors follow.
	if !strings.ContainsAny(line, " \t") || absolute.MatchString(line) {
		return r.word(line, 0)
	}
	if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "@") {
		return r.word(strings.Fields(line)[0], 0)
	}
	if symbol := arguments.ReplaceAllString(withoutTypeArguments(line), "$1"); !strings.ContainsAny(symbol, " \t") {
		return r.symbol(symbol)
	}
	if path.Ext(line) != "" && r.withBlanks(line, 0) {
		return nil
	}
	for _, word := range strings.Fields(line) {
		word = strings.Trim(word, "\"'`()<>,;:")
		if sourceExtension.MatchString(word) {
			return r.word(word, 0)
		}
	}
	if m := inSymbol.FindStringSubmatch(line); m != nil && strings.Contains(m[1], ".") {
		return r.symbol(m[1])
	}
	return r.refuse("this names neither a file nor a symbol; name one, such as net/http/request.go or net/http.NewRequest")
}

// withBlanks adds a file that has blanks in its name, and is named by import path and name: hosted paths begin like no sentence.
func (r *reading) withBlanks(name string, line int) bool {
	before := len(r.candidates)
	if host, _, _ := strings.Cut(name, "/"); strings.Contains(host, ".") && isImportPath(host) {
		r.inPackages(Candidate{Line: line}, name, 2)
	}
	return len(r.candidates) > before
}

// lineNumber returns a number of a line, or 0 for what can't be one.
func lineNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// word adds what a text without noise around it may mean.
func (r *reading) word(word string, line int) error {
	word = strings.Trim(word, "\"'`,;")
	if m := withLine.FindStringSubmatch(word); m != nil && line == 0 {
		word, line = m[1], lineNumber(m[2])
	}
	switch {
	case word == "..." || strings.HasSuffix(word, "/...") || strings.HasSuffix(word, ":all") || strings.HasSuffix(word, ":*"):
		return r.refuse("this is a pattern of many packages; name one file, package or symbol")
	case strings.Trim(word, "/\\:@.#()") == "" && !isFolder(word):
		return r.refuse("this names nothing; name a file, a package or a symbol, such as net/http/request.go")
	case strings.Contains(word, "://"):
		return r.refuse("this is an address of the web; name the file by import path and name, such as net/http/request.go")
	case strings.HasSuffix(word, "_test.go"), externalTest.MatchString(word):
		return r.refuseTest()
	case strings.HasPrefix(path.Base(slashed(word)), "_cgo_") || strings.HasSuffix(word, ".cgo1.go") || strings.HasSuffix(word, ".cgo2.c"):
		return r.refuse("cgo makes this file of others; name the one that it is made of, whose lines begin with import \"C\" or use it")
	case strings.HasPrefix(word, "@"), strings.HasPrefix(word, "//"), strings.HasPrefix(word, ":"):
		return r.label(word, line)
	case isPath(word):
		return r.path(word, line)
	case ofSymbol.MatchString(word):
		return r.symbol(word)
	}
	return r.relative(slashed(word), line)
}

// isFolder tells whether a word without letters is a folder.
func isFolder(word string) bool {
	switch path.Clean(slashed(word)) {
	case "", "/", "...":
		return false
	case ".", "..":
		return !strings.ContainsAny(word, ":@#()") && word != ""
	}
	return strings.HasPrefix(slashed(word), "../")
}

func (r *reading) refuseTest() error {
	return r.refuse("overlays change what programs are made of, and this is a test; change it where it is, or name a file of the package")
}

var pathBeginning = regexp.MustCompile(`^(?:\.{1,2}(?:[/\\]|$)|(?:external|bazel-[^/\\]+)[/\\]|golang\.org[/\\]toolchain@)`)

// isPath tells whether a word can only be a path of a file system, and no import path.
func isPath(word string) bool {
	return absolute.MatchString(word) || strings.Contains(word, `\`) || goroot.MatchString(word) ||
		pathBeginning.MatchString(word) || versioned.MatchString(slashed(word))
}

// slashed returns a path with slashes: no file of a package has a backslash in its name.
func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }
