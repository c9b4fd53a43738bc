package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// runsCommand is a variable of the environment that makes this program the command.
const runsCommand = "OVERLAY_TEST_COMMAND"

func init() {
	if os.Getenv(runsCommand) != "" {
		main()
	}
}

// operands of each verb that asks Bazel.
var asking = map[string][]string{
	"accept":  {"uuid"},
	"convert": {"uuid"},
	"debug":   {"-launch-json", "//:app"},
	"deps":    nil,
	"diff":    nil,
	"drop":    {"uuid"},
	"edit":    {"-no-editor", "net/http/request.go"},
	"export":  nil,
	"go":      {"build"},
	"ide":     {"goland"},
	"import":  {"fix.patch"},
	"rebase":  {"-check"},
	"save":    {"uuid"},
	"show":    {"net/http"},
	"status":  nil,
}

// offline are command lines that don't.
var offline = [][]string{
	{"help"}, {"help", "edit"}, {"edit", "-h"}, {"completion", "bash"}, {"__complete", "ed"}, {"__complete", "edit", "-"}, {"__complete", "drop", ""}, {"__complete", "ide", ""},
	{"no-such-verb"}, {"edit"}, {"save"}, {"show", "a", "b"}, {"sdk", "list"}, {"sdk", "path", "1.26.8"}, {"sdk", "lock", "-check"}, {"sdk", "lock", "no-version"},
	{"debug"}, {"debug", "-attach", "1", "//:app", "argument"}, {"debug", "//:app"}, // Delve is missing.
}

// commandIn returns what runs the command in a workspace with a Bazel, or without one.
func commandIn(t *testing.T, bazel string) (run func(args ...string) (said string), root string) {
	t.Helper()
	root = t.TempDir()
	if err := txtar.Write(txtar.Parse([]byte("-- MODULE.bazel --\n-- go --\n#!/bin/sh\necho {}\n-- fix.patch --\n--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n-package a\n+package b\n")), root); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(root, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	goCommand := "" // none
	if bazel != "" {
		goCommand = filepath.Join(root, "go")
		bazel = filepath.Join(root, bazel)
	}
	return func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), runsCommand+"=1", "BAZEL="+bazel, "PATH=", "GO_OVERLAY_GO="+goCommand, "BUILD_WORKING_DIRECTORY=", "PAGER=", "GO_OVERLAY_SDK_STORE="+filepath.Join(root, "store"))
		out, _ := cmd.CombinedOutput()
		return string(out)
	}, root
}

// TestBusy checks that each verb says that Bazel waits for another command, and that those never ask it which need not.
func TestBusy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Bazel is a shell script")
	}
	const waiting = "Another command (pid=42) is running. Waiting for it to complete on the server..."
	run, root := commandIn(t, "bazel")
	log := filepath.Join(root, "log")
	if err := os.WriteFile(filepath.Join(root, "bazel"), []byte("#!/bin/sh\necho x >> '"+log+"'\necho '"+waiting+"' >&2\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range offline {
		said := run(args...)
		if _, err := os.Stat(log); err == nil {
			t.Fatalf("%q asked Bazel, and said %s", args, said)
		}
	}
	for _, group := range overlay.Groups {
		for _, verb := range group.Verbs {
			if strings.HasPrefix(verb.Name, "sdk ") {
				continue
			}
			operands, ok := asking[verb.Name]
			if said := run(append([]string{verb.Name}, operands...)...); !ok || !strings.Contains(said, "bazel: "+waiting+"\n") {
				t.Errorf("%s: got %s", verb.Name, said)
			}
		}
	}
}

// TestNoBazel checks that each verb says so where there is none, and that those work which need none.
func TestNoBazel(t *testing.T) {
	run, _ := commandIn(t, "")
	for verb, operands := range asking {
		const want = "neither bazelisk nor bazel is on PATH; install one, or name it in the environment, as BAZEL\n"
		if said := run(append([]string{verb}, operands...)...); said != want {
			t.Errorf("%s: got %s", verb, said)
		}
	}
	for _, args := range offline {
		if said := run(args...); strings.Contains(said, "bazel is on PATH") {
			t.Errorf("%q: got %s", args, said)
		}
	}
	if said := run("sdk", "lock", "1.26.8"); !strings.Contains(said, "put go on PATH, or set GO_OVERLAY_GO to its path") {
		t.Errorf("got %s", said)
	}
	run, _ = commandIn(t, "none")
	if said := run("status"); !strings.Contains(said, "none, which can't be run: ") {
		t.Errorf("got %s", said)
	}
}
