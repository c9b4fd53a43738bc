// Package record has the form in which one step of a build says which overlays
// it applied and another one reads it.
package record

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Record says what was applied to one package. Labels in it are Bazel's
// canonical ones.
type Record struct {
	ImportPath string    `json:"importpath"`
	Target     string    `json:"target"`
	Overlays   []Overlay `json:"overlays"`
	Files      []File    `json:"files"`
	LeftOut    []LeftOut `json:"left_out,omitempty"`
}

// A LeftOut is a part of a diff that is for no package.
type LeftOut struct {
	File string `json:"file"` // its path, as the diff has it
	Diff string `json:"diff"`
	Why  string `json:"why"`
}

// An Overlay is what an overlay says about itself, and what it changes beside
// files. Manifests have it in the same form (changes.bzl), with no other keys: one that is
// not here is an error in every package with overlays. Keys are sorted.
type Overlay struct {
	BaseVersion string            `json:"base_version,omitempty"`
	Cdeps       []string          `json:"cdeps,omitempty"`
	Cgo         bool              `json:"cgo,omitempty"`
	Clinkopts   []string          `json:"clinkopts,omitempty"`
	Copts       []string          `json:"copts,omitempty"`
	Cppopts     []string          `json:"cppopts,omitempty"`
	Cxxopts     []string          `json:"cxxopts,omitempty"`
	DeleteOpts  []string          `json:"delete_opts,omitempty"`
	Deps        []string          `json:"deps,omitempty"`
	Expires     string            `json:"expires,omitempty"`
	GcGoopts    []string          `json:"gc_goopts,omitempty"`
	Label       string            `json:"label"`
	Reason      string            `json:"reason,omitempty"`
	Upstream    string            `json:"upstream,omitempty"`
	XDefs       map[string]string `json:"x_defs,omitempty"`
}

// A Change is what happened to a file, all overlays taken together.
type Change string

// The changes.
const (
	Added    Change = "added"
	Deleted  Change = "deleted"
	Patched  Change = "patched"
	Replaced Change = "replaced"
)

// A File is a file of the package that overlays changed.
type File struct {
	Name     string   `json:"name"`
	Change   Change   `json:"change"`
	Base     string   `json:"base,omitempty"`   // digest of the package's own file, if it has one
	Result   string   `json:"result,omitempty"` // digest of what is compiled instead, if anything
	Overlays []string `json:"overlays"`         // labels, lowest layer first
	Notes    []string `json:"notes,omitempty"`  // hunks that fit at other lines than they state

	LeftOut string `json:"left_out,omitempty"` // why the result is no part of the package in this build
	Instead string `json:"instead,omitempty"`  // file that stands in for one that is left out, by other overlay files
}

// Marshal writes JSON for people to read as well: indented, and with <, > and &
// as they are.
func Marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// Unmarshal reads JSON strictly: an unknown key is a mistake of whoever wrote it.
func Unmarshal(data []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("expected one JSON value, found more")
	}
	return nil
}
