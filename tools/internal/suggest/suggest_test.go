package suggest

import (
	"slices"
	"strings"
	"testing"
)

func TestClosest(t *testing.T) {
	names := []string{"dce.go", "hash.go", "static/index.html", "version1.go", "version4.go"}
	tests := map[string]string{
		"version44.go":  "version4.go",
		"version5.go":   "version1.go", // Of two that are as near, the first by name.
		"Hash.go":       "hash.go",
		"index.html":    "static/index.html",
		"a/hash.go":     "hash.go",
		"something.txt": "",
		"":              "",
	}
	for name, want := range tests {
		if got := Closest(name, names); got != want {
			t.Errorf("Closest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"dce.go", "hash.go", "version1.go", "version4.go"}
	for _, test := range []struct {
		name   string
		limit  int
		near   string
		others int
	}{
		{"version5.go", 2, "version1.go version4.go", 2},
		{"version5.go", 4, "dce.go hash.go version1.go version4.go", 0},
		{"Hash.go", 1, "hash.go", 3},
	} {
		near, others := Nearest(test.name, names, test.limit)
		if got := strings.Join(near, " "); got != test.near || others != test.others {
			t.Errorf("Nearest(%q, %d) = %s and %d others, want %s and %d", test.name, test.limit, got, others, test.near, test.others)
		}
	}
}

func TestNear(t *testing.T) {
	names := []string{
		"New", "NewDCEGroup", "NewDCESecurity", "NewHash", "NewMD5", "NewRandom", "NewRandomFromReader",
		"NewSHA1", "NewString", "NewUUID", "UUID.String", "UUID.Time", "Time", "newRandom", "x",
	}
	tests := map[string][]string{
		"NewRandon":   {"NewRandom", "newRandom"},
		"newrandom":   {"NewRandom", "newRandom", "NewRandomFromReader"},
		"NewRandomF":  {"NewRandomFromReader", "NewRandom"},
		"UUID.Strin":  {"UUID.String"},
		"NewR":        {"NewRandom", "newRandom", "NewRandomFromReader", "New"},
		"y":           {},
		"Unmarshaler": {},
		"":            {},
	}
	for name, want := range tests {
		if got := Near(name, names); !slices.Equal(got, want) {
			t.Errorf("Near(%q) = %q, want %q", name, got, want)
		}
	}
	if got := Near("a", nil); len(got) != 0 {
		t.Errorf("Near of no names = %q", got)
	}
}
