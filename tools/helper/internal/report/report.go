// Package report tells what was overlaid in a program: the records of its
// packages in one JSON file for programs, and in one page for people.
package report

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// Options are what to report, and where.
type Options struct {
	Target  string   // label of what is reported on
	Records []string // files with a record each
	JSON    string   // file to write
	HTML    string   // file to write
}

// A Report says what was overlaid in a target.
type Report struct {
	Target   string    `json:"target"`
	Packages []Package `json:"packages"` // sorted by import path, then by first target
}

// A Package is one version of an overlaid package. A program may hold several of
// one import path, such as one that was compiled anew for a test.
type Package struct {
	ImportPath string           `json:"importpath"`
	Targets    []string         `json:"targets"` // sorted
	Overlays   []record.Overlay `json:"overlays"`
	Files      []record.File    `json:"files"`
	LeftOut    []record.LeftOut `json:"left_out,omitempty"` // parts of diffs, which concern no package
}

// Run writes a report.
func Run(o Options) error {
	records, err := readRecords(o.Records)
	if err != nil {
		return err
	}
	packages, err := merge(records)
	if err != nil {
		return err
	}
	r := Report{Target: o.Target, Packages: packages}
	data, err := record.Marshal(r)
	if err != nil {
		return fmt.Errorf("report on %s: %w", o.Target, err)
	}
	html, err := page(r)
	if err != nil {
		return fmt.Errorf("report on %s: %w", o.Target, err)
	}
	return output.Write(
		output.File{Path: o.JSON, Content: data},
		output.File{Path: o.HTML, Content: []byte(html)},
	)
}

func readRecords(paths []string) ([]record.Record, error) {
	var records []record.Record
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading a record: %w", err)
		}
		var r record.Record
		if err := record.Unmarshal(data, &r); err != nil {
			return nil, fmt.Errorf("reading the record %s: %w", path, err)
		}
		records = append(records, r)
	}
	return records, nil
}

// merge makes packages of records. Records that say the same of an import path
// are one package.
func merge(records []record.Record) ([]Package, error) {
	packages := []Package{}
	index := map[string]int{}
	for _, r := range records {
		p := Package{
			ImportPath: r.ImportPath,
			Overlays:   append([]record.Overlay{}, r.Overlays...),
			Files:      append([]record.File{}, r.Files...),
			LeftOut:    r.LeftOut,
		}
		content, err := record.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("record of %s: %w", r.Target, err)
		}
		i, ok := index[string(content)]
		if !ok {
			i = len(packages)
			index[string(content)] = i
			packages = append(packages, p)
		}
		packages[i].Targets = append(packages[i].Targets, r.Target)
	}
	for i := range packages {
		slices.Sort(packages[i].Targets)
		packages[i].Targets = slices.Compact(packages[i].Targets)
	}
	slices.SortStableFunc(packages, comparePackages)
	return packages, nil
}

// comparePackages orders packages completely, or else the order of arguments
// would show.
func comparePackages(a, b Package) int {
	return cmp.Or(
		cmp.Compare(a.ImportPath, b.ImportPath),
		slices.Compare(a.Targets, b.Targets),
		cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)),
	)
}
