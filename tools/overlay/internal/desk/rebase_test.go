package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

const (
	oldBase = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 2 }\n\nfunc C() int { return 3 }\n"
	newBase = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 20 }\n\nfunc C() int { return 4 }\n"
)

// rebaseDesk has an overlay of each of four packages, whose bases have moved.
func rebaseDesk(t *testing.T) (d *Desk, said func() string) {
	t.Helper()
	overlays := map[string]string{
		"clean":    strings.Replace(oldBase, "return 1", "return 10", 1),
		"conflict": strings.Replace(oldBase, "return 3", "return 30", 1),
		"macro":    strings.Replace(oldBase, "return 1", "return 10", 1),
		"taken":    strings.Replace(oldBase, "return 3", "return 4", 1),
	}
	files := "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/m\n"
	build := "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n"
	var rules []rule
	for _, name := range []string{"clean", "conflict", "macro", "taken"} {
		files += "-- " + name + "/a.go --\n" + oldBase + "-- overlays/" + name + "/a.go --\n" + overlays[name]
		if name != "macro" {
			build += "\ngo_overlay(\n    name = \"" + name + "\",\n    srcs = [\"" + name + "/a.go\"],\n    base = {\"a.go\": \"" + digest.Of([]byte(oldBase)) +
				"\"},\n    importpath = \"example.com/m/" + name + "\",\n)\n"
		}
		macro := "go_overlay"
		if name == "macro" {
			macro = "our_overlay"
		}
		rules = append(rules,
			rule{"go_library", "//" + name + ":" + name, map[string]any{"importpath": "example.com/m/" + name, "srcs": []string{"//" + name + ":a.go"}}},
			rule{"go_overlay", "//overlays:" + name, map[string]any{
				"importpath": "example.com/m/" + name, "srcs": []string{"//overlays:" + name + "/a.go"}, "generator_function": macro,
				"base": map[string]string{"a.go": digest.Of([]byte(oldBase))},
			}})
	}
	d, out, _ := fakeDesk(t, files+"-- overlays/BUILD.bazel --\n"+build, rules...)
	commitAll(t, d)
	moveBases(t, d, newBase)
	return d, func() string {
		defer out.Reset()
		return filepath.ToSlash(out.String())
	}
}

func moveBases(t *testing.T, d *Desk, content string) {
	t.Helper()
	for _, name := range []string{"clean", "conflict", "macro", "taken"} {
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, name, "a.go"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRebase checks that overlays that can be carried are, whatever is with the others.
func TestRebase(t *testing.T) {
	d, said := rebaseDesk(t)
	before := read(t, d, "overlays/BUILD.bazel")
	if done, err := d.Rebase(context.Background(), nil, RebaseOptions{DryRun: true}); err != nil || !done.Changed {
		t.Fatalf("got %+v, %v", done, err)
	}
	if got := said(); read(t, d, "overlays/BUILD.bazel") != before || !strings.Contains(got, "one of its changes conflicts with upstream's; overlay rebase //overlays:conflict writes the conflicts into overlays/conflict/a.go\n") {
		t.Errorf("got %s", got)
	}

	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := said()
	for _, want := range []string{
		"//overlays:clean: a.go: carried to the file as it is now\n",
		"//overlays:conflict: a.go: overlays/conflict/a.go:7: one of its changes conflicts with upstream's; resolve them there, then: overlay accept //overlays:conflict\n",
		"//overlays:macro: a.go: overlays/BUILD.bazel:7: the overlay is declared by the macro our_overlay",
		"//overlays:taken: a.go: upstream has all of its changes now; nothing is left of it, so take it out of the overlay: overlay drop //overlays:taken\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if done.Problems != 3 {
		t.Errorf("got %d problems", done.Problems)
	}
	if got, want := read(t, d, "overlays/clean/a.go"), strings.Replace(newBase, "return 1 ", "return 10 ", 1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	build := read(t, d, "overlays/BUILD.bazel")
	if strings.Count(build, digest.Of([]byte(newBase))) != 1 || strings.Count(build, digest.Of([]byte(oldBase))) != 2 {
		t.Errorf("got %s", build)
	}
	if got := read(t, d, "overlays/conflict/a.go"); !strings.Contains(got, "\n<<<<<<< //overlays:conflict\n") {
		t.Errorf("got %s", got)
	}

	// With markers, nothing is accepted; and without them, what people have made of them is.
	if done, err := d.Accept(context.Background(), []string{"conflict"}, RebaseOptions{}); err != nil || done.Problems != 1 || done.Changed {
		t.Errorf("got %+v, %v", done, err)
	}
	resolved := strings.Replace(newBase, "return 4", "return 30", 1)
	said()
	for _, text := range []string{"package m\n\nfunc A() int { return nothing }\n", resolved} {
		if err := os.WriteFile(filepath.Join(d.Workspace.Root, "overlays/conflict/a.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		// What is not committed is not merged once more.
		if _, err := d.Rebase(context.Background(), []string{"conflict"}, RebaseOptions{}); err != nil || read(t, d, "overlays/conflict/a.go") != text {
			t.Errorf("got %v, %s", err, read(t, d, "overlays/conflict/a.go"))
		}
		uncommitted := said()
		if _, err := d.Accept(context.Background(), []string{"conflict"}, RebaseOptions{}); err != nil {
			t.Fatal(err)
		}
		if text != resolved {
			const want = "\n  overlays/conflict/a.go:3:23: undefined: nothing\n"
			if got := said(); !strings.Contains(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
			if _, err := d.Rebase(context.Background(), []string{"conflict"}, RebaseOptions{DryRun: true}); err != nil {
				t.Fatal(err)
			}
			if got := said(); got != uncommitted || !strings.Contains(got, "overlay rebase -force //overlays:conflict") {
				t.Errorf("-dry-run: got %s, want %s", got, uncommitted)
			}
		}
		accepted := strings.Count(read(t, d, "overlays/BUILD.bazel"), digest.Of([]byte(newBase))) == 2
		if accepted != (text == resolved) || read(t, d, "overlays/conflict/a.go") != text {
			t.Errorf("accepted: %t, of %s\n%s", accepted, text, said())
		}
	}
}

// TestIsCommitted checks that git is not made to say less.
func TestIsCommitted(t *testing.T) {
	d, _ := rebaseDesk(t)
	file := filepath.Join(d.Workspace.Root, "overlays/new.go")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	runGit(t, d.Workspace.Root, "config", "status.showUntrackedFiles", "no")
	if is, _ := isCommitted(context.Background(), file); is {
		t.Error("a file that git does not know is committed")
	}
	if is, why := isCommitted(context.Background(), filepath.Join(d.Workspace.Root, "overlays/clean/a.go")); !is {
		t.Errorf("a file that is committed %s", why)
	}

	// Where git fails, the file may well be in a repository.
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, ".git/index"), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if is, why := isCommitted(context.Background(), file); is || !strings.Contains(why, "may have changes that git does not have (git status: ") {
		t.Errorf("got %t, %s", is, why)
	}
}

// TestRebasePatch checks that git makes of a patch what Rebase would, also where the workspace is a folder of a repository.
func TestRebasePatch(t *testing.T) {
	d, _ := rebaseDesk(t)
	ctx := context.Background()
	above := filepath.Dir(d.Workspace.Root)
	for _, repository := range []string{d.Workspace.Root, above} {
		if repository == above {
			if err := os.RemoveAll(filepath.Join(d.Workspace.Root, ".git")); err != nil {
				t.Fatal(err)
			}
			moveBases(t, d, oldBase)
			commit(t, above)
			moveBases(t, d, newBase)
		}
		before := read(t, d, "overlays/BUILD.bazel")
		done, err := d.Rebase(ctx, nil, RebaseOptions{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		patch := filepath.Join(t.TempDir(), "rebase.patch")
		if err := os.WriteFile(patch, []byte("of yesterday"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := d.WritePatch(ctx, patch, done.Changes); err != nil {
			t.Fatal(err)
		}
		runGit(t, d.Workspace.Root, "apply", patch)
		build := read(t, d, "overlays/BUILD.bazel")
		if got, want := read(t, d, "overlays/clean/a.go"), strings.Replace(newBase, "return 1 ", "return 10 ", 1); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if strings.Count(build, digest.Of([]byte(newBase))) != 1 || build == before {
			t.Errorf("got %s", build)
		}
		if got := read(t, d, "overlays/conflict/a.go"); strings.Contains(got, "<<<<<<<") {
			t.Errorf("got %s", got)
		}

		// Nothing is left to be carried, and so the patch is empty.
		if done, err = d.Rebase(ctx, nil, RebaseOptions{DryRun: true}); err != nil {
			t.Fatal(err)
		}
		if err := d.WritePatch(ctx, patch, done.Changes); err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(patch); err != nil || len(content) > 0 {
			t.Errorf("got %s, %v", content, err)
		}
		runGit(t, d.Workspace.Root, "checkout", "-q", "overlays")
	}
}

// TestRebaseVariants checks that an overlay is compared with the file that it was written against, where another target has the
// import path, too.
func TestRebaseVariants(t *testing.T) {
	files := "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/m\n-- a/a.go --\npackage m // old\n-- b/a.go --\npackage m\n-- overlays/BUILD.bazel --\n-- overlays/a.go --\npackage m // ours\n"
	library := func(label string) rule {
		return rule{"go_library", label, map[string]any{"importpath": "example.com/m", "srcs": []string{strings.Replace(label, ":m", ":a.go", 1)}}}
	}
	base := digest.Of([]byte("package m\n"))
	d, out, _ := fakeDesk(t, files, library("//a:m"), library("//b:m"),
		rule{"go_overlay", "//overlays:m", map[string]any{
			"importpath": "example.com/m", "srcs": []string{"//overlays:a.go"}, "generator_function": "go_overlay", "base": map[string]string{"a.go": base},
		}})
	if done, err := d.Rebase(context.Background(), nil, RebaseOptions{DryRun: true}); err != nil || done.Changed || done.Problems > 0 {
		t.Errorf("got %+v, %v, and said %s", done, err, out)
	}
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "b", "a.go"), []byte("package m // new\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Rebase(context.Background(), nil, RebaseOptions{DryRun: true}); err != nil || !strings.Contains(out.String(), "what counts is //a:a.go") {
		t.Errorf("got %v, and said %s", err, out)
	}
}

// TestRebaseReplacedByFolder checks that the history of a folder that go.mod has for a module is that of its packages, which
// Bazel copies elsewhere.
func TestRebaseReplacedByFolder(t *testing.T) {
	d, _, _ := fakeDesk(t, "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/m\n\nreplace example.com/lib v1.0.0 => ./third_party/lib\n"+
		"-- third_party/lib/sub/a.go --\n"+oldBase)
	commitAll(t, d)
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "third_party/lib/sub/a.go"), []byte(newBase), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &rebase{desk: d, pkg: &workspace.GoPackage{
		ImportPath: "example.com/lib/sub", Files: []workspace.File{{Name: "a.go", Path: filepath.Join(t.TempDir(), "a.go")}},
	}}
	found, err := r.base(context.Background(), &carried{Change: workspace.Change{Name: "a.go"}}, digest.Of([]byte(oldBase)), RebaseOptions{Offline: true})
	if err != nil || string(found.Content) != oldBase {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestConflicting(t *testing.T) {
	for n, want := range map[int]string{1: "one of its changes conflicts", 2: "2 of its changes conflict"} {
		if got := conflicting(n, "its changes"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for n, want := range map[int]string{0: "0 overlays", 1: "one overlay", 2: "2 overlays"} {
		if got := counted(n, "overlay"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestIdentical checks that a file that is upstream's is neither accepted nor fine, also where its base is up to date, and that another
// file is carried.
func TestIdentical(t *testing.T) {
	for name, base := range map[string]string{"moved": oldBase, "up to date": newBase} {
		const ours = "package m\n\nfunc D() int { return 5 }\n"
		build := "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n\ngo_overlay(\n    name = \"p\",\n    srcs = [\n        \"a.go\",\n        \"b.go\",\n    ],\n    base = {\n        \"a.go\": \"" + digest.Of([]byte(base)) +
			"\",\n        \"b.go\": \"sha256:0\",\n    },\n    importpath = \"example.com/p\",\n)\n"
		files := "-- MODULE.bazel --\n-- p/a.go --\n" + newBase + "-- p/b.go --\npackage m\n-- overlays/a.go --\n" + newBase + "-- overlays/b.go --\n" + ours + "-- overlays/BUILD.bazel --\n" + build
		overlay := rule{"go_overlay", "//overlays:p", map[string]any{
			"importpath": "example.com/p", "srcs": []string{"//overlays:a.go", "//overlays:b.go"}, "generator_function": "go_overlay",
			"base": map[string]string{"a.go": digest.Of([]byte(base)), "b.go": "sha256:0"},
		}}
		d, out, _ := fakeDesk(t, files, overlay, rule{"go_library", "//p:p", map[string]any{"importpath": "example.com/p", "srcs": []string{"//p:a.go", "//p:b.go"}}})
		const want = "//overlays:p: a.go: it is identical to that of example.com/p: nothing is left to overlay, so take it out of the overlay: overlay drop example.com/p/a.go\n"
		rebased := want
		if base == oldBase {
			rebased = "//overlays:p: a.go: upstream has all of its changes now; nothing is left of it"
		}
		if done, err := d.Rebase(context.Background(), nil, RebaseOptions{DryRun: true, Offline: true}); err != nil || done.Problems != 1 || !strings.Contains(out.String(), rebased) {
			t.Errorf("%s: got %+v, %v, %s", name, done, err, out)
		}
		out.Reset()
		done, err := d.Accept(context.Background(), []string{"p"}, RebaseOptions{})
		if err != nil || done.Problems != 1 || !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "b.go: carried") || strings.Contains(out.String(), "a.go: carried") {
			t.Errorf("%s: got %+v, %v, %s", name, done, err, out)
		}
		if got := read(t, d, "overlays/BUILD.bazel"); !strings.Contains(got, digest.Of([]byte(base))) || strings.Contains(got, "sha256:0") {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
