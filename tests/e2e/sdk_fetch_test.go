package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tests/tiers"
)

// Credentials, which must be nowhere in the output of Bazel.
const (
	login    = "alice"
	password = "hunter2"
)

// fetchCase is a GOPROXY with an SDK in it. Texts may have {http} and {https},
// which are GOPROXYs that answer with the SDK, {http}/404 and the like, which
// answer with the status, {dead}, where nothing answers, {path}, the path of the
// SDK's zip below a GOPROXY, {folder}, that of {http} and {https} on the servers,
// {from}, either of them without the scheme, {dir}, a folder for files, and
// {store}, the SDK store.
type fetchCase struct {
	name string

	files func([]zipFile) []zipFile           // changes what is in the zip
	zip   func([]byte) []byte                 // changes the zip
	lock  func(lock *digests, served digests) // changes the entry of the lock file, which is that of the right zip
	serve func(zip []byte) http.HandlerFunc   // default: sends it

	missing  bool // nothing is in the lock file
	unlocked bool // and need not be
	slim     bool
	disk     int64 // bytes that are free on the disk; 0: enough

	store  func(*testing.T, fakeStore) // changes an SDK store that has the SDK; nil: there is none
	linked bool                        // the store is on the file system of Bazel, and files are linked

	goproxy string   // default: {http}
	env     []string // NAME=VALUE
	flags   []string
	write   map[string]string // files in {dir}

	fails    bool
	want     []string // what the output of Bazel says
	requests []string // paths that are asked for, one after the other, however often; nil: anything
}

// anyDigest locks what is served, whatever it is.
func anyDigest(lock *digests, served digests) { lock.Sha256 = served.Sha256 }

// lockServed locks what is served, as if it were right.
func lockServed(lock *digests, served digests) { *lock = served }

func add(name, content string, mode os.FileMode) func([]zipFile) []zipFile {
	return func(files []zipFile) []zipFile { return append(files, zipFile{name, content, mode}) }
}

// asItIs leaves the SDK store whole.
func asItIs(*testing.T, fakeStore) {}

// patched has another SDK by the name of the right one.
func patched(t *testing.T, s fakeStore) {
	if err := s.install(fakeVersion, fakePlatform, fakeSDK("patched")); err != nil {
		t.Fatal(err)
	}
}

// withAuth sends the zip to those who have the credentials.
func withAuth(zip []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if l, p, ok := r.BasicAuth(); !ok || l != login || p != password {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		w.Write(zip)
	}
}

var fetchCases = []fetchCase{
	// The list.
	{name: "by http"},
	{name: "by https", goproxy: "{https}"},
	{name: "from a folder", goproxy: "file://{dir}", write: map[string]string{"{path}": "zip"}, requests: []string{}},
	{name: "from a second folder", goproxy: "file://{dir}/none,file://{dir}", write: map[string]string{"{path}": "zip"}},
	{
		name: "tampered in a folder", goproxy: "file://{dir}", write: map[string]string{"{path}": "zip"}, fails: true,
		files: add(fakePrefix+"src/evil.go", "package evil\n", 0o644), want: []string{"from      file://{dir}/{path}", "found     sha256 {found}"},
	},
	{name: "comma after 404", goproxy: "{http}/404,{http}"},
	{name: "comma after 410", goproxy: " {http}/410/ , ,{http}/"},
	{
		name: "comma after 403", goproxy: "{http}/403,{http}", flags: []string{"--http_connector_attempts=2"}, fails: true,
		want: []string{"{http}/403/{path}: HTTP 403, access is refused"}, requests: []string{"/{folder}/403/{path}"},
	},
	{
		name: "comma after 500", goproxy: "{http}/500,{http}", flags: []string{"--http_connector_attempts=2"}, fails: true,
		want: []string{"{http}/500/{path}: HTTP 500"}, requests: []string{"/{folder}/500/{path}"},
	},
	{
		name: "comma after nothing", goproxy: "{dead},{http}", flags: []string{"--http_connector_attempts=2"}, fails: true,
		want: []string{"{dead}/{path}: "}, requests: []string{},
	},
	{name: "bar after 403", goproxy: "{http}/403|{http}", flags: []string{"--http_connector_attempts=2"}},
	{name: "bar after 404", goproxy: "{http}/404|{http}"},
	{name: "bar after nothing", goproxy: "{dead}|{http}", flags: []string{"--http_connector_attempts=2"}},
	{
		name: "404 everywhere", goproxy: "{http}/404,{http}/410", fails: true,
		want: []string{"{http}/404/{path}: HTTP 404, it has no such version", "{http}/410/{path}: HTTP 410"},
	},
	{name: "off", goproxy: "off,{http}", fails: true, want: []string{"off: GOPROXY says"}, requests: []string{}},
	{name: "off after 404", goproxy: "{http}/404,off", fails: true, want: []string{"{http}/404/{path}: HTTP 404", "off: GOPROXY says"}},
	{name: "no list", goproxy: " , |", fails: true, want: []string{"which names no proxy"}},
	{name: "other scheme", goproxy: "{http},ftp:/alice:hunter2@example.com", fails: true, want: []string{"element 2: expected a URL"}},
	{name: "slash in a password", goproxy: "https://alice:1/hunter2@example.com", fails: true, want: []string{"element 1: "}},
	{name: "bad escape", goproxy: "https://alice:hunter2%zz@example.com", fails: true, want: []string{"element 1: credentials"}},

	// direct, and where the settings come from.
	{
		name: "direct", goproxy: "{http}/404,direct", env: []string{"https_proxy={web}"},
		requests: []string{"/{folder}/404/{path}", "/toolchain", "/{folder}/{path}"},
	},
	{name: "GOPRIVATE", goproxy: "{dead}", env: []string{"https_proxy={web}", "GOPRIVATE=example.com,*.org/tool?hain"}},
	{name: "GONOPROXY", goproxy: "off", env: []string{"https_proxy={web}", "GONOPROXY=golang.org"}},
	{name: "GONOPROXY before GOPRIVATE", env: []string{"GOPRIVATE=*", "GONOPROXY=none"}},
	{
		name: "no way to golang.org", goproxy: "direct", env: []string{"https_proxy={dead}"}, flags: []string{"--http_connector_attempts=1"},
		fails: true, want: []string{"direct: https://" + sdkModule + "?go-get=1 can't be read"},
	},
	{
		name: "settings of the go command", goproxy: "none", env: []string{"GOPROXY=", "PATH={dir}:{tools}"},
		write: map[string]string{"go": "#!/bin/sh\n" + `echo '{"GONOPROXY": "", "GOPRIVATE": "", "GOPROXY": "{http}/404,{http}"}'`},
	},
	{
		name: "GOPRIVATE of the go command", goproxy: "{http}", env: []string{"PATH={dir}:{tools}", "https_proxy={web}"},
		write:    map[string]string{"go": "#!/bin/sh\n" + `echo '{"GONOPROXY": "golang.org", "GOPRIVATE": "", "GOPROXY": "{http}"}'`},
		requests: []string{"/toolchain", "/{folder}/{path}"},
	},
	{
		name: "no settings", goproxy: "none", env: []string{"GOPROXY=", "PATH={tools}"}, fails: true,
		want: []string{"GOPROXY is not set, and there is no go command to ask"},
	},
	{
		name: "nothing to ask for the status", goproxy: "{http}/404,{http}", env: []string{"PATH=/nowhere"}, fails: true,
		want: []string{"{http}/404/{path}: the download failed, and there is neither curl nor python3"},
	},

	// Credentials.
	{name: "credentials in the URL", goproxy: "https://alice:hunter2@{host}", serve: withAuth},
	{name: "escaped credentials", goproxy: "https://%61lice:hunter%32@{host}", serve: withAuth},
	{
		name: "wrong credentials in the URL", goproxy: "https://alice:hunter22@{host}", serve: withAuth, fails: true,
		want: []string{"{https}/{path}: HTTP 401, credentials are missing or wrong"},
	},
	{
		name: "credentials and 403", goproxy: "https://alice:hunter2@{host}/403", flags: []string{"--http_connector_attempts=2"}, fails: true,
		want: []string{"{https}/403/{path}: HTTP 403"},
	},
	{
		name: "credentials and nothing", goproxy: "https://alice:hunter2@{deadhost}", flags: []string{"--http_connector_attempts=2"}, fails: true,
		want: []string{"https://{deadhost}/{path}: "},
	},
	{
		name: "credentials and another zip", goproxy: "https://alice:hunter2@{host}", serve: withAuth, fails: true,
		files: add(fakePrefix+"src/evil.go", "package evil\n", 0o644), want: []string{"from      {https}/{path}"},
	},
	{
		name: "credentials by http", goproxy: "http://alice:hunter2@{host}", fails: true,
		want: []string{"http://{host}/{path}: credentials are for https only"}, requests: []string{},
	},
	{
		name: "credentials in netrc", goproxy: "https://{host}", serve: withAuth, env: []string{"NETRC={dir}/netrc"},
		write: map[string]string{"netrc": "machine example.com login x password y\nmachine 127.0.0.1\n\tlogin alice password hunter2\n"},
	},
	{
		name: "credentials in netrc at home", goproxy: "https://{host}", serve: withAuth, env: []string{"NETRC=", "HOME={dir}"},
		write: map[string]string{".netrc": "machine {host} login alice password hunter2\n"},
	},
	{
		// In clear text, they are sent to no one.
		name: "credentials in netrc and http", env: []string{"NETRC={dir}/netrc"},
		write: map[string]string{"netrc": "machine 127.0.0.1 login alice password hunter2\n"},
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" {
					http.Error(w, "I have heard it", http.StatusBadRequest)
					return
				}
				w.Write(zip)
			}
		},
	},
	{
		name: "netrc that nobody understands", goproxy: "https://{host}", serve: withAuth, env: []string{"NETRC={dir}/netrc"}, fails: true,
		write: map[string]string{"netrc": "machine 127.0.0.1 login alice password \"hunter2 and hunter2\"\n"},
		want:  []string{"{https}/{path}: HTTP 401"},
	},
	{
		name: "wrong credentials in netrc", goproxy: "https://{host}", serve: withAuth, env: []string{"NETRC={dir}/netrc"}, fails: true,
		write: map[string]string{"netrc": "machine 127.0.0.1 login alice password hunter22\n"},
		want:  []string{"{https}/{path}: HTTP 401, credentials are missing or wrong"},
	},

	// Servers.
	{
		name: "500 and then the zip",
		serve: func(zip []byte) http.HandlerFunc {
			failures := 2
			return func(w http.ResponseWriter, r *http.Request) {
				if failures--; failures >= 0 {
					http.Error(w, "try again", http.StatusInternalServerError)
					return
				}
				w.Write(zip)
			}
		},
		requests: []string{"/{folder}/{path}"},
	},
	{
		name: "slow server", flags: []string{"--http_timeout_scaling=0.05"},
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				for part := range slices.Chunk(zip, len(zip)/20+1) {
					w.Write(part)
					w.(http.Flusher).Flush()
					time.Sleep(100 * time.Millisecond)
				}
			}
		},
	},
	{
		name: "stalled server", flags: []string{"--http_timeout_scaling=0.05", "--http_connector_attempts=2"}, fails: true,
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(len(zip)))
				w.Write(zip[:len(zip)/2])
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}
		},
		want: []string{"{http}/{path}: the download broke off"},
	},
	{
		name: "server without a word", goproxy: "{http}|{http}/none", flags: []string{"--http_timeout_scaling=0.05", "--http_connector_attempts=2"}, fails: true,
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if !strings.Contains(r.URL.Path, "/none/") && r.Header.Get("Range") == "" {
					<-r.Context().Done()
				}
				http.NotFound(w, r)
			}
		},
		want: []string{"{http}/{path}: ", "{http}/none/{path}: HTTP 404"},
	},
	{
		name: "broken connection", fails: true,
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(len(zip)))
				w.Write(zip[:len(zip)/2])
			}
		},
		want: []string{"{http}/{path}: the download broke off"},
	},
	{
		name: "broken connection and a second proxy", goproxy: "{http}/half|{http}/whole",
		serve: func(zip []byte) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(len(zip)))
				if strings.Contains(r.URL.Path, "/half/") {
					w.Write(zip[:len(zip)/2])
					return
				}
				w.Write(zip)
			}
		},
	},

	// Zips.
	{
		name: "cut off", zip: func(zip []byte) []byte { return zip[:len(zip)-30] }, fails: true,
		want: []string{"{http}/{path}: the download broke off"},
	},
	{
		name: "login page", zip: func([]byte) []byte { return []byte("<html>Welcome to our network!") }, fails: true,
		want: []string{"{http}/{path}: the download broke off, or is not what was asked for"},
	},
	{
		name: "tampered", files: add(fakePrefix+"src/evil.go", "package evil\n", 0o644), goproxy: "{http}|{http}/second", fails: true,
		want:     []string{"the zip is not the one that was asked for", "from      {http}/{path}", "expected  sha256 {sha256}", "found     sha256 {found}"},
		requests: []string{"/{folder}/{path}"},
	},
	{
		name: "another sum", lock: func(lock *digests, _ digests) { lock.H1 = "h1:" + strings.Repeat("A", 43) + "=" }, fails: true,
		want: []string{"the files have another sum", "from      {http}/{path}", "found     {h1}", "the lock file contradicts itself"},
	},
	{
		name: "another file", files: add(fakePrefix+"src/evil.go", "package evil\n", 0o644), lock: anyDigest, fails: true,
		want: []string{"the files have another sum", "from      {http}/{path}"},
	},
	{
		name: "another version", files: func(files []zipFile) []zipFile {
			files[0].content = "go1.99.0\n"
			return files
		},
		lock: lockServed, fails: true,
		want: []string{"{http}/{path} holds Go 1.99.0"},
	},
	{
		name: "traversal", files: add(fakePrefix+"../../evil", "", 0o644), lock: anyDigest, fails: true,
		want: []string{"from    {http}/{path}", "some have a name that leads elsewhere"},
	},
	{
		name: "far traversal", files: add("../../../../../../../../../../../../tmp/go_overlay_evil", "", 0o644), lock: anyDigest, fails: true,
		want: []string{"from    {http}/{path}", "some have a name that leads elsewhere"},
	},
	{
		name: "traversal within", files: add(fakePrefix+"src/../bin/evil", "", 0o755), lock: anyDigest, fails: true,
		want: []string{"the files have another sum", "from      {http}/{path}"},
	},
	{
		name: "absolute", files: add("/tmp/go_overlay_evil", "", 0o644), lock: anyDigest, fails: true,
		want: []string{"{from}/{path}", "absolute"},
	},
	{
		name: "link", files: add(fakePrefix+"src/link", "/etc/passwd", 0o777|os.ModeSymlink), lock: anyDigest, fails: true,
		want: []string{"from    {http}/{path}", "link is neither a file nor a folder"},
	},
	{
		name: "link outside", files: add(fakePrefix+"src/link", "../../../outside", 0o777|os.ModeSymlink), lock: anyDigest, fails: true,
		want: []string{"{from}/{path}", "cannot refer to files outside"},
	},
	{
		name: "name twice", files: add(fakePrefix+"src/fmt/print.go", "package other\n", 0o644), lock: anyDigest, fails: true,
		want: []string{"from    {http}/{path}", "the zip has 19 entries, but 18 files"},
	},
	{
		name: "file for a folder", files: add(fakePrefix+"src/fmt", "", 0o644), lock: anyDigest, fails: true,
		want: []string{"{from}/{path}", "src/fmt"},
	},
	{
		name: "another module", files: func(files []zipFile) []zipFile {
			for i := range files {
				files[i].name = strings.Replace(files[i].name, "toolchain", "other", 1)
			}
			return files
		},
		lock: anyDigest, fails: true, want: []string{"{from}/{path}", "not found in the archive"},
	},
	{
		name: "no SDK", files: func(files []zipFile) []zipFile { return files[3:4] }, lock: anyDigest, fails: true,
		want: []string{"from    {http}/{path}", "bin/"},
	},
	{
		name: "damaged inside",
		zip: func(zip []byte) []byte {
			for i := 100; i < 400; i++ {
				zip[i] ^= 0x55
			}
			return zip
		},
		lock: anyDigest, fails: true, want: []string{"{from}/{path}"},
	},

	// What is laid down.
	{
		name: "comment", lock: lockServed,
		zip: func(zip []byte) []byte {
			comment := strings.Repeat("c", math.MaxUint16)
			zip = zip[:len(zip)-2]
			return append(binary.LittleEndian.AppendUint16(zip, uint16(len(comment))), comment...)
		},
	},
	{name: "dotfiles", lock: lockServed, files: func(files []zipFile) []zipFile {
		files = add(fakePrefix+".gitattributes", "* -text\n", 0o644)(files)
		return add(fakePrefix+"..data/.file", "", 0o644)(files)
	}},
	{name: "slim", slim: true},

	// Without a lock file.
	{name: "not locked", missing: true, goproxy: "{https}", fails: true, requests: []string{}, want: []string{
		"Go SDK 1.99.1 for linux_amd64 is not in //:go_sdk.lock.json", "go_toolchains.config(allow_unlocked = True)",
	}},
	{name: "unlocked", unlocked: true, goproxy: "{https}", want: []string{
		"was fetched from {https}/{path} and not verified", `"h1": "{h1}"`, `"sha256": "{sha256}"`, `"1.99.1": `, `"linux_amd64": `,
	}},
	{name: "unlocked with credentials", unlocked: true, goproxy: "https://alice:hunter2@{host}", serve: withAuth, want: []string{
		"was fetched from {https}/{path} and not verified",
	}},
	{name: "unlocked by http", unlocked: true, fails: true, want: []string{"{http}/{path}: by plain http"}, requests: []string{}},
	{
		name: "unlocked and cut off", unlocked: true, goproxy: "{https}", fails: true,
		zip: func(zip []byte) []byte { return zip[:len(zip)-30] }, want: []string{"{from}/{path}"},
	},
	{
		name: "unlocked login page", unlocked: true, goproxy: "{https}", fails: true,
		zip: func([]byte) []byte { return []byte("<html>") }, want: []string{"{from}/{path}"},
	},
	{
		name: "unlocked traversal", unlocked: true, goproxy: "{https}", fails: true,
		files: add(fakePrefix+"../evil", "", 0o644), want: []string{"from    {https}/{path}", "some have a name that leads elsewhere"},
	},

	// The SDK store. What it doesn't have is fetched, without a word.
	{name: "store", store: asItIs, requests: []string{}},
	{name: "store on the same device", store: asItIs, linked: true, requests: []string{}},
	{name: "slim from the store", store: asItIs, linked: true, slim: true, requests: []string{}},
	{
		name: "store with the platform in the name", requests: []string{},
		store: func(t *testing.T, s fakeStore) {
			s.rename(t, "sdks/"+fakeVersion, "sdks/"+fakeVersion+"-"+fakePlatform)
		},
	},
	{
		name: "store beside another SDK of the name", requests: []string{},
		store: func(t *testing.T, s fakeStore) {
			s.rename(t, "sdks/"+fakeVersion, "sdks/"+fakeVersion+"-"+fakePlatform)
			patched(t, s)
			s.edit(t, "sdks/"+fakeVersion, "\nplatform", "-patched\nplatform")
		},
	},
	{
		name: "store with other modes", store: func(t *testing.T, s fakeStore) {
			if err := os.Chmod(s.path(s.object("compiler", 0o555)), 0o755); err != nil {
				t.Fatal(err)
			}
		},
		requests: []string{},
	},
	{
		name: "store that is gone", goproxy: "off", fails: true, requests: []string{},
		store: func(t *testing.T, s fakeStore) { s.rename(t, ".", "../moved") },
		want:  []string{"GO_OVERLAY_SDK_STORE={store}: it has no file \"format\"", "off: GOPROXY says"},
	},
	{
		name: "store of another format", requests: []string{"/{folder}/{path}"},
		store: func(t *testing.T, s fakeStore) { s.edit(t, "format", "1", "2") },
	},
	{
		name: "store with a patched SDK", goproxy: "off", fails: true,
		store: patched,
		want:  []string{"GO_OVERLAY_SDK_STORE={store}: its Go 1.99.1 has the sum h1:", ", expected {h1}"},
	},
	{
		name: "store with a packed object", goproxy: "off", fails: true,
		store: func(t *testing.T, s fakeStore) { s.rename(t, s.object("compiler", 0o555), "packed") },
		want:  []string{"GO_OVERLAY_SDK_STORE={store}: it does not have the object ", " now, pkg/tool/linux_amd64/compile"},
	},
	{
		name: "store with a packed object and a proxy", requests: []string{"/{folder}/{path}"},
		store: func(t *testing.T, s fakeStore) { s.rename(t, s.object("compiler", 0o555), "packed") },
	},
	{
		name: "damaged object", requests: []string{"/{folder}/{path}"},
		store: func(t *testing.T, s fakeStore) { s.edit(t, s.object("zones", 0o444), "zones", "zonas") },
	},
	{
		name: "damaged object and no proxy", goproxy: "off", fails: true,
		store: func(t *testing.T, s fakeStore) { s.edit(t, s.object("zones", 0o444), "zones", "zonas") },
		want:  []string{"GO_OVERLAY_SDK_STORE={store}: the files have the sum ", "off: GOPROXY says"},
	},
	{
		name: "manifest with other names", goproxy: "off", fails: true,
		store: func(t *testing.T, s fakeStore) { s.edit(t, "sdks/"+fakeVersion, " lib/", " ../lib/") },
		want:  []string{"of its manifest is no file of an SDK"},
	},
	{
		name: "relative store", env: []string{"GO_OVERLAY_SDK_STORE=store"}, requests: []string{"/{folder}/{path}"},
	},
	{name: "store without cp", store: asItIs, env: []string{"PATH={tools}"}, requests: []string{"/{folder}/{path}"}},
	{
		name: "store and no lock file", store: asItIs, unlocked: true, goproxy: "{https}",
		want: []string{"was fetched from {https}/{path} and not verified"},
	},

	// Disks.
	{
		name: "disk full while downloading", disk: 1 << 20, fails: true,
		files: add(fakePrefix+"src/large", noise(4<<20), 0o644), lock: lockServed,
		want: []string{"{http}/{path}: the download broke off", "No space left on device"},
	},
	{
		name: "disk full while unpacking", disk: 1 << 20, fails: true,
		files: add(fakePrefix+"src/large", strings.Repeat("\x00", 64<<20), 0o644), lock: lockServed,
		want: []string{"{from}/{path}", "No space left on device"},
	},
}

// TestSDKFetch fetches SDKs from all kinds of servers. What fails has to be an
// error that says where it came from, and keeps passwords to itself; then the
// same build has to succeed when the cause is gone.
func TestSDKFetch(t *testing.T) {
	tiers.TakesMinutes(t)
	f := newFetcher(t)
	for _, c := range fetchCases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) { f.run(t, c) })
	}
	t.Run("once", f.once)
	t.Run("repository_cache", f.repositoryCache)
	t.Run("lock_file_of_modules", f.lockFileOfModules)
}

// fetcher is a workspace with a go_toolchains.sdk.
type fetcher struct {
	*world
	dir        string   // of the workspace
	startup    []string // options of Bazel
	outputBase string
	servers    *moduleServers
	dead       string // host and port where nothing answers
	tools      string // folder with all that is needed beside a go command
	diskErr    error  // why the disk can't be filled
}

func newFetcher(t *testing.T) *fetcher {
	w, err := newWorld(newestRulesGo)
	if err != nil {
		t.Fatal(err)
	}
	f := &fetcher{
		world:   w,
		dir:     t.TempDir(),
		servers: newModuleServers(t),
		tools:   t.TempDir(),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.dead = listener.Addr().String()
	listener.Close()
	for _, tool := range strings.Fields("awk chmod curl cut env find head mv od python3 rm rmdir sed sh sha256sum shasum sort tail tr wc") {
		// Not what the test sees: Bazel may have another /usr.
		if err := os.Symlink("/usr/bin/"+tool, filepath.Join(f.tools, tool)); err != nil {
			t.Fatal(err)
		}
	}
	// A disk that can be filled without harm to others.
	if f.diskErr = mountDisk(f.outputUserRoot); f.diskErr == nil {
		t.Cleanup(func() {
			if err := unmountDisk(f.outputUserRoot); err != nil {
				t.Error(err)
			}
		})
	}

	f.write(t, ".bazelrc", f.bazelrc()+fmt.Sprintf(`
# What one case fetches is not to be there for the next one.
common --repository_cache=
startup --host_jvm_args=-Djavax.net.ssl.trustStore=%s
startup --host_jvm_args=-Djavax.net.ssl.trustStorePassword=%s
`, f.servers.truststore, truststorePassword))
	f.write(t, ".bazelversion", "7.7.1\n")
	f.write(t, "BUILD.bazel", "")
	f.declare(t, fetchCase{}, nil)
	t.Cleanup(func() {
		if err := f.shutDown(f.dir); err != nil {
			t.Error(err)
		}
	})
	outputBase, err := f.bazel("info", "output_base").Output()
	if err != nil {
		t.Fatalf("bazelw info: %v", err)
	}
	f.outputBase = strings.TrimSpace(string(outputBase))
	return f
}

func (f *fetcher) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// declare writes MODULE.bazel and the lock file.
func (f *fetcher) declare(t *testing.T, c fetchCase, entry *digests) {
	t.Helper()
	f.write(t, "MODULE.bazel", fmt.Sprintf(`module(name = "e2e")

bazel_dep(name = "go_overlay")
bazel_dep(name = "rules_go", version = %q)

local_path_override(
    module_name = "go_overlay",
    path = %q,
)

# Or rules_go looks for the newest.
go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.host()

go_toolchains = use_extension("@go_overlay//toolchains:extensions.bzl", "go_toolchains")
go_toolchains.config(
    allow_unlocked = %s,
    lock_file = "//:go_sdk.lock.json",
)
go_toolchains.sdk(
    name = "sdk",
    platforms = [%q],
    slim = %s,
    version = %q,
)
use_repo(go_toolchains, %q)
`, f.rulesGoVersion, f.root, starlark(c.unlocked), fakePlatform, starlark(c.slim), fakeVersion, sdkRepo))
	platforms := map[string]digests{}
	if entry != nil {
		platforms[fakePlatform] = *entry
	}
	lock, err := json.Marshal(map[string]any{"lock_version": 1, "sdks": map[string]any{fakeVersion: platforms}})
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, "go_sdk.lock.json", string(lock))
}

// sdkRepo is the repository with the SDK.
const sdkRepo = "sdk_" + fakePlatform

func starlark(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func (f *fetcher) bazel(args ...string) *exec.Cmd {
	return f.world.bazel(f.dir, append(slices.Clone(f.startup), args...)...)
}

// fetch fetches the SDK, in an environment that is the machine's but for all that
// the go command minds.
func (f *fetcher) fetch(env, flags []string) (string, error) {
	args := append([]string{"fetch", "--force", "--repo=@" + sdkRepo}, flags...)
	for _, variable := range append([]string{
		"CURL_CA_BUNDLE=" + f.servers.bundle,
		"GOAUTH=netrc",
		"GOENV=off",
		"GONOPROXY=",
		"GOPRIVATE=",
		"NETRC=" + os.DevNull,
		"SSL_CERT_FILE=" + f.servers.bundle,
	}, env...) {
		args = append(args, "--repo_env="+variable)
	}
	out, err := f.bazel(args...).CombinedOutput()
	return string(out), err
}

// folder returns that of the SDK.
func (f *fetcher) folder(t *testing.T) string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(f.outputBase, "external", "*[~+]"+sdkRepo))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("repositories of the SDK: %v, %v, want one", dirs, err)
	}
	return dirs[0]
}

// fetched returns the files of the SDK.
func (f *fetcher) fetched(t *testing.T) map[string]string {
	t.Helper()
	tree, err := treeOf(f.folder(t))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func (f *fetcher) run(t *testing.T, c fetchCase) {
	dir := t.TempDir()
	folder := filepath.Base(t.Name())
	right := fakeSDK(c.name)
	if c.disk > 0 {
		right = c.files(right)
	}
	rightZip := zipped(t, right)
	rightDigests := digestsOf(t, right, rightZip)

	files, served := right, bytes.Clone(rightZip)
	if c.files != nil && c.disk == 0 {
		files = c.files(slices.Clone(right))
		served = zipped(t, files)
	}
	if c.zip != nil {
		served = c.zip(served)
	}
	servedDigests := digestsOf(t, files, served)
	locked := rightDigests
	if c.lock != nil {
		c.lock(&locked, servedDigests)
	}

	from := strings.TrimPrefix(f.servers.http.URL, "http://") + "/" + folder
	if strings.HasPrefix(c.goproxy, "{https}") {
		from = strings.TrimPrefix(f.servers.https.URL, "https://") + "/" + folder
	}
	var store fakeStore
	if c.store != nil {
		place := dir
		if c.linked {
			place = filepath.Join(f.outputUserRoot, folder)
		}
		store = fakeStore(filepath.Join(place, "the store"))
		if err := store.install(fakeVersion, fakePlatform, right); err != nil {
			t.Fatal(err)
		}
		c.store(t, store)
	}
	address := strings.NewReplacer(
		"{http}", f.servers.http.URL+"/"+folder,
		"{https}", f.servers.https.URL+"/"+folder,
		"{host}", strings.TrimPrefix(f.servers.https.URL, "https://")+"/"+folder,
		"{dead}", "http://"+f.dead,
		"{deadhost}", f.dead,
		"{web}", f.servers.webProxy.URL,
		"{from}", from,
		"{path}", fakeZip,
		"{folder}", folder,
		"{dir}", dir,
		"{store}", string(store),
		"{tools}", f.tools,
		"{h1}", servedDigests.H1,
		"{sha256}", rightDigests.Sha256,
		"{found}", servedDigests.Sha256,
	).Replace
	for name, content := range c.write {
		path := filepath.Join(dir, address(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if content == "zip" {
			content = string(served)
		}
		// In a netrc file, a host has no folder.
		content = strings.ReplaceAll(content, "{host}", strings.TrimPrefix(f.servers.https.URL, "https://"))
		if err := os.WriteFile(path, []byte(address(content)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	serve := c.serve
	if serve == nil {
		serve = sends
	}
	f.serve(folder, serve(served))
	goproxy := c.goproxy
	if goproxy == "" {
		goproxy = "{http}"
	}
	env := []string{"GOPROXY=" + address(goproxy), "GO_OVERLAY_SDK_STORE=" + string(store)}
	for _, variable := range c.env {
		env = append(env, address(variable))
	}
	if c.missing || c.unlocked {
		f.declare(t, c, nil)
	} else {
		f.declare(t, c, &locked)
	}
	f.servers.takeRequests()

	if c.disk > 0 {
		if f.diskErr != nil {
			t.Skipf("there is no disk to fill: %v", f.diskErr)
		}
		if err := fillDisk(f.outputUserRoot, c.disk); err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.fetch(env, c.flags)
	if c.disk > 0 {
		if err := freeDisk(f.outputUserRoot); err != nil {
			t.Fatal(err)
		}
	}
	if (err != nil) != c.fails {
		t.Fatalf("bazelw fetch: %v, want failure: %v\n%s", err, c.fails, out)
	}
	for _, want := range c.want {
		if !strings.Contains(out, address(want)) {
			t.Errorf("the output does not say %q:\n%s", address(want), out)
		}
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(login + ":" + password))
	for _, secret := range []string{login, password, "%61lice", "hunter%32", encoded} {
		if strings.Contains(out, secret) {
			t.Errorf("the output has the credentials %q in it:\n%s", secret, out)
		}
	}
	if requests := f.servers.takeRequests(); c.requests != nil {
		want := make([]string, len(c.requests))
		for i, request := range c.requests {
			want[i] = address(request)
		}
		if got := slices.Compact(requests); !slices.Equal(got, want) {
			t.Errorf("the servers were asked for %q, want %q", got, want)
		}
	}
	if !c.fails {
		if diff := differences(f.fetched(t), laidDown(files, c.slim)); diff != "" {
			t.Errorf("laid down:\n%s", diff)
		}
		if strings.Contains(out, "GO_OVERLAY_SDK_STORE") {
			t.Errorf("the output is about the store:\n%s", out)
		}
		if store != "" {
			shared := store.shared(t, f.folder(t))
			if (shared > 0) != c.linked {
				t.Errorf("%d files are links of objects, want some: %v", shared, c.linked)
			}
		}
		return
	}

	// What a failure left is not used, not even by who must not fetch.
	if out, err := f.bazel("query", "--nofetch", "@"+sdkRepo+"//:ROOT").CombinedOutput(); err == nil {
		t.Errorf("bazelw query --nofetch: finds an SDK where the fetch failed:\n%s", out)
	}
	f.serve(folder, sends(rightZip))
	f.declare(t, fetchCase{}, &rightDigests)
	if out, err := f.fetch([]string{"GOPROXY=" + address("{http}")}, nil); err != nil {
		t.Fatalf("bazelw fetch, with nothing wrong any more: %v\n%s", err, out)
	}
	if diff := differences(f.fetched(t), laidDown(right, false)); diff != "" {
		t.Errorf("laid down, with nothing wrong any more:\n%s", diff)
	}
}

func sends(zip []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.Write(zip) }
}

// serve makes the servers answer below a folder: with the handler, below it with
// the status that is the next folder's name, and as golang.org with where it is.
func (f *fetcher) serve(folder string, handler http.HandlerFunc) {
	f.servers.handle(folder, func(w http.ResponseWriter, r *http.Request) {
		if status, err := strconv.Atoi(strings.Split(r.URL.Path, "/")[2]); err == nil {
			w.WriteHeader(status)
			return
		}
		handler(w, r)
	})
	f.servers.handle("toolchain", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<html><head>
<meta name="go-import" content="golang.org/other mod https://127.0.0.1/other">
<meta name="go-import"
  content="golang.org/toolchain  mod %s/%s">
</head>`, f.servers.https.URL, folder)
	})
}

// lay lays out what a test of its own needs: an SDK that is locked, and served.
func (f *fetcher) lay(t *testing.T) (folder string, tree map[string]string) {
	folder = filepath.Base(t.Name())
	files := fakeSDK(folder)
	zip := zipped(t, files)
	locked := digestsOf(t, files, zip)
	f.serve(folder, sends(zip))
	f.declare(t, fetchCase{}, &locked)
	f.servers.takeRequests()
	return folder, laidDown(files, false)
}

// once checks that what is there is not fetched again from elsewhere.
func (f *fetcher) once(t *testing.T) {
	folder, tree := f.lay(t)
	netrc := filepath.Join(t.TempDir(), "netrc")
	writeNetrc := func(password string) {
		if err := os.WriteFile(netrc, []byte("machine 127.0.0.1 login a password "+password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeNetrc("before")
	if out, err := f.fetch([]string{"GOPROXY=" + f.servers.http.URL + "/" + folder, "NETRC=" + netrc}, nil); err != nil {
		t.Fatalf("bazelw fetch: %v\n%s", err, out)
	}
	f.servers.takeRequests()
	writeNetrc("after")
	env := []string{"GOPROXY=http://" + f.dead, "GOPRIVATE=golang.org", "NETRC=" + netrc, "PATH=/nowhere"}
	for _, server := range []string{"the same server", "another server"} {
		if out, err := f.fetch(env, []string{"--noforce"}); err != nil {
			t.Errorf("bazelw fetch in another environment, %s: %v\n%s", server, err, out)
		}
		if err := f.shutDown(f.dir); err != nil {
			t.Fatal(err)
		}
	}
	if requests := f.servers.takeRequests(); len(requests) > 0 {
		t.Errorf("the servers were asked for %q", requests)
	}
	if diff := differences(f.fetched(t), tree); diff != "" {
		t.Errorf("there is:\n%s", diff)
	}
}

// repositoryCache checks that what Bazel has in its cache is had without a GOPROXY.
func (f *fetcher) repositoryCache(t *testing.T) {
	folder, tree := f.lay(t)
	flags := []string{"--repository_cache=" + t.TempDir(), "--http_connector_attempts=1"}
	if out, err := f.fetch([]string{"GOPROXY=" + f.servers.http.URL + "/" + folder}, flags); err != nil {
		t.Fatalf("bazelw fetch: %v\n%s", err, out)
	}
	f.servers.takeRequests()
	for name, env := range map[string][]string{
		"a dead proxy":           {"GOPROXY=http://" + f.dead},
		"off":                    {"GOPROXY=off"},
		"direct, and no network": {"GOPROXY=direct", "https_proxy=http://" + f.dead},
		"none":                   {"GOPROXY=", "PATH=" + f.tools},
	} {
		if out, err := f.fetch(env, flags); err != nil || strings.Contains(out, "WARNING") {
			t.Errorf("GOPROXY is %s: bazelw fetch: %v\n%s", name, err, out)
		}
		if diff := differences(f.fetched(t), tree); diff != "" {
			t.Errorf("GOPROXY is %s: laid down:\n%s", name, diff)
		}
	}
	if requests := f.servers.takeRequests(); len(requests) > 0 {
		t.Errorf("the servers were asked for %q", requests)
	}
}

// lockFileOfModules checks that MODULE.bazel.lock is the same on every machine.
func (f *fetcher) lockFileOfModules(t *testing.T) {
	folder, tree := f.lay(t)
	update := []string{"--lockfile_mode=update"}
	if out, err := f.fetch([]string{"GOPROXY=" + f.servers.http.URL + "/" + folder}, update); err != nil {
		t.Fatalf("bazelw fetch: %v\n%s", err, out)
	}
	if out, err := f.bazel("mod", "deps", update[0]).CombinedOutput(); err != nil {
		t.Fatalf("bazelw mod deps: %v\n%s", err, out)
	}
	lockFile := filepath.Join(f.dir, "MODULE.bazel.lock")
	before, err := os.ReadFile(lockFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(before, []byte("lockFileVersion")) {
		t.Skipf("Debian's Bazel can neither write nor read the lock file; it wrote %q", before)
	}

	// The other machine.
	if err := f.shutDown(f.dir); err != nil {
		t.Fatal(err)
	}
	other := *f
	other.outputBase = filepath.Join(f.outputUserRoot, "other")
	other.startup = []string{"--output_base=" + other.outputBase}
	defer func() {
		if out, err := other.bazel("shutdown").CombinedOutput(); err != nil {
			t.Errorf("bazelw shutdown: %v\n%s", err, out)
		}
	}()
	env, flags := []string{"GOPROXY=" + f.servers.https.URL + "/" + folder}, []string{"--lockfile_mode=error"}
	if out, err := other.fetch(env, flags); err != nil {
		t.Fatalf("bazelw fetch --lockfile_mode=error: %v\n%s", err, out)
	}
	if diff := differences(other.fetched(t), tree); diff != "" {
		t.Errorf("laid down:\n%s", diff)
	}
	after, err := os.ReadFile(lockFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Errorf("MODULE.bazel.lock was\n%s\nand is\n%s", before, after)
	}
}
