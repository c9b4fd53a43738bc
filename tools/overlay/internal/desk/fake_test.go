package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
)

// fakeTargets is a variable of the environment with the path of a file that has the targets of a workspace. It makes this program
// a Bazel that knows them. What it is asked it appends to another file, log.
const fakeTargets = "OVERLAY_TEST_TARGETS"

func init() {
	path := os.Getenv(fakeTargets)
	if path == "" {
		return
	}
	log, err := os.OpenFile(filepath.Join(filepath.Dir(path), "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	expression := os.Args[len(os.Args)-1]
	fmt.Fprintln(log, os.Args[1], expression)
	switch os.Args[1] { // The SDK is in the folder sdk beside the workspace.
	case "mod":
		fmt.Println(`{"rules_go": "rules_go+"}`)
		os.Exit(0)
	case "cquery":
		fmt.Println("sdk/ROOT")
		os.Exit(0)
	case "info":
		fmt.Println(filepath.Dir(path))
		os.Exit(0)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	// What a query finds: overlays and sets; packages and their files; or all, of which what it is about is picked.
	for _, line := range bytes.SplitAfter(content, []byte("\n")) {
		isOverlay := bytes.Contains(line, []byte(`"ruleClass":"go_overlay`))
		switch {
		case strings.HasPrefix(expression, "kind(") && isOverlay,
			strings.HasPrefix(expression, "let found") && !isOverlay,
			strings.HasPrefix(expression, "attr(importpath, ") && !isOverlay,
			strings.HasPrefix(expression, "deps(") && !isOverlay,
			strings.HasPrefix(expression, "rdeps("):
			os.Stdout.Write(line)
		}
	}
	os.Exit(0)
}

// A rule of a fake Bazel. Attributes are strings, []string or map[string]string.
type rule struct {
	kind, label string
	attrs       map[string]any
}

// fakeDesk returns the desk of a workspace with files, of which those that rules name are sources.
// It returns what the desk says on stdout and stderr, too.
func fakeDesk(t *testing.T, archive string, rules ...rule) (d *Desk, out, err *bytes.Buffer) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "workspace")
	if failed := txtar.Write(txtar.Parse([]byte(archive)), root); failed != nil {
		t.Fatal(failed)
	}
	var targets bytes.Buffer
	encoder := json.NewEncoder(&targets)
	files := map[string]bool{}
	for _, r := range rules {
		pkg, _, _ := strings.Cut(strings.TrimPrefix(r.label, "//"), ":")
		var attributes []map[string]any
		for name, value := range r.attrs {
			attribute := map[string]any{"name": name, "explicitlySpecified": true}
			switch value := value.(type) {
			case string:
				attribute["stringValue"] = value
			case int:
				attribute["type"], attribute["intValue"] = "INTEGER", value
			case []string:
				attribute["stringListValue"] = value
				for _, label := range value {
					files[label] = name != "outs"
					if name == "outs" {
						encoder.Encode(map[string]any{"type": "GENERATED_FILE", "generatedFile": map[string]string{"name": label, "generatingRule": r.label}})
					}
				}
			case map[string]string:
				var entries []map[string]string
				for _, key := range sortedNames(value) {
					value := value[key]
					entries = append(entries, map[string]string{"key": key, "value": value})
					files[key], files[value] = true, true
				}
				attribute["stringDictValue"] = entries
			}
			attributes = append(attributes, attribute)
		}
		encoder.Encode(map[string]any{"type": "RULE", "rule": map[string]any{
			"name": r.label, "ruleClass": r.kind, "location": filepath.Join(root, pkg, "BUILD.bazel") + ":7:1", "attribute": attributes,
		}})
	}
	var labels []string
	for label := range files {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for _, label := range labels {
		pkg, name, ok := strings.Cut(strings.TrimPrefix(label, "//"), ":")
		path := filepath.Join(root, pkg, filepath.FromSlash(name))
		if info, failed := os.Stat(path); ok && failed == nil && !info.IsDir() {
			encoder.Encode(map[string]any{"type": "SOURCE_FILE", "sourceFile": map[string]string{"name": label, "location": path + ":1:1"}})
		}
	}
	path := filepath.Join(filepath.Dir(root), "targets")
	if failed := os.WriteFile(path, targets.Bytes(), 0o644); failed != nil {
		t.Fatal(failed)
	}
	t.Setenv(fakeTargets, path)
	program, failed := os.Executable()
	if failed != nil {
		t.Fatal(failed)
	}
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	return &Desk{Workspace: &bazel.Workspace{Root: root, Program: program}, Dir: root, Out: out, Err: err}, out, err
}

// asked returns how often a fake Bazel was asked for something.
func asked(t *testing.T, d *Desk, command string) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(filepath.Dir(d.Workspace.Root), "log"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count("\n"+string(log), "\n"+command+" ")
}

func read(t *testing.T, d *Desk, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.Workspace.Root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
