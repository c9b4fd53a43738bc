package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bazelbuild/buildtools/build"
	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/go-overlay/go_overlay/tests/tiers"
)

// damagesPerOverlay is how often each overlay of the examples is damaged: in the first
// tier about as often as there are kinds of damage.
func damagesPerOverlay() int {
	if tiers.Second() {
		return 30
	}
	return 10
}

// damagedExamples are the folders of examples whose overlays are damaged, with
// the program that tells whether it is the right one.
var damagedExamples = []struct {
	folder   string
	program  string
	overlays []string
}{
	{"patch_dep", "app_/app", []string{"uuid", "client_go"}},
	{"hotfix", "app_hotfixed", []string{"uuid_audit", "uuid_short"}},
}

// TestDamage damages each overlay of the examples at random, as typing errors,
// bad merges and upgrades do. Whatever is damaged, the outcome is an error or the
// right program, never the quiet build of another one.
func TestDamage(t *testing.T) {
	tiers.TakesMinutes(t)
	w := sharedWorld(t, newestRulesGo)
	for index, example := range damagedExamples {
		t.Run(example.folder, func(t *testing.T) {
			if index > 0 { // Kinds of damage are the same.
				tiers.InSecond(t)
			}
			dir := w.exampleWorkspace(t)
			build := func() (string, error) { return w.buildExample(dir, example.folder, example.program) }
			right, err := build()
			if err != nil {
				t.Fatalf("undamaged: %v\n%s", err, right)
			}
			t.Parallel() // Not before: both would compile what the first one leaves in the cache.
			random := rand.New(rand.NewPCG(1, uint64(index)))
			for _, overlay := range example.overlays {
				t.Run(overlay, func(t *testing.T) {
					errors, damages := 0, damagesPerOverlay()
					for range damages {
						damage, restore := damageOverlay(t, random, filepath.Join(dir, example.folder), overlay)
						output, err := build()
						switch {
						case err == nil && output != right:
							t.Errorf("%s: built another program, which prints:\n%s\nwant an error, or\n%s", damage, output, right)
						case err != nil && !strings.Contains(output, example.folder):
							t.Errorf("%s: the error does not name what is damaged:\n%s", damage, output)
						}
						restore()
						if err != nil {
							errors++
						}
					}
					t.Logf("%d of %d damages are errors, the others do no harm", errors, damages)
					if errors == 0 {
						t.Error("no damage is an error; is anything damaged?")
					}
				})
			}
		})
	}
}

// exampleWorkspace returns a copy of the examples.
func (w *world) exampleWorkspace(t *testing.T) string {
	dir, err := w.folders.take()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.folders.giveBack(dir); err != nil {
			t.Error(err)
		}
	})
	if err := bazeltest.CopyExamples(w.root, dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".bazelrc"), []byte(w.bazelrc()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// randomDigits are those of a UUID that the overlays leave at random.
var randomDigits = regexp.MustCompile(`c0ffee00-[0-9a-f-]+`)

// buildExample builds a program of the examples and its report_test, runs both,
// and returns what the program prints, or what Bazel does if that fails.
func (w *world) buildExample(dir, folder, program string) (string, error) {
	cmd := w.bazel(dir, "test", "--@go_overlay//go_overlay:today=2026-11-21", "//"+folder+":report_test")
	if out, err := cmd.CombinedOutput(); err != nil {
		return string(out), err
	}
	out, err := exec.Command(filepath.Join(dir, "bazel-bin", folder, program)).CombinedOutput()
	return randomDigits.ReplaceAllString(string(out), "c0ffee00-…"), err
}

// damageOverlay damages what declares an overlay in a folder. It returns what it
// did, and a function that undoes it.
func damageOverlay(t *testing.T, random *rand.Rand, folder, overlay string) (damage string, restore func()) {
	buildFile := filepath.Join(folder, "BUILD.bazel")
	content, err := os.ReadFile(buildFile)
	if err != nil {
		t.Fatal(err)
	}
	file, err := build.ParseBuild(buildFile, content)
	if err != nil {
		t.Fatal(err)
	}
	var rule *build.Rule
	for _, candidate := range file.Rules("go_overlay") {
		if candidate.Name() == overlay {
			rule = candidate
		}
	}
	if rule == nil {
		t.Fatalf("%s has no go_overlay %s", buildFile, overlay)
	}

	// Each kind of damage that the overlay can suffer; the choice is between kinds, not places.
	kinds := map[string]func() (path string, damaged []byte){}
	inBuildFile := func(kind string, places []*string, damageText func(*rand.Rand, string) string) {
		if len(places) == 0 {
			return
		}
		kinds[kind] = func() (string, []byte) {
			place := places[random.IntN(len(places))]
			*place = damageText(random, *place)
			return buildFile, build.Format(file)
		}
	}
	var names, digests []*string
	for _, attribute := range []string{"srcs", "new_srcs", "delete", "replace", "patches"} {
		names = append(names, stringsIn(rule.Attr(attribute))...)
	}
	if base, ok := rule.Attr("base").(*build.DictExpr); ok {
		for _, pair := range base.List {
			names = append(names, stringsIn(pair.Key)...)
			digests = append(digests, stringsIn(pair.Value)...)
		}
	}
	inBuildFile("name", names, damageWord)
	inBuildFile("digest", digests, damageWord)
	inBuildFile("import path", stringsIn(rule.Attr("importpath")), damageWord)
	inBuildFile("date", stringsIn(rule.Attr("expires")), damageDate)
	for _, set := range file.Rules("go_overlay_set") {
		if layers, ok := set.Attr("layers").(*build.ListExpr); ok {
			kinds["order"] = func() (string, []byte) {
				slices.Reverse(layers.List)
				return buildFile, build.Format(file)
			}
		}
	}
	if patches, ok := rule.Attr("patches").(*build.DictExpr); ok {
		patch := filepath.Join(folder, patches.List[0].Key.(*build.StringExpr).Value)
		kinds["hunk"] = func() (string, []byte) {
			content, err := os.ReadFile(patch)
			if err != nil {
				t.Fatal(err)
			}
			return patch, []byte(damageHunk(random, string(content)))
		}
		kinds["strip"] = func() (string, []byte) {
			strips := []string{"-1", "0", "2", "3", "1000"}
			rule.SetAttr("patch_strip", &build.LiteralExpr{Token: strips[random.IntN(len(strips))]})
			return buildFile, build.Format(file)
		}
	}

	for _, attribute := range []string{"srcs", "new_srcs", "replace"} {
		for _, name := range stringsIn(rule.Attr(attribute)) {
			path := filepath.Join(folder, *name)
			content, err := os.ReadFile(path)
			if err != nil {
				continue // The name of a file in the package.
			}
			kinds["build constraint"] = func() (string, []byte) {
				return path, append([]byte("//go:build our_tag\n\n"), content...)
			}
			kinds["package clause"] = func() (string, []byte) {
				return path, regexp.MustCompile(`(?m)^package .*$`).ReplaceAll(content, []byte("package other"))
			}
		}
	}
	kinds["embedded file"] = func() (string, []byte) {
		// No package embeds it.
		rule.SetAttr("embedsrcs", &build.ListExpr{List: []build.Expr{&build.StringExpr{Value: "main.go"}}})
		return buildFile, build.Format(file)
	}

	sorted := make([]string, 0, len(kinds))
	for kind := range kinds {
		sorted = append(sorted, kind)
	}
	slices.Sort(sorted)
	kind := sorted[random.IntN(len(sorted))]
	path, damaged := kinds[kind]()
	original, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s in %s\n%s", kind, filepath.Base(path), changedLines(string(original), string(damaged))), func() {
		if err := os.WriteFile(path, original, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// stringsIn returns the values of all strings in an expression, to be changed in place.
func stringsIn(expr build.Expr) []*string {
	var found []*string
	if expr == nil {
		return nil
	}
	build.Walk(expr, func(expr build.Expr, _ []build.Expr) {
		if literal, ok := expr.(*build.StringExpr); ok {
			// Or the formatter keeps the token that was read.
			literal.Token = ""
			found = append(found, &literal.Value)
		}
	})
	return found
}

// damageWord makes a typing error.
func damageWord(random *rand.Rand, word string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789._-/"
	at := random.IntN(len(word))
	letter := string(letters[random.IntN(len(letters))])
	switch random.IntN(4) {
	case 0:
		return word[:at] + letter + word[at:]
	case 1:
		return word[:at] + word[at+1:]
	case 2:
		return word[:at] + letter + word[at+1:]
	default:
		return word + letter
	}
}

// damageDate makes another date, or none.
func damageDate(random *rand.Rand, date string) string {
	if random.IntN(2) == 0 {
		return damageWord(random, date)
	}
	return fmt.Sprintf("%04d-%02d-%02d", 2020+random.IntN(10), 1+random.IntN(12), 1+random.IntN(28))
}

// damageHunk damages a diff, but not what it adds: that is what the user wants,
// whatever it is.
func damageHunk(random *rand.Rand, diff string) string {
	lines := strings.SplitAfter(diff, "\n")
	lines = lines[:len(lines)-1]
	for {
		at := random.IntN(len(lines))
		line := lines[at]
		switch random.IntN(4) {
		case 0: // Loses a line.
			return strings.Join(slices.Delete(lines, at, at+1), "")
		case 1: // Has a line twice.
			return strings.Join(slices.Insert(lines, at, line), "")
		case 2: // Takes a line for one of another kind.
			lines[at] = string(" +-"[random.IntN(3)]) + line[1:]
			return strings.Join(lines, "")
		default:
			if strings.HasPrefix(line, "+") || len(line) < 2 {
				continue
			}
			lines[at] = line[:1] + damageWord(random, strings.TrimSuffix(line[1:], "\n")+" ") + "\n"
			return strings.Join(lines, "")
		}
	}
}

// changedLines returns the lines of a text that another has not, and the reverse.
func changedLines(original, damaged string) string {
	var changed strings.Builder
	for sign, lines := range map[string][2]string{"-": {original, damaged}, "+": {damaged, original}} {
		for line := range strings.Lines(lines[0]) {
			if !strings.Contains(lines[1], line) {
				fmt.Fprintf(&changed, "%s%s", sign, line)
			}
		}
	}
	return changed.String()
}
