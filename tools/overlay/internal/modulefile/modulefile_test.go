package modulefile

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

var update = flag.Bool("update", false, "write what the archives of testdata expect")

// Each archive has in its comment the options, a line each that begins with a dash, then
// MODULE.bazel and what it includes. Then what is expected: the set that is used before,
// if there is one, and wired and notes, or error.
func TestWire(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("got %v, %v", archives, err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: archive.Comment}
			files := map[string][]byte{}
			for _, file := range archive.Files {
				switch file.Name {
				case "wired", "notes", "error", "used":
				default:
					files[file.Name] = file.Data
					got.Files = append(got.Files, file)
				}
			}
			o := options(t, archive.Comment, files)
			content := files["MODULE.bazel"]
			set, used, err := UsedSet(content, o)
			if err == nil && used {
				got.Files = append(got.Files, txtar.File{Name: "used", Data: []byte(set + "\n")})
			}
			wired, notes, err := Wire(content, o)
			if err != nil {
				got.Files = append(got.Files, txtar.File{Name: "error", Data: []byte(err.Error() + "\n")})
			} else {
				got.Files = append(got.Files, txtar.File{Name: "wired", Data: wired})
				if len(notes) > 0 {
					got.Files = append(got.Files, txtar.File{Name: "notes", Data: []byte(strings.Join(notes, "\n") + "\n")})
				}
				checkWired(t, content, wired, o)
			}
			text := txtar.Format(got)
			if *update {
				if err := os.WriteFile(path, text, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(archive); !bytes.Equal(text, want) {
				t.Errorf("got\n%s\nwant\n%s\n(go test ./overlay/internal/modulefile -update writes it)", text, want)
			}
		})
	}
}

func options(t *testing.T, comment []byte, files map[string][]byte) Options {
	o := Options{}
	for _, line := range strings.Split(string(comment), "\n") {
		option, value, _ := strings.Cut(line, " ")
		switch {
		case option == "-set":
			o.Set = value
		case option == "-version":
			o.GoOverlayVersion = value
		case option == "-go":
			o.GoVersion = value
		case option == "-add-sdk":
			o.AddSDK = true
		case option == "-include":
			o.Include = func(label string) ([]byte, error) {
				content, ok := files[strings.TrimLeft(strings.ReplaceAll(label, ":", "/"), "/")]
				if !ok {
					return nil, fmt.Errorf("%s is not there", label)
				}
				return content, nil
			}
		case strings.HasPrefix(option, "-"):
			t.Fatalf("unknown option %q", line)
		}
	}
	return o
}

// checkWired checks what holds for each file: a second time changes nothing, and what was
// formatted is.
func checkWired(t *testing.T, content, wired []byte, o Options) {
	t.Helper()
	again, notes, err := Wire(wired, o)
	if err != nil || !bytes.Equal(again, wired) || len(notes) > 0 {
		t.Errorf("a second time: got %s, notes %q, error %v", again, notes, err)
	}
	format := func(content []byte) []byte {
		file, err := build.ParseModule("MODULE.bazel", content)
		if err != nil {
			t.Fatal(err)
		}
		return build.Format(file)
	}
	if formatted := format(wired); bytes.Equal(format(content), content) && !bytes.Equal(formatted, wired) {
		t.Errorf("what was formatted is not any more:\n%s\nwant\n%s", wired, formatted)
	}
	if set, used, err := UsedSet(wired, o); o.Set != "" && (err != nil || !used || set == "") {
		t.Errorf("set: got %q, %v, %v", set, used, err)
	}
}

// Line ends are those of the file, and a last line without one gets it.
func TestLineEnds(t *testing.T) {
	content := []byte("bazel_dep(name = \"rules_go\", version = \"0.65.0\")\r\n\r\n" +
		"go_sdk = use_extension(\"@rules_go//go:extensions.bzl\", \"go_sdk\")\r\n" +
		"go_sdk.download(\r\n    name = \"go_sdk\",\r\n    version = \"1.26.8\",\r\n)\r\n" +
		"use_repo(go_sdk, \"go_sdk\") # the Go")
	wired, _, err := Wire(content, Options{GoOverlayVersion: "1.0.0", Set: "//overlays:prod"})
	if err != nil {
		t.Fatal(err)
	}
	if lines, crlf := bytes.Count(wired, []byte("\n")), bytes.Count(wired, []byte("\r\n")); lines != crlf || lines < 20 {
		t.Errorf("got %d lines, of them %d with \\r\\n:\n%q", lines, crlf, wired)
	}
	if !bytes.Contains(wired, []byte("\"go_sdk\") # the Go\r\n\r\n# What")) {
		t.Errorf("got %q", wired)
	}
}

func TestErrors(t *testing.T) {
	var manual *ManualError
	if _, _, err := Wire([]byte("module(name = \"app\")\n"), Options{Path: "app/MODULE.bazel"}); !errors.As(err, &manual) || manual.Path != "app/MODULE.bazel" {
		t.Errorf("got %v", err)
	}
	if _, _, err := Wire([]byte("module(\n"), Options{}); err == nil || errors.As(err, &manual) {
		t.Errorf("got %v", err)
	}
	if _, _, err := UsedSet([]byte("module(\n"), Options{}); err == nil {
		t.Error("got no error")
	}
}

// Whatever a file has in it, it is an error, or a second time changes nothing.
func FuzzWire(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		o := Options{Set: "//overlays:prod", GoOverlayVersion: "1.0.0", GoVersion: "1.26.8", AddSDK: true}
		wired, _, err := Wire(content, o)
		if err != nil {
			return
		}
		if again, notes, err := Wire(wired, o); err != nil || !bytes.Equal(again, wired) || len(notes) > 0 {
			t.Errorf("a second time: got %s, notes %q, error %v, from\n%s", again, notes, err, content)
		}
	})
}
