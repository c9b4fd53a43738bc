//go:build go1.24

package sdklock

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

var (
	linux = gosdk.Platform{GOOS: "linux", GOARCH: "amd64"}
	mac   = gosdk.Platform{GOOS: "darwin", GOARCH: "arm64"}
	host  = gosdk.Host
)

// versions are those that servers have.
func versions() []string { return []string{"1.9", "1.26rc1", "1.26.8"} }

// entryOf returns what is to be locked of an SDK, as served.
func entryOf(s *fakeproxy.Servers, sdk sdkmodule.SDK) Entry {
	h1, sha256 := s.Sums(sdk)
	return Entry{H1: h1, SHA256: sha256}
}

func readTestFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A call is a call of Lock or Check, and what came of it.
type call struct {
	Options
	out, warnings strings.Builder
}

func newCall(t *testing.T, versions ...string) *call {
	c := &call{Options: Options{
		File:     filepath.Join(t.TempDir(), "go_sdk.lock.json"),
		Versions: versions,
		Command:  "COMMAND",
	}}
	c.Out, c.Warnings = &c.out, &c.warnings
	return c
}

// ok runs Lock or Check, and checks what it prints.
func (c *call) ok(t *testing.T, f func(context.Context, Options) error, want ...string) {
	t.Helper()
	c.out.Reset()
	if err := f(context.Background(), c.Options); err != nil {
		t.Fatal(err)
	}
	if got := c.out.String(); got != lines(want...) {
		t.Errorf("got:\n%swant:\n%s", got, lines(want...))
	}
}

// fails runs Lock or Check, which has to fail, print nothing and leave the file
// as it is. It returns the error.
func (c *call) fails(t *testing.T, f func(context.Context, Options) error, want ...string) string {
	t.Helper()
	c.out.Reset()
	before, beforeErr := os.ReadFile(c.File)
	err := f(context.Background(), c.Options)
	if err == nil {
		t.Fatalf("got no error, but:\n%sfor:\n%s", &c.out, before)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got the error:\n%v\nwant in it:\n%s", err, text)
		}
	}
	after, afterErr := os.ReadFile(c.File)
	if string(before) != string(after) || (beforeErr == nil) != (afterErr == nil) {
		t.Errorf("the file has changed to:\n%s", after)
	}
	return err.Error()
}

func lines(lines ...string) string {
	return strings.Join(append(lines, ""), "\n")
}

// content returns the content of a lock file with one entry.
func content(version string, platform gosdk.Platform, e Entry) string {
	return fmt.Sprintf(`{
  "lock_version": 1,
  "sdks": {
    %q: {
      %q: {
        "h1": %q,
        "sha256": %q
      }
    }
  }
}
`, version, platform, e.H1, e.SHA256)
}

func TestLock(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8", "1.26.8")

	// For the platform of the test, into a new file.
	c.ok(t, Lock, "added 1.26.8 "+host.String())
	if got, want := readTestFile(t, c.File), content("1.26.8", host, entryOf(s, sdkmodule.SDK{Version: "1.26.8", Platform: host})); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	if info, err := os.Stat(c.File); err != nil || info.Mode() != 0o644 {
		t.Errorf("got the mode %v, %v", info.Mode(), err)
	}

	// For the platforms that the file has, and for others.
	old := wellFormed('B')
	fakeproxy.WriteFile(t, c.File, content("1.26rc1", linux, old))
	c.ok(t, Lock, "added 1.26.8 linux_amd64")
	c.Versions = []string{"1.9", "1.26.8"}
	c.Platforms = []gosdk.Platform{linux, mac, linux}
	c.ok(t, Lock,
		"added 1.9 darwin_arm64",
		"added 1.9 linux_amd64",
		"added 1.26.8 darwin_arm64",
		"unchanged 1.26.8 linux_amd64")

	// What nobody asked for stays. The order is that of Go.
	file, err := Read(c.File)
	if err != nil {
		t.Fatal(err)
	}
	if got := file.sdks["1.26rc1"][linux]; got != old {
		t.Errorf("got %v", got)
	}
	if got, want := file.versions(), []string{"1.9", "1.26rc1", "1.26.8"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	text := readTestFile(t, c.File)
	for _, pair := range [][2]string{{`"1.9"`, `"1.26rc1"`}, {`"1.26rc1"`, `"1.26.8"`}, {"darwin_arm64", "linux_amd64"}, {"h1", "sha256"}} {
		if strings.Index(text, pair[0]) > strings.Index(text, pair[1]) {
			t.Errorf("%s is after %s in:\n%s", pair[0], pair[1], text)
		}
	}

	// What is wrong is replaced.
	c.Versions, c.Platforms = []string{"1.26rc1"}, nil
	right := entryOf(s, sdkmodule.SDK{Version: "1.26rc1", Platform: linux})
	c.ok(t, Lock,
		"added 1.26rc1 darwin_arm64",
		"changed 1.26rc1 linux_amd64",
		fmt.Sprintf(`  h1: %q is now %q`, old.H1, right.H1),
		fmt.Sprintf(`  sha256: %q is now %q`, old.SHA256, right.SHA256))
	if file, err := Read(c.File); err != nil || file.sdks["1.26rc1"][linux] != right {
		t.Errorf("got %v, %v", file.sdks, err)
	}
}

// TestFileIsKept checks what of a file does not change: its mode, that it is a
// link, and all of it if there is nothing to write.
func TestFileIsKept(t *testing.T) {
	fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8")
	target := filepath.Join(t.TempDir(), "target.json")
	fakeproxy.WriteFile(t, target, `{"lock_version": 1, "sdks": {}}`)
	if err := errors.Join(os.Chmod(target, 0o640), os.Symlink(target, c.File)); err != nil {
		t.Fatal(err)
	}
	c.ok(t, Lock, "added 1.26.8 "+host.String())
	if info, err := os.Lstat(target); err != nil || info.Mode() != 0o640 {
		t.Errorf("got the mode %v, %v", info.Mode(), err)
	}
	if got, err := os.Readlink(c.File); err != nil || got != target {
		t.Errorf("got a link to %q, %v", got, err)
	}

	old := time.Unix(1_000_000_000, 0)
	if err := os.Chtimes(target, old, old); err != nil {
		t.Fatal(err)
	}
	c.ok(t, Lock, "unchanged 1.26.8 "+host.String())
	if info, err := os.Stat(target); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("written at %v, %v", info.ModTime(), err)
	}
}

// TestLockMeanwhile checks that what others write during a download is not lost.
func TestLockMeanwhile(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8")
	c.Platforms = []gosdk.Platform{linux}
	other := content("1.9", linux, wellFormed('C'))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fakeproxy.WriteFile(t, c.File, other)
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	c.ok(t, Lock, "added 1.26.8 linux_amd64")
	if got := readTestFile(t, c.File); !strings.Contains(got, wellFormed('C').H1) {
		t.Errorf("the entry of the other is lost:\n%s", got)
	}
}

func TestCheck(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	c := newCall(t, "1.9", "1.26.8")
	c.Platforms = []gosdk.Platform{linux, mac}
	c.ok(t, Lock, "added 1.9 darwin_arm64", "added 1.9 linux_amd64", "added 1.26.8 darwin_arm64", "added 1.26.8 linux_amd64")

	c.Versions, c.Platforms = nil, nil
	c.ok(t, Check, "ok 1.9 darwin_arm64", "ok 1.9 linux_amd64", "ok 1.26.8 darwin_arm64", "ok 1.26.8 linux_amd64")
	c.Platforms = []gosdk.Platform{mac}
	c.ok(t, Check, "ok 1.9 darwin_arm64", "ok 1.26.8 darwin_arm64")
	c.Versions, c.Platforms = []string{"1.9"}, nil
	c.ok(t, Check, "ok 1.9 darwin_arm64", "ok 1.9 linux_amd64")

	// A line for each difference.
	right := readTestFile(t, c.File)
	mac126, linux19 := entryOf(s, sdkmodule.SDK{Version: "1.26.8", Platform: mac}), entryOf(s, sdkmodule.SDK{Version: "1.9", Platform: linux})
	other := wellFormed('D')
	wrong := strings.NewReplacer(mac126.H1, other.H1, linux19.SHA256, other.SHA256).Replace(right)
	fakeproxy.WriteFile(t, c.File, wrong)
	c.Versions = nil
	got := c.fails(t, Check)
	want := fmt.Sprintf(`%s: 1.9 linux_amd64: sha256 is %q in the file, but %q was found; to update it: COMMAND -platforms linux_amd64 1.9
%[1]s: 1.26.8 darwin_arm64: h1 is %[4]q in the file, but %[5]q was found; to update it: COMMAND -platforms darwin_arm64 1.26.8`,
		c.File, other.SHA256, linux19.SHA256, other.H1, mac126.H1)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got, want := c.out.String(), lines("ok 1.9 darwin_arm64", "ok 1.26.8 linux_amd64"); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}

	// The same files in another zip, one with a comment: the database has nothing against it.
	fakeproxy.WriteFile(t, c.File, right)
	c.Versions, c.Platforms = []string{"1.9"}, []gosdk.Platform{linux}
	zip := s.Served[sdkmodule.SDK{Version: "1.9", Platform: linux}.ModuleVersion()]
	zip = append(zip[:len(zip)-2:len(zip)-2], 1, 0, 'c')
	s.Served[sdkmodule.SDK{Version: "1.9", Platform: linux}.ModuleVersion()] = zip
	c.fails(t, Check, "1.9 linux_amd64: sha256 is ")
}

func TestCheckMissing(t *testing.T) {
	fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8")
	c.fails(t, Check, c.File+" does not exist; to make it: COMMAND VERSION")
	fakeproxy.WriteFile(t, c.File, `{"lock_version": 1, "sdks": {}}`)
	c.fails(t, Check, "1.26.8 "+host.String()+" has no entry; to make one: COMMAND -platforms "+host.String()+" 1.26.8")
	fakeproxy.WriteFile(t, c.File, content("1.9", linux, wellFormed('A')))
	c.fails(t, Check, "1.26.8 linux_amd64 has no entry; to make one: COMMAND -platforms linux_amd64 1.26.8")
	c.Versions, c.Platforms = nil, []gosdk.Platform{mac}
	c.fails(t, Check, "has no entries for [darwin_arm64]")
	c.Platforms = nil
	fakeproxy.WriteFile(t, c.File, `{"lock_version": 1, "sdks": {}}`)
	c.ok(t, Check)
}

// TestTampered checks that what was not published is an error, for all SDKs that
// it is so for, and that those that are right are not locked either.
func TestTampered(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8", "1.26rc1", "1.9")
	c.Platforms = []gosdk.Platform{linux}
	fakeproxy.WriteFile(t, c.File, content("1.26.8", linux, wellFormed('B')))
	s.Tamper(t, sdkmodule.SDK{Version: "1.26.8", Platform: linux}, sdkmodule.SDK{Version: "1.9", Platform: linux})
	got := c.fails(t, Lock,
		"1.26.8 linux_amd64: "+sdkmodule.Path+"@v0.0.1-go1.26.8.linux-amd64: verifying module: checksum mismatch",
		"1.9 linux_amd64: "+sdkmodule.Path+"@v0.0.1-go1.9.linux-amd64: verifying module: checksum mismatch",
		c.File+" is left as it was")
	if strings.Contains(got, "1.26rc1") {
		t.Errorf("the right one is named, too:\n%s", got)
	}
	c.fails(t, Check, "verifying module: checksum mismatch")

	// A database that can be asked is, whatever else was allowed.
	c.Unverified = true
	c.fails(t, Lock, "verifying module: checksum mismatch")
	t.Setenv("GONOSUMDB", sdkmodule.Path)
	c.fails(t, Lock, "verifying module: checksum mismatch")
}

func TestWrongSignature(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	t.Setenv("GOSUMDB", fakeproxy.NewDatabase(t, s.GoSum).Key+" "+s.Database.URL)
	newCall(t, "1.26.8").fails(t, Lock, "1.26.8 "+host.String()+": ", "verifying")
}

func TestNotFound(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8", "1.26.9", "1.26.10")
	c.fails(t, Lock,
		"1.26.9 "+host.String()+": "+sdkmodule.Path+"@v0.0.1-go1.26.9.", s.Proxy.URL, "404 Not Found",
		"1.26.10 "+host.String()+": "+sdkmodule.Path+"@v0.0.1-go1.26.10.")

	// The database does not have all that the proxy has.
	delete(s.Published, sdkmodule.SDK{Version: "1.9", Platform: host}.ModuleVersion())
	c.Versions = []string{"1.9"}
	c.fails(t, Lock, "1.9 "+host.String()+": ", "verifying go.mod", "404 Not Found")
}

func TestProxies(t *testing.T) {
	const is404, works = "is404", "works"
	for _, tt := range []struct{ name, goproxy, want string }{
		{"first 404", is404 + "," + works, ""},
		{"first 404, with |", is404 + "|" + works, ""},
		{"404 only", is404, "404 Not Found"},
		{"off", "off", "module lookup disabled by GOPROXY=off"},
		{"404 and off", is404 + ",off", "module lookup disabled by GOPROXY=off"},
		{"off later", works + ",off", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fakeproxy.New(t, versions()...)
			empty := httptest.NewServer(http.NotFoundHandler())
			defer empty.Close()
			t.Setenv("GOPROXY", strings.NewReplacer(is404, empty.URL, works, s.Proxy.URL).Replace(tt.goproxy))
			c := newCall(t, "1.26.8")
			if tt.want != "" {
				c.fails(t, Lock, "1.26.8 "+host.String()+": ", tt.want)
				return
			}
			c.ok(t, Lock, "added 1.26.8 "+host.String())
		})
	}
}

// TestDatabaseOfProxy checks that the database is asked through a proxy that
// passes it on.
func TestDatabaseOfProxy(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	prefix := "/sumdb/" + fakeproxy.DatabaseName
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc(prefix+"/supported", func(http.ResponseWriter, *http.Request) {})
	mux.Handle(prefix+"/", http.StripPrefix(prefix, s.Database.Config.Handler))
	proxy := httptest.NewServer(mux)
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	t.Setenv("GOSUMDB", s.Key)
	newCall(t, "1.26.8").ok(t, Lock, "added 1.26.8 "+host.String())
}

// TestVerification checks when there is a verification.
func TestVerification(t *testing.T) {
	const off, notAsked = "GOSUMDB is off", "did not ask the checksum database"
	for _, tt := range []struct {
		name  string
		files bool // GOPROXY is file://..., and nothing else
		env   map[string]string
		want  string // why it is not verified
	}{
		{name: "proxy"},
		{name: "proxy with GONOSUMDB", env: map[string]string{"GONOSUMDB": sdkmodule.Path}},
		{name: "proxy with GOPRIVATE", env: map[string]string{"GOPRIVATE": "golang.org/*", "GONOPROXY": "none"}},
		{name: "proxy with off", env: map[string]string{"GOSUMDB": "off"}, want: off},
		{name: "files", files: true},
		{name: "files with GONOSUMDB of others", files: true, env: map[string]string{"GONOSUMDB": "golang.org/x"}},
		{name: "files with GONOSUMDB", files: true, env: map[string]string{"GONOSUMDB": "example.com,golang.org"}, want: notAsked},
		{name: "files with GOPRIVATE", files: true, env: map[string]string{"GOPRIVATE": "*", "GONOPROXY": "none"}, want: notAsked},
		{name: "files with GOPRIVATE but not GONOSUMDB", files: true, env: map[string]string{"GOPRIVATE": "*", "GONOPROXY": "none", "GONOSUMDB": "none"}},
		{name: "files with off", files: true, env: map[string]string{"GOSUMDB": "off"}, want: off},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fakeproxy.New(t, versions()...)
			if tt.files {
				t.Setenv("GOPROXY", s.FilesURL(t))
			}
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			c := newCall(t, "1.26.8")
			if tt.want == "" {
				c.ok(t, Lock, "added 1.26.8 "+host.String())
				c.ok(t, Check, "ok 1.26.8 "+host.String())
				if s.Asked == 0 {
					t.Error("the database was not asked")
				}
				c.Unverified = true
				c.ok(t, Lock, "unchanged 1.26.8 "+host.String())
				if c.warnings.Len() > 0 {
					t.Errorf("got the warning %s", &c.warnings)
				}
				return
			}
			c.fails(t, Lock, tt.want, "-unverified")
			fakeproxy.WriteFile(t, c.File, content("1.26.8", host, entryOf(s, sdkmodule.SDK{Version: "1.26.8", Platform: host})))
			c.fails(t, Check, tt.want, "-unverified")
			if c.out.Len() > 0 {
				t.Errorf("what was not verified is: %s", &c.out)
			}
			if tt.want == off && s.Requests > 0 {
				t.Errorf("%d downloads in vain", s.Requests)
			}

			// What is taken is all there is to take.
			c.Unverified = true
			c.ok(t, Lock, "unchanged 1.26.8 "+host.String())
			c.ok(t, Check, "ok 1.26.8 "+host.String())
			if s.Asked > 0 {
				t.Error("the database was asked")
			}
			if got, want := c.warnings.String(), "warning: 1.26.8 "+host.String()+" is not verified\n"; got != want+want {
				t.Errorf("got the warnings:\n%s", got)
			}
		})
	}
}

// TestUnverifiedFails checks that what fails for another reason does so without
// a database, too.
func TestUnverifiedFails(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	t.Setenv("GOSUMDB", "off")
	c := newCall(t, "1.26.9")
	c.Unverified = true
	c.fails(t, Lock, "404 Not Found")

	// Not the same twice: no sum is known.
	c.Versions = []string{"1.26.8"}
	zips := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			zips++
			v := sdkmodule.SDK{Version: "1.26.8", Platform: host}.ModuleVersion()
			s.Served[v] = fakeproxy.Zip(t, v, fmt.Sprint(zips))
		}
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	c.fails(t, Lock, "checksum mismatch")
	if zips != 2 {
		t.Errorf("tried %d times", zips)
	}
}

// TestEnvironment checks that settings of the user's that are for other things do
// not matter.
func TestEnvironment(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	config := filepath.Join(t.TempDir(), "env")
	fakeproxy.WriteFile(t, config, "GOFLAGS=-modfile=missing.mod\nGOPROXY="+s.Proxy.URL+"\nGOWORK=/missing/go.work\n")
	t.Setenv("GOENV", config)
	t.Setenv("GOPROXY", "")
	t.Setenv("GOMODCACHE", "/missing")
	t.Setenv("GO111MODULE", "off")
	t.Setenv("GOTOOLCHAIN", "go1.99.0")

	// A go.sum above the temporary folder is not one to trust.
	sdk := sdkmodule.SDK{Version: "1.26.8", Platform: host}
	s.Tamper(t, sdk)
	above := os.Getenv("TMPDIR")
	fakeproxy.WriteFile(t, filepath.Join(above, "below", "go.mod"), "module above\n")
	fakeproxy.WriteFile(t, filepath.Join(above, "below", "go.sum"), fmt.Sprintf("%s %s %s\n", sdkmodule.Path, sdk.ModuleVersion(), entryOf(s, sdk).H1))
	if err := os.Mkdir(filepath.Join(above, "below", "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", filepath.Join(above, "below", "tmp"))
	c := newCall(t, "1.26.8")
	c.fails(t, Lock, "verifying module: checksum mismatch")
	s.Served[sdk.ModuleVersion()] = s.Published[sdk.ModuleVersion()]
	c.ok(t, Lock, "added "+sdk.String())
	if err := os.RemoveAll(filepath.Join(above, "below")); err != nil {
		t.Fatal(err)
	}
}

// wellFormed returns an entry that is right but for what it stands for.
func wellFormed(mark rune) Entry {
	return Entry{"h1:" + strings.Repeat(string(mark), 43) + "=", strings.Repeat(strings.ToLower(string(mark)), 64)}
}

func TestRelativeTemporaryFolder(t *testing.T) {
	fakeproxy.New(t, versions()...)
	t.Chdir(os.Getenv("TMPDIR"))
	t.Setenv("TMPDIR", ".")
	newCall(t, "1.26.8").ok(t, Lock, "added 1.26.8 "+host.String())
}

func TestUnreadable(t *testing.T) {
	c := newCall(t, "1.26.8")
	c.File = t.TempDir()
	c.fails(t, Lock, "reading the lock file: ", c.File)
}

// TestUnwritable checks that a folder that can't be written to is an error.
func TestUnwritable(t *testing.T) {
	fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8")
	c.File = filepath.Join(t.TempDir(), "missing", "go_sdk.lock.json")
	c.fails(t, Lock, "writing "+c.File)

	c = newCall(t, "1.26.8")
	dir := filepath.Dir(c.File)
	fakeproxy.WriteFile(t, c.File, `{"lock_version": 1, "sdks": {}}`)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) }) // So that it can be removed.
	if os.Geteuid() == 0 {
		// Nothing is read-only to root but what the kernel makes so.
		if runtime.GOOS != "linux" {
			t.Skip("root can write everywhere")
		}
		c.File = "/proc/go_sdk.lock.json"
	}
	c.fails(t, Lock, "writing "+c.File)
}

// TestDisk checks that an SDK is gone when the next one is downloaded.
func TestDisk(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		zips, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*", "cache", "cache", "download", sdkmodule.Path, "@v", "*.zip"))
		if err != nil || len(zips) > 0 {
			t.Errorf("%s: got %v, %v", r.URL, zips, err)
		}
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	newCall(t, "1.9", "1.26.8").ok(t, Lock, "added 1.9 "+host.String(), "added 1.26.8 "+host.String())
}

func TestInterrupted(t *testing.T) {
	s := fakeproxy.New(t, versions()...)
	ctx, cancel := context.WithCancel(context.Background())
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			cancel()
			<-r.Context().Done()
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	c := newCall(t, "1.26.8", "1.26rc1")
	err := Lock(ctx, c.Options)
	if want := "interrupted\n" + c.File + " is left as it was"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := os.Stat(c.File); err == nil {
		t.Error("the file is there")
	}
	if err := Lock(ctx, c.Options); err == nil || !strings.HasPrefix(err.Error(), "interrupted\n") {
		t.Errorf("before anything is done: got %v", err)
	}
}
