package bazel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// A Target is what a query finds: a rule, a file of the workspace or of a repository, or a
// file that a rule makes.
type Target struct {
	Label string // as Bazel writes it: //overlays:uuid, @com_github_google_uuid//:dce.go
	File  string // of a source file, its path; else the BUILD file that declares it
	Line  int    // in File

	Kind  string               // of a rule: go_library
	Attrs map[string]Attribute // of a rule, by name

	GeneratedBy string // of a file that a rule makes, the label of that
}

// An Attribute is one of a rule. Where it is a select(), it has the values of all branches.
type Attribute struct {
	String  string            // of strings, labels, numbers and Booleans ("true")
	List    []string          // of lists
	Dict    map[string]string // of dicts
	Keys    []string          // of Dict, in the order in which they are written
	Written bool              // whether the BUILD file or a macro sets it
}

// IsSource tells whether the target is a file that no rule makes.
func (t Target) IsSource() bool { return t.Kind == "" && t.GeneratedBy == "" }

// FromMacro returns the name of the macro that made the rule, or an empty string.
func (t Target) FromMacro() string { return t.Attrs["generator_function"].String }

// The form in which bazel query writes a target.
type streamed struct {
	Type string
	Rule struct {
		Name, RuleClass, Location string
		Attribute                 []struct {
			Name, Type, StringValue   string
			IntValue                  int
			StringListValue           []string
			StringDictValue           []entry
			LabelDictUnaryValue       []entry
			LabelKeyedStringDictValue []entry
			ExplicitlySpecified       bool
		}
	}
	SourceFile    struct{ Name, Location string }
	GeneratedFile struct{ Name, Location, GeneratingRule string }
}

type entry struct{ Key, Value string }

// Query returns the targets that an expression of bazel query stands for. Targets and packages
// that don't exist, or have errors, are left out of it; if there are such, errs says which, as
// Bazel does.
func (w *Workspace) Query(ctx context.Context, expression string) (targets []Target, errs *Error, err error) {
	if !w.IsBazel() {
		return nil, nil, nil
	}
	// What targets need of rules' own attributes, such as tools that merge coverage, is not asked for:
	// it would be fetched.
	out, err := w.Output(ctx, "query", "--output=streamed_jsonproto", "--keep_going", "--noimplicit_deps", "--notool_deps",
		"--noshow_progress", "--order_output=no", expression)
	const partially = 3
	if errors.As(err, &errs) && errs.Code == partially {
		err = nil
	}
	if err != nil {
		return nil, nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var found streamed
		if err := decoder.Decode(&found); err == io.EOF {
			return targets, errs, nil
		} else if err != nil {
			return nil, nil, fmt.Errorf("bazel query wrote what is no target: %w", err)
		}
		targets = append(targets, found.target())
	}
}

func (s streamed) target() Target {
	switch s.Type {
	case "SOURCE_FILE":
		file, _ := position(s.SourceFile.Location)
		return Target{Label: s.SourceFile.Name, File: file, Line: 1}
	case "GENERATED_FILE":
		file, line := position(s.GeneratedFile.Location)
		return Target{Label: s.GeneratedFile.Name, File: file, Line: line, GeneratedBy: s.GeneratedFile.GeneratingRule}
	}
	file, line := position(s.Rule.Location)
	t := Target{Label: s.Rule.Name, File: file, Line: line, Kind: s.Rule.RuleClass, Attrs: map[string]Attribute{}}
	for _, a := range s.Rule.Attribute {
		value := Attribute{String: a.StringValue, List: a.StringListValue, Written: a.ExplicitlySpecified}
		if a.Type == "INTEGER" {
			value.String = strconv.Itoa(a.IntValue)
		}
		for _, entries := range [][]entry{a.StringDictValue, a.LabelDictUnaryValue, a.LabelKeyedStringDictValue} {
			for _, e := range entries {
				if value.Dict == nil {
					value.Dict = map[string]string{}
				}
				value.Dict[e.Key] = e.Value
				value.Keys = append(value.Keys, e.Key)
			}
		}
		t.Attrs[a.Name] = value
	}
	return t
}

var locationEnd = regexp.MustCompile(`:(\d+):\d+$`)

// position takes a location apart: /home/me/src/BUILD.bazel:33:11.
func position(location string) (file string, line int) {
	match := locationEnd.FindStringSubmatchIndex(location)
	if match == nil {
		return location, 0
	}
	fmt.Sscan(location[match[2]:match[3]], &line)
	return location[:match[0]], line
}

// Quote writes a word so that the language of queries takes it for one.
func Quote(word string) string {
	if !strings.Contains(word, `"`) {
		return `"` + word + `"`
	}
	return "'" + word + "'"
}
