package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
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
	// What a test says that Bazel answers to a command. Without it, the SDK is in the folder sdk beside the workspace.
	if answer, err := os.ReadFile(filepath.Join(filepath.Dir(path), "answers", os.Args[1])); err == nil {
		os.Stdout.Write(answer)
		os.Exit(0)
	}
	switch os.Args[1] {
	case "build":
		fmt.Fprintln(os.Stderr, "ERROR: no such target")
		os.Exit(1)
	case "mod":
		repos, err := os.ReadFile(filepath.Join(filepath.Dir(path), "repos"))
		if err != nil {
			repos = []byte(`{"rules_go": "rules_go+"}`)
		}
		os.Stdout.Write(repos)
		os.Exit(0)
	case "cquery":
		fmt.Println("../sdk/ROOT")
		os.Exit(0)
	case "run": // Programs of the workspace say what the file answer has.
		answer, err := os.ReadFile(filepath.Join(filepath.Dir(path), "answer"))
		if err != nil {
			panic(err)
		}
		os.Stdout.Write(answer)
		os.Exit(0)
	case "info":
		base := filepath.Join(filepath.Dir(path), "output_base")
		if expression == "execution_root" {
			base = filepath.Join(base, "execroot", "_main")
		}
		fmt.Println(base)
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
			strings.HasPrefix(expression, "let targets"), strings.HasPrefix(expression, "set("), strings.HasSuffix(expression, ":*"),
			strings.HasPrefix(expression, "let libraries") && !isOverlay && bytes.Contains(line, []byte(`"name":"@`)) != strings.Contains(expression, "//..."),
			strings.HasPrefix(expression, "rdeps("):
			os.Stdout.Write(line)
		}
	}
	if errs, err := os.ReadFile(filepath.Join(filepath.Dir(path), "broken")); err == nil { // What BUILD files have.
		os.Stderr.Write(errs)
		os.Exit(3)
	}
	os.Exit(0)
}

// moduleFiles are those of a workspace that has no overlays yet.
const moduleFiles = `
-- go.mod --
module example.com/m
-- MODULE.bazel --
bazel_dep(name = "go_overlay", version = "1.0.0")
bazel_dep(name = "rules_go", version = "0.65.0")
go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.host(name = "go_sdk")
use_repo(go_sdk, "go_sdk")
`

// A rule of a fake Bazel. Attributes are strings, []string or map[string]string.
type rule struct {
	kind, label string
	attrs       map[string]any
}

// fakeDesk returns the desk of a workspace with files, of which those that rules name are sources.
// It returns what the desk says on stdout and stderr, too.
func fakeDesk(t *testing.T, archive string, rules ...rule) (d *Desk, out, err *bytes.Buffer) {
	t.Helper()
	return fakeDeskIn(t, filepath.Join(t.TempDir(), "workspace"), archive, rules...)
}

// fakeDeskIn does so in a folder, beside which are what Bazel knows of it, and the folder external of other repositories.
func fakeDeskIn(t *testing.T, root, archive string, rules ...rule) (d *Desk, out, err *bytes.Buffer) {
	t.Helper()
	if failed := txtar.Write(txtar.Parse([]byte(archive)), root); failed != nil {
		t.Fatal(failed)
	}
	program, failed := os.Executable()
	if failed != nil {
		t.Fatal(failed)
	}
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	d = &Desk{Workspace: &bazel.Workspace{Root: root, Program: program}, Dir: root, Out: out, Err: err}
	setRules(t, d, rules...)
	return d, out, err
}

// setRules changes which rules the fake Bazel of a desk knows.
func setRules(t *testing.T, d *Desk, rules ...rule) {
	t.Helper()
	root := d.Workspace.Root
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
		path, ok := fakePath(root, label)
		if info, failed := os.Stat(path); ok && failed == nil && !info.IsDir() {
			encoder.Encode(map[string]any{"type": "SOURCE_FILE", "sourceFile": map[string]string{"name": label, "location": path + ":1:1"}})
		}
	}
	path := filepath.Join(filepath.Dir(root), "targets")
	if failed := os.WriteFile(path, targets.Bytes(), 0o644); failed != nil {
		t.Fatal(failed)
	}
	t.Setenv(fakeTargets, path)
}

// fakePath returns where the file of a label is, in the workspace or in another repository.
func fakePath(root, label string) (path string, ok bool) {
	repository, label, _ := strings.Cut(label, "//")
	if repository != "" {
		root = filepath.Join(filepath.Dir(root), "external", strings.TrimLeft(repository, "@"))
	}
	pkg, name, ok := strings.Cut(label, ":")
	return filepath.Join(root, filepath.FromSlash(pkg), filepath.FromSlash(name)), ok
}

// declaredRules returns the overlays and sets that the BUILD file of a package has by now, if there is one.
func declaredRules(t *testing.T, d *Desk, pkg string) []rule {
	t.Helper()
	if _, err := os.Stat(filepath.Join(d.Workspace.Root, pkg, "BUILD.bazel")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	label := func(name string) string {
		if strings.HasPrefix(name, "//") {
			return name
		}
		return "//" + pkg + ":" + strings.TrimPrefix(name, ":")
	}
	file, err := build.ParseBuild(pkg+"/BUILD.bazel", []byte(read(t, d, pkg+"/BUILD.bazel")))
	if err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for _, r := range file.Rules("") {
		if !strings.HasPrefix(r.Kind(), "go_overlay") {
			continue
		}
		attrs := map[string]any{"generator_function": r.Kind()}
		for _, key := range r.AttrKeys() {
			switch value := r.Attr(key).(type) {
			case *build.StringExpr:
				attrs[key] = value.Value
			case *build.LiteralExpr:
				attrs[key] = value.Token
			case *build.ListExpr:
				values := r.AttrStrings(key)
				for i := range values {
					if key != "delete" && key != "patch_exclude" { // Those are names of files in the package.
						values[i] = label(values[i])
					}
				}
				attrs[key] = values
			case *build.DictExpr:
				dict := map[string]string{}
				for _, entry := range value.List {
					name := entry.Key.(*build.StringExpr).Value
					if key == "patches" {
						name = label(name)
					}
					switch value := entry.Value.(type) {
					case *build.StringExpr:
						dict[name] = value.Value
					case *build.ListExpr: // As Bazel has it: lines.
						dict[name] = strings.Join(build.Strings(value), "\n")
					}
				}
				attrs[key] = dict
			}
		}
		rules = append(rules, rule{r.Kind(), label(r.Name()), attrs})
	}
	return rules
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
