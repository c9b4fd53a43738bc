//go:build go1.24

package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// theProblem returns what is wrong in an archive of testdata: one problem of a kind.
func theProblem[P problem](t *testing.T, archive string) P {
	parsed, err := txtar.ParseFile("testdata/" + archive + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	inputs, _ := split(parsed)
	files := writeInputs(t, inputs)
	m, err := readManifest("manifest", len(files))
	if err != nil {
		t.Fatal(err)
	}
	a := newApplier(m, files)
	a.applyAll()
	if len(a.problems) == 1 {
		if p, ok := a.problems[0].(P); ok {
			return p
		}
	}
	t.Fatalf("got %+v, want one %T", a.problems, *new(P))
	panic("unreachable")
}

func TestAlreadyApplied(t *testing.T) {
	for _, test := range []struct {
		archive  string
		by       int    // who has made what lies beneath the step
		diff     string // of the step, that has made the same
		failures int
	}{
		{"patch_already_applied", upstream, "", 1},
		{"patch_applied_below", 0, "", 1},
		{"patch_creates_identical", upstream, "", 0},
		{"patch_second_creates", upstream, "overlays/one.diff", 0},
		{"patch_second_of_two", upstream, "overlays/one.diff", 1},
	} {
		t.Run(test.archive, func(t *testing.T) {
			p := theProblem[alreadyApplied](t, test.archive)
			if p.since.beneath.by != test.by || p.since.diff != test.diff || len(p.failures) != test.failures {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestMisfit(t *testing.T) {
	for _, test := range []struct {
		archive  string
		after    string // diff
		failures int
		applied  bool // whether some of it is
	}{
		{"patch_does_not_fit", "", 2, false},
		{"patch_partly_applied", "", 2, true},
		{"patch_second_does_not_fit", "overlays/one.diff", 1, false},
		{"patch_several_places", "", 1, false},
	} {
		t.Run(test.archive, func(t *testing.T) {
			p := theProblem[misfit](t, test.archive)
			if p.at.diff != test.after || len(p.failures) != test.failures || (p.applied != nil) != test.applied {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestUnclaimedParts(t *testing.T) {
	for _, test := range []struct {
		archive  string
		takes    bool
		strip    int
		changed  string
		not      string
		declare  string
		others   string // import paths, and overlays that have the diff
		corrects bool
	}{
		{"parts_unclaimed", true, 1, "m.go", "", "", "example.com/m/internal", false},
		{"parts_other_strip", true, 1, "m.go", "", "", "example.com/m/internal @@//overlays:internal", false},
		{"parts_declared_wrong", true, 1, "", "n.go", "m.go", "", true},
		{"patch_strip_undeclared", false, 1, "hash.go", "", "version4.go", "", true},
	} {
		t.Run(test.archive, func(t *testing.T) {
			p := theProblem[unclaimedParts](t, test.archive)
			var others []string
			for _, other := range p.todo.others {
				others = append(others, other.importPath)
				if other.claim != nil {
					others = append(others, other.claim.Overlay)
				}
			}
			got := fmt.Sprint(p.takes, p.strip, p.changed, p.not, p.todo.declare, others, p.corrects())
			want := fmt.Sprintf("%t %d [%s] [%s] [%s] [%s] %t", test.takes, test.strip, test.changed, test.not, test.declare, test.others, test.corrects)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestAmbiguousFolders(t *testing.T) {
	if p := theProblem[ambiguousFolders](t, "parts_ambiguous"); !slices.Equal(p.folders, []string{"other", "sub"}) {
		t.Errorf("got %q", p.folders)
	}
}

func TestProblemsAreToldOnce(t *testing.T) {
	a := newApplier(&manifest{Overlays: []record.Overlay{{Label: "@@//:a"}, {Label: "@@//:b"}}}, nil)
	for _, overlay := range []owner{0, 1, 0} {
		a.report(unreadableFile{overlay, errors.New("it is gone")})
	}
	if got := a.told(); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	for _, sizes := range [][]int{{1}, {98}, {99}, {500}, {3, 500}, {97, 1}, {98, 1}, {50, 47}, {50, 48}, {50, 46, 1}, {500, 500, 500}} {
		var p Problems
		for _, size := range sizes {
			p = append(p, "x"+strings.Repeat("\nx", size-1))
		}
		got := p.Error()
		if lines := strings.Count(got, "\n") + 1; lines > maxLines {
			t.Errorf("%v: %d lines", sizes, lines)
		}
		whole := strings.Join(p, "\n\n")
		if cut := got != whole; cut != (strings.Count(whole, "\n")+1 > maxLines-2) {
			t.Errorf("%v: cut is %t:\n%s", sizes, cut, got)
		}
	}
	many := make(Problems, 300)
	for i := range many {
		many[i] = fmt.Sprint("problem ", i)
	}
	if got := many.Error(); !strings.HasSuffix(got, "\n\nand 251 more problems, which are told when these are mended") {
		t.Error(got)
	}
	long := Problems{strings.Repeat("ä", 5000)}.Error()
	if len(long) > maxBytes+30 || !strings.HasSuffix(long, "ä… (10000 bytes)") {
		t.Errorf("%d bytes, ending with %q", len(long), long[len(long)-30:])
	}
}

func TestNotesAreBounded(t *testing.T) {
	for n, want := range map[int]string{
		0:            "",
		1:            "go_overlay: x\n",
		maxNotes:     strings.Repeat("go_overlay: x\n", maxNotes),
		maxNotes + 1: strings.Repeat("go_overlay: x\n", maxNotes) + "go_overlay: and 1 more\n",
		500:          strings.Repeat("go_overlay: x\n", maxNotes) + "go_overlay: and 480 more\n",
	} {
		var got strings.Builder
		writeNotes(&got, slices.Repeat([]string{"x"}, n))
		if got.String() != want {
			t.Errorf("%d notes: got\n%s", n, got.String())
		}
	}
}
