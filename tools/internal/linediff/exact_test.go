package linediff

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestExactApplies checks that git makes the new text of the old one, to the byte.
func TestExactApplies(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	text := func() string {
		var b strings.Builder
		for range 1 + random.IntN(40) {
			b.WriteByte(byte('a' + random.IntN(12)))
			b.WriteString([]string{"\n", "\n", "\r\n", " \n"}[random.IntN(4)])
		}
		return strings.TrimSuffix(b.String(), []string{"", "\n"}[random.IntN(2)])
	}
	// Each file is a case, and git is started once.
	dir := t.TempDir()
	var diff strings.Builder
	want := map[string]string{}
	for i := range 300 {
		name := "file" + strconv.Itoa(i)
		old, new := text(), text()
		if i%2 == 0 { // A small change.
			at := random.IntN(len(old) + 1)
			new = old[:at] + "x\n" + old[at:]
		}
		if old == new {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(old), 0o644); err != nil {
			t.Fatal(err)
		}
		want[name] = new
		diff.WriteString("--- a/" + name + "\n+++ b/" + name + "\n" + Exact(old, new))
	}
	cmd := exec.Command(git, "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-p1", "-")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	cmd.Stdin = strings.NewReader(diff.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v, got %q, want %q", name, err, got, want)
		}
	}
}
