package linediff

import (
	"slices"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

func TestChanges(t *testing.T) {
	for _, test := range []struct {
		old, new string
		want     []Change
	}{
		{"", "", nil},
		{"a\n", "a\n", nil},
		{"", "a\nb\n", []Change{{0, 0, 0, 2}}},
		{"a\nb\n", "b\n", []Change{{0, 1, 0, 0}}},
		{"a\nb\nc\nd\n", "a\nB\nc\nd\ne\n", []Change{{1, 2, 1, 2}, {4, 4, 4, 5}}},
		{"a\nb", "a\nb\n", []Change{{1, 2, 1, 2}}},
	} {
		if got := Changes(unified.SplitLines(test.old), unified.SplitLines(test.new)); !slices.Equal(got, test.want) {
			t.Errorf("%q to %q: got %v, want %v", test.old, test.new, got, test.want)
		}
	}
}
