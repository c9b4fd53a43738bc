package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-overlay/go_overlay/tests/servers"
	"github.com/go-overlay/go_overlay/tests/workspace"
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
// without one.
var faults = []struct {
	name string
	args []string
	wrap func(cache http.Handler, stop func()) http.Handler
}{
	{
		name: "answers 500",
		wrap: func(cache http.Handler, _ func()) http.Handler { return failing(http.StatusInternalServerError) },
	},
	{
		name: "is full",
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return choose(isMethod(http.MethodPut), failing(http.StatusInsufficientStorage), cache)
		},
	},
	{
		name: "serves truncated files",
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return choose(isBlob, changing(cache, func(body []byte) []byte { return body[:len(body)/2] }), cache)
		},
	},
	{
		name: "breaks off",
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return choose(isBlob, breakingOff(cache), cache)
		},
	},
	{
		name: "serves corrupt files",
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return choose(isBlob, changing(cache, corrupted), cache)
		},
	},
	{
		name: "serves corrupt results of actions",
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return choose(isResult, changing(cache, corrupted), cache)
		},
	},
	{
		name: "is slow",
		args: []string{"--remote_timeout=1s"},
		wrap: func(cache http.Handler, _ func()) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(1500 * time.Millisecond)
				cache.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "stops",
		wrap: func(cache http.Handler, stop func()) http.Handler {
			var requests atomic.Int32
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) == 3 {
					stop()
				}
				cache.ServeHTTP(w, r)
			})
		},
	},
}

func failing(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

func isMethod(method string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method }
}

func isBlob(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/cas/")
}

func isResult(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/ac/")
}

// changing answers with other bytes.
func changing(cache http.Handler, change func([]byte) []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		cache.ServeHTTP(answer, r)
		if answer.Code == http.StatusOK {
			body := change(bytes.Clone(answer.Body.Bytes()))
			answer.Body = bytes.NewBuffer(body)
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
func breakingOff(cache http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		cache.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2]) // Bazel may be gone.
		panic(http.ErrAbortHandler)
	})
}

// TestFaults builds an edit that is in the cache, and one that is not, with a cache
// that fails. All else comes from a disk cache.
func TestFaults(t *testing.T) {
	dir := sharedFolder(t)
	program := newFaultyProgram(t, addMachine(t, filepath.Join(dir, "machine"), "go_overlay"))
	store := filepath.Join(dir, "nginx")
	nginx := startNginx(t, store)
	healthy := "--remote_cache=" + nginx.URL
	known := program.edit(t)
	want := program.build(t, healthy)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			// Another server of the same store, for it may be stopped.
			failing := startNginx(t, store)
			proxy, err := servers.StartProxy(failing, func(cache http.Handler) http.Handler {
				return fault.wrap(cache, sync.OnceFunc(failing.Stop))
			})
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Stop() // The test is over.
			faulty := append(slices.Clone(fault.args), "--remote_cache="+proxy.URL)

			if got := program.build(t, faulty...); got != want {
				t.Errorf("%s, which is in the cache: got a program with the digest %s, want %s", known, got, want)
			}
			// Files that are only downloaded once they are needed can't be made again then.
			got, err := program.tryBuild(t, append(slices.Clone(faulty), "--remote_download_outputs=toplevel")...)
			if err != nil && !strings.Contains(err.Error(), "Failed to fetch blobs because of a remote cache error") {
				t.Error(err)
			} else if err == nil && got != want {
				t.Errorf("%s, of which some is downloaded: got a program with the digest %s, want %s", known, got, want)
			}
			known = program.edit(t)
			got = program.build(t, faulty...)
			if want = program.build(t, healthy); got != want {
				t.Errorf("%s, which is not in the cache: got a program with the digest %s, want %s", known, got, want)
			}
		})
	}
	checkBlobs(t, filepath.Join(store, "cache/cas"))
}

// TestFaultsOfCasd has a server of the Remote Execution API fail.
func TestFaultsOfCasd(t *testing.T) {
	dir := sharedFolder(t)
	program := newFaultyProgram(t, addMachine(t, filepath.Join(dir, "machine"), "go_overlay"))
	var calls, limit atomic.Int32
	casd, err := servers.StartCasd(filepath.Join(dir, "casd"), servers.CasdOptions{
		Jobs: 2,
		Intercept: func(string) error {
			if n := limit.Load(); n > 0 && calls.Add(1) > n {
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
		name string
		args []string
	}{
		{"cache", []string{"--remote_cache=" + casd.URL}},
		{"execution", []string{"--remote_executor=" + casd.URL, "--remote_local_fallback"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append(test.args, "--remote_retries=1")
			edit := program.edit(t)
			calls.Store(0)
			limit.Store(5) // Enough to begin with.
			got := program.build(t, args...)
			if calls.Load() <= limit.Load() {
				t.Errorf("%d calls: the server did not fail", calls.Load())
			}
			limit.Store(0)
			if want := program.build(t, args...); got != want {
				t.Errorf("%s: got a program with the digest %s, want %s", edit, got, want)
			}
		})
	}
}

// TestRace has two machines build the same at a time, with one cache.
func TestRace(t *testing.T) {
	dir := sharedFolder(t)
	store := filepath.Join(dir, "nginx")
	nginx := startNginx(t, store)
	var programs []*faultyProgram
	for _, name := range []string{"one", "another"} {
		programs = append(programs, newFaultyProgram(t, addMachine(t, filepath.Join(dir, name), "go_overlay")))
	}
	for range 2 {
		got := make([]string, len(programs))
		var group sync.WaitGroup
		for i, program := range programs {
			program.edit(t)
			group.Go(func() { got[i] = program.build(t, "--remote_cache="+nginx.URL) })
		}
		group.Wait()
		if got[0] != got[1] {
			t.Errorf("got programs with the digests %v", got)
		}
	}
	checkBlobs(t, filepath.Join(store, "cache/cas"))
}

func startNginx(t *testing.T, dir string) *servers.Nginx {
	server, err := servers.StartNginx(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

// A faultyProgram is the program of faultyPackage on a machine.
type faultyProgram struct {
	machine *machine
	disk    string // a disk cache with all that the edits don't change
	edits   int
}

func newFaultyProgram(t *testing.T, m *machine) *faultyProgram {
	p := &faultyProgram{machine: m, disk: filepath.Join(m.dir, "disk")}
	for name, content := range faultyPackage {
		m.write(t, "faults/"+name, content)
	}
	p.edit(t)
	if _, err := m.build(t.Context(), "build", "--disk_cache="+p.disk, editedProgram, editIsActive); err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	editedProgram = "//faults:app"
	editIsActive  = "--@go_overlay//go_overlay:active=//faults:edit"
)

// edit has the overlay make something that it never was, and returns what that is.
func (p *faultyProgram) edit(t *testing.T) string {
	p.edits++
	name := fmt.Sprintf("edit %d", p.edits)
	p.machine.write(t, "faults/edit.go", fmt.Sprintf("package uuid\n\nfunc Edit() string { return %q }\n", name))
	return name
}

// build returns the digest of the program.
func (p *faultyProgram) build(t *testing.T, args ...string) string {
	t.Helper()
	digest, err := p.tryBuild(t, append(args, "--remote_download_outputs=all")...)
	if err != nil {
		t.Error(err)
	}
	return digest
}

// tryBuild returns the digest of the program, or what Bazel says.
func (p *faultyProgram) tryBuild(t *testing.T, args ...string) (string, error) {
	t.Helper()
	// A copy: the edit is to come from the remote cache, and nothing else.
	disk := filepath.Join(p.machine.dir, "tmp/disk")
	if err := workspace.RemoveAll(disk); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := linkOrCopy(p.disk, disk); err != nil {
		t.Fatal(err)
	}
	spawns, err := p.machine.build(t.Context(), "build", append(args, "--disk_cache="+disk, editedProgram, editIsActive)...)
	checkBlobs(t, filepath.Join(disk, "cas"))
	if err != nil {
		return "", err
	}
	for _, s := range spawns {
		if s.Mnemonic == "GoLink" {
			return s.ActualOutputs[0].Digest.Hash, nil
		}
	}
	return "", errors.New("nothing was linked")
}

// checkBlobs makes sure that each file of a content-addressed store has the content
// that its name says.
func checkBlobs(t *testing.T, dir string) {
	t.Helper()
	count := 0
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
	if err != nil {
		t.Error(err)
	}
	if count == 0 {
		t.Errorf("%s: nothing is stored", dir)
	}
}
