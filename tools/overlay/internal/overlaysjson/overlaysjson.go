// Package overlaysjson reads and writes overlays.json, which declares overlays where there is no Bazel:
//
//	{
//	  "overlays": [
//	    {
//	      "name": "uuid",
//	      "importpath": "github.com/google/uuid",
//	      "srcs": ["overlays/_src/github.com/google/uuid/version4.go"],
//	      "base": {"version4.go": "sha256:…"},
//	      "base_version": "v1.6.0"
//	    }
//	  ],
//	  "sets": [{"name": "canary", "overlays": [":uuid"], "layers": []}],
//	  "use": "canary"
//	}
//
// The fields of an overlay and of a set are attributes of go_overlay and go_overlay_set, with the same values. Files are named relative to the
// folder of overlays.json. Without "use", all overlays are in force.
package overlaysjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
)

// Name is the name of the file.
const Name = "overlays.json"

// AllSet is the name of the set that is in force without "use": it has all overlays, unless the file has a set of the name.
const AllSet = "overlays"

// A File is what overlays.json declares.
type File struct {
	Overlays, Sets []Declaration
	Use            string // name of a set, or overlay; empty if the file does not say it
}

// A Declaration is an overlay or a set.
type Declaration struct {
	Line   int
	Fields []Field // in the order of the file
}

// A Field is an attribute of a declaration.
type Field struct {
	Name  string
	Line  int
	Value any // string, bool, json.Number, []string or []Entry
}

// An Entry is one of a dict.
type Entry struct {
	Key   string
	Value any // string or []string
}

// String returns the value of a field that is a string, or an empty one.
func (d Declaration) String(name string) string {
	for _, f := range d.Fields {
		if text, ok := f.Value.(string); ok && f.Name == name {
			return text
		}
	}
	return ""
}

// An Error says what is wrong, and where.
type Error struct {
	Path         string
	Line, Column int
	Why          string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Why) }

// The kinds of values that fields have.
const (
	aString   = "a string"
	aBool     = "true or false"
	aNumber   = "a number"
	aList     = "a list of strings"
	aDict     = "an object with strings"
	aListDict = "an object with lists of strings"
)

var overlayFields = map[string]string{
	"name": aString, "importpath": aString, "srcs": aList, "new_srcs": aList, "embedsrcs": aList, "strip_prefix": aString, "replace": aDict, "delete": aList,
	"patches": aListDict, "patch_strip": aNumber, "patch_fuzz": aNumber, "patch_exclude": aList, "base": aDict, "base_srcs": aList, "base_version": aString,
	"reason": aString, "upstream": aString, "expires": aString, "std": aBool,
}

var setFields = map[string]string{"name": aString, "overlays": aList, "layers": aList}

// notHere says of attributes why they can't be fields.
var notHere = map[string]string{
	"deps":        "the go command finds what files import by go.mod; leave it out",
	"cdeps":       "the go command knows no targets of Bazel; #cgo lines of an overlay file say what to link",
	"cgo":         "the go command knows by the files; leave it out",
	"copts":       "the go command reads #cgo lines; change those in an overlay file",
	"cppopts":     "the go command reads #cgo lines; change those in an overlay file",
	"cxxopts":     "the go command reads #cgo lines; change those in an overlay file",
	"clinkopts":   "the go command reads #cgo lines; change those in an overlay file",
	"delete_opts": "the go command reads #cgo lines; change those in an overlay file",
	"gc_goopts":   "the go command takes such for the packages that it compiles alone: overlay go build -gcflags=PATTERN=FLAGS",
	"x_defs":      "the go command takes such when it links: overlay go build -ldflags=-X=NAME=VALUE",
	"parts":       "it is about targets of Bazel; leave it out",
	"exec":        "it is about builds of Bazel; leave it out",
	"visibility":  "it is about targets of Bazel; leave it out",
}

// A parsing is of one file.
type parsing struct {
	path    string
	text    []byte
	decoder *json.Decoder
}

// Parse reads the text of the file of a path.
func Parse(path string, text []byte) (*File, error) {
	p := &parsing{path: path, text: text, decoder: json.NewDecoder(bytes.NewReader(text))}
	p.decoder.UseNumber()
	f := &File{}
	err := p.object("the file", func(key string, at int64) error {
		var err error
		switch key {
		case "overlays":
			f.Overlays, err = p.declarations(key, overlayFields)
		case "sets":
			f.Sets, err = p.declarations(key, setFields)
		case "use":
			var value any
			if value, err = p.value(key, aString); err == nil {
				f.Use = value.(string)
			}
		default:
			return p.unknown(at, key, []string{"overlays", "sets", "use"})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := p.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, p.errorf(p.decoder.InputOffset(), "expected the end of the file after what the first { begins")
	}
	return f, p.check(f)
}

// check returns an error about what is no overlay or set.
func (p *parsing) check(f *File) error {
	lines := map[string]int{}
	named := func(what string, declared []Declaration) error {
		for _, d := range declared {
			name := d.String("name")
			switch {
			case name == "":
				return &Error{p.path, d.Line, 1, what + " has no name: expected \"name\": \"…\""}
			case strings.ContainsAny(name, "/:\\ \t\"'"):
				return &Error{p.path, d.Line, 1, fmt.Sprintf("the name %q has a character that no name of a target may have", name)}
			case lines[name] > 0:
				return &Error{p.path, d.Line, 1, fmt.Sprintf("%s is declared at line %d, too: expected another name", name, lines[name])}
			}
			lines[name] = d.Line
		}
		return nil
	}
	if err := named("an overlay", f.Overlays); err != nil {
		return err
	}
	if err := named("a set", f.Sets); err != nil {
		return err
	}
	for _, d := range f.Overlays {
		if d.String("importpath") == "" {
			return &Error{p.path, d.Line, 1, d.String("name") + " has no importpath: expected \"importpath\": \"…\", that of the package which it changes"}
		}
		for _, field := range d.Fields {
			for _, file := range files(field) {
				if file == "" || path.IsAbs(file) || strings.Contains(file, "\\") || file != path.Clean(file) || file == ".." || strings.HasPrefix(file, "../") || strings.Contains(file, ":") {
					return &Error{p.path, field.Line, 1, fmt.Sprintf("%s of %s has %q: expected the path of a file below the folder of %s, relative to that, with slashes", field.Name, d.String("name"), file, Name)}
				}
			}
		}
	}
	for _, d := range f.Sets {
		for _, field := range d.Fields {
			members, _ := field.Value.([]string)
			for _, member := range members {
				if lines[strings.TrimPrefix(member, ":")] == 0 {
					return &Error{p.path, field.Line, 1, fmt.Sprintf("%s of the set %s has %q, which the file does not declare%s", field.Name, d.String("name"), member, near(strings.TrimPrefix(member, ":"), lines))}
				}
			}
		}
	}
	if use := strings.TrimPrefix(f.Use, ":"); use != "" && use != AllSet && lines[use] == 0 {
		return &Error{p.path, 1, 1, fmt.Sprintf("use is %q, which the file does not declare%s", f.Use, near(use, lines))}
	}
	return nil
}

func near(name string, lines map[string]int) string {
	var names []string
	for name := range lines {
		names = append(names, name)
	}
	slices.Sort(names)
	if closest := suggest.Closest(name, names); closest != "" {
		return "; is it " + closest + "?"
	}
	return ""
}

// files returns the files that a field names.
func files(f Field) []string {
	switch value := f.Value.(type) {
	case []string:
		if slices.Contains([]string{"srcs", "new_srcs", "embedsrcs", "base_srcs"}, f.Name) {
			return value
		}
	case []Entry:
		var named []string
		for _, e := range value {
			switch f.Name {
			case "patches":
				named = append(named, e.Key)
			case "replace":
				named = append(named, e.Value.(string))
			}
		}
		return named
	}
	return nil
}

func (p *parsing) errorf(offset int64, format string, args ...any) *Error {
	before := p.text[:min(int(offset), len(p.text))]
	line := bytes.Count(before, []byte("\n"))
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
	return &Error{p.path, line + 1, column + 1, fmt.Sprintf(format, args...)}
}

// failed returns the error that the decoder has.
func (p *parsing) failed(err error) error {
	at := p.decoder.InputOffset()
	if wrong := (*json.SyntaxError)(nil); errors.As(err, &wrong) {
		return p.errorf(max(wrong.Offset-1, at), "no JSON: %v", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return p.errorf(int64(len(p.text)), "no JSON: the file ends too soon")
	}
	return p.errorf(at, "no JSON: %v", err)
}

func (p *parsing) token() (json.Token, int64, error) {
	token, err := p.decoder.Token()
	if err != nil {
		return nil, 0, p.failed(err)
	}
	return token, p.decoder.InputOffset(), nil
}

// start returns the offset of what comes next.
func (p *parsing) start() int64 {
	at := p.decoder.InputOffset()
	for at < int64(len(p.text)) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}

func found(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "a list"}[token]
	case string:
		return fmt.Sprintf("the string %q", token)
	case nil:
		return "null"
	}
	return fmt.Sprint(token)
}

// object reads an object, and has each of its values read.
func (p *parsing) object(what string, read func(key string, at int64) error) error {
	at := p.start()
	token, _, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return p.errorf(at, "%s is %s, expected an object", what, found(token))
	}
	seen := map[string]bool{}
	for p.decoder.More() {
		at := p.start()
		key, _, err := p.token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if seen[name] {
			return p.errorf(at, "%s has %q twice", what, name)
		}
		seen[name] = true
		if err := read(name, at); err != nil {
			return err
		}
	}
	_, _, err = p.token()
	return err
}

func (p *parsing) list(what string, read func() error) error {
	at := p.start()
	token, _, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return p.errorf(at, "%s is %s, expected a list", what, found(token))
	}
	for p.decoder.More() {
		if err := read(); err != nil {
			return err
		}
	}
	_, _, err = p.token()
	return err
}

func (p *parsing) declarations(what string, fields map[string]string) (declared []Declaration, err error) {
	err = p.list(what, func() error {
		d := Declaration{Line: p.errorf(p.start(), "").Line}
		err := p.object("one of "+what, func(key string, at int64) error {
			kind, ok := fields[key]
			if !ok {
				return p.unknown(at, key, sortedKeys(fields))
			}
			value, err := p.value(key, kind)
			d.Fields = append(d.Fields, Field{key, p.errorf(at, "").Line, value})
			return err
		})
		declared = append(declared, d)
		return err
	})
	return declared, err
}

func sortedKeys(fields map[string]string) []string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *parsing) unknown(at int64, key string, known []string) error {
	if why := notHere[key]; why != "" {
		return p.errorf(at, "%q is of no use without Bazel: %s", key, why)
	}
	if closest := suggest.Closest(key, known); closest != "" {
		return p.errorf(at, "there is no field %q; is it %q?", key, closest)
	}
	return p.errorf(at, "there is no field %q, expected one of %s", key, strings.Join(known, ", "))
}

// value reads the value of a field.
func (p *parsing) value(field, kind string) (any, error) {
	at := p.start()
	switch kind {
	case aList:
		list := []string{}
		err := p.list(field, func() error {
			value, err := p.value(field, aString)
			if err == nil {
				list = append(list, value.(string))
			}
			return err
		})
		return list, err
	case aDict, aListDict:
		entries := []Entry{}
		err := p.object(field, func(key string, _ int64) error {
			of := aString
			if kind == aListDict {
				of = aList
			}
			value, err := p.value(field, of)
			entries = append(entries, Entry{key, value})
			return err
		})
		return entries, err
	}
	token, _, err := p.token()
	if err != nil {
		return nil, err
	}
	ok := false
	switch token.(type) {
	case string:
		ok = kind == aString
	case bool:
		ok = kind == aBool
	case json.Number:
		ok = kind == aNumber
	}
	if !ok {
		return nil, p.errorf(at, "%s is %s, expected %s", field, found(token), kind)
	}
	return token, nil
}

// Text returns the text of the file.
func (f *File) Text() []byte {
	w := &writing{}
	w.begin("{")
	if len(f.Overlays) > 0 || len(f.Sets) == 0 {
		w.key("overlays")
		w.declarations(f.Overlays)
	}
	if len(f.Sets) > 0 {
		w.key("sets")
		w.declarations(f.Sets)
	}
	if f.Use != "" {
		w.key("use")
		w.value(f.Use)
	}
	w.end("}")
	return append(w.out.Bytes(), '\n')
}

// writing is of JSON, indented by two blanks.
type writing struct {
	out   bytes.Buffer
	depth int
	first bool
}

func (w *writing) begin(bracket string) {
	w.out.WriteString(bracket)
	w.depth++
	w.first = true
}

func (w *writing) end(bracket string) {
	w.depth--
	if !w.first {
		w.line()
	}
	w.first = false
	w.out.WriteString(bracket)
}

func (w *writing) line() { w.out.WriteString("\n" + strings.Repeat("  ", w.depth)) }

// next begins a value of a list or object.
func (w *writing) next() {
	if !w.first {
		w.out.WriteString(",")
	}
	w.first = false
	w.line()
}

func (w *writing) key(name string) {
	w.next()
	w.value(name)
	w.out.WriteString(": ")
}

func (w *writing) declarations(declared []Declaration) {
	w.begin("[")
	for _, d := range declared {
		w.next()
		w.begin("{")
		for _, f := range d.Fields {
			w.key(f.Name)
			w.value(f.Value)
		}
		w.end("}")
	}
	w.end("]")
}

func (w *writing) value(value any) {
	switch value := value.(type) {
	case []string:
		w.begin("[")
		for _, text := range value {
			w.next()
			w.value(text)
		}
		w.end("]")
	case []Entry:
		w.begin("{")
		for _, e := range value {
			w.key(e.Key)
			w.value(e.Value)
		}
		w.end("}")
	default:
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.Encode(value) // Strings, Booleans and numbers are no error.
		w.out.Write(bytes.TrimSpace(text.Bytes()))
	}
}
