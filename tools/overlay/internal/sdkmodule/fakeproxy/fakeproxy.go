//go:build go1.24

// Package fakeproxy is a module proxy with SDKs of a few bytes, and a checksum database, for tests.
package fakeproxy

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// Servers are a module proxy, and a checksum database.
type Servers struct {
	Proxy    *httptest.Server
	Database *httptest.Server
	Key      string // that the database's signatures can be verified with

	Published map[string][]byte // zips, by version of the module, as the database knows them
	Served    map[string][]byte // zips, as the proxy has them

	mu       sync.Mutex
	Requests int // to the proxy
	Asked    int // the database
}

// New starts servers with versions, each for three platforms, and makes the go command
// use them and nothing of the user's. Temporary files are errors if they are still there at the end.
func New(t *testing.T, versions ...string) *Servers {
	t.Helper()
	s := &Servers{Published: map[string][]byte{}, Served: map[string][]byte{}}
	for _, version := range versions {
		for _, platform := range []gosdk.Platform{{GOOS: "linux", GOARCH: "amd64"}, {GOOS: "darwin", GOARCH: "arm64"}, gosdk.Host} {
			v := sdkmodule.SDK{Version: version, Platform: platform}.ModuleVersion()
			s.Published[v] = Zip(t, v, "the Go of "+v)
			s.Served[v] = s.Published[v]
		}
	}
	database := NewDatabase(t, s.GoSum)
	s.Key = database.Key
	s.Database = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.count(&s.Asked)
		database.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Database.Close)
	s.Proxy = httptest.NewServer(s)
	t.Cleanup(s.Proxy.Close)

	temporary := t.TempDir()
	for name, value := range map[string]string{
		"GOAUTH":        "off",
		"GOENV":         "off",
		"GOFLAGS":       "",
		"GOINSECURE":    "",
		"GONOPROXY":     "",
		"GONOSUMDB":     "",
		"GOPATH":        t.TempDir(),
		"GOPRIVATE":     "",
		"GOPROXY":       s.Proxy.URL,
		"GOSUMDB":       s.Key + " " + s.Database.URL,
		"GO_OVERLAY_GO": "",
		"TMPDIR":        temporary,
	} {
		t.Setenv(name, value)
	}
	t.Cleanup(func() {
		left, err := filepath.Glob(filepath.Join(temporary, "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v, %v", left, err)
		}
	})
	return s
}

// GoSum is what the checksum database says.
func (s *Servers) GoSum(version string) (content string, ok bool) {
	data, ok := s.Published[version]
	if !ok {
		return "", false
	}
	goModSum := h1Sum(map[string]string{"go.mod": goMod})
	return fmt.Sprintf("%s %s %s\n%[1]s %[2]s/go.mod %[4]s\n", sdkmodule.Path, version, zipSum(data), goModSum), true
}

const goMod = "module " + sdkmodule.Path + "\n"

func (s *Servers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count(&s.Requests)
	content, ok := s.files()[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(content)
}

func (s *Servers) count(counter *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*counter++
}

// files returns what the proxy serves, by path.
func (s *Servers) files() map[string][]byte {
	files := map[string][]byte{}
	var list strings.Builder
	for version, data := range s.Served {
		base := sdkmodule.Path + "/@v/" + version
		files[base+".info"] = []byte(fmt.Sprintf(`{"Version": %q}`, version))
		files[base+".mod"] = []byte(goMod)
		files[base+".zip"] = data
		fmt.Fprintln(&list, version)
	}
	files[sdkmodule.Path+"/@v/list"] = []byte(list.String())
	return files
}

// FilesURL returns the file:// URL of a folder with what the proxy serves.
func (s *Servers) FilesURL(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range s.files() {
		WriteFile(t, filepath.Join(dir, filepath.FromSlash(path)), string(content))
	}
	return "file://" + filepath.ToSlash(dir)
}

// Tamper makes the proxy serve other files than those that were published.
func (s *Servers) Tamper(t *testing.T, sdks ...sdkmodule.SDK) {
	t.Helper()
	for _, sdk := range sdks {
		s.Served[sdk.ModuleVersion()] = Zip(t, sdk.ModuleVersion(), "something else")
	}
}

// Sums returns the sum of the files of an SDK, and the digest of its zip, as served.
func (s *Servers) Sums(sdk sdkmodule.SDK) (h1, digest string) {
	data := s.Served[sdk.ModuleVersion()]
	sum := sha256.Sum256(data)
	return zipSum(data), hex.EncodeToString(sum[:])
}

// Zip makes a module zip with a go command, and a folder that the go command
// makes read-only unless it is told not to.
func Zip(t *testing.T, version, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"bin/go", "src/fmt/print.go"} {
		f, err := w.Create(sdkmodule.Path + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipSum(data []byte) string {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		panic(err)
	}
	files := map[string]string{}
	for _, file := range r.File {
		content, err := fs.ReadFile(r, file.Name)
		if err != nil {
			panic(err)
		}
		files[file.Name] = string(content)
	}
	return h1Sum(files)
}

// WriteFile writes a file, and makes the folders that it is in.
func WriteFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
