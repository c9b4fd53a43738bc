package desk

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// TestRebaseDiffIsGit carries random diffs, two of a file in part, and compares what they make with what git merge-file makes of the texts:
// the same, and where that has conflicts nothing changes. Diffs that fit stay as they are. GO_OVERLAY_DIFFERENTIAL=N carries N of them instead of 200.
func TestRebaseDiffIsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	cases := 200
	if n, err := strconv.Atoi(os.Getenv("GO_OVERLAY_DIFFERENTIAL")); err == nil {
		cases = n
	}
	random := rand.New(rand.NewPCG(15, 1))
	root, cache := t.TempDir(), t.TempDir()
	t.Setenv("GOMODCACHE", cache)
	tally := map[string]int{}
	for i := range cases {
		c := randomDiffs(random)
		folder := filepath.Join(cache, "example.com", "m@v1.0.0", fmt.Sprint("p", i))
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "a.go"), c.texts[0], 0o666); err != nil {
			t.Fatal(err)
		}
		d := &Desk{Workspace: &bazel.Workspace{Root: root}, Dir: root}
		var said bytes.Buffer
		patches, diffs := bazel.Attribute{Dict: map[string]string{}}, diffFiles{}
		for j, diff := range c.diffs {
			name := fmt.Sprint(i, "-", j, ".patch")
			if err := os.WriteFile(filepath.Join(root, name), []byte(diff), 0o666); err != nil {
				t.Fatal(err)
			}
			label := "//:" + name
			patches.Keys, patches.Dict[label] = append(patches.Keys, label), "a.go"
		}
		r := &rebase{desk: d, out: &said, diffs: diffs,
			pkg: &workspace.GoPackage{ImportPath: fmt.Sprint("example.com/m/p", i), Files: []workspace.File{{Name: "a.go", Path: filepath.Join(filepath.Dir(root), "external", "a.go")}}},
			overlay: workspace.Overlay{Label: "//:m", Version: "v1.0.0", Bases: map[string][]string{"a.go": {digest.Of(c.texts[0])}},
				Attrs: map[string]bazel.Attribute{"patches": patches}}}
		f := &carried{Change: workspace.Change{Name: "a.go", Kind: workspace.Patch}, upstream: c.upstream}
		if err := r.mergeDiffs(context.Background(), f, RebaseOptions{Offline: true}); err != nil {
			t.Fatalf("case %d: %v\n%s", i, err, c)
		}

		want, conflicts := string(c.upstream), 0
		for j := 0; j < len(c.diffs) && conflicts == 0; j++ {
			want, conflicts = mergeFile(t, string(c.texts[j]), string(c.texts[j+1]), want)
		}
		kind := "made anew"
		switch {
		case conflicts > 0 && f.patched == nil:
			kind = "conflict"
			if !f.stays || len(diffs.changes()) > 0 {
				t.Errorf("case %d: has conflicts, but stays: %t, changes: %v\n%s", i, f.stays, diffs.changes(), c)
			}
		case conflicts == 0 && f.gone:
			kind = "taken over"
			if want != string(c.upstream) {
				t.Errorf("case %d: nothing is left, want %q\n%s", i, want, c)
			}
		case conflicts == 0 && f.stays:
			kind = "one is taken over"
			if len(c.diffs) == 1 || len(diffs.changes()) > 0 || !strings.Contains(said.String(), "upstream has all that") {
				t.Errorf("case %d: stays, and said %s\n%s", i, &said, c)
			}
		case conflicts > 0 && len(diffs.changes()) == 0:
			kind = "fits" // Upstream has put something behind the last line, which the diff changes.
		case conflicts > 0:
			t.Errorf("case %d: got %q, which has conflicts\n%s", i, f.patched, c)
		default:
			if len(diffs.changes()) == 0 {
				kind = "fits"
			}
			if string(f.patched) != want {
				t.Errorf("case %d (%s): got %q, want %q\n%s", i, kind, f.patched, want, c)
			}
			// What is in the diffs is what counts. Git may refuse some that fit, a few lines further down.
			text := string(c.upstream)
			for j := 0; j < len(c.diffs) && kind != "fits"; j++ {
				diff, before := diffs[filepath.Join(root, fmt.Sprint(i, "-", j, ".patch"))].text, text
				text = gitApply(t, text, diff)
				var whole bytes.Buffer
				if writeDiff(&whole, "a.go", []byte(before), []byte(text)); whole.String() != diff { // Nothing of the old hunks is left.
					t.Errorf("case %d: got the diff\n%swant\n%s", i, diff, &whole)
				}
			}
			if text != want && kind != "fits" {
				t.Errorf("case %d (%s): git apply makes %q, want %q\n%s", i, kind, text, want, c)
			}
		}
		tally[kind]++
	}
	t.Logf("%v", tally)
	for _, kind := range []string{"made anew", "conflict", "taken over", "fits"} {
		if tally[kind] < cases/50 {
			t.Errorf("only %d of kind %s", tally[kind], kind)
		}
	}
}

// A diffCase is texts, of which diffs make the next from each, and another version of the first.
type diffCase struct {
	texts    [][]byte
	diffs    []string
	upstream []byte
}

func (c diffCase) String() string {
	return fmt.Sprintf("--- texts %q\n--- upstream %q\n--- diffs\n%s", c.texts, c.upstream, strings.Join(c.diffs, "\n"))
}

func randomDiffs(random *rand.Rand) diffCase {
	base := make([]string, 8+random.IntN(30))
	for i := range base {
		base[i] = []string{fmt.Sprintf("line %d", i), fmt.Sprintf("line %d", i), fmt.Sprintf("line %d", i), "}", ""}[random.IntN(5)]
	}
	end, last := []string{"\n", "\n", "\r\n"}[random.IntN(3)], random.IntN(4) > 0
	text := func(lines []string) []byte {
		text := strings.Join(lines, end)
		if last {
			text += end
		}
		return []byte(text)
	}
	c := diffCase{texts: [][]byte{text(base)}}
	lines := base
	upstream := randomEdits(random, base, random.IntN(4))
	for i := range 1 + random.IntN(2) {
		edited := randomEdits(random, lines, 1+random.IntN(2))
		if bytes.Equal(text(edited), text(lines)) {
			edited = append(slices.Clone(lines), "the end")
		}
		if i == 0 && random.IntN(8) == 0 { // Upstream takes it over, and changes something at the end.
			upstream = append(slices.Clone(edited), "more")
		}
		var diff bytes.Buffer
		writeDiff(&diff, "a.go", text(lines), text(edited))
		c.diffs, c.texts = append(c.diffs, diff.String()), append(c.texts, text(edited))
		lines = edited
	}
	c.upstream = text(upstream)
	return c
}

// randomEdits returns lines with some of them changed, deleted, or new ones before them.
func randomEdits(random *rand.Rand, lines []string, n int) []string {
	edited := slices.Clone(lines)
	for range n {
		at, line := random.IntN(len(edited)), fmt.Sprintf("edit %d", random.IntN(100))
		switch random.IntN(3) {
		case 0:
			edited[at] = line
		case 1:
			edited = slices.Insert(edited, at, line)
		case 2:
			if len(edited) > 1 {
				edited = slices.Delete(edited, at, at+1)
			}
		}
	}
	return edited
}
