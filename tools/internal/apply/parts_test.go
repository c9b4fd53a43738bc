package apply

import "testing"

func TestAnyOf(t *testing.T) {
	for _, test := range []struct {
		patterns []string
		place    string
		want     bool
	}{
		{nil, "a.go", false},
		{nil, "", false},
		{[]string{"a.go"}, "a.go", true},
		{[]string{"a.go"}, "b/a.go", false},
		{[]string{"a.go"}, "a.go.orig", false},
		{[]string{"a.go"}, "aXgo", false},
		{[]string{"docs/*"}, "docs/a/b.md", true},
		{[]string{"docs/*"}, "docs", false},
		{[]string{"*.go"}, "a/b.go", true},
		{[]string{"*"}, "a\nb", true},
		{[]string{"?.go"}, "a.go", true},
		{[]string{"?.go"}, "ä.go", true},
		{[]string{"?.go"}, "ab.go", false},
		{[]string{"a|b"}, "a", false},
		{[]string{"[a]", "(b"}, "[a]", true},
		{[]string{"[a]", "(b"}, "(b", true},
		{[]string{"[a]", "(b"}, "a", false},
		{[]string{"a", "b"}, "ab", false},
		{[]string{"a", "b*"}, "bc", true},
	} {
		if got := anyOf(test.patterns).MatchString(test.place); got != test.want {
			t.Errorf("%q for %q: got %t", test.patterns, test.place, got)
		}
	}
}
