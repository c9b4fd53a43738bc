package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/dirhash"
)

const (
	fakeVersion  = "1.99.1"
	fakePlatform = "linux_amd64"
	// sdkModule is the module that the fake SDK is a version of, and fakeZip its path below a GOPROXY.
	sdkModule = "golang.org/toolchain"
	fakeZip   = sdkModule + "/@v/v0.0.1-go" + fakeVersion + ".linux-amd64.zip"
	// fakePrefix is what the names in its zip begin with.
	fakePrefix = sdkModule + "@v0.0.1-go" + fakeVersion + ".linux-amd64/"
)

// zipFile is an entry of a zip.
type zipFile struct {
	name    string
	content string
	mode    os.FileMode
}

// fakeSDK is all the files of a Go SDK that matter to how it is laid down. The
// mark tells it from others.
func fakeSDK(mark string) []zipFile {
	files := []zipFile{
		{"VERSION", "go" + fakeVersion + "\ntime 2026-01-01T00:00:00Z\n", 0o644},
		{"bin/go", "#!/bin/sh\n", 0o755},
		// A zip need not say what is executable.
		{"bin/gofmt", "#!/bin/sh\n", 0o644},
		{"go.env", "GOPROXY=off\n", 0o644},
		{"lib/time/zoneinfo.zip", "zones", 0o644},
		{"lib/wasm/go_js_wasm_exec", "#!/bin/sh\n", 0o644},
		{"pkg/include/textflag.h", "#define NOSPLIT 4\n", 0o666},
		{"pkg/tool/linux_amd64/compile", "compiler", 0o644},
		{"src/_go.mod", "module std\n", 0o644},
		{"src/all.bash", "#!/bin/bash\n", 0o755},
		{"src/cmd/_go.mod", "module cmd\n", 0o644},
		{"src/crypto/internal/_asm/_go.mod", "module asm\n", 0o644},
		{"src/fmt/print.go", "package fmt // " + mark + "\n", 0o644},
		// Bazel treats small files in other ways.
		{"src/fmt/testdata/noise", noise(256 << 10), 0o644},
		{"src/fmt/print_test.go", "package fmt\n", 0o644},
		{"src/fmt/testdata/a.txt", "a", 0o644},
		{"src/testdata/b.go", "package b\n", 0o644},
		{"src/testdata/empty", "", 0o644},
	}
	for i := range files {
		files[i].name = fakePrefix + files[i].name
	}
	return files
}

// noise is text that can't be compressed.
func noise(size int) string {
	data := make([]byte, size)
	seed := uint32(1)
	for i := range data {
		seed = seed*1664525 + 1013904223
		data[i] = byte(seed >> 24)
	}
	return string(data)
}

// laidDown is what becomes of a fake SDK: its files with their modes.
func laidDown(files []zipFile, slim bool) map[string]string {
	tree := map[string]string{}
	for _, file := range files {
		name, mode := goroot(file.name)
		if slim && (strings.Contains(name, "/testdata/") || strings.HasSuffix(name, "_test.go")) {
			continue
		}
		tree[name] = fmt.Sprintf("%v %s", mode, file.content)
	}
	return tree
}

// goroot returns what a file of the zip is in the GOROOT, and its mode there.
func goroot(name string) (string, os.FileMode) {
	name = strings.TrimPrefix(name, fakePrefix)
	mode := os.FileMode(0o444)
	if strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") || strings.HasSuffix(name, "_wasm_exec") {
		mode = 0o555
	}
	return strings.Replace(name, "_go.mod", "go.mod", 1), mode
}

// treeOf returns the files below a folder like laidDown, without those that the
// repository rule adds.
func treeOf(dir string) (map[string]string, error) {
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name := strings.TrimPrefix(path, dir+"/")
		if slices.Contains([]string{"BUILD.bazel", "REPO.bazel", "ROOT", "version.bzl"}, name) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// One without files is left over.
			if entries, err := os.ReadDir(path); err != nil || len(entries) == 0 {
				tree[name+"/"] = "empty"
			}
			return nil
		}
		content, err := os.ReadFile(path)
		tree[name] = fmt.Sprintf("%v %s", info.Mode(), content)
		return err
	})
	return tree, err
}

// differences compares trees.
func differences(got, want map[string]string) string {
	var all strings.Builder
	names := maps.Clone(got)
	maps.Copy(names, want)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if got[name] != want[name] {
			fmt.Fprintf(&all, "%s: got %.99q, want %.99q\n", name, got[name], want[name])
		}
	}
	return all.String()
}

// zipped makes a zip, also of entries that no honest zip has.
func zipped(t *testing.T, files []zipFile) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, file := range files {
		header := &zip.FileHeader{Name: file.name, Method: zip.Deflate}
		header.SetMode(file.mode)
		if file.mode&os.ModeSymlink != 0 {
			header.Method = zip.Store
		}
		entry, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(entry, file.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// digests are an entry of a lock file.
type digests struct {
	H1     string `json:"h1"`
	Sha256 string `json:"sha256"`
}

// digestsOf returns what is right for a zip of the files.
func digestsOf(t *testing.T, files []zipFile, zip []byte) digests {
	t.Helper()
	contents := map[string]string{}
	for _, file := range files {
		contents[file.name] = file.content
	}
	h1, err := dirhash.Hash1(slices.Collect(maps.Keys(contents)), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(contents[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(zip)
	return digests{H1: h1, Sha256: hex.EncodeToString(sum[:])}
}

// moduleServers are a GOPROXY by HTTP, the same by HTTPS, and an HTTP proxy by
// whose way golang.org is the same, too.
type moduleServers struct {
	http, https *httptest.Server
	webProxy    *httptest.Server
	bundle      string // file with the certificates that curl and python are to trust
	truststore  string // the same for Java

	mu       sync.Mutex
	handlers map[string]http.HandlerFunc // by the first folder of the path
	requests []string                    // paths
}

func newModuleServers(t *testing.T) *moduleServers {
	s := &moduleServers{handlers: map[string]http.HandlerFunc{}}
	certificate, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	s.bundle = filepath.Join(t.TempDir(), "bundle.pem")
	s.truststore = filepath.Join(t.TempDir(), "truststore")
	if err := s.trust(certificate.Certificate[0]); err != nil {
		t.Fatal(err)
	}

	s.http = httptest.NewServer(s)
	s.https = httptest.NewUnstartedServer(s)
	s.https.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.https.StartTLS()
	s.webProxy = httptest.NewServer(http.HandlerFunc(s.tunnel))
	t.Cleanup(func() {
		for _, server := range []*httptest.Server{s.http, s.https, s.webProxy} {
			server.CloseClientConnections()
			server.Close()
		}
	})
	return s
}

// handle makes a handler answer the paths below a folder.
func (s *moduleServers) handle(folder string, handler http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[folder] = handler
}

// takeRequests returns the paths that were asked for since the last call.
func (s *moduleServers) takeRequests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

func (s *moduleServers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	folder, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.Path)
	handler := s.handlers[folder]
	s.mu.Unlock()
	if handler == nil {
		http.NotFound(w, r)
		return
	}
	handler(w, r)
}

// tunnel answers a CONNECT.
func (s *moduleServers) tunnel(w http.ResponseWriter, r *http.Request) {
	target := r.Host
	if strings.HasPrefix(target, "golang.org:") {
		target = s.https.Listener.Addr().String()
	}
	if r.Method != http.MethodConnect {
		http.Error(w, "expected CONNECT", http.StatusMethodNotAllowed)
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		server.Close()
		return
	}
	fmt.Fprint(client, "HTTP/1.1 200 OK\r\n\r\n")
	copyAll := func(to, from net.Conn) {
		defer to.Close()
		io.Copy(to, from)
	}
	go copyAll(server, client)
	go copyAll(client, server)
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "tests/e2e"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"golang.org"},
		BasicConstraintsValid: true,
		IsCA:                  true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: key}, err
}

// trust writes the lists of certificates: those that the system trusts, for
// Bazel may need them, and one more.
func (s *moduleServers) trust(certificate []byte) error {
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	for _, name := range []string{
		os.Getenv("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
	} {
		if system, err := os.ReadFile(name); err == nil {
			bundle = append(bundle, system...)
			break
		}
	}
	if err := os.WriteFile(s.bundle, bundle, 0o644); err != nil {
		return err
	}
	var certificates [][]byte
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		certificates = append(certificates, block.Bytes)
	}
	return os.WriteFile(s.truststore, javaKeystore(certificates), 0o644)
}

// truststorePassword is what Java's own truststores have.
const truststorePassword = "changeit"

// javaKeystore makes a keystore in Java's own format, JKS.
func javaKeystore(certificates [][]byte) []byte {
	const trustedCertificate = 2
	text := func(text string) []byte {
		return append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
	}
	var store []byte
	for _, number := range []uint32{0xFEEDFEED, 2, uint32(len(certificates))} {
		store = binary.BigEndian.AppendUint32(store, number)
	}
	for i, certificate := range certificates {
		store = binary.BigEndian.AppendUint32(store, trustedCertificate)
		store = append(store, text(fmt.Sprint(i))...)
		store = binary.BigEndian.AppendUint64(store, 0) // time of creation
		store = append(store, text("X.509")...)
		store = binary.BigEndian.AppendUint32(store, uint32(len(certificate)))
		store = append(store, certificate...)
	}
	digest := sha1.New()
	binary.Write(digest, binary.BigEndian, utf16.Encode([]rune(truststorePassword)))
	io.WriteString(digest, "Mighty Aphrodite")
	digest.Write(store)
	return digest.Sum(store)
}
