package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write docs/overlay.md")

// TestManual checks that docs/overlay.md is what the verbs say.
func TestManual(t *testing.T) {
	const write = "go -C tools test ./overlay -run TestManual -update"
	file := filepath.Join("..", "..", "docs", "overlay.md")
	want := overlay.Markdown("<!-- Written by: " + write + " -->")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/overlay.md is not what the verbs of the command say; run %s", write)
	}
}

// TestDocumented checks that all that the manual has of a verb is there.
func TestDocumented(t *testing.T) {
	for _, missing := range overlay.Undocumented() {
		t.Error(missing)
	}
}
