package buildfile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/internal/buildtools/labels"
)

// A rule is one that is edited.
type rule struct {
	*build.Rule
	edit *edit
}

func (e *edit) of(call *build.CallExpr) rule { return rule{build.NewRule(call), e} }

// value returns what an attribute has, without parentheses around it; or nil if the rule does
// not have it, for certain.
func (r rule) value(attribute string) (build.Expr, error) {
	x := r.Attr(attribute)
	if x == nil {
		for _, arg := range r.Call.List {
			switch arg := arg.(type) {
			case *build.UnaryExpr:
				return nil, r.edit.errorAt(arg, "%s has arguments by %s, which may have %s", r.edit.label(r.ExplicitName()), arg.Op, attribute)
			case *build.AssignExpr:
			default:
				return nil, r.edit.errorAt(arg, "%s has arguments without names, expected name = value", r.edit.label(r.ExplicitName()))
			}
		}
		return nil, nil
	}
	for {
		paren, ok := x.(*build.ParenExpr)
		if !ok {
			return x, nil
		}
		x = paren.X
	}
}

// literal returns an error that says of an attribute, or part of it, that it is not what can be edited.
func (r rule) literal(x build.Expr, attribute, expected string) error {
	return r.edit.errorAt(x, "%s of %s is %s, expected %s", attribute, r.edit.label(r.ExplicitName()), describe(x), expected)
}

// describe says what an expression is, for messages.
func describe(x build.Expr) string {
	switch x := x.(type) {
	case *build.CallExpr:
		if kind := build.NewRule(x).Kind(); kind != "" {
			return "a " + kind + "()"
		}
	case *build.BinaryExpr:
		return "an expression with " + x.Op
	case *build.Ident:
		return "the variable " + x.Name
	case *build.Comprehension:
		return "a comprehension"
	case *build.ListExpr:
		return "a list"
	case *build.DictExpr:
		return "a dict"
	case *build.StringExpr:
		return "a string"
	case *build.ConditionalExpr:
		return "a condition"
	}
	return "an expression"
}

// list returns the list that an attribute is; one that is not there as nil.
func (r rule) list(attribute string) (*build.ListExpr, error) {
	x, err := r.value(attribute)
	if err != nil || x == nil {
		return nil, err
	}
	list, ok := x.(*build.ListExpr)
	if !ok {
		return nil, r.literal(x, attribute, "a list")
	}
	return list, nil
}

// dict returns the dict that an attribute is; one that is not there as nil.
func (r rule) dict(attribute string) (*build.DictExpr, error) {
	x, err := r.value(attribute)
	if err != nil || x == nil {
		return nil, err
	}
	dict, ok := x.(*build.DictExpr)
	if !ok {
		return nil, r.literal(x, attribute, "a dict")
	}
	for _, entry := range dict.List {
		if _, ok := entry.Key.(*build.StringExpr); !ok {
			return nil, r.literal(entry.Key, "a key of "+attribute, "a string")
		}
	}
	return dict, nil
}

// add adds a string to an attribute that is a list, unless it has it, or is a glob() that has it.
func (r rule) add(attribute, value string, same func(a, b string) bool) error {
	if x, err := r.value(attribute); err == nil && covers(x, value) {
		return nil
	}
	list, err := r.list(attribute)
	if err != nil {
		return err
	}
	if list == nil {
		list = &build.ListExpr{}
		r.SetAttr(attribute, list)
	}
	r.addTo(list, value, same)
	return nil
}

// addTo adds a string to a list: in order, if it is in order.
func (r rule) addTo(list *build.ListExpr, value string, same func(a, b string) bool) {
	sorted := true
	at, last := len(list.List), ""
	for i, x := range list.List {
		str, ok := x.(*build.StringExpr)
		if !ok {
			sorted = false
			continue
		}
		if same(str.Value, value) {
			return
		}
		if str.Value > value && at == len(list.List) {
			at = i
		}
		sorted = sorted && last <= str.Value
		last = str.Value
	}
	if !sorted {
		at = len(list.List)
	}
	list.List = slices.Insert(list.List, at, build.Expr(&build.StringExpr{Value: value}))
}

// entry returns the entry of a dict that an attribute is, which it makes if need be: at the end, or in
// order, if that is wanted and the others are.
func (r rule) entry(attribute, key string, order bool, same func(a, b string) bool) (*build.KeyValueExpr, error) {
	dict, err := r.dict(attribute)
	if err != nil {
		return nil, err
	}
	if dict == nil {
		dict = &build.DictExpr{}
		r.SetAttr(attribute, dict)
	}
	at := len(dict.List)
	last := ""
	for i, entry := range dict.List {
		found := entry.Key.(*build.StringExpr).Value
		if same(found, key) {
			return entry, nil
		}
		if found > key && at == len(dict.List) {
			at = i
		}
		order = order && last <= found
		last = found
	}
	if !order {
		at = len(dict.List)
	}
	entry := &build.KeyValueExpr{Key: &build.StringExpr{Value: key}}
	dict.List = slices.Insert(dict.List, at, entry)
	return entry, nil
}

// setEntry makes the value of an entry a string. What it replaces has to be a string, or a list of them.
func (r rule) setEntry(attribute, key, value string, same func(a, b string) bool) error {
	entry, err := r.entry(attribute, key, true, same)
	if err != nil {
		return err
	}
	switch old := entry.Value.(type) {
	case nil:
		entry.Value = &build.StringExpr{Value: value}
	case *build.StringExpr:
		old.Value, old.Token, old.TripleQuote = value, "", false
	case *build.ListExpr:
		if build.Strings(old) == nil {
			return r.literal(old, attribute+" of "+key, "a string, or a list of strings without variables")
		}
		entry.Value = &build.StringExpr{Comments: old.Comments, Value: value}
	default:
		return r.literal(old, attribute+" of "+key, "a string or a list of strings")
	}
	return nil
}

// setString sets an attribute to a string. What it replaces has to be one.
func (r rule) setString(attribute, value string) error {
	x, err := r.value(attribute)
	if err != nil {
		return err
	}
	switch old := x.(type) {
	case nil:
		r.SetAttr(attribute, &build.StringExpr{Value: value, Token: token(value)})
	case *build.StringExpr:
		if old.Value != value {
			old.Value, old.Token, old.TripleQuote = value, token(value), false
		}
	default:
		return r.literal(x, attribute, "a string")
	}
	return nil
}

// token returns how a text is written, where buildtools would write its letters as octal numbers; else an empty string.
func token(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// setNumber sets an attribute to a number. What it replaces has to be one.
func (r rule) setNumber(attribute, value string) error {
	x, err := r.value(attribute)
	if err != nil {
		return err
	}
	switch old := x.(type) {
	case nil:
		r.SetAttr(attribute, &build.LiteralExpr{Token: value})
	case *build.LiteralExpr:
		old.Token = value
	default:
		return r.literal(x, attribute, "a number")
	}
	return nil
}

// sameLabel tells whether two labels, as they are written in the file, are of one target or file.
func (e *edit) sameLabel(a, b string) bool { return labels.Equal(a, b, e.file.pkg) }

func sameName(a, b string) bool { return a == b }

// byHand returns an error with what is to be written by hand, if that would help.
func byHand(err error, format string, args ...any) error {
	if wrong, ok := err.(*Error); ok && !wrong.conflict {
		wrong.Write = fmt.Sprintf(format, args...)
	}
	return err
}
