package unified

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestDifferential carries random edits over to random later versions of files in
// which many lines are alike. Every line has an identity, so that it is known what
// the right outcome is: the edit may fail to apply, but not go elsewhere; never,
// if the diff says which base it was made from, as git diff does. The
// same diffs are given to git apply and GNU patch, for comparison.
//
// GO_OVERLAY_DIFFERENTIAL=N carries over N edits instead of a few thousand.
func TestDifferential(t *testing.T) {
	edits, compared := 20_000, 120
	if n, err := strconv.Atoi(os.Getenv("GO_OVERLAY_DIFFERENTIAL")); err == nil {
		edits, compared = n, n/20
	}
	random := rand.New(rand.NewPCG(1, 2))
	tally := map[string]*outcomes{"go_overlay": {}}
	for _, tool := range []string{"git", "patch"} {
		if _, err := exec.LookPath(tool); err == nil {
			tally[tool] = &outcomes{}
		} else if t.Logf("not compared with %s: %v", tool, err); os.Getenv("CI") != "" && tool == "git" {
			t.Errorf("CI has no %s", tool)
		}
	}
	dir := t.TempDir()
	for i := range edits {
		c := randomCarry(random)
		if c.diff == "" {
			continue
		}
		files, err := Parse(c.diff)
		if err != nil {
			t.Fatalf("%v\n%s", err, c.diff)
		}
		got, _, failures := files[0].Apply(c.upstream, 0)
		if tally["go_overlay"].add(got, c.want, len(failures) == 0) && c.known {
			t.Errorf("edit %d goes to the wrong place\n--- diff\n%s--- upstream\n%s--- want\n%s--- got\n%s", i, c.diff, c.upstream, c.want, got)
		}
		if i >= compared {
			continue
		}
		for tool, outcome := range tally {
			if tool != "go_overlay" {
				got, ok := applyBy(t, tool, dir, c)
				outcome.add(got, c.want, ok)
			}
		}
	}
	for tool, outcome := range tally {
		t.Logf("%-10s  right %d, refused %d, wrong without a word %d", tool, outcome.right, outcome.refused, outcome.wrong)
	}
	if ours := tally["go_overlay"]; ours.right < ours.refused {
		t.Errorf("more edits are refused, %d, than carried over, %d", ours.refused, ours.right)
	} else if ours.wrong > ours.right/1000 {
		t.Errorf("%d edits go to the wrong place, expected at most one in a thousand of those that name no base", ours.wrong)
	}
}

type outcomes struct{ right, refused, wrong int }

// add counts an outcome, and tells whether it is wrong.
func (o *outcomes) add(got, want string, applied bool) bool {
	switch {
	case !applied:
		o.refused++
	case got == want:
		o.right++
	default:
		o.wrong++
		return true
	}
	return false
}

func applyBy(t *testing.T, tool, dir string, c carry) (string, bool) {
	t.Helper()
	path := filepath.Join(dir, "x.go")
	if err := os.WriteFile(path, []byte(c.upstream), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"apply", "-"}
	if tool == "patch" {
		args = []string{"-p1", "--batch", "--forward", "--no-backup-if-mismatch", "-r", "-"}
	}
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull)
	cmd.Stdin = bytes.NewBufferString(c.diff)
	err := cmd.Run()
	return readFile(t, path), err == nil
}

// A carry is a diff, a version of the file that it was not made from, and what it
// makes of that.
type carry struct {
	diff, upstream, want string
	known                bool // whether the diff says what it was made from
}

// A tagged line has an identity in all versions of a file; added lines have those
// of no base line.
type tagged struct {
	id   int
	text string
}

// randomCarry returns a carry without a diff where the edit and upstream's touch
// the same lines, so that nobody knows what is right.
func randomCarry(random *rand.Rand) carry {
	base := randomBase(random)
	edit, touched := randomChanges(random, base, 1+random.IntN(2), 1_000_000)
	later, touchedLater := randomChanges(random, base, random.IntN(4), 2_000_000)
	for id := range touchedLater {
		for near := id - 4; near <= id+4; near++ {
			if touched[near] {
				return carry{}
			}
		}
	}
	edited, upstream := base.with(edit), base.with(later)
	if join(edited) == join(base) {
		return carry{}
	}
	both := map[int][]tagged{}
	for id, lines := range later {
		both[id] = lines
	}
	for id, lines := range edit {
		both[id] = lines
	}
	width := random.IntN(4)
	if width == 0 {
		width = 3
	}
	index := ""
	if random.IntN(2) == 0 {
		text := join(base)
		index = fmt.Sprintf("index %x..0000001 100644\n", sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(text), text))))
	}
	return carry{
		diff:     diffOf(base, edit, width, index, random.IntN(3) > 0),
		upstream: join(upstream),
		want:     join(base.with(both)),
		known:    index != "",
	}
}

type lines []tagged

func join(l lines) string {
	var b strings.Builder
	for _, line := range l {
		b.WriteString(line.text)
	}
	return b.String()
}

// with returns the lines with some of them exchanged for others.
func (l lines) with(changes map[int][]tagged) lines {
	var changed lines
	for _, line := range l {
		if instead, ok := changes[line.id]; ok {
			changed = append(changed, instead...)
		} else {
			changed = append(changed, line)
		}
	}
	return changed
}

// randomBase returns a file of functions whose bodies are much alike.
func randomBase(random *rand.Rand) lines {
	var texts []string
	if random.IntN(3) > 0 {
		texts = append(texts, "package p\n", "\n")
	}
	bodies := [][]string{
		{"\tif x != nil {\n", "\t\treturn x.Name\n", "\t}\n", "\treturn \"\"\n"},
		{"\tmu.Lock()\n", "\tdefer mu.Unlock()\n", "\treturn\n"},
		{"\tif err != nil {\n", "\t\treturn err\n", "\t}\n", "\tif err := f(); err != nil {\n", "\t\treturn err\n", "\t}\n"},
		{"\tx++\n", "\tx++\n", "\tx++\n"},
	}
	for i := range 2 + random.IntN(5) {
		texts = append(texts, fmt.Sprintf("func f%d() {\n", i))
		for range 1 + random.IntN(2) {
			texts = append(texts, bodies[random.IntN(len(bodies))]...)
		}
		texts = append(texts, "}\n")
		if random.IntN(4) > 0 {
			texts = append(texts, "\n")
		}
	}
	var base lines
	for i, text := range texts {
		base = append(base, tagged{i, text})
	}
	return base
}

// randomChanges exchanges n groups of lines for others, and returns which ones it touches.
func randomChanges(random *rand.Rand, base lines, n, ids int) (map[int][]tagged, map[int]bool) {
	changes, touched := map[int][]tagged{}, map[int]bool{}
	added := func(text string) tagged {
		ids++
		if strings.HasPrefix(text, "func") { // Go has no two of a name.
			text = fmt.Sprintf("func g%d() {\n", ids)
		}
		return tagged{ids, text}
	}
	for range n {
		at := random.IntN(len(base))
		line := base[at]
		if touched[line.id] {
			continue
		}
		touched[line.id] = true
		switch random.IntN(5) {
		case 0:
			changes[line.id] = nil
		case 1:
			changes[line.id] = []tagged{added("\tchanged()\n")}
		case 2:
			changes[line.id] = []tagged{line, added("\tadded()\n")}
		default: // Another function like one that is there, or one less.
			starts := functions(base)
			k := random.IntN(len(starts) - 1)
			from, to := starts[k], starts[k+1]
			delete(touched, line.id)
			line = base[starts[random.IntN(len(starts)-1)]]
			if touched[line.id] {
				continue
			}
			if random.IntN(4) > 0 {
				changes[line.id] = append(copied(base[from:to], added), line)
				touched[line.id] = true
				continue
			}
			for _, gone := range base[from:to] {
				if !touched[gone.id] {
					changes[gone.id] = nil
				}
				touched[gone.id] = true
			}
			continue
		}
		if slices.Equal(changes[line.id], []tagged{line}) {
			delete(changes, line.id)
		}
	}
	return changes, touched
}

// functions returns the indices at which functions begin, and the end.
func functions(base lines) []int {
	var starts []int
	for i, line := range base {
		if strings.HasPrefix(line.text, "func") {
			starts = append(starts, i)
		}
	}
	return append(starts, len(base))
}

func copied(l lines, added func(string) tagged) []tagged {
	var copies []tagged
	for _, line := range l {
		copies = append(copies, added(line.text))
	}
	return copies
}

// diffOf writes changes as a diff.
func diffOf(base lines, changes map[int][]tagged, width int, index string, headings bool) string {
	var changed []int
	for i, line := range base {
		if _, ok := changes[line.id]; ok {
			changed = append(changed, i)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "diff --git a/x.go b/x.go\n%s--- a/x.go\n+++ b/x.go\n", index)
	shift := 0
	for len(changed) > 0 {
		first, last := changed[0], changed[0]
		for len(changed) > 0 && changed[0] <= last+2*width {
			last, changed = changed[0], changed[1:]
		}
		hunk := hunkOf(base, changes, first, last, width)
		oldCount, newCount := 0, 0
		for _, line := range hunk.lines {
			if line[0] != '+' {
				oldCount++
			}
			if line[0] != '-' {
				newCount++
			}
		}
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@", hunk.start+1, oldCount, hunk.start+1+shift, newCount)
		for at := hunk.start - 1; at >= 0 && headings; at-- {
			if isHead(base[at].text) {
				b.WriteString(" " + strings.TrimSuffix(base[at].text, "\n"))
				break
			}
		}
		b.WriteString("\n" + strings.Join(hunk.lines, ""))
		shift += newCount - oldCount
	}
	return b.String()
}

type testHunk struct {
	start int
	lines []string
}

func hunkOf(base lines, changes map[int][]tagged, first, last, width int) testHunk {
	type op struct {
		kind string
		text string
	}
	var ops []op
	starts := []int{} // index in base of each op
	for i := max(0, first-width-1); i <= min(len(base)-1, last+width+1); i++ {
		line := base[i]
		instead, ok := changes[line.id]
		switch at := slices.IndexFunc(instead, func(l tagged) bool { return l.id == line.id }); {
		case !ok:
			ops, starts = append(ops, op{" ", line.text}), append(starts, i)
		default:
			if at < 0 {
				ops, starts = append(ops, op{"-", line.text}), append(starts, i)
			}
			for k, added := range instead {
				if k == at {
					ops = append(ops, op{" ", added.text})
				} else {
					ops = append(ops, op{"+", added.text})
				}
				starts = append(starts, i)
			}
		}
	}
	from := slices.IndexFunc(ops, func(o op) bool { return o.kind != " " })
	to := len(ops) - 1
	for ops[to].kind == " " {
		to--
	}
	from, to = max(0, from-width), min(len(ops)-1, to+width)
	h := testHunk{start: starts[from]}
	for _, o := range ops[from : to+1] {
		h.lines = append(h.lines, o.kind+o.text)
	}
	return h
}
