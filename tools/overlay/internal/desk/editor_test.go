package desk

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestEditor checks what overlay edit does when the editor is closed: it sets the deps of what was edited and, with -patch, makes a
// diff of it.
func TestEditor(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the editor is a shell script")
	}
	const imports = "package m\n\nimport _ \"example.com/w/own\"\n"
	edited := strings.Replace(oldBase, "package m\n", imports, 1)
	program := buildOverlay(t)
	for name, args := range map[string][]string{"file": nil, "diff": {"-patch"}} {
		t.Run(name, func(t *testing.T) {
			library := func(label, importPath string) rule {
				return rule{"go_library", label, map[string]any{"importpath": importPath}}
			}
			d, _ := movedDesk(t, "-- overlays/a.go --\n"+oldBase, oldBase, "srcs = [\"a.go\"],\ndeps = [\"//old\"],",
				map[string]any{"srcs": []string{"//overlays:a.go"}, "deps": []string{"//old:old"}},
				library("//own:own", "example.com/w/own"), library("//old:old", "example.com/w/old"),
				rule{"go_overlay_set", "//overlays:prod", map[string]any{"overlays": []string{"//overlays:m"}}})
			text, editor := filepath.Join(t.TempDir(), "text"), filepath.Join(t.TempDir(), "editor")
			module, moduleText := filepath.Join(d.Workspace.Root, "MODULE.bazel"), moduleFiles[strings.Index(moduleFiles, "bazel_dep("):]+useProd
			for file, content := range map[string]string{module: moduleText, text: edited, editor: "#!/bin/sh\ncp '" + text + "' \"$1\"\n"} {
				if err := os.WriteFile(file, []byte(content), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			terminal, err := os.OpenFile("/dev/zero", os.O_WRONLY, 0) // A character device, as terminals are.
			if err != nil {
				t.Skip(err)
			}
			defer terminal.Close()
			cmd := exec.Command(program, append(append([]string{"edit"}, args...), "example.com/w/m/a.go")...)
			cmd.Dir = d.Workspace.Root
			cmd.Env = append(os.Environ(), "BAZEL="+d.Workspace.Program, "VISUAL="+editor)
			var stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = terminal, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s", err, &stderr)
			}
			build := read(t, d, "overlays/BUILD.bazel")
			if !strings.Contains(build, `deps = ["//own"]`) {
				t.Errorf("got %s%s", build, &stderr)
			}
			if args == nil {
				if got := read(t, d, "overlays/a.go"); got != edited {
					t.Errorf("got %s", got)
				}
				return
			}
			if !strings.Contains(build, `patches = {"_src/example.com/w/m/m.patch": ["a.go"]}`) || strings.Contains(build, "srcs") {
				t.Errorf("got %s%s", build, &stderr)
			}
			if got := gitApply(t, oldBase, read(t, d, "overlays/_src/example.com/w/m/m.patch")); got != edited {
				t.Errorf("the diff makes %s", got)
			}
		})
	}
}

// TestEditAfterKill checks that an edit that was killed before it wrote MODULE.bazel is done by the same command line, and that of sets
// which people have made one is to be chosen.
func TestEditAfterKill(t *testing.T) {
	for name, test := range map[string]struct {
		bazelrc, set string
		asks         bool
	}{
		"killed":    {"", "overlays", false},
		"another":   {"", "prod", true},
		"in use":    {"build --@go_overlay//go_overlay:active=//overlays:overlays\n", "overlays", true},
		"commented": {"# build --@go_overlay//go_overlay:active=//overlays:overlays\n", "overlays", false},
	} {
		t.Run(name, func(t *testing.T) {
			d, out, _ := fakeDesk(t, moduleFiles+"-- .bazelrc --\n"+test.bazelrc+"-- uuid/a.go --\npackage uuid\n-- overlays/a.go --\npackage uuid\n-- overlays/BUILD.bazel --\n"+loadLine+
				killedOverlay("uuid", "", "a.go")+"\ngo_overlay_set(\n    name = \""+test.set+"\",\n    overlays = [\":uuid\"],\n)\n",
				rule{"go_library", "//uuid:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//uuid:a.go"}}},
				rule{"go_overlay", "//overlays:uuid", map[string]any{"importpath": "example.com/m/uuid", "srcs": []string{"//overlays:a.go"}, "generator_function": "go_overlay"}},
				rule{"go_overlay_set", "//overlays:" + test.set, map[string]any{"overlays": []string{"//overlays:uuid"}}})
			_, err := d.Edit(context.Background(), "example.com/m/uuid/a.go", EditOptions{})
			if test.asks != (err != nil && strings.Contains(err.Error(), "-set //overlays:"+test.set)) || test.asks != (err != nil) {
				t.Errorf("got %v, %s", err, out)
			}
			if strings.Contains(read(t, d, "MODULE.bazel"), `overlays.use(set = "//overlays:overlays")`) == test.asks {
				t.Errorf("got %s", read(t, d, "MODULE.bazel"))
			}
		})
	}
}
