package tests

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

var update = flag.Bool("update", false, "write the pages of docs/api, and the copies of other modules' packages")

// pages are those of docs/api: for each the file that users load, and the targets of
// docs/api that know what is in it, itself the last.
var pages = []struct {
	name, file string
	targets    []string
}{
	{"go_overlay_defs.md", "go_overlay:defs.bzl", []string{"go_overlay_rule", "go_overlay_defs"}},
	{"go_overlay_extensions.md", "go_overlay:extensions.bzl", []string{"go_overlay_extensions"}},
	{"toolchains_defs.md", "toolchains:defs.bzl", []string{"toolchains_defs"}},
	{"toolchains_extensions.md", "toolchains:extensions.bzl", []string{"toolchains_extensions"}},
}

// TestDocumentation checks that all that public files export is documented, and that
// the pages of docs/api have it. go test ./tests -run TestDocumentation -update writes them.
func TestDocumentation(t *testing.T) {
	if err := bazeltest.DependOn(root); err != nil {
		t.Fatal(err)
	}
	bazel(t, "build", "//docs/api:all")
	bin := strings.TrimSpace(bazel(t, "info", "bazel-bin"))
	for _, page := range pages {
		var content strings.Builder
		fmt.Fprintf(&content, "<!-- Written by: go test ./tests -run TestDocumentation -update -->\n\n# @go_overlay//%s\n", page.file)
		var items []item
		var doc string
		for _, target := range page.targets {
			data, err := os.ReadFile(filepath.Join(bin, "docs", "api", target+".binaryproto"))
			if err != nil {
				t.Fatal(err)
			}
			file, err := parseItem(module, data)
			if err != nil {
				t.Fatalf("%s: %v", target, err)
			}
			if len(file.items) == 0 {
				t.Errorf("%s exports nothing", target)
			}
			checkDocumented(t, target, file)
			items, doc = append(items, file.items...), file.doc
		}
		slices.SortStableFunc(items, func(a, b item) int {
			return cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind))
		})
		fmt.Fprintf(&content, "\n%s\n", doc)
		for _, item := range items {
			item.write(&content)
		}
		file := filepath.Join(root, "docs", "api", page.name)
		if *update {
			if err := os.WriteFile(file, []byte(content.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		} else if string(got) != content.String() {
			t.Errorf("docs/api/%s is not what //%s says; run go test ./tests -run TestDocumentation -update", page.name, page.file)
		}
	}
}

func bazel(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("./bazelw", args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	return string(stdout)
}

// A shape says where a message of Bazel's stardoc_output.proto has what.
type shape struct {
	kind      string
	name, doc protowire.Number // strings
	items     map[protowire.Number]shape
}

var (
	attribute = shape{kind: "attribute", name: 1, doc: 2}
	tagClass  = shape{kind: "tag class", name: 1, doc: 2, items: map[protowire.Number]shape{3: attribute}}
	field     = shape{kind: "field", name: 1, doc: 2}
	parameter = shape{kind: "parameter", name: 1, doc: 2}
	module    = shape{kind: "file", name: 6, doc: 5, items: map[protowire.Number]shape{
		1: {kind: "rule", name: 1, doc: 2, items: map[protowire.Number]shape{3: attribute}},
		2: {kind: "provider", name: 1, doc: 2, items: map[protowire.Number]shape{3: field}},
		3: {kind: "macro", name: 1, doc: 3, items: map[protowire.Number]shape{2: parameter}},
		4: {kind: "aspect", name: 1, doc: 2, items: map[protowire.Number]shape{4: attribute}},
		7: {kind: "module extension", name: 1, doc: 2, items: map[protowire.Number]shape{3: tagClass}},
	}}
)

// kinds are what files export, in the order of pages.
var kinds = []string{"module extension", "macro", "rule", "aspect", "provider"}

// Fields of attributes, and of parameters of macros.
const (
	typeField      = 3 // of an attribute; an int
	mandatoryField = 4
)

// types are the values of AttributeType; the first two are no attributes that a file declares.
var types = []string{
	"", "", "int", "label", "string", "list of strings", "list of ints", "list of labels", "bool",
	"dict from labels to strings", "dict from strings to strings", "dict from strings to lists of strings",
	"output", "list of outputs", "dict from strings to labels",
}

// An item is what a file exports, or a part of it.
type item struct {
	kind, name, doc string
	ints            map[protowire.Number]uint64
	items           []item
}

func parseItem(s shape, data []byte) (item, error) {
	it := item{kind: s.kind, ints: map[protowire.Number]uint64{}}
	for len(data) > 0 {
		number, typ, n := protowire.ConsumeTag(data)
		if n < 0 {
			return item{}, protowire.ParseError(n)
		}
		data = data[n:]
		switch typ {
		case protowire.BytesType:
			value, n := protowire.ConsumeBytes(data)
			if n < 0 {
				return item{}, protowire.ParseError(n)
			}
			data = data[n:]
			if number == s.name {
				it.name = text(value)
			} else if number == s.doc {
				it.doc = strings.TrimSpace(text(value))
			} else if part, ok := s.items[number]; ok {
				parsed, err := parseItem(part, value)
				if err != nil {
					return item{}, err
				}
				if part.kind == "attribute" && parsed.name == "name" && parsed.ints[typeField] < 2 {
					continue // All targets have it.
				}
				it.items = append(it.items, parsed)
			}
		case protowire.VarintType:
			value, n := protowire.ConsumeVarint(data)
			if n < 0 {
				return item{}, protowire.ParseError(n)
			}
			data = data[n:]
			it.ints[number] = value
		default:
			n := protowire.ConsumeFieldValue(number, typ, data)
			if n < 0 {
				return item{}, protowire.ParseError(n)
			}
			data = data[n:]
		}
	}
	return it, nil
}

// text returns a string as it stands in the Starlark file. Older Bazels take each of its
// bytes for a character.
func text(value []byte) string {
	var written []byte
	for _, r := range string(value) {
		if r > 0xff {
			return string(value)
		}
		written = append(written, byte(r))
	}
	if !utf8.Valid(written) {
		return string(value)
	}
	return string(written)
}

func checkDocumented(t *testing.T, where string, it item) {
	t.Helper()
	if it.doc == "" {
		t.Errorf("%s: %s %s has no documentation", where, it.kind, it.name)
	}
	for _, part := range it.items {
		checkDocumented(t, where+": "+it.kind+" "+it.name, part)
	}
}

// write writes a section, or an entry of a list.
func (it item) write(w *strings.Builder) {
	switch it.kind {
	case "attribute", "field", "parameter":
		doc := strings.ReplaceAll(strings.ReplaceAll(it.doc, "\n", "\n  "), "\n  \n", "\n\n")
		fmt.Fprintf(w, "- `%s`%s: %s\n", it.name, it.note(), doc)
		return
	case "tag class":
		fmt.Fprintf(w, "\n### %s\n", it.name)
	default:
		fmt.Fprintf(w, "\n## %s (%s)\n", it.name, it.kind)
	}
	fmt.Fprintf(w, "\n%s\n", it.doc)
	if len(it.items) > 0 && it.kind != "module extension" {
		fmt.Fprintln(w) // before a list
	}
	for _, part := range it.items {
		part.write(w)
	}
}

// note tells the type of an attribute, and whether it has to be there.
func (it item) note() string {
	var notes []string
	if it.kind == "attribute" {
		if number := int(it.ints[typeField]); number < len(types) && types[number] != "" {
			notes = append(notes, types[number])
		}
	}
	if it.kind != "field" && it.ints[mandatoryField] != 0 {
		notes = append(notes, "mandatory")
	}
	if notes == nil {
		return ""
	}
	return " (" + strings.Join(notes, ", ") + ")"
}
