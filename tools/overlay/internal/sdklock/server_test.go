//go:build go1.24

package sdklock

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
)

// servers are a module proxy with SDKs of a few bytes, and a checksum database.
type servers struct {
	proxy    *httptest.Server
	database *httptest.Server
	key      string // that the database's signatures can be verified with

	published map[string][]byte // zips, by version of the module, as the database knows them
	served    map[string][]byte // zips, as the proxy has them

	mu       sync.Mutex
	requests int // to the proxy
	asked    int // the database
}

// newServers starts servers with three versions for three platforms, and makes
// the go command use them and nothing of the user's.
func newServers(t *testing.T) *servers {
	t.Helper()
	s := &servers{published: map[string][]byte{}, served: map[string][]byte{}}
	for _, version := range []string{"1.9", "1.26rc1", "1.26.8"} {
		for _, platform := range []gosdk.Platform{linux, mac, host} {
			v := sdk{version, platform}.moduleVersion()
			s.published[v] = sdkZip(t, v, "the Go of "+v)
			s.served[v] = s.published[v]
		}
	}
	database := newDatabase(t, s.goSum)
	s.key = database.key
	s.database = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.count(&s.asked)
		database.ServeHTTP(w, r)
	}))
	t.Cleanup(s.database.Close)
	s.proxy = httptest.NewServer(s)
	t.Cleanup(s.proxy.Close)

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
		"GOPROXY":       s.proxy.URL,
		"GOSUMDB":       s.key + " " + s.database.URL,
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

// goSum is what the checksum database says.
func (s *servers) goSum(version string) (content string, ok bool) {
	data, ok := s.published[version]
	if !ok {
		return "", false
	}
	goModSum := h1Sum(map[string]string{"go.mod": goMod})
	return fmt.Sprintf("%s %s %s\n%[1]s %[2]s/go.mod %[4]s\n", toolchain, version, zipSum(data), goModSum), true
}

const goMod = "module " + toolchain + "\n"

func (s *servers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count(&s.requests)
	content, ok := s.files()[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(content)
}

func (s *servers) count(counter *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*counter++
}

// files returns what the proxy serves, by path.
func (s *servers) files() map[string][]byte {
	files := map[string][]byte{}
	for version, data := range s.served {
		base := toolchain + "/@v/" + version
		files[base+".info"] = []byte(fmt.Sprintf(`{"Version": %q}`, version))
		files[base+".mod"] = []byte(goMod)
		files[base+".zip"] = data
	}
	return files
}

// filesURL returns the file:// URL of a folder with what the proxy serves.
func (s *servers) filesURL(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range s.files() {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(path)), string(content))
	}
	return "file://" + filepath.ToSlash(dir)
}

// tamper makes the proxy serve other files than those that were published.
func (s *servers) tamper(t *testing.T, sdks ...sdk) {
	t.Helper()
	for _, sdk := range sdks {
		s.served[sdk.moduleVersion()] = sdkZip(t, sdk.moduleVersion(), "something else")
	}
}

// entry returns what is to be locked of an SDK, as served.
func (s *servers) entry(sdk sdk) entry {
	data := s.served[sdk.moduleVersion()]
	sum := sha256.Sum256(data)
	return entry{H1: zipSum(data), SHA256: hex.EncodeToString(sum[:])}
}

// sdkZip makes a module zip with a go command, and a folder that the go command
// makes read-only unless it is told not to.
func sdkZip(t *testing.T, version, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"bin/go", "src/fmt/print.go"} {
		f, err := w.Create(toolchain + "@" + version + "/" + name)
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

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func readTestFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
