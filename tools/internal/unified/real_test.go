package unified

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealDiffs applies what git and diff make of random edits of random files.
func TestRealDiffs(t *testing.T) {
	commands := map[string][]string{
		"git":              {"git", "diff", "--no-index", "--no-ext-diff", "--no-color", "--text"},
		"git, one line":    {"git", "diff", "--no-index", "--no-ext-diff", "--no-color", "--text", "-U1"},
		"git, no prefixes": {"git", "diff", "--no-index", "--no-ext-diff", "--no-color", "--text", "--no-prefix", "--patience"},
		"diff":             {"diff", "-u", "--text"},
		"diff, one line":   {"diff", "-U1", "--text"},
	}
	for name, command := range commands {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Skipf("%s is not installed: %v", command[0], err)
			}
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			dir := t.TempDir()
			for range 150 {
				old := randomText(random)
				edited := randomEdit(random, old)
				if edited == old {
					continue
				}
				diff := makeDiff(t, dir, command, old, edited)
				if err := checkDiff(diff, old, edited); err != nil {
					t.Fatalf("%v\nold: %q\nnew: %q\ndiff:\n%s", err, old, edited, diff)
				}
			}
		})
	}
}

// checkDiff applies a diff to the file that it was made from.
func checkDiff(diff, old, edited string) error {
	files, err := Parse(diff)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("got %d files, want 1", len(files))
	}
	got, placed, failures := files[0].Apply(old, 0)
	if len(failures) > 0 {
		if failures[0].Problem == Ambiguous && !strings.Contains(diff, "\nindex ") {
			return nil // Only git tells that it was made from this very file.
		}
		return failures[0]
	}
	if got != edited {
		return fmt.Errorf("got %q", got)
	}
	for _, p := range placed {
		if p.Offset != 0 || p.Fuzz != 0 {
			return fmt.Errorf("hunk %s at offset %d, fuzz %d", p.Hunk.Header, p.Offset, p.Fuzz)
		}
	}
	return nil
}

func makeDiff(t *testing.T, dir string, command []string, old, edited string) string {
	t.Helper()
	oldPath, newPath := filepath.Join(dir, "old"), filepath.Join(dir, "new")
	for path, content := range map[string]string{oldPath: old, newPath: edited} {
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(command[0], append(command[1:], oldPath, newPath)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	// Both exit with 1 if the files differ.
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// randomText returns a text of few different lines, such that many look alike.
func randomText(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(60) {
		b.WriteString(randomLine(random))
	}
	return maybeUnended(random, b.String())
}

func randomLine(random *rand.Rand) string {
	lines := []string{
		"\n", "}\n", "\treturn\n", "-- \n", "++ x\n", "-x\n", "@@ -1 +1 @@\n", "\\ no\n", " \n", "a\r\n", "\r\n", "ä\x00\xff\n",
		fmt.Sprintf("line %d\n", random.IntN(1000)), fmt.Sprintf("func f%d() {\n", random.IntN(1000)),
	}
	return lines[random.IntN(len(lines))]
}

func randomEdit(random *rand.Rand, text string) string {
	lines := SplitLines(text)
	var b strings.Builder
	for _, line := range lines {
		switch random.IntN(12) {
		case 0: // Taken out.
		case 1:
			b.WriteString(randomLine(random))
		case 2:
			b.WriteString(strings.TrimSuffix(line, "\n") + "\n" + randomLine(random))
		default:
			b.WriteString(line)
		}
	}
	return maybeUnended(random, b.String())
}

// maybeUnended takes the last line's end off, every now and then.
func maybeUnended(random *rand.Rand, text string) string {
	if random.IntN(4) == 0 {
		return strings.TrimSuffix(text, "\n")
	}
	return text
}
