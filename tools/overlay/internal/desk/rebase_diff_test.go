package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

const (
	// What comes before and after the diffs of mails is not theirs.
	mailHead = "From 1 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] C\n\n---\n a.go | 2 +-\n\ndiff --git a/a.go b/a.go\nindex 1111111..2222222 100644\n"
	// The context is what upstream changes.
	fixC = "--- a/a.go\n+++ b/a.go\n@@ -4,4 +4,4 @@ func A() int { return 1 }\n \n func B() int { return 2 }\n \n-func C() int { return 3 }\n+func C() int { return 30 }\n"
	fixA = "--- a/a.go\n+++ b/a.go\n@@ -1,5 +1,5 @@\n package m\n \n-func A() int { return 1 }\n+func A() int { return 10 }\n \n func B() int { return 2 }\n"

	movedB  = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 20 }\n\nfunc C() int { return 3 }\n"
	movedBC = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 20 }\n\nfunc C() int { return 4 }\n"
	takenC  = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 20 }\n\nfunc C() int { return 30 }\n"
)

// diffDesk has an overlay of the package m with diffs, and the file as upstream has it now.
func diffDesk(t *testing.T, files, now string, patches map[string]string, attrs map[string]any) (*Desk, func() string) {
	t.Helper()
	all := map[string]any{"patches": patches}
	for name, value := range attrs {
		all[name] = value
	}
	return movedDesk(t, files, now, "patches = {},", all)
}

// movedDesk has an overlay of the package m, which was written against oldBase, in files that are committed; the package has another
// file now. Lines are those of the overlay in its BUILD file, beside what each has.
func movedDesk(t *testing.T, files, now, lines string, attrs map[string]any, more ...rule) (*Desk, func() string) {
	t.Helper()
	base := digest.Of([]byte(oldBase))
	build := "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n\ngo_overlay(\n    name = \"m\",\n    base = {\"a.go\": \"" + base +
		"\"},\n    importpath = \"example.com/w/m\",\n    " + strings.ReplaceAll(lines, "\n", "\n    ") + "\n)\n"
	all := map[string]any{"importpath": "example.com/w/m", "base": map[string]string{"a.go": base}, "generator_function": "go_overlay"}
	for name, value := range attrs {
		all[name] = value
	}
	d, out, _ := fakeDesk(t, "-- MODULE.bazel --\n-- go.mod --\nmodule example.com/w\n-- m/a.go --\n"+oldBase+files+"-- overlays/BUILD.bazel --\n"+build,
		append(more,
			rule{"go_library", "//m:m", map[string]any{"importpath": "example.com/w/m", "srcs": []string{"//m:a.go"}}},
			rule{"go_overlay", "//overlays:m", all})...)
	commitAll(t, d)
	if err := os.WriteFile(filepath.Join(d.Workspace.Root, "m/a.go"), []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
	return d, func() string {
		defer out.Reset()
		return filepath.ToSlash(out.String())
	}
}

// gitApply returns what git makes of a file by diffs.
func gitApply(t *testing.T, content string, diffs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a.go": content, "p.patch": strings.Join(diffs, "")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("git", "apply", "p.patch")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, out, diffs)
	}
	made, err := os.ReadFile(filepath.Join(dir, "a.go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(made)
}

// TestRebaseDiff checks that a diff that does not fit any more is made anew, and that all else of its file stays.
func TestRebaseDiff(t *testing.T) {
	d, said := diffDesk(t, "-- overlays/c.patch --\n"+mailHead+fixC+"-- \n2.40\n", movedB, map[string]string{"//overlays:c.patch": "a.go"}, nil)
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	got := said()
	if err != nil || done.Problems != 0 || !strings.Contains(got, "//overlays:m: a.go: overlays/c.patch is made anew\n//overlays:m: a.go: carried to the file as it is now\n") {
		t.Fatalf("got %+v, %v, %s", done, err, got)
	}
	patch := read(t, d, "overlays/c.patch")
	if want := strings.Replace(movedB, "return 3 ", "return 30 ", 1); gitApply(t, movedB, patch) != want {
		t.Errorf("got %s", gitApply(t, movedB, patch))
	}
	before, after := blobHash([]byte(movedB)), blobHash([]byte(strings.Replace(movedB, "return 3 ", "return 30 ", 1)))
	want := strings.Replace(strings.Replace(mailHead, "1111111", before[:7], 1), "2222222", after[:7], 1)
	if !strings.HasPrefix(patch, want+"--- a/a.go\n+++ b/a.go\n@@ ") || !strings.HasSuffix(patch, "-- \n2.40\n") {
		t.Errorf("got %s", patch)
	}
	if !strings.Contains(read(t, d, "overlays/BUILD.bazel"), digest.Of([]byte(movedB))) {
		t.Error("the digest has not moved")
	}
	if done, err := d.Rebase(context.Background(), nil, RebaseOptions{}); err != nil || read(t, d, "overlays/c.patch") != patch {
		t.Errorf("a second time: %+v, %v", done, err)
	}
}

// TestRebaseDiffFuzz checks that patch_fuzz counts: for a diff that fits by it, which stays, and for what a diff was written against.
func TestRebaseDiffFuzz(t *testing.T) {
	// The last line of context is not what the file had.
	loose := "--- a/a.go\n+++ b/a.go\n@@ -1,6 +1,6 @@\n package m\n \n-func A() int { return 1 }\n+func A() int { return 10 }\n \n func B() int { return 2 }\n // Not there.\n"
	for name, test := range map[string]struct {
		diff string
		fuzz int
		want string // of the file; nothing if it is left to people
		same bool   // whether the diff stays as it is
	}{
		"fits":          {fixC, 2, strings.Replace(movedB, "return 3 ", "return 30 ", 1), true},
		"does not fit":  {fixC, 1, strings.Replace(movedB, "return 3 ", "return 30 ", 1), false},
		"was loose":     {loose, 1, strings.Replace(movedB, "return 1 ", "return 10 ", 1), false},
		"never did fit": {loose, 0, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			d, said := diffDesk(t, "-- overlays/c.patch --\n"+test.diff, movedB, map[string]string{"//overlays:c.patch": "a.go"}, map[string]any{"patch_fuzz": test.fuzz})
			done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
			if err != nil || (done.Problems == 0) != (test.want != "") {
				t.Fatalf("got %+v, %v, %s", done, err, said())
			}
			patch := read(t, d, "overlays/c.patch")
			if (patch == test.diff) != test.same {
				t.Errorf("got %s", patch)
			}
			parts, err := unified.Parse(patch)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, failures := parts[0].Apply(movedB, test.fuzz); test.want != "" && (len(failures) > 0 || got != test.want) {
				t.Errorf("got %s, %s", got, unified.Describe(failures))
			}
			if strings.Contains(read(t, d, "overlays/BUILD.bazel"), digest.Of([]byte(movedB))) != (test.want != "") {
				t.Errorf("got %s", read(t, d, "overlays/BUILD.bazel"))
			}
		})
	}
}

// TestRebaseDiffWithoutHunks checks that what a diff says beside texts, of modes and names, stays, and is not taken for changes
// that upstream has taken over.
func TestRebaseDiffWithoutHunks(t *testing.T) {
	const mode = "diff --git a/a.go b/a.go\nold mode 100644\nnew mode 100755\n"
	const rename = "diff --git a/a.go b/n.go\nsimilarity index 100%\nrename from a.go\nrename to n.go\n"
	for name, test := range map[string]struct{ before, fix, names, said string }{
		"mode":            {mode, "diff --git a/a.go b/a.go\n" + fixC, "a.go", "overlays/c.patch is made anew"},
		"mode and hunks":  {"", mode + fixC, "a.go", "overlays/c.patch is made anew"},
		"rename":          {rename, "", "a.go\nn.go", "carried to the file as it is now"},
		"rename, changed": {rename[:len(rename)-1], "\n" + strings.Replace(fixC, "+++ b/a.go", "+++ b/n.go", 1), "a.go\nn.go", "overlays/c.patch makes, deletes or renames it, and does not fit any more"},
	} {
		t.Run(name, func(t *testing.T) {
			d, said := diffDesk(t, "-- overlays/c.patch --\n"+test.before+test.fix, movedB, map[string]string{"//overlays:c.patch": test.names}, nil)
			if _, err := d.Rebase(context.Background(), nil, RebaseOptions{}); err != nil {
				t.Fatal(err)
			}
			got, patch := said(), read(t, d, "overlays/c.patch")
			if !strings.Contains(got, test.said) || strings.Contains(got, "upstream has") || !strings.HasPrefix(patch, test.before) {
				t.Errorf("said %s, got %s", got, patch)
			}
			if strings.Contains(test.said, "anew") && (strings.Count(patch, mode) != 1 || gitApply(t, movedB, patch) != strings.Replace(movedB, "return 3 ", "return 30 ", 1)) {
				t.Errorf("got %s", patch)
			}
		})
	}
}

// TestAcceptDiff checks that a file which a diff makes needs no base in the package, and that one which it deletes is no Go file.
func TestAcceptDiff(t *testing.T) {
	deleted := oldBase + "// More.\n"
	for name, diff := range map[string]string{
		"makes":   "--- /dev/null\n+++ b/n.go\n@@ -0,0 +1 @@\n+package m\n" + fixA,
		"renames": "diff --git a/o.go b/n.go\nsimilarity index 100%\nrename from o.go\nrename to n.go\ndiff --git a/a.go b/a.go\n" + fixA,
		"deletes": "--- /dev/null\n+++ b/n.go\n@@ -0,0 +1 @@\n+package m\ndiff --git a/a.go b/a.go\ndeleted file mode 100644\n--- a/a.go\n+++ /dev/null\n@@ -1,8 +0,0 @@\n-" +
			strings.ReplaceAll(strings.TrimSuffix(deleted, "\n"), "\n", "\n-") + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			d, said := diffDesk(t, "-- overlays/c.patch --\n"+diff, deleted, map[string]string{"//overlays:c.patch": "n.go\na.go"}, nil)
			done, err := d.Accept(context.Background(), []string{"m"}, RebaseOptions{})
			if got := said(); err != nil || done.Problems > 0 || got != "//overlays:m: a.go: carried to the file as it is now\n" {
				t.Errorf("got problems: %d, %v, %s", done.Problems, err, got)
			}
		})
	}
}

// TestRebaseDiffs checks those of which several are of one file, in their order, and options of the overlay.
func TestRebaseDiffs(t *testing.T) {
	fixCAgain := strings.NewReplacer("return 3 ", "return 30 ", "return 30 ", "return 300 ").Replace(fixC)
	d, said := diffDesk(t, "-- overlays/1.patch --\n"+strings.NewReplacer("--- a/", "--- ", "+++ b/", "+++ ").Replace(fixC)+"-- overlays/2.patch --\n"+
		strings.NewReplacer("--- a/", "--- ", "+++ b/", "+++ ").Replace(fixCAgain), movedB,
		map[string]string{"//overlays:1.patch": "a.go", "//overlays:2.patch": "a.go"}, map[string]any{"patch_strip": 0})
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if err != nil || done.Problems != 0 {
		t.Fatalf("got %+v, %v, %s", done, err, said())
	}
	text := movedB
	for _, name := range []string{"overlays/1.patch", "overlays/2.patch"} {
		diff, err := unified.Parse(read(t, d, name))
		if err != nil {
			t.Fatal(err)
		}
		var failures []*unified.HunkError
		if text, _, failures = diff[0].Apply(text, 0); len(failures) > 0 {
			t.Fatalf("%s: %s", name, unified.Describe(failures))
		}
	}
	if want := strings.Replace(movedB, "return 3 ", "return 300 ", 1); text != want {
		t.Errorf("got %s", text)
	}
}

// TestRebaseDiffParts checks a diff with several parts for one file, which move when those before them are made anew, beside a diff of
// another file, which is not looked at.
func TestRebaseDiffParts(t *testing.T) {
	again := strings.NewReplacer("return 3 ", "return 30 ", "return 30 ", "return 300 ").Replace(fixC)
	// What is new has less context than what was.
	loose := "--- a/a.go\n+++ b/a.go\n@@ -1,7 +1,7 @@\n package m\n \n-func A() int { return 1 }\n+func A() int { return 10 }\n \n func B() int { return 2 }\n \n func C() int { return 3 }\n"
	other := strings.ReplaceAll(fixA, "a.go", "n.go")
	d, said := diffDesk(t, "-- overlays/c.patch --\n"+loose+other+fixC+"-- \n"+again+"-- overlays/n.patch --\nno diff of a.go\n", movedB,
		map[string]string{"//overlays:c.patch": "a.go", "//overlays:n.patch": "n.go"}, nil)
	done, err := d.Rebase(context.Background(), []string{"m"}, RebaseOptions{})
	got := said()
	if err != nil || done.Problems != 0 || strings.Count(got, "c.patch is made anew") != 1 {
		t.Fatalf("got %+v, %v, %s", done, err, got)
	}
	patch := read(t, d, "overlays/c.patch")
	if strings.Count(patch, other) != 1 || strings.Count(patch, "\n-- \n") != 1 {
		t.Errorf("got %s", patch)
	}
	parts, err := unified.Parse(patch)
	if err != nil || len(parts) != 4 {
		t.Fatalf("got %v, %s", err, patch)
	}
	text := movedB
	for _, i := range []int{0, 2, 3} {
		text, _, _ = parts[i].Apply(text, 0)
	}
	if want := strings.NewReplacer("return 1 ", "return 10 ", "return 3 ", "return 300 ").Replace(movedB); text != want {
		t.Errorf("got %s", text)
	}
}

// TestRebaseDiffTakenOver checks that it is said what upstream has taken over of a diff.
func TestRebaseDiffTakenOver(t *testing.T) {
	both := "--- a/a.go\n+++ b/a.go\n@@ -1,7 +1,7 @@\n package m\n \n-func A() int { return 1 }\n+func A() int { return 10 }\n \n func B() int { return 2 }\n \n-func C() int { return 3 }\n+func C() int { return 30 }\n"
	d, said := diffDesk(t, "-- overlays/c.patch --\n"+both, takenC, map[string]string{"//overlays:c.patch": "a.go"}, nil)
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if got := said(); err != nil || done.Problems != 0 || !strings.Contains(got, "//overlays:m: a.go: upstream has taken over 1 of its 2 changes\n") {
		t.Errorf("got %+v, %v, %s", done, err, got)
	}
	if patch := read(t, d, "overlays/c.patch"); gitApply(t, takenC, patch) != strings.Replace(takenC, "return 1 ", "return 10 ", 1) || strings.Contains(patch, "-func C") {
		t.Errorf("got %s", patch)
	}
}

// TestRebaseDiffPartTaken checks that a diff of which nothing would be left is left to people, where another of the file has changes still.
func TestRebaseDiffPartTaken(t *testing.T) {
	d, said := diffDesk(t, "-- overlays/c.patch --\n"+fixC+"-- overlays/d.patch --\n"+fixA, takenC, map[string]string{"//overlays:c.patch": "a.go", "//overlays:d.patch": "a.go"}, nil)
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if got := said(); err != nil || done.Problems != 1 || done.Changed || !strings.Contains(got, "upstream has all that overlays/c.patch changes in it; take that out of the diff") {
		t.Errorf("got %+v, %v, %s", done, err, got)
	}
}

// TestRebaseDiffLeft checks what is left to people: nothing changes, and the digest does not move.
func TestRebaseDiffLeft(t *testing.T) {
	for name, test := range map[string]struct{ diff, now, said string }{
		"conflict": {fixC, movedBC, "one of the changes of overlays/c.patch conflicts with upstream's"},
		"taken":    {fixC, takenC, "upstream has all of its changes now; nothing is left of it"},
		"neither":  {strings.Replace(fixC, "return 2 ", "return 5 ", 1), movedB, "fits neither the file as it is now nor as it was"},
		"no base":  {fixC, movedB, "overlays/c.patch does not fit the file as it is now: hunk @@ -4,4 +4,4 @@"},
		"nothing":  {strings.ReplaceAll(fixC, "a.go", "other.go"), movedB, "overlays/c.patch has nothing for it; correct the names in patches"},
	} {
		t.Run(name, func(t *testing.T) {
			attrs := map[string]any{}
			if name == "no base" {
				attrs["base"] = map[string]string{"a.go": digest.Of([]byte("of nowhere"))}
			}
			d, said := diffDesk(t, "-- overlays/c.patch --\n"+test.diff, test.now, map[string]string{"//overlays:c.patch": "a.go"}, attrs)
			build := read(t, d, "overlays/BUILD.bazel")
			done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
			if got := said(); err != nil || done.Problems != 1 || done.Changed || !strings.Contains(got, test.said) {
				t.Errorf("got %+v, %v, %s", done, err, got)
			}
			if read(t, d, "overlays/c.patch") != test.diff || read(t, d, "overlays/BUILD.bazel") != build {
				t.Error("something has changed")
			}
			if done, err := d.Accept(context.Background(), []string{"m"}, RebaseOptions{}); err != nil || done.Problems != 1 || done.Changed {
				t.Errorf("accept: got %+v, %v, %s", done, err, said())
			}
		})
	}
}

// TestRebaseSharedDiff checks that one diff of two files keeps what is of the other one.
func TestRebaseSharedDiff(t *testing.T) {
	other := strings.ReplaceAll(fixA, "a.go", "n.go")
	d, said := diffDesk(t, "-- overlays/both.patch --\n"+other+fixC+other, movedB, map[string]string{"//overlays:both.patch": "a.go"}, nil)
	done, err := d.Rebase(context.Background(), nil, RebaseOptions{})
	if err != nil || done.Problems != 0 {
		t.Fatalf("got %+v, %v, %s", done, err, said())
	}
	patch := read(t, d, "overlays/both.patch")
	if !strings.HasPrefix(patch, other+"--- a/a.go\n") || !strings.HasSuffix(patch, "\n"+other) {
		t.Errorf("got %s", patch)
	}
}
