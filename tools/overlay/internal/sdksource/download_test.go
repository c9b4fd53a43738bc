//go:build go1.24

package sdksource

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

var go126 = sdkmodule.SDK{Version: "1.26.8", Platform: linux}

// A call is a call of Download, and what came of it.
type call struct {
	Options
	warnings strings.Builder
}

func newCall(t *testing.T, lock string) *call {
	c := &call{Options: Options{Folder: t.TempDir(), Lock: lock}}
	c.Warnings = &c.warnings
	return c
}

// ok downloads Go 1.26.8, which has to be what was published, and alone in its folder.
func (c *call) ok(t *testing.T, s *fakeproxy.Servers, from, verifiedBy string) {
	t.Helper()
	before := tree(t, os.Getenv("GOMODCACHE"))
	zip, err := Download(context.Background(), "1.26.8", linux, c.Options)
	if err != nil {
		t.Fatal(err)
	}
	h1, err := sdkmodule.H1(zip.Path)
	published, _ := publishedSums(s)
	if err != nil || h1 != zip.H1 || h1 != published {
		t.Errorf("got a zip with %s, %v, said to be %s, want %s", h1, err, zip.H1, published)
	}
	if !strings.Contains(zip.From, from) || zip.VerifiedBy != verifiedBy || zip.SDK != go126 {
		t.Errorf("got %+v, want from %s, verified by %q", zip, from, verifiedBy)
	}
	if left := names(t, c.Folder); len(left) != 1 || filepath.Join(c.Folder, left[0]) != zip.Path {
		t.Errorf("in the folder are %v", left)
	}
	if after := tree(t, os.Getenv("GOMODCACHE")); after != before {
		t.Errorf("the module cache was\n%s\nand is\n%s", before, after)
	}
}

// fails has to fail, and to leave nothing.
func (c *call) fails(t *testing.T, version string, want ...string) string {
	t.Helper()
	zip, err := Download(context.Background(), version, linux, c.Options)
	if err == nil {
		t.Fatalf("got %+v, want an error with %q", zip, want)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got the error:\n%v\nwant in it:\n%s", err, text)
		}
	}
	if left := names(t, c.Folder); len(left) > 0 {
		t.Errorf("in the folder are %v", left)
	}
	return err.Error()
}

func publishedSums(s *fakeproxy.Servers) (h1, digest string) {
	served := s.Served
	s.Served = s.Published
	defer func() { s.Served = served }()
	return s.Sums(go126)
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// tree returns all of a folder but the times of folders.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, path)
		if d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&b, "  %v %v %x\n", info.Mode(), info.ModTime(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// repack makes the proxy serve the right files in another zip.
func repack(s *fakeproxy.Servers) {
	v := go126.ModuleVersion()
	zip := s.Served[v]
	s.Served[v] = append(zip[:len(zip)-2:len(zip)-2], 1, 0, 'c') // a comment
}

// cache lets the module cache have what the go command makes of a download.
func cache(t *testing.T) (zip string) {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", sdkmodule.Path+"@"+go126.ModuleVersion())
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-modcacherw")
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return sdkmodule.CachedZip(os.Getenv("GOMODCACHE"), go126)
}

func TestDownload(t *testing.T) {
	s := newServers(t)
	newCall(t, "").ok(t, s, "GOPROXY", Database)
	lock := lockFile(t, s, "1.26.8")
	newCall(t, lockFile(t, s, "1.26.0")).ok(t, s, "GOPROXY", Database)

	asked := s.Asked
	newCall(t, lock).ok(t, s, s.Proxy.URL, lock)
	repack(s)
	newCall(t, lock).ok(t, s, s.Proxy.URL, lock)
	if s.Asked != asked {
		t.Error("the database was asked for what the lock file has")
	}
	t.Setenv("GOSUMDB", "off")
	newCall(t, lock).ok(t, s, s.Proxy.URL, lock)
	files := s.FilesURL(t)
	t.Setenv("GOPROXY", files)
	newCall(t, lock).ok(t, s, files, lock)
}

// TestLockedByGo checks that the go command gets what the lock file has where that takes what only it knows, such as
// the passwords in .netrc.
func TestLockedByGo(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("SSL_CERT_FILE is for other systems")
	}
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	right, _ := s.Sums(go126)
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != "user" || p != "password" {
			http.Error(w, "who is it?", http.StatusUnauthorized)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	home := t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw})
	fakeproxy.WriteFile(t, filepath.Join(home, "certificate.pem"), string(certificate))
	fakeproxy.WriteFile(t, filepath.Join(home, ".netrc"), "machine "+proxy.Listener.Addr().String()+" login user password password\n")
	for name, value := range map[string]string{
		"SSL_CERT_FILE": filepath.Join(home, "certificate.pem"), "NETRC": filepath.Join(home, ".netrc"), "GOAUTH": "netrc", "GOPROXY": proxy.URL, "GOSUMDB": "off",
	} {
		t.Setenv(name, value)
	}
	c := newCall(t, lock)
	c.Progress = func(done, total int64) {}
	c.ok(t, s, "GOPROXY", lock)
	repack(s)
	c.ok(t, s, "GOPROXY", lock)
	s.Tamper(t, go126)
	wrong, _ := s.Sums(go126)
	newCall(t, lock).fails(t, "1.26.8", "Go 1.26.8 linux_amd64: what came from GOPROXY is not what "+lock+" has: expected the sum "+right+", found "+wrong)
}

// TestDownloadAgain checks that a zip that is there already is replaced, not written to.
func TestDownloadAgain(t *testing.T) {
	s := newServers(t)
	c := newCall(t, lockFile(t, s, "1.26.8"))
	for _, without := range []bool{false, true} {
		if without {
			withoutGo(t)
		}
		other := filepath.Join(t.TempDir(), "other")
		fakeproxy.WriteFile(t, other, "something else")
		target := filepath.Join(c.Folder, go126.ModuleVersion()+".zip")
		os.Remove(target)
		if err := os.Link(other, target); err != nil {
			t.Skip(err)
		}
		c.ok(t, s, s.Proxy.URL[:0], c.Lock)
		if data, err := os.ReadFile(other); err != nil || string(data) != "something else" {
			t.Errorf("without go %v: it was written to: %q, %v", without, data, err)
		}
	}
}

func TestWithoutGo(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	withoutGo(t)
	url := s.Proxy.URL + "/golang.org/toolchain/@v/" + go126.ModuleVersion() + ".zip"
	newCall(t, lock).ok(t, s, url, lock)
	repack(s)
	newCall(t, lock).ok(t, s, url, lock)
	files := s.FilesURL(t)
	t.Setenv("GOPROXY", files)
	newCall(t, lock).ok(t, s, files, lock)

	// What nothing verifies, not even -unverified takes.
	for unverified, noUse := range map[bool]string{false: "", true: ", which -unverified needs, too"} {
		c := newCall(t, lockFile(t, s, "1.26.0"))
		c.Unverified = unverified
		c.fails(t, "1.26.8", "Go 1.26.8 linux_amd64: it can't be verified: "+c.Lock+" has no entry for it, and there is no go command to ask the checksum database"+noUse+"; "+
			"put go on PATH, or set GO_OVERLAY_GO to its path, or lock the version where there is one: overlay sdk lock -platforms linux_amd64 1.26.8")
	}
	t.Setenv("GOPROXY", "")
	newCall(t, lock).fails(t, "1.26.8", "GOPROXY is not set, and there is no go command to ask for its default; set it to the URL of a module proxy, or put go on PATH")
	t.Setenv("GO_OVERLAY_GO", filepath.Join("bin", "gone"))
	newCall(t, lock).fails(t, "1.26.8", `GO_OVERLAY_GO is "bin/gone", but has to be the path of a go command`)
}

// TestTampered checks that what is not right is not taken, and that it is said what it is not like.
func TestTampered(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	right, _ := s.Sums(go126)
	s.Tamper(t, go126)
	wrong, _ := s.Sums(go126)
	newCall(t, "").fails(t, "1.26.8", "verifying module: checksum mismatch")
	newCall(t, lock).fails(t, "1.26.8", "Go 1.26.8 linux_amd64: what came from "+s.Proxy.URL, " is not what "+lock+" has: expected the sum "+right+", found "+wrong,
		"overlay sdk lock -check -file "+lock)
	c := newCall(t, lock)
	c.Unverified = true
	c.fails(t, "1.26.8", "is not what")
	withoutGo(t)
	newCall(t, lock).fails(t, "1.26.8", "what came from "+s.Proxy.URL, "is not what "+lock+" has: expected the sum "+right+", found "+wrong)

	for _, zip := range [][]byte{nil, []byte("no zip"), s.Published[go126.ModuleVersion()][:100]} {
		s.Served[go126.ModuleVersion()] = zip
		newCall(t, lock).fails(t, "1.26.8", "what came from "+s.Proxy.URL, "zip: not a valid zip file")
	}
}

func TestUnverified(t *testing.T) {
	s := newServers(t)
	t.Setenv("GOSUMDB", "off")
	c := newCall(t, "")
	c.fails(t, "1.26.8", "GOSUMDB is off", "-unverified")
	c.Unverified = true
	c.ok(t, s, "GOPROXY", "")
	if got, want := c.warnings.String(), "warning: 1.26.8 linux_amd64 is not verified\n"; got != want {
		t.Errorf("got the warning %q", got)
	}
	t.Setenv("GOSUMDB", s.Key+" "+s.Database.URL)
	t.Setenv("GOPROXY", s.FilesURL(t))
	t.Setenv("GONOSUMDB", sdkmodule.Path)
	newCall(t, "").fails(t, "1.26.8", "did not ask the checksum database")
	c.ok(t, s, "GOPROXY", "")
}

// TestCached checks that a zip of the module cache is taken, and is verified.
func TestCached(t *testing.T) {
	s := newServers(t)
	zip := cache(t)
	lock := lockFile(t, s, "1.26.8")
	t.Setenv("GOPROXY", "off") // There is no network from here on.
	s.Database.Close()
	newCall(t, lock).ok(t, s, zip, lock)
	newCall(t, "").ok(t, s, zip, Database)
	c := newCall(t, "")
	if c.ok(t, s, zip, Database); c.warnings.Len() > 0 {
		t.Errorf("got the warning %s", &c.warnings)
	}

	// GOTOOLCHAIN leaves less.
	for _, suffix := range []string{".info", ".mod"} {
		if err := os.Remove(strings.TrimSuffix(zip, ".zip") + suffix); err != nil {
			t.Fatal(err)
		}
	}
	newCall(t, "").ok(t, s, zip, Database)

	modCache := os.Getenv("GOMODCACHE")
	t.Run("without go", func(t *testing.T) {
		withoutGo(t)
		newCall(t, lock).ok(t, s, zip, lock)
		gopath := t.TempDir()
		if err := os.Symlink(modCache, filepath.Join(gopath, "mod")); err != nil {
			t.Skip(err)
		}
		if err := errors.Join(os.Mkdir(filepath.Join(gopath, "pkg"), 0o777), os.Rename(filepath.Join(gopath, "mod"), filepath.Join(gopath, "pkg", "mod"))); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOPATH", gopath)
		t.Setenv("GOMODCACHE", "")
		found, err := Download(context.Background(), "1.26.8", linux, newCall(t, lock).Options)
		if err != nil || !strings.HasPrefix(found.From, gopath) {
			t.Errorf("by GOPATH: got %+v, %v", found, err)
		}
	})
}

// TestCachedUnknown checks that what the module cache has is not trusted where nobody has verified it.
func TestCachedUnknown(t *testing.T) {
	s := newServers(t)
	zip := cache(t)
	lock := lockFile(t, s, "1.26.8")
	right, err := os.ReadFile(zip)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"other files": fakeproxy.Zip(t, go126.ModuleVersion(), "something else"),
		"broken":      right[:len(right)/2],
		"empty":       {},
	} {
		t.Run(name, func(t *testing.T) {
			// Its .ziphash is still that of the right one.
			if err := os.WriteFile(zip, content, 0o666); err != nil {
				t.Fatal(err)
			}
			newCall(t, "").ok(t, s, "GOPROXY", Database)
			c := newCall(t, lock)
			c.ok(t, s, s.Proxy.URL, lock)
			if got, want := c.warnings.String(), "warning: "+zip+" is not what "+lock+" has; it is downloaded instead\n"; got != want {
				t.Errorf("got the warning %q", got)
			}
		})
	}

	// Where a download fails, too, both are told.
	if err := os.WriteFile(zip, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "off")
	newCall(t, "").fails(t, "1.26.8", "module lookup disabled by GOPROXY=off\nnor can what the module cache has be taken: ", "not a valid zip file")

	// Settings by which the database is not asked are none by which the cache is right.
	if err := os.WriteFile(zip, fakeproxy.Zip(t, go126.ModuleVersion(), "something else"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", s.FilesURL(t))
	t.Setenv("GONOSUMDB", sdkmodule.Path)
	newCall(t, "").fails(t, "1.26.8", "did not ask the checksum database")

	// Nor is an answer of the database that it has not signed.
	other, err := sdkmodule.H1(zip)
	if err != nil {
		t.Fatal(err)
	}
	published, _ := publishedSums(s)
	answer := filepath.Join(os.Getenv("GOMODCACHE"), "cache", "download", "sumdb", fakeproxy.DatabaseName, "lookup", "golang.org", "toolchain@"+go126.ModuleVersion())
	if data, err := os.ReadFile(answer); err != nil || !strings.Contains(string(data), published) {
		t.Fatalf("%s: %v", data, err)
	} else if err := os.WriteFile(answer, []byte(strings.ReplaceAll(string(data), published, other)), 0o666); err != nil {
		t.Fatal(err)
	}
	newCall(t, "").fails(t, "1.26.8", "did not ask the checksum database")

	t.Setenv("GOSUMDB", "off")
	newCall(t, "").fails(t, "1.26.8", "GOSUMDB is off")
}

func TestUnknown(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	newCall(t, "").fails(t, "1.26.9", "Go 1.26.9 linux_amd64: ", "404 Not Found",
		"\nGOPROXY lists no 1.26.9 for linux_amd64; near it: 1.26.10, 1.26.8, 1.26.0; the newest: 1.26.10")
	newCall(t, "").fails(t, "1.26.8-acme", "expected a version of Go")
	newCall(t, "").fails(t, "1.26", "is a version of the language")

	// An entry for what the proxy has no more.
	delete(s.Served, go126.ModuleVersion())
	for _, without := range []bool{false, true} {
		if without {
			withoutGo(t)
		}
		newCall(t, lock).fails(t, "1.26.8", "404 Not Found", "\nGOPROXY lists no 1.26.8")
	}
	fakeproxy.WriteFile(t, lock, "{}")
	newCall(t, lock).fails(t, "1.26.8", "the lock file "+lock)
}

// TestProxies checks how GOPROXY is read where there is no go command.
func TestProxies(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "broken", http.StatusInternalServerError)
	}))
	defer broken.Close()
	truncated := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "PK")
	}))
	defer truncated.Close()
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()
	withoutGo(t)
	empty := "file://" + filepath.ToSlash(t.TempDir())
	replacer := strings.NewReplacer("WORKS", s.Proxy.URL, "404", missing.URL, "500", broken.URL, "CUT", truncated.URL, "EMPTY", empty)
	for _, tt := range []struct {
		goproxy string
		want    string // "" if it works
	}{
		{"404,WORKS", ""},
		{"404|WORKS", ""},
		{"EMPTY,WORKS", ""},
		{"500|WORKS", ""},
		{"CUT|WORKS", ""},
		{" , WORKS , off", ""},
		{"WORKS,direct", ""},
		{"500,WORKS", "500 Internal Server Error"},
		{"CUT,WORKS", "unexpected EOF"},
		{"404", "404 Not Found"},
		{"EMPTY", "no such file"},
		{"off", "off: GOPROXY says that nothing is to be fetched"},
		{"404,off,WORKS", "off: GOPROXY says"},
		{"404,direct", "direct: only a go command fetches from where a module comes from"},
		{"500", "The go command may reach more, such as what takes .netrc or GOAUTH: put go on PATH"},
		{"ftp://host", "part 1 of GOPROXY: expected a URL with https, http or file:///"},
		{"WORKS,http://Hidden:Hidden@host", "part 2 of GOPROXY has credentials, which are for https only"},
		{"https://Hidden:Hidden@localhost:1", "GOPROXY led to\n  https://localhost:1/golang.org"},
		{"https://Hidden:%ZZ@host", "part 1 of GOPROXY is no URL"},
		{"https://host?key=Hidden", "part 1 of GOPROXY: ? and # are not supported"},
		{"localhost:1", "https://localhost:1/golang.org"},
	} {
		t.Run(strings.NewReplacer("/", "", ":", "").Replace(tt.goproxy), func(t *testing.T) {
			t.Setenv("GOPROXY", replacer.Replace(tt.goproxy))
			c := newCall(t, lock)
			if tt.want == "" {
				c.ok(t, s, s.Proxy.URL, lock)
				return
			}
			if got := c.fails(t, "1.26.8", tt.want); strings.Contains(got, "Hidden") {
				t.Errorf("credentials are in the error:\n%s", got)
			}
		})
	}
	t.Setenv("GOPROXY", s.Proxy.URL)
	for _, pattern := range []string{"golang.org", "example.com,*.org/tool*"} {
		t.Setenv("GOPRIVATE", pattern)
		newCall(t, lock).fails(t, "1.26.8", "GONOPROXY or GOPRIVATE match golang.org/toolchain")
	}
	t.Setenv("GONOPROXY", "none")
	newCall(t, lock).ok(t, s, s.Proxy.URL, lock)
}

func TestProgress(t *testing.T) {
	s := newServers(t)
	size := int64(len(s.Served[go126.ModuleVersion()]))
	half := make(chan struct{})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") && r.Header.Get("User-Agent") != "" && half != nil {
			data := s.Served[go126.ModuleVersion()]
			w.Write(data[:10])
			w.(http.Flusher).Flush()
			<-half
			w.Write(data[10:])
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("GOPROXY", proxy.URL)
	var once sync.Once
	var mu sync.Mutex
	var got []int64
	c := newCall(t, "")
	c.Progress = func(done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if got = append(got, done); done == 10 {
			once.Do(func() { close(half) })
		}
	}
	c.ok(t, s, "GOPROXY", Database)
	if !slices.Contains(got, 10) {
		t.Errorf("got %v", got)
	}

	t.Setenv("GOPROXY", s.Proxy.URL)
	c.Lock = lockFile(t, s, "1.26.8")
	withoutGo(t)
	last := [2]int64{}
	c.Progress = func(done, total int64) { last = [2]int64{done, total} }
	c.ok(t, s, s.Proxy.URL, c.Lock)
	if last != [2]int64{size, size} {
		t.Errorf("without go: got %v, want %d", last, size)
	}
}

func TestInterrupted(t *testing.T) {
	s := newServers(t)
	lock := lockFile(t, s, "1.26.8")
	for _, without := range []bool{false, true} {
		if without {
			withoutGo(t)
		}
		ctx, cancel := context.WithCancel(context.Background())
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".zip") {
				w.Write([]byte("PK"))
				w.(http.Flusher).Flush()
				cancel()
				<-r.Context().Done()
				return
			}
			s.ServeHTTP(w, r)
		}))
		defer proxy.Close()
		t.Setenv("GOPROXY", proxy.URL)
		c := newCall(t, lock)
		zip, err := Download(ctx, "1.26.8", linux, c.Options)
		if !errors.Is(err, interrupt.Err) || zip != nil {
			t.Errorf("got %+v, %v", zip, err)
		}
		if left := names(t, c.Folder); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// TestNotUnpacked checks that the go command does not unpack what it downloads.
func TestNotUnpacked(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no shell scripts there")
	}
	s := newServers(t)
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	program := filepath.Join(t.TempDir(), "go")
	fakeproxy.WriteFile(t, program, "#!/bin/sh\n"+real+" \"$@\"\nstatus=$?\nfind \"$GOMODCACHE\" -name '*.go' -o -name '*.zip' >>"+log+"\nexit $status\n")
	if err := os.Chmod(program, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GO_OVERLAY_GO", program)
	newCall(t, "").ok(t, s, "GOPROXY", Database)
	data, err := os.ReadFile(log)
	if got := strings.TrimSpace(string(data)); err != nil || filepath.Base(got) != go126.ModuleVersion()+".zip" {
		t.Errorf("in the module cache there are:\n%s\n%v", got, err)
	}
}

// TestReal downloads a real SDK, through the GOPROXY and the GOSUMDB that tests run with.
func TestReal(t *testing.T) {
	if testing.Short() {
		t.Skip("a download of 64 MB")
	}
	t.Setenv("GO_OVERLAY_GO", "")
	t.Setenv("GOMODCACHE", t.TempDir())
	c := newCall(t, "")
	zip, err := Download(context.Background(), "1.26.8", linux, c.Options)
	if err != nil {
		t.Fatal(err)
	}
	const want = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="
	if zip.H1 != want || zip.VerifiedBy != Database {
		t.Errorf("got %+v", zip)
	}
	if got, err := sdkmodule.H1(zip.Path); err != nil || got != want {
		t.Errorf("got the sum %s, %v", got, err)
	}
	if versions, err := Remote(context.Background(), linux); err != nil || !slices.Contains(versions, "1.26.8") {
		t.Errorf("got %v, %v", versions, err)
	}
}
