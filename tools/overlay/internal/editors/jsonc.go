package editors

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A value is one of JSON with comments and trailing commas, as editors have it, with where it is in the text.
type value struct {
	kind       byte // { or [, or 0 for all others
	start, end int
	text       string // of a string, its content; of others, as it is written
	isString   bool
	items      []item // of { and [
}

// An item is a member of an object or an element of an array.
type item struct {
	start int    // of the key, or of the value
	key   string // of a member
	value *value
	comma int // where the comma after it is, or -1
}

// get returns the member of a key, or nil. Of several, editors take the last one.
func (v *value) get(key string) *item {
	for i := len(v.items) - 1; i >= 0; i-- {
		if v.items[i].key == key {
			return &v.items[i]
		}
	}
	return nil
}

// A parser reads a text.
type parser struct {
	text string
	at   int
}

// A damage is what is wrong with a text, and where.
type damage struct {
	line    int
	message string
}

func (d *damage) Error() string { return fmt.Sprintf("%d: %s", d.line, d.message) }

func lineOf(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

// parse returns the value of a text, or nil if it has none but white space and comments.
func parse(text string) (v *value, err error) {
	p := &parser{text: text}
	if strings.HasPrefix(text, "\ufeff") {
		p.at = len("\ufeff")
	}
	if err := p.skip(); err != nil {
		return nil, err
	}
	if p.at == len(text) {
		return nil, nil
	}
	if v, err = p.value(0); err != nil {
		return nil, err
	}
	if err := p.skip(); err != nil {
		return nil, err
	}
	if p.at < len(text) {
		return nil, p.expected("nothing more")
	}
	return v, nil
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &damage{lineOf(p.text, at), fmt.Sprintf(format, args...)}
}

func (p *parser) expected(what string) error {
	if p.at == len(p.text) {
		return p.fail(p.at, "expected %s, found the end of the file", what)
	}
	found, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return p.fail(p.at, "expected %s, found %q", what, found)
}

// skip passes white space and comments.
func (p *parser) skip() error {
	for p.at < len(p.text) {
		rest := p.text[p.at:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.at++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			p.at += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return p.fail(p.at, "a comment has no end")
			}
			p.at += end + 4
		default:
			return nil
		}
	}
	return nil
}

// deepest is how many values are in each other at most.
const deepest = 1000

func (p *parser) value(depth int) (*value, error) {
	if p.at == len(p.text) {
		return nil, p.expected("a value")
	}
	v := &value{start: p.at}
	var err error
	switch c := p.text[p.at]; {
	case depth > deepest:
		return nil, p.fail(p.at, "more than %d values are in each other", deepest)
	case c == '{', c == '[':
		v.kind = c
		err = p.items(v, depth)
	case c == '"':
		v.isString = true
		v.text, err = p.string()
	default:
		for p.at < len(p.text) && strings.IndexByte(" \t\r\n,]}/:\"[{", p.text[p.at]) < 0 {
			p.at++
		}
		v.text = p.text[v.start:p.at]
		if !json.Valid([]byte(v.text)) {
			p.at = v.start
			err = p.expected("a value")
		}
	}
	v.end = p.at
	return v, err
}

func (p *parser) string() (string, error) {
	start := p.at
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '\n':
			return "", p.fail(start, "a string has no end")
		case '"':
			p.at++
			s := ""
			if err := json.Unmarshal([]byte(p.text[start:p.at]), &s); err != nil {
				return "", p.fail(start, "%s is no string: %v", p.text[start:p.at], err)
			}
			return s, nil
		}
	}
	p.at = len(p.text)
	return "", p.fail(start, "a string has no end")
}

// items reads an object or an array.
func (p *parser) items(v *value, depth int) error {
	end, what := byte('}'), `a name in ""`
	if v.kind == '[' {
		end, what = ']', "a value"
	}
	p.at++
	for {
		if err := p.skip(); err != nil {
			return err
		}
		if p.at < len(p.text) && p.text[p.at] == end {
			p.at++
			return nil
		}
		if n := len(v.items); n > 0 && v.items[n-1].comma < 0 {
			return p.expected(fmt.Sprintf("a comma or %c", end))
		}
		one := item{start: p.at, comma: -1}
		var err error
		if v.kind == '{' {
			if p.at == len(p.text) || p.text[p.at] != '"' {
				return p.expected(fmt.Sprintf("%s or %c", what, end))
			}
			if one.key, err = p.string(); err != nil {
				return err
			}
			if err := p.skip(); err != nil {
				return err
			}
			if p.at == len(p.text) || p.text[p.at] != ':' {
				return p.expected("a colon")
			}
			p.at++
			if err := p.skip(); err != nil {
				return err
			}
		}
		if one.value, err = p.value(depth + 1); err != nil {
			return err
		}
		if err := p.skip(); err != nil {
			return err
		}
		if p.at < len(p.text) && p.text[p.at] == ',' {
			one.comma = p.at
			p.at++
		}
		v.items = append(v.items, one)
	}
}

// add returns the text with an item more at the end of an object or array. How it is laid out, the others tell.
func add(text string, v *value, written string) string {
	newline := newlineOf(text)
	outer := indentOf(text, v.start)
	if len(v.items) == 0 {
		indent := outer + unitOf(text)
		inside := strings.TrimRight(text[v.start+1:v.end-1], " \t\r\n") // comments
		return text[:v.start+1] + inside + newline + indent + indented(text, written, indent) + newline + outer + text[v.end-1:]
	}
	last := v.items[len(v.items)-1]
	if !strings.Contains(text[v.start:last.value.end], "\n") { // all in a line
		if last.comma >= 0 {
			return text[:last.comma+1] + " " + indented(text, written, outer) + text[last.comma:]
		}
		return text[:last.value.end] + ", " + indented(text, written, outer) + text[last.value.end:]
	}
	at, comma, trailing := last.value.end, ",", ""
	if last.comma >= 0 {
		at, comma, trailing = last.comma+1, "", ","
	}
	rest := at + endOfLine(text[at:v.end-1])
	indent := indentOf(text, last.start)
	return text[:at] + comma + text[at:rest] + newline + indent + indented(text, written, indent) + trailing + text[rest:]
}

// remove returns the text without an item.
func remove(text string, v *value, i int) string {
	one := v.items[i]
	start, end := one.start, one.value.end
	if one.comma >= 0 {
		end = one.comma + 1
	}
	cut := func(text string) string { // with its line, if it has one for itself
		before := strings.TrimRight(text[:start], " \t")
		rest := strings.TrimLeft(text[end:], " \t")
		switch {
		case strings.HasSuffix(before, "\n") && (strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n")):
			return strings.TrimSuffix(strings.TrimSuffix(before, "\n"), "\r") + rest
		case strings.HasSuffix(before, "\n"):
			return text[:start] + rest
		case strings.HasPrefix(rest, "]"), strings.HasPrefix(rest, "}"):
			return before + rest
		}
		return before + text[end:]
	}
	text = cut(text)
	if i == len(v.items)-1 && i > 0 && one.comma < 0 { // The comma before it was there for it.
		text = text[:v.items[i-1].comma] + text[v.items[i-1].comma+1:]
	}
	return text
}

// endOfLine returns how much of a text belongs to its first line: white space and comments.
func endOfLine(text string) int {
	p := &parser{text: text}
	for p.at < len(text) && text[p.at] != '\n' && text[p.at] != '\r' {
		before := p.at
		switch rest := text[p.at:]; {
		case rest[0] == ' ', rest[0] == '\t':
			p.at++
		case strings.HasPrefix(rest, "//"):
			if end := strings.IndexAny(rest, "\r\n"); end >= 0 {
				return p.at + end
			}
			return len(text)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if strings.Contains(rest[:end], "\n") {
				return before
			}
			p.at += end + 2
		}
		if p.at == before {
			return p.at
		}
	}
	return len(strings.TrimRight(text[:p.at], " \t"))
}

func newlineOf(text string) string {
	if strings.Contains(text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// indentOf returns the white space that the line begins with in which something is.
func indentOf(text string, at int) string {
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// unitOf returns by how much a text indents: as its first indented line, or four spaces.
func unitOf(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if rest := strings.TrimLeft(line, " \t"); rest != line && strings.HasPrefix(rest, `"`) {
			return line[:len(line)-len(rest)]
		}
	}
	return "    "
}

// indented returns what is written, with a tab for each step, as a text has it.
func indented(text, written, indent string) string {
	unit, newline := unitOf(text), newlineOf(text)
	lines := strings.Split(written, "\n")
	for i, line := range lines {
		rest := strings.TrimLeft(line, "\t")
		lines[i] = strings.Repeat(unit, len(line)-len(rest)) + rest
		if i > 0 {
			lines[i] = indent + lines[i]
		}
	}
	return strings.Join(lines, newline)
}

// written returns a value as it is written into a text: with a tab for each step.
func written(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	if err := encoder.Encode(v); err != nil {
		panic(err) // Strings, and lists and maps of such, can be written.
	}
	return strings.TrimSuffix(b.String(), "\n")
}
