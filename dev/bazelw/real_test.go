package bazelw_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRealBazel builds with the Bazel that bazelw finds on this machine. The
// rootfs, if it takes one, is that of the user's cache folder; it is made if it
// is not there, which takes a minute or two.
func TestRealBazel(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: may have to install Bazel")
	}
	workspace := t.TempDir()
	for name, text := range map[string]string{
		"MODULE.bazel": "module(name = \"real\")\nbazel_dep(name = \"bazel_skylib\", version = \"1.8.1\")\n",
		".bazelrc":     "try-import %workspace%/offline.bazelrc\n",
		// A lock file as one would commit: not to be touched offline.
		"MODULE.bazel.lock": "{}\n",
		"BUILD.bazel": `load("@bazel_skylib//rules:write_file.bzl", "write_file")

write_file(
    name = "greeting",
    out = "greeting.txt",
    content = ["hello"],
)

genrule(
    name = "sandboxed",
    srcs = ["greeting.txt"],
    outs = ["sandboxed.txt"],
    cmd = "cat $< > $@; echo >> $@; pwd >> $@",
)

genrule(
    name = "broken",
    outs = ["broken.txt"],
    cmd = "exit 1",
)
`,
	} {
		if err := os.WriteFile(filepath.Join(workspace, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	outputs := t.TempDir()
	call := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		cmd := exec.Command(bazelw, append([]string{"--output_user_root=" + outputs}, args...)...)
		cmd.Dir = workspace
		var out, err bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &err
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Fatalf("bazelw %q: exit code %d, expected %d\n%s%s", args, got, code, &out, &err)
		}
		return out.String(), err.String()
	}
	t.Cleanup(func() {
		call(0, "shutdown")
		// Bazel makes its outputs read-only: the test's own removal fails on them.
		if out, err := exec.Command("chmod", "-R", "u+w", outputs).CombinedOutput(); err != nil {
			t.Logf("%v: %s", err, out)
		}
	})

	args := []string{"build", "//:sandboxed"}
	if runtime.GOOS == "linux" {
		// Fails if Bazel finds that linux-sandbox does not work here.
		args = append(args, "--spawn_strategy=linux-sandbox", "--genrule_strategy=linux-sandbox")
	}
	call(0, args...)
	data, err := os.ReadFile(filepath.Join(workspace, "bazel-bin", "sandboxed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "output of the genrule", string(data), "hello\n", "/sandbox/")
	call(1, "build", "//:broken")

	stdout, _ := call(0, "info", "workspace")
	if got := strings.TrimSpace(stdout); got != workspace {
		t.Errorf("bazelw info workspace: stdout is %q, expected %q alone", got, workspace)
	}
	if exists(filepath.Join(workspace, "offline.bazelrc")) {
		lock, err := os.ReadFile(filepath.Join(workspace, "MODULE.bazel.lock"))
		if err != nil || string(lock) != "{}\n" {
			t.Errorf("MODULE.bazel.lock was changed to %q (%v)", lock, err)
		}
	}
}
