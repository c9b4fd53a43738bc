package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

func benchEdit(root, dir string, runs int) error {
	overlay := &subject{
		name:  "go_overlay",
		root:  root,
		dir:   filepath.Join(dir, "overlay"),
		patch: "patch_dep/_overlays/client_go_retry.go",
		rc:    "build --@go_overlay//go_overlay:active=//patch_dep:client_go\n",
	}
	override := &subject{
		name:  "module_override",
		root:  root,
		dir:   filepath.Join(dir, "module_override"),
		patch: "patch_dep/client_go.patch",
		rc:    "build --@go_overlay//go_overlay:active=@go_overlay//go_overlay:none\n",
		files: map[string]string{
			"patch_dep/client_go.patch": clientGoPatch,
			"MODULE.bazel":              moduleOverride,
		},
	}
	subjects := []*subject{overlay, override}
	for _, s := range subjects {
		fmt.Fprintf(os.Stderr, "building with %s\n", s.name)
		defer s.shutDown()
		if err := s.prepare(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}

	c := &comparison{
		title: "Edit to output, k8s.io/client-go",
		names: [2]string{overlay.name, override.name},
	}
	for i := range runs {
		if err := c.run(func(subject int) (time.Duration, error) {
			return subjects[subject].edit(firstTries + 1 + i)
		}); err != nil {
			return err
		}
	}
	return c.print()
}

// firstTries is what the patches say before they are edited.
const firstTries = 8

const clientGoPatch = `--- a/util/retry/util.go
+++ b/util/retry/util.go
@@ -27,5 +27,5 @@
 // are making changes to the same resource.
 var DefaultRetry = wait.Backoff{
-	Steps:    5,
+	Steps:    8,
 	Duration: 10 * time.Millisecond,
 	Factor:   1.0,
`

const moduleOverride = `
go_deps.module_override(
    patch_strip = 1,
    patches = ["//patch_dep:client_go.patch"],
    path = "k8s.io/client-go",
)
`

// subject is a workspace in which client-go is patched in one way.
type subject struct {
	name  string
	root  string            // of the repository
	dir   string            // of the workspace
	patch string            // the file to edit, which says "Steps:    N,"
	rc    string            // end of .bazelrc
	files map[string]string // what is added to files of the examples
}

// prepare makes the workspace and builds it once.
func (s *subject) prepare() error {
	if err := workspace.CopyExamples(s.root, s.dir); err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	rc := workspace.Bazelrc(s.dir+".output", filepath.Join(cache, "go_overlay", "e2e"))
	added := map[string]string{".bazelrc": rc + s.rc}
	for name, content := range s.files {
		added[name] = content
	}
	for name, content := range added {
		path := filepath.Join(s.dir, name)
		file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString(content)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return s.buildAndRun(firstTries)
}

// edit changes the patch and measures the time until the program shows it.
func (s *subject) edit(tries int) (time.Duration, error) {
	path := filepath.Join(s.dir, s.patch)
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	before := fmt.Sprintf("Steps:    %d,", tries-1)
	after := fmt.Sprintf("Steps:    %d,", tries)
	if !bytes.Contains(content, []byte(before)) {
		return 0, fmt.Errorf("%s: does not say %q", path, before)
	}
	edited := bytes.Replace(content, []byte(before), []byte(after), 1)

	// A Bazel server tidies up after a build, for a second or so, and would do
	// it at the expense of the other one's build.
	time.Sleep(3 * time.Second)
	start := time.Now()
	if err := os.WriteFile(path, edited, 0o644); err != nil {
		return 0, err
	}
	// An earlier run of this program may have left the result in the cache.
	err = s.buildAndRun(tries, "--disk_cache=")
	return time.Since(start), err
}

// buildAndRun fails unless the program says that it tried so often.
func (s *subject) buildAndRun(tries int, flags ...string) error {
	args := append([]string{"build", "//patch_dep:app"}, flags...)
	if out, err := s.bazel(args...).CombinedOutput(); err != nil {
		return fmt.Errorf("bazelw build: %w\n%s", err, out)
	}
	app := filepath.Join(s.dir, "bazel-bin/patch_dep/app_/app")
	out, err := exec.Command(app).Output()
	if err != nil {
		return fmt.Errorf("%s: %w", app, err)
	}
	if want := fmt.Sprintf("gave up after %d tries", tries); !strings.Contains(string(out), want) {
		return fmt.Errorf("%s: prints %q, want %q", app, out, want)
	}
	return nil
}

func (s *subject) bazel(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.root, "bazelw"), args...)
	cmd.Dir = s.dir
	return cmd
}

func (s *subject) shutDown() {
	if out, err := s.bazel("shutdown").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: bazelw shutdown: %v\n%s", s.dir, err, out)
	}
}
