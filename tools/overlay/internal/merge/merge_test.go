package merge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/markers"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
)

var names = [3]string{"base v1.0.0", "overlay uuid.go", "upstream v1.1.0"}

func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
}

func TestThree(t *testing.T) {
	needGit(t)
	tests := []struct {
		name, base, overlay, upstream string
		want                          string
		conflicts                     int
	}{
		{"all empty", "", "", "", "", 0},
		{"clean", "a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n", 0},
		{"the same", "a\n", "b\n", "b\n", "b\n", 0},
		{"conflict", "a\nb\nc\n", "a\nB\nc\n", "a\nx\nc\n",
			"a\n<<<<<<< overlay uuid.go\nB\n||||||| base v1.0.0\nb\n=======\nx\n>>>>>>> upstream v1.1.0\nc\n", 1},
		{"two conflicts", "a\n1\n2\n3\n4\nb\n", "A\n1\n2\n3\n4\nB\n", "x\n1\n2\n3\n4\ny\n",
			"<<<<<<< overlay uuid.go\nA\n||||||| base v1.0.0\na\n=======\nx\n>>>>>>> upstream v1.1.0\n1\n2\n3\n4\n" +
				"<<<<<<< overlay uuid.go\nB\n||||||| base v1.0.0\nb\n=======\ny\n>>>>>>> upstream v1.1.0\n", 2},
		{"added on both sides", "", "a\n", "b\n", "<<<<<<< overlay uuid.go\na\n||||||| base v1.0.0\n=======\nb\n>>>>>>> upstream v1.1.0\n", 1},
		{"no newline at the end", "a\nb\nc\nd\ne", "A\nb\nc\nd\ne", "a\nb\nc\nd\nE", "A\nb\nc\nd\nE", 0},
		{"carriage returns", "a\r\nb\r\nc\r\nd\r\n", "A\r\nb\r\nc\r\nd\r\n", "a\r\nb\r\nc\r\nD\r\n", "A\r\nb\r\nc\r\nD\r\n", 0},
		{"carriage returns and a conflict", "a\r\n", "b\r\n", "c\r\n",
			"<<<<<<< overlay uuid.go\r\nb\r\n||||||| base v1.0.0\r\na\r\n=======\r\nc\r\n>>>>>>> upstream v1.1.0\r\n", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, conflicts, err := Three(context.Background(), []byte(test.base), []byte(test.overlay), []byte(test.upstream), names)
			if err != nil || string(got) != test.want || conflicts != test.conflicts {
				t.Errorf("got %q, %d, %v, want %q, %d", got, conflicts, err, test.want, test.conflicts)
			}
			if _, found := markers.First(got); found != (conflicts > 0) {
				t.Errorf("Markers: %v", found)
			}
		})
	}
}

func TestThreeManyConflicts(t *testing.T) {
	needGit(t)
	for _, n := range []int{126, 127, 128, 300} {
		text := func(line string) []byte {
			return []byte(strings.Repeat(line+"\n1\n2\n3\n4\n5\n", n))
		}
		got, conflicts, err := Three(context.Background(), text("a"), text("b"), text("c"), names)
		if err != nil || conflicts != n || bytes.Count(got, []byte("<<<<<<<")) != n {
			t.Errorf("%d: got %d, %v", n, conflicts, err)
		}
	}
}

func TestThreeErrors(t *testing.T) {
	text := []byte("a\n")
	_, _, err := Three(context.Background(), text, []byte("a\x00b"), text, names)
	if err == nil || !strings.Contains(err.Error(), "overlay uuid.go is a binary file") {
		t.Errorf("binary: got %v", err)
	}
	_, _, err = Three(context.Background(), text, text, text, [3]string{"a", "b\nc", "d"})
	if err == nil || !strings.Contains(err.Error(), `"b\nc"`) {
		t.Errorf("name of two lines: got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err = Three(ctx, text, text, text, names); err == nil {
		t.Error("cancelled: expected an error")
	}
	t.Setenv("PATH", t.TempDir())
	missing := (*git.MissingError)(nil)
	if _, _, err = Three(context.Background(), text, text, text, names); !errors.As(err, &missing) || !strings.Contains(err.Error(), "install git") {
		t.Errorf("no git: got %v", err)
	}
}

// TestThreeSettings checks that nothing of a user's settings matters, nor a repository
// that TMPDIR is in.
func TestThreeSettings(t *testing.T) {
	needGit(t)
	folder := t.TempDir()
	evil := "[merge]\n\tconflictStyle = merge\n[core]\n\trepositoryFormatVersion = 99\n[broken\n"
	for name, content := range map[string]string{
		"home/.gitconfig":  evil,
		".git/config":      evil,
		".git/HEAD":        "ref: refs/heads/main\n",
		".git/objects/.x":  "",
		".git/refs/.x":     "",
		"tmp/.x":           "",
		"home/git/config":  evil,
		"system/gitconfig": evil,
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_COUNT":      "1",
		"GIT_CONFIG_KEY_0":      "merge.conflictStyle",
		"GIT_CONFIG_PARAMETERS": "'no such form",
		"GIT_CONFIG_SYSTEM":     filepath.Join(folder, "system", "gitconfig"),
		"GIT_DIR":               filepath.Join(folder, ".git"),
		"HOME":                  filepath.Join(folder, "home"),
		"TMPDIR":                filepath.Join(folder, "tmp"),
		"TMP":                   filepath.Join(folder, "tmp"),
		"XDG_CONFIG_HOME":       filepath.Join(folder, "home"),
	} {
		t.Setenv(name, value)
	}
	got, conflicts, err := Three(context.Background(), []byte("a\n"), []byte("b\n"), []byte("c\n"), names)
	if err != nil || conflicts != 1 || !strings.Contains(string(got), "|||||||") {
		t.Errorf("got %q, %d, %v", got, conflicts, err)
	}
	left, err := os.ReadDir(filepath.Join(folder, "tmp"))
	if err != nil || len(left) != 1 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}

// TestThreeIsGit compares Three with git merge-file as a user calls it: the bytes, and how many conflicts there are, of texts with
// every end of lines. GO_OVERLAY_DIFFERENTIAL=N compares N of them instead of 60.
func TestThreeIsGit(t *testing.T) {
	needGit(t)
	triples := 60
	if n, err := strconv.Atoi(os.Getenv("GO_OVERLAY_DIFFERENTIAL")); err == nil {
		triples = n
	}
	random := rand.New(rand.NewPCG(3, 1))
	folder := t.TempDir()
	tally := map[string]int{}
	for i := range triples {
		texts, kind := randomTriple(random)
		for i, name := range []string{"b", "o", "u"} {
			if err := os.WriteFile(filepath.Join(folder, name), texts[i], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("git", "merge-file", "-p", "--diff3", "-L", names[1], "-L", names[0], "-L", names[2], "o", "b", "u")
		cmd.Dir = folder
		want, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		wantConflicts := cmd.ProcessState.ExitCode()
		got, conflicts, err := Three(context.Background(), texts[0], texts[1], texts[2], names)
		if kind == "binary" {
			tally[kind]++
			if err == nil || wantConflicts <= truncated {
				t.Fatalf("of %q got %q, git's exit code is %d", texts, got, wantConflicts)
			}
			continue
		}
		if wantConflicts == truncated { // or more
			wantConflicts = bytes.Count(want, []byte("<<<<<<< "+names[1]))
			tally["127 conflicts or more"]++
		}
		if err != nil || !bytes.Equal(got, want) || conflicts != wantConflicts {
			t.Fatalf("triple %d: of %q got %q, %d, %v, want %q, %d", i, texts, got, conflicts, err, want, wantConflicts)
		}
		if line, found := markers.First(got); found != (conflicts > 0) {
			t.Fatalf("triple %d: of %q got line %d, %v, for %d conflicts", i, texts, line, found, conflicts)
		}
		tally[kind]++
		if conflicts > 0 {
			tally["conflicts"]++
		} else {
			tally["clean"]++
		}

		// What needs no git to be known.
		if i%20 != 0 {
			continue
		}
		for _, same := range []struct{ base, overlay, upstream, want []byte }{
			{texts[0], texts[0], texts[2], texts[2]},
			{texts[0], texts[1], texts[0], texts[1]},
			{texts[0], texts[1], texts[1], texts[1]},
		} {
			if got, _, err := Three(context.Background(), same.base, same.overlay, same.upstream, names); err != nil || !bytes.Equal(got, same.want) {
				t.Fatalf("triple %d: of %q got %q, %v, want %q", i, texts, got, err, same.want)
			}
		}
	}
	t.Log(tally)
}

// randomTriple returns three texts, two of which are changes of the first, and what is peculiar to them.
func randomTriple(random *rand.Rand) (texts [3][]byte, kind string) {
	change := func(lines []string) []string {
		var changed []string
		for _, line := range lines {
			switch random.IntN(8) {
			case 0:
			case 1:
				changed = append(changed, line, fmt.Sprint("new ", random.IntN(3)))
			default:
				changed = append(changed, line)
			}
		}
		return changed
	}
	length, ends := 20, "\n"
	switch random.IntN(20) {
	case 0:
		kind, ends = "carriage returns", "\r\n"
	case 1, 2:
		kind = "carriage returns in some lines"
	case 3:
		kind = "binary"
	case 4:
		kind = "UTF-8, and what is none"
	case 5:
		kind, length = "long", 4000
	case 6:
		kind = "markers"
	default:
		kind = "plain"
	}
	var base []string
	for range random.IntN(length) {
		line := fmt.Sprint("line ", random.IntN(9))
		switch kind {
		case "UTF-8, and what is none":
			line += []string{"\u00e4", "\ufeff", "\xff", "\u2028", "\f", "\r", "\x1a"}[random.IntN(7)]
		case "long":
			line = fmt.Sprint("line ", random.IntN(2000))
		case "markers": // Single ones, as comments and strings have them.
			line = []string{line, line, "=======", "||||||| x", "// <<<<<<<"}[random.IntN(5)]
		}
		base = append(base, line)
	}
	for i, lines := range [][]string{base, change(base), change(base)} {
		var text strings.Builder
		for j, line := range lines {
			end := ends
			if kind == "carriage returns in some lines" {
				end = []string{"\n", "\r\n"}[random.IntN(2)]
			}
			if j == len(lines)-1 && random.IntN(4) == 0 {
				end = ""
			}
			text.WriteString(line + end)
		}
		texts[i] = []byte(text.String())
	}
	if kind == "binary" {
		texts[random.IntN(3)] = []byte("a\x00b\n")
	}
	return texts, kind
}

func TestTakenOver(t *testing.T) {
	const base = "package p\n\nfunc a() {\n\tone()\n\ttwo()\n}\n\nfunc b() {\n\tthree()\n\tfour()\n}\n"
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }
	for _, test := range []struct {
		name, overlay, upstream string
		taken, all              int
	}{
		{"nothing changed", base, base, 0, 0},
		{"all", edit("one()", "1()"), edit("one()", "1()"), 1, 1},
		{"none", edit("one()", "1()"), edit("four()", "4()"), 0, 1},
		{"one of three", edit("one()", "1()", "\n\nfunc b", "\n\nvar c = 1\n\nfunc b", "\tfour()\n", ""), edit("one()", "1()"), 1, 3},
		{"only the deletion", edit("one()", "1()", "\tfour()\n", ""), edit("\tfour()\n", ""), 1, 2},
		{"with more around it", edit("one()", "uno()"), edit("\tone()\n\ttwo()\n", "\tzero()\n\tuno()\n\tdue()\n"), 1, 1},
		{"the old stays, too", edit("one()", "1()"), edit("one()", "one()\n\t1()"), 0, 1},
		{"a check", edit("\ttwo", "\tif x {\n\t\treturn\n\t}\n\ttwo"), edit("one()", "1()", "\ttwo", "\tif x {\n\t\treturn\n\t}\n\ttwo"), 1, 1},
		{"one of two alike", edit("\ttwo", "\tlog()\n\ttwo", "\tfour", "\tlog()\n\tfour"), edit("\ttwo", "\tlog()\n\ttwo"), 1, 2},
		{"elsewhere", edit("one()\n", "one()\n\textra()\n"), edit("three()\n", "three()\n\textra()\n"), 1, 1},
		{"a brace", edit("one()\n", "one()\n}\n"), edit("three()\n", "three()\n}\n"), 0, 1},
		{"ends of lines", edit("one()", "1()"), strings.ReplaceAll(edit("one()", "1()"), "\n", "\r\n"), 1, 1},
		{"upstream is empty", edit("one()", "1()"), "", 0, 1},
	} {
		taken, all := TakenOver([]byte(base), []byte(test.overlay), []byte(test.upstream))
		if len(taken) != test.taken || all != test.all {
			t.Errorf("%s: got %+v of %d, want %d of %d", test.name, taken, all, test.taken, test.all)
		}
	}
	taken, _ := TakenOver([]byte(base), []byte(edit("one()", "1()")), []byte(edit("one()", "1()")))
	if got, want := fmt.Sprintf("%+q", taken), `[{'\x04' ["\tone()\n"] ["\t1()\n"]}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
