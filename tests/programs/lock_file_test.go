package programs

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMalformedLockFile checks that a lock file of SDKs is refused if and only if
// Starlark, which has the same cases, refuses it.
func TestMalformedLockFile(t *testing.T) {
	source, err := os.ReadFile("../analysis/sdk_lock_cases.bzl")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(source), `r"""`)
	text, _, _ = strings.Cut(text, `"""`)
	var cases [][3]string
	if err := json.Unmarshal([]byte(text), &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	h1, sha256 := "h1:"+strings.Repeat("A", 43)+"=", strings.Repeat("a", 64)
	replacer := strings.NewReplacer("ENTRY", fmt.Sprintf(`{"h1": %q, "sha256": %q}`, h1, sha256), "H1", h1, "SHA256", sha256)
	t.Setenv("GOPROXY", "off") // What is not refused has nothing to download.
	file := filepath.Join(t.TempDir(), "go_sdk.lock.json")
	for _, tt := range cases {
		content, want := replacer.Replace(tt[0]), tt[2]
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, argument := range []string{"1.26.8", "-check"} {
			cmd := exec.Command("overlay", "sdk", "lock", "-file", file, argument)
			out, err := cmd.CombinedOutput()
			switch _, reason, refused := strings.Cut(string(out), "the lock file "+file+": "); {
			case refused != (want != ""):
				t.Errorf("%s\n%v: refused: %v\n%s", content, cmd, refused, out)
			case refused && (cmd.ProcessState.ExitCode() != 1 || !strings.Contains(reason, want)):
				t.Errorf("%s\n%v: %v\n%swant in it: %s", content, cmd, err, out, want)
			}
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != content {
			t.Errorf("the file has changed from:\n%s\nto:\n%s", content, after)
		}
	}
}
