package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// driverDesk returns the desk of a workspace with overlays of a package of its own, of a module, and of the SDK, and an output base.
func driverDesk(t *testing.T) (d *Desk, base string) {
	t.Helper()
	d, _, _ = fakeDesk(t, moduleFiles+`
-- overlays/BUILD.bazel --
-- overlays/_src/v4.go --
-- overlays/_src/own.go --
-- overlays/_src/path.go --
-- own/a.go --
-- own/b.go --
`)
	parent := filepath.Dir(d.Workspace.Root)
	if err := txtar.Write(txtar.Parse([]byte("-- sdk/src/path/path.go --\n-- external/lib/v4.go --\n-- answer --\n{\"Roots\":[\"one\"]}\n")), parent); err != nil {
		t.Fatal(err)
	}
	setRules(t, d,
		rule{"go_library", "@lib//:uuid", map[string]any{"importpath": "github.com/google/uuid", "srcs": []string{"@lib//:sub/deep.go", "@lib//:v4.go"}}},
		rule{"go_library", "//own:own", map[string]any{"importpath": "example.com/m/own", "srcs": []string{"//own:a.go", "//own:b.go"}}},
		rule{"go_overlay", "//overlays:uuid", map[string]any{
			"importpath": "github.com/google/uuid", "srcs": []string{"//overlays:_src/v4.go"}, "generator_function": "go_overlay",
		}},
		rule{"go_overlay", "//overlays:own", map[string]any{
			"importpath": "example.com/m/own", "new_srcs": []string{"//overlays:_src/own.go"}, "generator_function": "go_overlay",
		}},
		rule{"go_overlay", "//overlays:path", map[string]any{
			"importpath": "path", "srcs": []string{"//overlays:_src/path.go"}, "generator_function": "go_overlay",
		}},
	)
	return d, filepath.Join(parent, "output_base")
}

// TestGoPackagesDriver checks by what rules_go's driver is asked about each pattern of gopls.
func TestGoPackagesDriver(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"./...", "./..."},
		{"builtin", "builtin"},
		{"file=ROOT/own/a.go", "file=ROOT/own/a.go"},
		{"file=ROOT/overlays/_src/v4.go", "file=/_/external/lib/v4.go"},
		{"file=ROOT/overlays/_src/own.go", "file=ROOT/own/a.go"},
		{"file=ROOT/overlays/_src/path.go", "std"},
		{"file=BASE/../sdk/src/path/path.go", "file=BASE/../sdk/src/path/path.go"}, // The SDK is elsewhere in this test.
		{"github.com/google/uuid", "file=/_/external/lib/v4.go"},
		{"example.com/m/own", "file=ROOT/own/a.go"},
		{"path", "std"},
		{"file=BASE/execroot/_main/bazel-out/k8-fastbuild/bin/own/own_overlay/patched/b.go", "file=ROOT/own/a.go"},
		{"file=BASE/execroot/_main/bazel-out/k8-fastbuild/bin/external/rules_go+/stdlib_/patched/path.go", "std"},
	} {
		d, base := driverDesk(t)
		full := strings.NewReplacer("ROOT", d.Workspace.Root, "BASE", base)
		answer, err := d.GoPackagesDriver(context.Background(), []string{full.Replace(test.pattern)}, strings.NewReader("{}"))
		if err != nil || string(answer) != "{\"Roots\":[\"one\"]}\n" {
			t.Errorf("%s: answer is %q, %v", test.pattern, answer, err)
		}
		log, err := os.ReadFile(filepath.Join(filepath.Dir(d.Workspace.Root), "log"))
		if err != nil {
			t.Fatal(err)
		}
		if want := "\nrun " + full.Replace(test.want) + "\n"; !strings.Contains(string(log), want) {
			t.Errorf("%s: Bazel was asked for\n%s, want %s", test.pattern, log, want)
		}
	}
}

// TestGoPackagesDriverNone checks that gopls is told that there is no package, rather than of an error, which would end its work.
func TestGoPackagesDriverNone(t *testing.T) {
	d, _ := driverDesk(t)
	answer, err := d.GoPackagesDriver(context.Background(), []string{"example.com/other"}, strings.NewReader("{}"))
	if err != nil || string(answer) != noPackages {
		t.Errorf("answer is %q, %v", answer, err)
	}
	if n := asked(t, d, "run"); n != 0 {
		t.Errorf("rules_go's driver was asked %d times", n)
	}
	// rules_go's exits with 0 after an error.
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.Workspace.Root), "answer"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = d.GoPackagesDriver(context.Background(), []string{"./..."}, strings.NewReader("{}"))
	if err == nil || !strings.Contains(err.Error(), "rules_go's gopackagesdriver has no answer to ./...:") {
		t.Errorf("error is %v", err)
	}
}
