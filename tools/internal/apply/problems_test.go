//go:build go1.24

package apply

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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
