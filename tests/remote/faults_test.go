//go:build linux

package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// faultyPackage is a program, and an overlay that each test writes anew.
var faultyPackage = map[string]string{
	"BUILD.bazel": `load("@go_overlay//go_overlay:defs.bzl", "go_overlay")
load("@rules_go//go:def.bzl", "go_binary")

go_binary(
    name = "app",
    srcs = ["main.go"],
    deps = ["@com_github_google_uuid//:uuid"],
)

go_overlay(
    name = "edit",
    importpath = "github.com/google/uuid",
    new_srcs = ["edit.go"],
    visibility = ["//visibility:public"],
)
`,
	"main.go": `package main

import "github.com/google/uuid"

func main() { println(uuid.Edit(), uuid.Nil.String()) }
`,
}

// faults are what may go wrong with a cache. The build has to end as it would
// without one. Each handler calls fired when it does so.
var faults = []struct {
	name string
	args []string
	once bool // the cache is gone then
	wrap func(cache http.Handler, fired, stop func()) http.Handler
}{
	{
		name: "answers 500",
		args: []string{"--remote_retries=1"}, // Bazel waits longer before each one.
		wrap: func(_ http.Handler, fired, _ func()) http.Handler {
			return failing(http.StatusInternalServerError, fired)
		},
	},
	{
		name: "is full",
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			return choose(isPut, failing(http.StatusInsufficientStorage, fired), cache)
		},
	},
	{
		name: "serves truncated files",
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			return choose(isBlob, changing(cache, fired, func(body []byte) []byte { return body[:len(body)/2] }), cache)
		},
	},
	{
		name: "breaks off",
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			return choose(isBlob, breakingOff(cache, fired), cache)
		},
	},
	{
		name: "serves corrupt files",
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			return choose(isBlob, changing(cache, fired, corrupted), cache)
		},
	},
	{
		name: "serves results of actions that can't be read",
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			return choose(isResult, changing(cache, fired, func([]byte) []byte { return []byte("no message") }), cache)
		},
	},
	{
		name: "is slow",
		args: []string{"--remote_timeout=1s", "--remote_retries=1"},
		wrap: func(cache http.Handler, fired, _ func()) http.Handler {
			slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fired()
				time.Sleep(1500 * time.Millisecond)
				cache.ServeHTTP(w, r)
			})
			return choose(isResult, slow, cache)
		},
	},
	{
		name: "stops",
		once: true,
		wrap: func(cache http.Handler, fired, stop func()) http.Handler {
			var requests atomic.Int32
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) >= 3 {
					fired()
					stop()
				}
				cache.ServeHTTP(w, r)
			})
		},
	},
}

func failing(code int, fired func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fired()
		_, _ = io.Copy(io.Discard, r.Body) // A client waits until it is read.
		w.WriteHeader(code)
	})
}

func choose(chooses func(*http.Request) bool, one, other http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if chooses(r) {
			one.ServeHTTP(w, r)
		} else {
			other.ServeHTTP(w, r)
		}
	})
}

func isPut(r *http.Request) bool { return r.Method == http.MethodPut }

func isBlob(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/cas/")
}

func isResult(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/ac/")
}

// changing answers with other bytes.
func changing(cache http.Handler, fired func(), change func([]byte) []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		cache.ServeHTTP(answer, r)
		if answer.Code == http.StatusOK {
			fired()
			answer.Body = bytes.NewBuffer(change(bytes.Clone(answer.Body.Bytes())))
		}
		w.WriteHeader(answer.Code)
		_, _ = answer.Body.WriteTo(w) // Bazel may be gone.
	})
}

func corrupted(body []byte) []byte {
	if len(body) > 0 {
		body[len(body)/2] ^= 0xff
	}
	return body
}

// breakingOff answers with half of what it announces.
func breakingOff(cache http.Handler, fired func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fired()
		answer := httptest.NewRecorder()
		cache.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2]) // Bazel may be gone.
		panic(http.ErrAbortHandler)
	})
}

// testFaults builds edits of a program with caches that fail. All that the edits don't
// change is there before, or comes from a disk cache, that of the machine another.
func testFaults(t *testing.T, one, another *machine, dir, disk string) {
	other := newFaultyProgram(t, another, disk) // First: its user can't write where another one has made folders.
	program := newFaultyProgram(t, one, disk)
	t.Run("nginx", func(t *testing.T) { testNginx(t, program, filepath.Join(dir, "nginx")) })
	t.Run("casd", func(t *testing.T) { testCasd(t, program, filepath.Join(dir, "casd")) })
	t.Run("race", func(t *testing.T) { testRace(t, program, other, filepath.Join(dir, "race")) })
}

// testNginx builds an edit that is in the cache, and one that is not.
func testNginx(t *testing.T, program *faultyProgram, store string) {
	healthy := "--remote_cache=" + startNginx(t, store).URL
	program.edits++
	want := program.mustBuild(t, healthy)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			// Another server of the same store, for it may be stopped.
			failing := startNginx(t, store)
			var proxy *bazeltest.Proxy
			var count atomic.Int32
			stop := sync.OnceFunc(func() {
				_ = proxy.Stop() // Requests break off.
				failing.Stop()
			})
			proxy, err := bazeltest.StartProxy(failing, func(cache http.Handler) http.Handler {
				return fault.wrap(cache, func() { count.Add(1) }, stop)
			})
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			faulty := append(slices.Clone(fault.args), "--remote_cache="+proxy.URL)

			if !fault.once {
				if got := program.mustBuild(t, faulty...); got != want {
					t.Errorf("in the cache: got a program with the digest %s, want %s", got, want)
				}
				// Files that are only downloaded once they are needed can't be made again then.
				got, err := program.build(t, append(slices.Clone(faulty), "--remote_download_outputs=toplevel")...)
				if err != nil && !strings.Contains(err.Error(), "Failed to fetch blobs because of a remote cache error") {
					t.Error(err)
				} else if err == nil && got != want {
					t.Errorf("in the cache, and some is downloaded: got a program with the digest %s, want %s", got, want)
				}
			}
			before := want
			program.edits++
			got := program.mustBuild(t, faulty...)
			if want = program.mustBuild(t, healthy); got != want {
				t.Errorf("not in the cache: got a program with the digest %s, want %s", got, want)
			}
			if want == before {
				t.Errorf("two edits make one program, with the digest %s", want)
			}
			if count.Load() == 0 {
				t.Error("the cache did not fail")
			}
		})
	}
	if checkBlobs(t, filepath.Join(store, "cache/cas")) == 0 || program.stored == 0 {
		t.Error("nothing is stored")
	}
}

// testCasd has a server of the Remote Execution API fail.
func testCasd(t *testing.T, program *faultyProgram, dir string) {
	var calls, limit atomic.Int32
	casd, err := bazeltest.StartCasd(dir, bazeltest.CasdOptions{
		Jobs: 2,
		Intercept: func(string) error {
			if calls.Add(1) > limit.Load() {
				return status.Error(codes.Unavailable, "the server has gone")
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer casd.Stop()
	for _, test := range []struct {
		name  string
		calls int32 // that are answered
		args  []string
	}{
		{"cache that is not there", 0, []string{"--remote_cache=" + casd.URL}},
		{"cache that goes away", 5, []string{"--remote_cache=" + casd.URL}},
		{"execution that goes away", 5, []string{"--remote_executor=" + casd.URL, "--remote_local_fallback"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append(test.args, "--remote_retries=1")
			program.edits++
			calls.Store(0)
			limit.Store(test.calls)
			got := program.mustBuild(t, args...)
			if calls.Load() <= test.calls {
				t.Errorf("%d calls: the server did not fail", calls.Load())
			}
			limit.Store(math.MaxInt32)
			if want := program.mustBuild(t, args...); got != want {
				t.Errorf("got a program with the digest %s, want %s", got, want)
			}
		})
	}
}

// testRace has two machines build the same at a time, with one cache, which stores
// nothing before both have asked for it.
func testRace(t *testing.T, one, other *faultyProgram, store string) {
	nginx := startNginx(t, store)
	programs := []*faultyProgram{one, other}
	other.edits = one.edits
	var asked sync.WaitGroup
	asked.Add(len(programs))
	type outcome struct {
		digest string
		err    error
	}
	outcomes := make(chan outcome)
	for _, program := range programs {
		ask := sync.OnceFunc(asked.Done)
		proxy, err := bazeltest.StartProxy(nginx, func(cache http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if isResult(r) {
					ask()
				} else if isPut(r) {
					asked.Wait()
				}
				cache.ServeHTTP(w, r)
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		defer proxy.Stop() // The test is over.
		program.edits++
		go func() {
			digest, err := program.build(t, "--remote_cache="+proxy.URL)
			outcomes <- outcome{digest, err}
		}()
	}
	first, second := <-outcomes, <-outcomes
	if first.err != nil || second.err != nil || first.digest != second.digest {
		t.Errorf("got %v and %v", first, second)
	}
	if checkBlobs(t, filepath.Join(store, "cache/cas")) == 0 {
		t.Error("nothing is stored")
	}
}

func startNginx(t *testing.T, dir string) *bazeltest.Nginx {
	server, err := bazeltest.StartNginx(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

// A faultyProgram is the program of faultyPackage on a machine.
type faultyProgram struct {
	machine *machine
	disk    string // a disk cache with the program before all edits
	edits   int    // how often the overlay was changed, to something that it never was
	stored  int    // how many files were in the disk caches of builds, all with the right content
}

func newFaultyProgram(t *testing.T, m *machine, disk string) *faultyProgram {
	p := &faultyProgram{machine: m, disk: disk}
	for name, content := range faultyPackage {
		m.write(t, "faults/"+name, content)
	}
	if err := p.restore(t); err != nil {
		t.Fatal(err)
	}
	return p
}

// write writes an edit of the overlay. Edit 0 is the program before all edits.
func (p *faultyProgram) write(edit int) error {
	content := fmt.Sprintf("package uuid\n\nfunc Edit() string { return %q }\n", said(edit))
	return os.WriteFile(filepath.Join(p.machine.workspace, "faults/edit.go"), []byte(content), 0o644)
}

// said is what the program says.
func said(edit int) string { return fmt.Sprintf("edit %d", edit) }

// mustBuild returns the digest of the program, all of which is downloaded.
func (p *faultyProgram) mustBuild(t *testing.T, args ...string) string {
	t.Helper()
	digest, err := p.build(t, append(args, "--remote_download_outputs=all")...)
	if err != nil {
		t.Error(err)
	}
	return digest
}

// build returns the digest of the program, which has to say what it was edited to. What the edit
// makes is not there before: it comes from what args name, and nothing else.
func (p *faultyProgram) build(t *testing.T, args ...string) (string, error) {
	if err := errors.Join(p.restore(t), p.write(p.edits)); err != nil {
		return "", err
	}
	disk := filepath.Join(p.machine.dir, "tmp/disk")
	if err := bazeltest.RemoveAll(disk); err != nil && !os.IsNotExist(err) {
		return "", err
	}
	err := p.bazelBuild(t, append(args, "--disk_cache="+disk)...)
	p.stored += checkBlobs(t, filepath.Join(disk, "cas"))
	if err != nil {
		return "", err
	}
	program := filepath.Join(p.machine.workspace, "bazel-bin/faults/app_/app")
	content, err := os.ReadFile(program)
	if err != nil {
		return "", err
	}
	out, err := exec.Command(program).CombinedOutput()
	if want := said(p.edits); err != nil || !strings.HasPrefix(string(out), want+" ") {
		return "", fmt.Errorf("the program says %q (%v), want %q", out, err, want)
	}
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:]), nil
}

// restore builds the program before all edits, with all that it is made of.
func (p *faultyProgram) restore(t *testing.T) error {
	if err := p.write(0); err != nil {
		return err
	}
	return p.bazelBuild(t, "--disk_cache="+p.disk, "--remote_download_outputs=all")
}

func (p *faultyProgram) bazelBuild(t *testing.T, args ...string) error {
	_, err := p.machine.bazel(t.Context(), p.machine.buildCommand("build", append(args,
		"--@go_overlay//go_overlay:active=//faults:edit", "//faults:app")...)...)
	return err
}

// checkBlobs makes sure that each file of a content-addressed store has the content
// that its name says. It returns how many there are.
func checkBlobs(t *testing.T, dir string) (count int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count++
		if digest := sha256.Sum256(content); hex.EncodeToString(digest[:]) != entry.Name() {
			t.Errorf("%s: the content has another digest", path)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return count
}
