//go:build go1.24

package sdklock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// TestAtOnce checks that no update is lost when processes write a file at the same
// time, by different names of it.
func TestAtOnce(t *testing.T) {
	const environment, at = "SDKLOCK_TEST_UPDATE", "SDKLOCK_TEST_AT"
	if file := os.Getenv(environment); file != "" { // One of the processes.
		start, err := time.Parse(time.RFC3339Nano, os.Getenv(at))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(start))
		o := Options{File: file, Warnings: os.Stderr}
		for i := range 5 {
			s := sdkmodule.SDK{Version: fmt.Sprintf("1.26.%d", i), Platform: gosdk.Platform{GOOS: "linux", GOARCH: fmt.Sprint("p", os.Getpid())}}
			if _, err := o.update(context.Background(), map[sdkmodule.SDK]Entry{s: wellFormed('A')}); err != nil {
				t.Fatal(err)
			}
		}
		return
	}

	dir := t.TempDir()
	file, link := filepath.Join(dir, "real", "go_sdk.lock.json"), filepath.Join(dir, "link.json")
	if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o777), os.Symlink("real/go_sdk.lock.json", link)); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const processes = 10
	start := time.Now().Add(500 * time.Millisecond).Format(time.RFC3339Nano)
	failed := make(chan error)
	for i := range processes {
		cmd := exec.Command(self, "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(cmd.Environ(), environment+"="+[]string{file, link}[i%2], at+"="+start)
		go func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w\n%s", err, out)
			}
			failed <- err
		}()
	}
	for range processes {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	locked, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(locked.platformsOf(locked.versions()...)); len(locked.sdks) != 5 || n != processes {
		t.Errorf("got %d versions for %d platforms, want 5 for %d", len(locked.sdks), n, processes)
	}
	for version, platforms := range locked.sdks {
		if len(platforms) != processes {
			t.Errorf("%s has %d of %d entries", version, len(platforms), processes)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("there are %v, %v, want the lock file alone", left, err)
	}
	if target, err := os.Readlink(link); err != nil || target != "real/go_sdk.lock.json" {
		t.Errorf("got a link to %q, %v", target, err)
	}
}

// TestInterruptedWhileWaiting checks that somebody else's lock can be waited for, and
// that this ends when it is interrupted.
func TestInterruptedWhileWaiting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "go_sdk.lock.json")
	unlock, err := lock.Folder(context.Background(), filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{File: file}
	entries := map[sdkmodule.SDK]Entry{{Version: "1.26.8", Platform: linux}: wellFormed('A')}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = o.update(ctx, entries)
	if want := "interrupted\n" + file + " is left as it was"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	unlock()
	if _, err := o.update(context.Background(), entries); err != nil {
		t.Error(err)
	}
}

// TestLinks checks that links stay, those to a file that is not there yet included.
func TestLinks(t *testing.T) {
	o := Options{}
	for name, links := range map[string][]string{ // link, target, link, target
		"relative": {"link.json", "a/target.json"},
		"link":     {"link.json", "second.json", "second.json", "a/target.json"},
		"folder":   {"folder", "a/b", "a/b/link.json", "../target.json"},
	} {
		for _, exists := range []bool{true, false} {
			t.Run(fmt.Sprint(name, exists), func(t *testing.T) {
				dir := t.TempDir()
				t.Chdir(dir)
				if err := os.MkdirAll("a/b", 0o777); err != nil {
					t.Fatal(err)
				}
				if exists {
					fakeproxy.WriteFile(t, "a/target.json", `{"lock_version": 1, "sdks": {}}`)
				}
				for i := 0; i < len(links); i += 2 {
					if err := os.Symlink(links[i+1], links[i]); err != nil {
						t.Fatal(err)
					}
				}
				o.File = "link.json"
				if name == "folder" {
					o.File = "folder/link.json"
				}
				if _, err := o.update(context.Background(), map[sdkmodule.SDK]Entry{{Version: "1.26.8", Platform: linux}: wellFormed('A')}); err != nil {
					t.Fatal(err)
				}
				if info, err := os.Lstat("a/target.json"); err != nil || !info.Mode().IsRegular() {
					t.Errorf("the target is %v, %v", info, err)
				}
				if got := readTestFile(t, "a/target.json"); got != content("1.26.8", linux, wellFormed('A')) {
					t.Errorf("got:\n%s", got)
				}
				for i := 0; i < len(links); i += 2 {
					if target, err := os.Readlink(links[i]); err != nil || target != links[i+1] {
						t.Errorf("%s is a link to %q, %v", links[i], target, err)
					}
				}
			})
		}
	}

	o.File = filepath.Join(t.TempDir(), "loop.json")
	if err := os.Symlink("loop.json", o.File); err != nil {
		t.Fatal(err)
	}
	if _, err := o.update(context.Background(), nil); err == nil || !strings.Contains(err.Error(), "too many links") {
		t.Errorf("a loop: got %v", err)
	}
}
