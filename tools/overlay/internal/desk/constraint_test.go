package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

func TestUncompiled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.go")
	for constraint, want := range map[string]bool{
		"//go:build ignore":                    true,
		"//go:build linux && ignore":           true,
		"//go:build !(linux || !ignore)":       true,
		"//go:build ignore || ignore":          true,
		"//go:build !ignore":                   false,
		"//go:build linux || ignore":           false,
		"//go:build !(linux && ignore)":        false,
		"//go:build linux && !amd64":           false,
		"// Not go:build ignore":               false,
		"package p\n\nconst _ = 1 /* x */\n//": false,
	} {
		content := "// Copyright\n\n" + constraint + "\n\n// Doc.\npackage p\n\n//go:build ignore\n"
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := uncompiled(file); (got != "") != want || want && got != constraint {
			t.Errorf("%s: got %q", constraint, got)
		}
	}
}

// TestEditUncompiled checks that programs that lie in the folders of packages of the SDK are not taken for parts of those.
func TestEditUncompiled(t *testing.T) {
	for what, want := range map[string]string{
		"encoding/gob.main":      "package encoding/gob: main is in gen.go, which no build compiles: //go:build ignore",
		"encoding/gob/gen.go":    "gen.go of package encoding/gob is compiled by no build, as it has //go:build ignore",
		"encoding/gob.both":      "",
		"encoding/gob/decode.go": "",
	} {
		d, _, _ := fakeDesk(t, editFiles, editRules()...)
		if err := txtar.Write(txtar.Parse([]byte(`
-- sdk/src/encoding/gob/decode.go --
package gob

func both() {}
-- sdk/src/encoding/gob/gen.go --
//go:build ignore

package main

func both() {}

func main() {}
`)), filepath.Dir(d.Workspace.Root)); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(filepath.Dir(d.Workspace.Root), "output_base"), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := d.Edit(context.Background(), what, EditOptions{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", what, err, want)
		}
	}
}
