package apply

import "testing"

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
		if got := closest(name, names); got != want {
			t.Errorf("closest(%q) = %q, want %q", name, got, want)
		}
	}
}
