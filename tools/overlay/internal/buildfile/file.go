// Package buildfile reads and edits what a BUILD file declares of overlays.
//
// What is edited is a statement: a rule, a load, a comment. A statement that changes is
// formatted as buildifier would, with its comments, arguments in buildifier's order; the others stay
// as they are, byte for byte. A file that buildifier would have left alone it leaves alone
// after an edit, too, for which loads may get another place. Line ends stay what they are.
//
// What can't be edited safely is an [Error], and so is what does not parse: then nothing
// has changed.
package buildfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
)

// A File is a BUILD file with the edits that were made to it.
type File struct {
	// Repo is the apparent name of go_overlay's repository, for a load in a file that has none.
	Repo string
	// Targets are the names that Bazel lists in the package, if it was asked. Those that
	// the file does not seem to have are made in some other way, and not edited.
	Targets []string

	path      string // as it was given
	pkg       string
	target    string // where links lead
	mode      fs.FileMode
	original  string
	text      string // with the edits, lines ending in \n
	crlf      bool
	formatted bool

	json     *overlaysjson.File // what an overlays.json has, which is edited as a BUILD file; else nil
	jsonText string             // text, before the edits
}

// Path returns the path of the BUILD file of a folder: the one that is there, or else that
// of one to be written.
func Path(folder string) string {
	for _, name := range []string{"BUILD.bazel", "BUILD"} {
		path := filepath.Join(folder, name)
		// Where upper and lower case are the same, BUILD may be a folder named build.
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return filepath.Join(folder, "BUILD.bazel")
}

// Load reads the BUILD file of a package, such as "overlays" for //overlays. A file that
// is not there is an empty one.
func Load(path, pkg string) (*File, error) {
	f := &File{Repo: "go_overlay", path: path, pkg: pkg, target: path, formatted: true}
	if filepath.Base(path) == overlaysjson.Name {
		f.json = &overlaysjson.File{}
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	// A link stays one: what it leads to is written.
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(target)
	if err != nil {
		return nil, err
	}
	f.target, f.mode = target, info.Mode().Perm()
	f.original, f.text = string(content), string(content)
	if n := strings.Count(f.text, "\n"); n > 0 && n == strings.Count(f.text, "\r\n") {
		f.crlf = true
		f.text = strings.ReplaceAll(f.text, "\r\n", "\n")
	}
	if f.json != nil {
		if f.json, err = overlaysjson.Parse(path, content); err != nil {
			return nil, err
		}
		f.text = fromJSON(f.json)
		f.jsonText = f.text
	}
	tree, err := f.parse(f.text)
	if err != nil {
		return nil, err
	}
	f.formatted = string(build.Format(tree)) == f.text
	return f, nil
}

func (f *File) parse(text string) (*build.File, error) {
	tree, err := build.ParseBuild(f.path, []byte(text))
	if wrong := (build.ParseError{}); errors.As(err, &wrong) {
		return nil, &Error{Path: f.path, Line: wrong.Pos.Line, Column: wrong.Pos.LineRune, Why: wrong.Message + "; the file has to parse before it can be edited"}
	}
	return tree, err
}

// Content returns the file with the edits.
func (f *File) Content() []byte {
	text := f.text
	if f.json != nil {
		return f.jsonContent()
	}
	if f.formatted {
		// An edit has parsed what it made.
		if tree, err := f.parse(text); err == nil {
			text = string(build.Format(tree))
		}
	}
	if f.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}

// jsonContent is Content of an overlays.json.
func (f *File) jsonContent() []byte {
	if f.text == f.jsonText {
		return []byte(f.original)
	}
	tree, err := f.parse(f.text)
	if err != nil {
		return []byte(f.original) // An edit has parsed what it made.
	}
	declared, err := toJSON(tree, f.json)
	if err != nil {
		return []byte(f.original)
	}
	text := declared.Text()
	if f.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

// Changed tells whether the edits make a difference.
func (f *File) Changed() bool { return string(f.Content()) != f.original }

// Original returns the file as it was read, or nil if it was not there.
func (f *File) Original() []byte {
	if f.mode == 0 {
		return nil
	}
	return []byte(f.original)
}

// Output returns the file as it is to be written: where its links lead, with its mode.
func (f *File) Output() output.File {
	return output.File{Path: f.target, Content: f.Content(), Mode: f.mode}
}

// An Overlay is a go_overlay that a file declares at its top level.
type Overlay struct {
	Name       string
	ImportPath string // empty if it is not written there as a string
	Line       int
	Files      []string // names of files of the package that it changes, as far as they are written there as strings
}

// Overlays returns the overlays that the file declares at its top level.
func (f *File) Overlays() []Overlay {
	e, err := f.edit()
	if err != nil {
		return nil
	}
	var overlays []Overlay
	for _, call := range e.calls() {
		rule := build.NewRule(call)
		if e.kind(call) == "go_overlay" && rule.Name() != "" {
			overlays = append(overlays, Overlay{rule.Name(), rule.AttrString("importpath"), line(call), e.of(call).files()})
		}
	}
	return overlays
}

// Selects returns the attributes of a rule, which the file declares at its top level, that have a select(), by a variable of the file
// too.
func (f *File) Selects(name string) []string {
	e, err := f.edit()
	if err != nil {
		return nil
	}
	variables := map[string]build.Expr{}
	for _, stmt := range e.tree.Stmt {
		if assign, ok := stmt.(*build.AssignExpr); ok {
			if variable, ok := assign.LHS.(*build.Ident); ok {
				variables[variable.Name] = assign.RHS
			}
		}
	}
	var has func(x build.Expr, depth int) bool
	has = func(x build.Expr, depth int) bool {
		found := false
		build.Walk(x, func(x build.Expr, _ []build.Expr) {
			if variable, ok := x.(*build.Ident); ok {
				value := variables[variable.Name]
				found = found || variable.Name == "select" || value != nil && depth < len(variables) && has(value, depth+1)
			}
		})
		return found
	}
	var attributes []string
	for _, call := range e.calls() {
		if build.NewRule(call).ExplicitName() != name {
			continue
		}
		for _, arg := range call.List {
			if assign, ok := arg.(*build.AssignExpr); ok && has(assign.RHS, 0) {
				attributes = append(attributes, assign.LHS.(*build.Ident).Name)
			}
		}
	}
	return attributes
}

// An Error says what is wrong with a file, or why it can't be edited.
type Error struct {
	Path   string
	Line   int
	Column int    // or 0
	Why    string // what was found, and what was expected
	Write  string // what to write by hand, if anything

	conflict bool // whether that would help nothing
}

func (e *Error) Error() string {
	at := fmt.Sprintf("%s:%d", e.Path, e.Line)
	if e.Column > 0 {
		at = fmt.Sprintf("%s:%d", at, e.Column)
	}
	message := at + ": " + e.Why
	if e.Write != "" {
		message += "\nNothing was changed in the file. Write by hand, beside what is there:\n\n    " + strings.ReplaceAll(strings.TrimRight(e.Write, "\n"), "\n", "\n    ")
	}
	return message
}

// An edit is one of a file. Its tree is changed first, and then the text where the tree was.
type edit struct {
	file    *File
	tree    *build.File
	splices []splice
}

// A splice puts text in the place of what is between two offsets.
type splice struct {
	start, end int
	text       string
}

func (f *File) edit() (*edit, error) {
	tree, err := f.parse(f.text)
	if err != nil {
		return nil, err
	}
	return &edit{file: f, tree: tree}, nil
}

// errorAt returns an error about an expression, or about the file if that is nil.
func (e *edit) errorAt(x build.Expr, format string, args ...any) *Error {
	err := &Error{Path: e.file.path, Line: 1, Why: fmt.Sprintf(format, args...)}
	if x != nil {
		err.Line = max(line(x), 1)
	}
	return err
}

// conflict is errorAt, for what the file has instead of what is to be edited.
func (e *edit) conflict(x build.Expr, format string, args ...any) *Error {
	err := e.errorAt(x, format, args...)
	err.conflict = true
	return err
}

func line(x build.Expr) int {
	start, _ := x.Span()
	return start.Line
}

// done makes the edit: the text of the file becomes what it says.
func (e *edit) done() error {
	slices.SortStableFunc(e.splices, func(a, b splice) int { return a.start - b.start })
	var text strings.Builder
	last := 0
	for _, s := range e.splices {
		// Two that are removed may both take the blank lines between them.
		text.WriteString(e.file.text[last:max(last, s.start)] + s.text)
		last = max(last, s.end)
	}
	text.WriteString(e.file.text[last:])
	if strings.TrimSpace(text.String()) == "" {
		e.file.text = ""
		return nil
	}
	// Statements that share a line with others, say.
	if _, err := e.file.parse(text.String()); err != nil {
		line := 1 + strings.Count(e.file.text[:e.splices[0].start], "\n")
		return &Error{Path: e.file.path, Line: line, Why: "this can't be edited, as it is written; put each statement on lines of its own"}
	}
	e.file.text = text.String()
	return nil
}

// span returns where a statement is in the text: with the comments before it, those at the
// ends of its lines, and, if wanted, those after it.
func span(stmt build.Expr, after bool) (start, end int) {
	from, to := stmt.Span()
	start, end = from.Byte, to.Byte
	comments := stmt.Comment()
	for _, comment := range comments.Before {
		start = min(start, comment.Start.Byte)
	}
	last := comments.Suffix
	if after {
		last = append(slices.Clone(last), comments.After...)
	}
	for _, comment := range last {
		end = max(end, comment.Start.Byte+len(comment.Token))
	}
	return start, end
}

// format returns a statement as buildifier formats it, without a newline at its end.
func format(stmt build.Expr) string {
	return strings.TrimRight(string(build.Format(&build.File{Type: build.TypeBuild, Stmt: []build.Expr{stmt}})), "\n")
}

// changed says that the tree of a statement has changed.
func (e *edit) changed(stmt build.Expr) {
	start, end := span(stmt, true)
	e.splices = append(e.splices, splice{start, end, format(stmt)})
}

// insertAfter writes text on lines of its own after a statement; with a blank line between
// the two, unless both are loads.
func (e *edit) insertAfter(stmt build.Expr, text string, blank bool) {
	_, end := span(stmt, true)
	rest := e.file.text[end:]
	if before, _, _ := strings.Cut(rest, "\n"); strings.TrimSpace(before) != "" {
		e.insertLast(text) // There is more on the line.
		return
	}
	gap := "\n"
	if blank {
		gap = "\n\n"
	}
	if next := strings.TrimLeft(rest, " \t"); blank && strings.TrimSpace(rest) != "" && !strings.HasPrefix(next, "\n\n") {
		text += "\n" // Before what follows without a blank line.
	}
	e.splices = append(e.splices, splice{end, end, gap + text})
}

// insertLast writes text at the end of the file.
func (e *edit) insertLast(text string) {
	end := len(strings.TrimRight(e.file.text, " \t\n"))
	gap := "\n\n"
	if end == 0 {
		gap = ""
	}
	e.splices = append(e.splices, splice{end, len(e.file.text), gap + text + "\n"})
}

// insertFirst writes text after the loads of the file, or before its first statement that is not
// a comment or a docstring.
func (e *edit) insertFirst(text string, isLoad bool) {
	var load build.Expr
	for _, stmt := range e.tree.Stmt {
		if _, ok := stmt.(*build.LoadStmt); ok {
			load = stmt
		}
	}
	if load != nil {
		e.insertAfter(load, text, !isLoad)
		return
	}
	for _, stmt := range e.tree.Stmt {
		switch stmt.(type) {
		case *build.CommentBlock, *build.StringExpr:
		default:
			start, _ := span(stmt, false)
			e.splices = append(e.splices, splice{start, start, text + "\n\n"})
			return
		}
	}
	e.insertLast(text)
}

// remove takes a statement out of the text, with the comments that belong to it; but gazelle's
// directives stay.
func (e *edit) remove(stmt build.Expr) {
	start, end := span(stmt, false)
	var kept []string
	for _, comment := range stmt.Comment().Before {
		if strings.HasPrefix(comment.Token, "# gazelle:") {
			kept = append(kept, strings.TrimSpace(comment.Token))
		}
	}
	text := e.file.text
	if len(kept) > 0 {
		e.splices = append(e.splices, splice{start, end, strings.Join(kept, "\n")})
		return
	}
	// With it goes what is between it and one of its neighbours: the farther one stays as far away.
	before := len(text[:start]) - len(strings.TrimRight(text[:start], " \t\n"))
	after := len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\n"))
	replacement := ""
	switch {
	case end+after == len(text) && before < start: // the last one
		start, end, replacement = start-before, len(text), "\n"
	case before < start && strings.Count(text[end:end+after], "\n") > strings.Count(text[start-before:start], "\n"):
		start -= before
	default:
		end += after
	}
	e.splices = append(e.splices, splice{start, end, replacement})
}
