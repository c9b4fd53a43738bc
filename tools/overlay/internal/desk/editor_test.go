package desk

import (
	"bytes"
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
