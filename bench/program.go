package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A program contains a third-party package that is patched. The patch has states, a
// number in its text, and what the program prints tells which of them it was built
// with.
type program struct {
	name       string // what comparisons call it
	title      string
	module     string // the third-party module
	importPath string // of the package
	label      string // of the package
	deps       []string
	others     []string // what the program depends on beside the package
	file       string   // of the package, that is patched
	overlay    string   // the example that patches it
	source     func(root string) (string, error)
	marker     string // what the patch says in a state, for fmt
	prints     string // what the program prints, for fmt
	original   int    // the state that the example has
	// isUnpatched tells from what the program prints that it has no patch.
	isUnpatched func(out string) bool
}

// programs are a small one and a large one.
var programs = []*program{
	{
		name:       "uuid",
		title:      "github.com/google/uuid in a small program",
		module:     "github.com/google/uuid",
		importPath: "github.com/google/uuid",
		label:      "@com_github_google_uuid//:uuid",
		file:       "version4.go",
		overlay:    "patch_dep/_overlays/version4.go",
		source: func(string) (string, error) {
			return `package main

import (
	"fmt"

	"github.com/google/uuid"
)

func main() { fmt.Println("uuid: made", uuid.New()) }
`, nil
		},
		marker:      "0xff, 0xee, 0x%02x}",
		prints:      "uuid: made c0ffee%02x-",
		isUnpatched: func(out string) bool { return !strings.Contains(out, "c0ffee") },
	},
	{
		name:       "client-go",
		title:      "k8s.io/client-go in a large program",
		module:     "k8s.io/client-go",
		importPath: "k8s.io/client-go/util/retry",
		label:      "@io_k8s_client_go//util/retry",
		deps: []string{
			"@io_k8s_apimachinery//pkg/api/errors",
			"@io_k8s_apimachinery//pkg/util/wait",
		},
		others: []string{
			"@com_github_google_uuid//:uuid",
			"@io_k8s_api//core/v1:core",
			"@io_k8s_apimachinery//pkg/api/errors",
			"@io_k8s_apimachinery//pkg/apis/meta/v1:meta",
			"@io_k8s_client_go//kubernetes",
			"@io_k8s_client_go//rest",
		},
		file:    "util/retry/util.go",
		overlay: "patch_dep/_overlays/client_go_retry.go",
		source: func(root string) (string, error) {
			content, err := os.ReadFile(filepath.Join(root, "examples/patch_dep/main.go"))
			return string(content), err
		},
		marker:      "Steps:    %d, // Overlay",
		prints:      "client-go: gave up after %d tries\n",
		original:    8,
		isUnpatched: func(out string) bool { return strings.Contains(out, "after 5 tries") },
	},
}

func (p *program) target() string { return "//programs/" + p.name + ":app" }

// binary is where Bazel puts the program.
func (p *program) binary(b *bazel) string {
	return filepath.Join(b.dir, "bazel-bin/programs", p.name, "app_/app")
}

// overlayFile is where the workspace has the changed file.
func (p *program) overlayFile() string {
	return path.Join("programs", p.name, "_overlays", path.Base(p.file))
}

// in returns a text about the patch in a state, which are counted from 0.
func (p *program) in(state int, format string) string {
	return fmt.Sprintf(format, p.original+state)
}

// edit brings a text with the patch from state 0 to another.
func (p *program) edit(content []byte, state int) ([]byte, error) {
	before := []byte(p.in(0, p.marker))
	if bytes.Count(content, before) != 1 {
		return nil, fmt.Errorf("the patch of %s does not say %q once", p.importPath, before)
	}
	return bytes.Replace(content, before, []byte(p.in(state, p.marker)), 1), nil
}

// check fails unless the program was built with a state of the patch.
func (p *program) check(ctx context.Context, binary string, state int) error {
	return checkPrints(ctx, binary, p.in(state, p.prints))
}

// checkUnpatched fails if the program was built with the patch.
func (p *program) checkUnpatched(ctx context.Context, binary string) error {
	out, err := output(command(ctx, "", binary))
	if err == nil && !p.isUnpatched(out) {
		err = fmt.Errorf("%s: prints %q, want what it prints without the patch", binary, out)
	}
	return err
}

// checkPrints fails unless a program prints a text.
func checkPrints(ctx context.Context, binary, want string) error {
	out, err := output(command(ctx, "", binary))
	if err == nil && !strings.Contains(out+"\n", want) {
		err = fmt.Errorf("%s: prints %q, want %q", binary, out, want)
	}
	return err
}

// rules declare the program, with the package of a label.
func (p *program) rules(label string) string {
	return fmt.Sprintf(`load("@rules_go//go:def.bzl", "go_binary")

go_binary(
    name = "app",
    srcs = ["main.go"],
    deps = ["%s"],
)
`, strings.Join(append([]string{label}, p.others...), `", "`))
}

// overlayRules declare an overlay of the package, and the program pinned to it.
func (p *program) overlayRules() string {
	return fmt.Sprintf(`load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_binary")

go_overlay_binary(
    name = "canary",
    overlays = ":overlay",
    target = ":app",
)

go_overlay(
    name = "overlay",
    srcs = ["_overlays/%s"],
    importpath = "%s",
    visibility = ["//visibility:public"],
)
`, path.Base(p.file), p.importPath)
}

// mainFile is where a workspace has the program's source.
func (p *program) mainFile() string { return path.Join("programs", p.name, "main.go") }

// buildFile is where a workspace declares the program.
func (p *program) buildFile() string { return path.Join("programs", p.name, "BUILD.bazel") }

// patched returns the file of the package with the patch, in state 0.
func (p *program) patched(root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "examples", p.overlay))
	return string(content), err
}

// programsFiles are the files of all programs, and a set of all overlays.
func programsFiles(root string) (map[string]string, error) {
	all := map[string]string{}
	var overlays []string
	for _, p := range programs {
		var err error
		if all[p.mainFile()], err = p.source(root); err != nil {
			return nil, err
		}
		if all[p.overlayFile()], err = p.patched(root); err != nil {
			return nil, err
		}
		all[p.buildFile()] = p.rules(p.label) + p.overlayRules()
		overlays = append(overlays, fmt.Sprintf("//programs/%s:overlay", p.name))
	}
	all["programs/BUILD.bazel"] = fmt.Sprintf(`load("@go_overlay//go_overlay:defs.bzl", "go_overlay_set")

go_overlay_set(
    name = "overlays",
    overlays = ["%s"],
    visibility = ["//visibility:public"],
)
`, strings.Join(overlays, `", "`))
	return all, nil
}

// targets are the labels of all programs.
func targets() []string {
	var targets []string
	for _, p := range programs {
		targets = append(targets, p.target())
	}
	return targets
}

const (
	// noOverlays and allOverlays choose what is compiled in.
	noOverlays  = "--@go_overlay//go_overlay:active=@go_overlay//go_overlay:none"
	allOverlays = "--@go_overlay//go_overlay:active=//programs:overlays"

	// noCache keeps a build from taking a result from a cache, or leaving one there.
	noCache = "--disk_cache="
)
