package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

// TestOpenEditor checks that VISUAL is a command of a shell, to which files are given as words.
func TestOpenEditor(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the editors are shell scripts")
	}
	folder := filepath.Join(t.TempDir(), "my editors")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	said := filepath.Join(folder, "said")
	for _, name := range []string{"code", "vim", "own"} {
		script := "#!/bin/sh\nfor word; do echo \"$word\" >> '" + said + "'; done\nexit 1\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("FOLDER", folder)
	one, two := desk.Edited{Path: "/w/a b.go", Line: 7}, desk.Edited{Path: "/w/$c.go"}
	for _, test := range []struct {
		editor string
		files  []desk.Edited
		want   string // words; opened if there are some
	}{
		{"", []desk.Edited{one}, ""},
		{" ", []desk.Edited{one}, ""},
		{"vim", []desk.Edited{one}, "+7|/w/a b.go"},
		{"vim", []desk.Edited{one, two}, "/w/a b.go|/w/$c.go"},
		{"code --wait", []desk.Edited{one, two}, "--wait|--goto|/w/a b.go:7|/w/$c.go"},
		{"'" + filepath.Join(folder, "code") + "' --wait", []desk.Edited{one}, "--wait|--goto|/w/a b.go:7"},
		{`"$FOLDER/vim" -c 'set number'`, []desk.Edited{one}, "-c|set number|+7|/w/a b.go"},
		{strings.ReplaceAll(filepath.Join(folder, "own"), " ", `\ `) + " -x", []desk.Edited{one, two}, "-x|/w/a b.go|/w/$c.go"},
	} {
		t.Setenv("VISUAL", test.editor)
		t.Setenv("EDITOR", "")
		os.Remove(said)
		opened, err := openEditor(test.files)
		content, _ := os.ReadFile(said)
		got := strings.ReplaceAll(strings.TrimSpace(string(content)), "\n", "|")
		if got != test.want || err != nil || opened != (test.want != "") {
			t.Errorf("%s: got %v, %v, %s", test.editor, opened, err, got)
		}
	}
	for _, editor := range []string{"none-such", "none-such --wait"} {
		t.Setenv("VISUAL", editor)
		if opened, err := openEditor([]desk.Edited{one}); opened || err == nil || !strings.Contains(err.Error(), "the editor can't be started that VISUAL or EDITOR names: ") {
			t.Errorf("%s: got %v, %v", editor, opened, err)
		}
	}
}
