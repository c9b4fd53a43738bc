package overlaysjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A node is a JSON value, with its place.
type node struct {
	at     int // offset
	value  any // string, json.Number, bool, or nil
	kind   string
	list   []*node
	fields []field
}

type field struct {
	name  string
	at    int
	value *node
}

// What a value is called in messages.
const (
	object = "an object"
	list   = "a list"
	text   = "a string"
	number = "a number"
	truth  = "true or false"
	null   = "null"
)

// An Error says what is wrong with the file.
type Error struct {
	Path         string
	Line, Column int
	Why          string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Why) }

// A reading is of one file.
type reading struct {
	path    string
	content []byte
}

// errorAt returns an error about what is at an offset.
func (r *reading) errorAt(at int, format string, args ...any) *Error {
	before := r.content[:min(at, len(r.content))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return &Error{Path: r.path, Line: r.line(at), Column: utf8.RuneCount(line) + 1, Why: fmt.Sprintf(format, args...)}
}

// line returns the number of the line that an offset is in.
func (r *reading) line(at int) int {
	return 1 + bytes.Count(r.content[:min(at, len(r.content))], []byte("\n"))
}

// tree returns the value that the file has.
func (r *reading) tree() (*node, error) {
	if len(bytes.TrimSpace(r.content)) == 0 {
		return nil, r.errorAt(0, `the file is empty, expected {"overlays": []}`)
	}
	if !utf8.Valid(r.content) {
		return nil, r.errorAt(len(bytes.ToValidUTF8(r.content, nil)), "this is no UTF-8, which JSON is written in")
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(r.content, new(any)); errors.As(err, &syntax) {
		at := max(int(syntax.Offset)-1, 0)
		if int(syntax.Offset) >= len(r.content) && strings.Contains(syntax.Error(), "unexpected end") {
			at = len(r.content)
		}
		return nil, r.errorAt(at, "this is no JSON: %v", err)
	} else if err != nil {
		return nil, r.errorAt(0, "this is no JSON: %v", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(r.content))
	decoder.UseNumber()
	return r.node(decoder)
}

// next returns the offset of the next token.
func (r *reading) next(decoder *json.Decoder) int {
	at := int(decoder.InputOffset())
	return at + len(r.content[at:]) - len(bytes.TrimLeft(r.content[at:], " \t\r\n,:"))
}

func (r *reading) node(decoder *json.Decoder) (*node, error) {
	n := &node{at: r.next(decoder)}
	token, err := decoder.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, r.errorAt(n.at, "this is no JSON: %v", err)
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			n.kind = list
			for decoder.More() {
				element, err := r.node(decoder)
				if err != nil {
					return nil, err
				}
				n.list = append(n.list, element)
			}
		} else {
			n.kind = object
			for decoder.More() {
				at := r.next(decoder)
				name, err := decoder.Token()
				if err != nil {
					return nil, r.errorAt(at, "this is no JSON: %v", err)
				}
				value, err := r.node(decoder)
				if err != nil {
					return nil, err
				}
				for _, other := range n.fields {
					if other.name == name {
						return nil, r.errorAt(at, "%q is there already, at line %d; of two, readers of JSON take one", name, r.line(other.at))
					}
				}
				n.fields = append(n.fields, field{name.(string), at, value})
			}
		}
		_, err := decoder.Token()
		return n, err
	case string:
		n.kind, n.value = text, token
	case json.Number:
		n.kind, n.value = number, token
	case bool:
		n.kind, n.value = truth, token
	default:
		n.kind = null
	}
	return n, nil
}
