//go:build go1.24

package sdksource

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

var linux = gosdk.Platform{GOOS: "linux", GOARCH: "amd64"}

func newServers(t *testing.T) *fakeproxy.Servers {
	s := fakeproxy.New(t, "1.9", "1.20", "1.20.14", "1.26rc1", "1.26.0", "1.26.8", "1.26.10", "1.27beta1", "1.27rc1", "1.27rc2")
	t.Setenv("GOMODCACHE", t.TempDir())
	return s
}

// withoutGo hides the go command.
func withoutGo(t *testing.T) { t.Setenv("PATH", t.TempDir()) }

// lockFile writes one with versions for linux_amd64, as served.
func lockFile(t *testing.T, s *fakeproxy.Servers, versions ...string) string {
	t.Helper()
	var entries []string
	for _, v := range versions {
		h1, digest := s.Sums(sdkmodule.SDK{Version: v, Platform: linux})
		entries = append(entries, fmt.Sprintf(`%q: {"linux_amd64": {"h1": %q, "sha256": %q}}`, v, h1, digest))
	}
	path := filepath.Join(t.TempDir(), "go_sdk.lock.json")
	fakeproxy.WriteFile(t, path, `{"lock_version": 1, "sdks": {`+strings.Join(entries, ",")+"}}")
	return path
}

func TestResolve(t *testing.T) {
	tests := []struct{ text, want, err string }{
		{"1.26", "1.26.10", ""},
		{"go1.26", "1.26.10", ""},
		{"1.2", "", "GOPROXY lists no 1.2 for linux_amd64; "},
		{"1", "1.26.10", ""},
		{"latest", "1.26.10", ""},
		{"stable", "1.26.10", ""},
		{"1.27", "1.27rc2", ""},
		{"1.27beta", "1.27beta1", ""},
		{"1.26rc", "1.26rc1", ""},
		{"1.20", "1.20.14", ""},
		{"1.20.0", "1.20", ""},
		{"1.28", "", "GOPROXY lists no 1.28 for linux_amd64; near it: 1.27rc2; the newest: 1.26.10; all of them: overlay sdk list -remote"},
		{"1.24", "", "GOPROXY lists no 1.24 for linux_amd64; near it: 1.26rc1, 1.20.14; "},
		{"1.5", "", "GOPROXY lists no 1.5 for linux_amd64; near it: 1.9; "},
		{"1.26.9", "1.26.9", ""}, // A proxy may have more than it lists.
		{"1.28rc1", "1.28rc1", ""},
		{"1.26.8-acme", "", "expected a version of Go such as 1.26.8, 1.26, 1.27rc1 or latest"},
		{"newest", "", `found "newest"`},
		{"", "", "expected a version"},
		{"v1.26", "1.26.10", ""},
		{"v1.26.8", "1.26.8", ""},
		{"1.26.x", "1.26.10", ""},
		{"latest:1.26", "1.26.10", ""},
		{"vacuum", "", "expected a version"},
	}
	for _, without := range []bool{false, true} {
		t.Run(fmt.Sprint("without go ", without), func(t *testing.T) {
			newServers(t)
			if without {
				withoutGo(t)
			}
			for _, tt := range tests {
				got, err := Resolve(context.Background(), tt.text, linux, "")
				if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
					t.Errorf("%s: got %q, %v", tt.text, got, err)
				}
			}
		})
	}
}

func TestResolveByLock(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.0", "1.26.8", "1.27rc1")
	for _, tt := range []struct{ text, want, err string }{
		{"1.26", "1.26.8", ""},
		{"latest", "1.26.8", ""},
		{"1.27", "1.27rc1", ""},
		{"1.26.0", "1.26.0", ""},
		{"1.26.10", "", lock + " has no 1.26.10 for linux_amd64; near it: 1.26.8, 1.26.0; the newest: 1.26.8; " +
			"to lock one: overlay sdk lock -file " + lock + " -platforms linux_amd64 1.26.10"},
		{"1.20", "", " has no 1.20 for linux_amd64"},
	} {
		got, err := Resolve(context.Background(), tt.text, linux, lock)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: got %q, %v", tt.text, got, err)
		}
		if err != nil && !errors.As(err, new(*NotLockedError)) {
			t.Errorf("%s: %v is a %T", tt.text, err, err)
		}
	}
	if _, err := Resolve(context.Background(), "1.26", gosdk.Platform{GOOS: "plan9", GOARCH: "386"}, lock); err == nil || !strings.Contains(err.Error(), "no version for plan9_386") {
		t.Errorf("got %v", err)
	}
	if s.Requests > 0 {
		t.Error("the proxy was asked")
	}
	fakeproxy.WriteFile(t, lock, "{}")
	if _, err := Resolve(context.Background(), "1.26", linux, lock); err == nil || !strings.Contains(err.Error(), "the lock file "+lock) || errors.As(err, new(*NotLockedError)) {
		t.Errorf("got %v", err)
	}
}

func TestRemote(t *testing.T) {
	want := []string{"1.27rc2", "1.27rc1", "1.27beta1", "1.26.10", "1.26.8", "1.26.0", "1.26rc1", "1.20.14", "1.20", "1.9"}
	s := newServers(t)
	proxies := map[string]string{"http": s.Proxy.URL, "file": s.FilesURL(t)}
	for name, proxy := range proxies {
		t.Setenv("GOPROXY", proxy)
		for _, database := range []string{os.Getenv("GOSUMDB"), "off"} { // Nothing is verified for a list.
			t.Setenv("GOSUMDB", database)
			if got, err := Remote(context.Background(), linux); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
		}
	}
	withoutGo(t)
	for name, proxy := range proxies {
		t.Setenv("GOPROXY", proxy)
		if got, err := Remote(context.Background(), linux); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, without go: got %v, %v", name, got, err)
		}
	}
	t.Setenv("GOPROXY", "")
	if _, err := Remote(context.Background(), linux); err == nil || !strings.Contains(err.Error(), "GOPROXY is not set, and there is no go command") {
		t.Errorf("got %v", err)
	}
	other := httptest.NewServer(nil)
	other.Close()
	t.Setenv("GOPROXY", other.URL)
	if _, err := Resolve(context.Background(), "1.26", linux, ""); err == nil || !strings.Contains(err.Error(), "which version 1.26 is: what GOPROXY has of golang.org/toolchain: ") {
		t.Errorf("got %v", err)
	}
}

func TestNewest(t *testing.T) {
	versions := []string{"1.9", "1.26.8", "1.26.10", "1.27rc1"} // in no order
	for part, want := range map[string]string{"1.26": "1.26.10", "go1.26": "1.26.10", "latest": "1.26.10", "1.27": "1.27rc1", "1.28": ""} {
		if got := Newest(part, versions); got != want {
			t.Errorf("%s: got %q, want %q", part, got, want)
		}
	}
	if !slices.Equal(versions, []string{"1.9", "1.26.8", "1.26.10", "1.27rc1"}) {
		t.Errorf("they are sorted: %v", versions)
	}
}

func TestFindLock(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(root, "go_sdk.lock.json")
	fakeproxy.WriteFile(t, lock, "")
	fakeproxy.WriteFile(t, filepath.Join(root, "MODULE.bazel"), "")
	if got, err := FindLock(dir); err != nil || got != lock {
		t.Errorf("got %q, %v", got, err)
	}
	fakeproxy.WriteFile(t, filepath.Join(root, "a", "go.work"), "")
	if got, err := FindLock(dir); err != nil || got != lock {
		t.Errorf("above a go.work: got %q, %v", got, err)
	}
	fakeproxy.WriteFile(t, filepath.Join(root, "a", "MODULE.bazel"), "")
	if got, err := FindLock(dir); err != nil || got != "" {
		t.Errorf("in another workspace: got %q, %v", got, err)
	}
	// One that can't be looked at may be there.
	loop := filepath.Join(t.TempDir(), "go_sdk.lock.json")
	if err := os.Symlink("go_sdk.lock.json", loop); err != nil {
		t.Skip(err)
	}
	if got, err := FindLock(filepath.Dir(loop)); err == nil {
		t.Errorf("a link to itself: got %q", got)
	}
}
