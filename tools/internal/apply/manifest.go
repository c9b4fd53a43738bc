package apply

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// A manifest says what to do. It refers to files by index into the arguments,
// because Bazel rewrites paths in arguments (path mapping), but not in files.
type manifest struct {
	ImportPath string           `json:"importpath"`
	Target     string           `json:"target"` // label; of the SDK, for its packages
	SDK        bool             `json:"sdk"`    // whether it is a package of the SDK
	Names      []string         `json:"names"`  // of all files that the package has
	Overlays   []record.Overlay `json:"overlays"`
	Changes    []*change        `json:"changes"`
	Unnamed    []unnamedDiff    `json:"unnamed"`
	Claims     []claim          `json:"claims"`   // of all overlays whose diffs several have
	Build      *buildConfig     `json:"build"`    // what decides which files are compiled, if that is known
	GoFiles    []namedFile      `json:"go_files"` // Go files that no overlay changes; null if they are not known
	Deps       []string         `json:"deps"`     // import paths of what the package may import, but for the standard library
	Stamp      int              `json:"stamp"`    // written last, empty
	Record     int              `json:"record"`   // written: a record.Record

	// Options of a package that is compiled with cgo, word by word, by attribute, those of
	// overlays included.
	CgoOptions map[string][]string `json:"cgo_options"`
}

// A change is what happens to one file of the package.
type change struct {
	Name     string  `json:"name"`
	Original *int    `json:"original"` // the package's file, if it has one of this name
	Result   *int    `json:"result"`   // written, if anybody needs it
	Embedded bool    `json:"embedded"` // whether Go embeds the file, and does not compile it
	Steps    []*step `json:"steps"`    // lowest layer first
}

// A namedFile is a file of the package.
type namedFile struct {
	Name string `json:"name"`
	File int    `json:"file"`
}

// A kind of step.
type kind string

const (
	replace kind = "replace"
	add     kind = "add"
	remove  kind = "delete"
	embed   kind = "embed" // adds or replaces an embedded file
	patch   kind = "patch"
)

// verbs are how messages call what a step does to a file.
var verbs = map[kind]string{
	replace: "replaces",
	add:     "adds",
	remove:  "deletes",
	embed:   "embeds",
	patch:   "patches",
}

// A step is what one overlay does to a file.
type step struct {
	Overlay int    `json:"overlay"` // index in overlays
	Kind    kind   `json:"kind"`
	File    *int   `json:"file"`    // the overlay's, for replace, add and embed
	Patches []diff `json:"patches"` // in order
	Strip   int    `json:"strip"`   // elements of paths in diffs
	Fuzz    int    `json:"fuzz"`    // lines of context that hunks may ignore at each end

	// Patterns of what is left out of diffs.
	Exclude []string `json:"exclude"`

	// What the overlay was written against.
	Base     []string `json:"base"`      // accepted digests; "" asks for the right one
	BaseFile *int     `json:"base_file"` // a copy
}

// A diff is a file with a diff, and what the overlay says about it.
type diff struct {
	File  int      `json:"file"`
	Files []string `json:"files"` // names that it is declared to change
}

// pinned tells whether the overlay says what it was written against.
func (s *step) pinned() bool {
	return len(s.Base) > 0 || s.BaseFile != nil
}

func readManifest(path string, files int) (*manifest, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	var m manifest
	if err := record.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("reading the manifest %s: %w", path, err)
	}
	if err := m.validate(files); err != nil {
		var labels []string
		for _, overlay := range m.Overlays {
			labels = append(labels, record.DisplayLabel(overlay.Label))
		}
		return nil, fmt.Errorf("%s can't be applied to package %s (%s): manifest %s: %w",
			strings.Join(labels, ", "), m.ImportPath, record.DisplayLabel(m.Target), path, err)
	}
	return &m, nil
}

// validate checks what the rules have to get right. What users can get wrong is
// checked where it is used, by messages that name the overlay.
func (m *manifest) validate(files int) error {
	check := newIndexCheck(files)
	check.output("stamp", &m.Stamp)
	check.output("record", &m.Record)
	for i := range m.GoFiles {
		check.input(fmt.Sprintf("go_files[%d].file", i), &m.GoFiles[i].File)
	}
	if (m.GoFiles != nil || m.CgoOptions != nil) && m.Build == nil {
		return fmt.Errorf("go_files or cgo_options without build")
	}
	names := map[string]bool{}
	for i, c := range m.Changes {
		where := fmt.Sprintf("changes[%d]", i)
		if c == nil || c.Name == "" || len(c.Steps) == 0 {
			return fmt.Errorf("%s: expected a name and steps", where)
		}
		if names[c.Name] {
			return fmt.Errorf("%s: a second change of %s", where, c.Name)
		}
		names[c.Name] = true
		check.input(where+".original", c.Original)
		check.output(where+".result", c.Result)
		for j, s := range c.Steps {
			where := fmt.Sprintf("%s.steps[%d]", where, j)
			if s == nil {
				return fmt.Errorf("%s: expected a step", where)
			}
			if s.Overlay < 0 || s.Overlay >= len(m.Overlays) {
				return fmt.Errorf("%s.overlay is %d, expected the index of one of %d overlays", where, s.Overlay, len(m.Overlays))
			}
			if err := s.validate(c.Name); err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			check.input(where+".file", s.File)
			check.input(where+".base_file", s.BaseFile)
			for k := range s.Patches {
				check.input(fmt.Sprintf("%s.patches[%d].file", where, k), &s.Patches[k].File)
			}
		}
	}
	for i := range m.Unnamed {
		u := &m.Unnamed[i]
		if u.Overlay < 0 || u.Overlay >= len(m.Overlays) {
			return fmt.Errorf("unnamed[%d].overlay is %d, expected the index of one of %d overlays", i, u.Overlay, len(m.Overlays))
		}
		check.input(fmt.Sprintf("unnamed[%d].file", i), &u.File)
	}
	for i := range m.Claims {
		check.input(fmt.Sprintf("claims[%d].diff", i), &m.Claims[i].Diff)
	}
	return check.err
}

func (s *step) validate(name string) error {
	if verbs[s.Kind] == "" {
		return fmt.Errorf("kind is %q, expected replace, add, delete, embed or patch", s.Kind)
	}
	if needs := s.Kind == replace || s.Kind == add || s.Kind == embed; needs != (s.File != nil) {
		return fmt.Errorf("file does not go with kind %q, or is missing", s.Kind)
	}
	if (s.Kind == patch) != (len(s.Patches) > 0) {
		return fmt.Errorf("patches don't go with kind %q, or are missing", s.Kind)
	}
	for _, d := range s.Patches {
		if !slices.Contains(d.Files, name) {
			return fmt.Errorf("a patch that is not declared for %s", name)
		}
	}
	if s.Strip < 0 || s.Fuzz < 0 {
		return fmt.Errorf("strip is %d and fuzz is %d, expected numbers from 0", s.Strip, s.Fuzz)
	}
	return nil
}

// An indexCheck checks indices of files, and keeps the first error.
type indexCheck struct {
	files   int
	outputs map[int]string
	err     error
}

func newIndexCheck(files int) *indexCheck {
	return &indexCheck{files: files, outputs: map[int]string{}}
}

func (c *indexCheck) input(where string, index *int) {
	if index == nil || c.err != nil {
		return
	}
	if *index < 0 || *index >= c.files {
		c.err = fmt.Errorf("%s is %d, expected the index of one of %d files", where, *index, c.files)
	}
}

func (c *indexCheck) output(where string, index *int) {
	c.input(where, index)
	if index == nil || c.err != nil {
		return
	}
	if other := c.outputs[*index]; other != "" {
		c.err = fmt.Errorf("%s and %s are the same file", other, where)
	}
	c.outputs[*index] = where
}
