//go:build go1.24

package main

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// sdkZip is the module zip of a small SDK, whose go command tells what it is run with.
func sdkZip(t *testing.T, sdk sdkmodule.SDK) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"VERSION":                      "go" + sdk.Version + "\n",
		"go.env":                       "GOTOOLCHAIN=auto\n",
		"bin/go":                       "#!/bin/sh\necho go" + sdk.Version + " \"$@\" $GOTOOLCHAIN ${GOROOT-unset}\n",
		sdk.Platform.Binary("compile"): "the compiler of " + sdk.Version,
		"src/_go.mod":                  "module std\n\ngo 1.26\n",
		"src/errors/errors.go":         "package errors\n\nfunc New(text string) error { return nil }\n",
	} {
		entry, err := w.Create(sdkmodule.Path + "@" + sdk.ModuleVersion() + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A shop is a workspace and a store of somebody who gets SDKs from a proxy.
type shop struct {
	t       *testing.T
	dir     string // the workspace
	servers *fakeproxy.Servers
}

func newShop(t *testing.T, versions ...string) *shop {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("its go command is a shell script")
	}
	s := &shop{t: t, dir: t.TempDir(), servers: fakeproxy.New(t, versions...)}
	for _, version := range versions {
		sdk := sdkmodule.SDK{Version: version, Platform: gosdk.Host}
		s.servers.Published[sdk.ModuleVersion()] = sdkZip(t, sdk)
		s.servers.Served[sdk.ModuleVersion()] = s.servers.Published[sdk.ModuleVersion()]
	}
	t.Setenv("GO_OVERLAY_SDK_STORE", filepath.Join(t.TempDir(), "store"))
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
	t.Setenv(runsCommand, "1")
	return s
}

func (s *shop) write(name, content string) {
	s.t.Helper()
	fakeproxy.WriteFile(s.t, filepath.Join(s.dir, name), content)
}

func (s *shop) run(args ...string) (said string, exit int) {
	s.t.Helper()
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// ok runs a command line that has to work, and say some words.
func (s *shop) ok(line string, words ...string) string {
	s.t.Helper()
	said, exit := s.run(strings.Fields(line)...)
	if exit != 0 {
		s.t.Fatalf("overlay %s: exit code %d: %s", line, exit, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			s.t.Errorf("overlay %s: it says %q, want %q", line, said, word)
		}
	}
	return said
}

// fails runs one that has to fail.
func (s *shop) fails(line string, words ...string) {
	s.t.Helper()
	said, exit := s.run(strings.Fields(line)...)
	if exit == 0 {
		s.t.Errorf("overlay %s: it works, and says %s", line, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			s.t.Errorf("overlay %s: it says %q, want %q", line, said, word)
		}
	}
}

func TestSDKs(t *testing.T) {
	s := newShop(t, "1.26.7", "1.26.8", "1.27.0")
	s.fails("sdk use 1.26.8", "not installed", "next: overlay sdk install 1.26.8")
	s.ok("sdk list", "next: overlay sdk install VERSION")
	s.fails("sdk install", "next: name one")
	if said, exit := s.run("sdk", "install", ""); exit != 2 || !strings.Contains(said, "an argument is empty") {
		t.Errorf("an empty argument: exit code %d: %s", exit, said)
	}
	s.ok("sdk list -remote", "1.27.0\n1.26.8\n1.26.7\n")

	// What files ask for, part of a version, and what is there already.
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n\ntoolchain go1.26.7\n")
	s.ok("sdk install", "1.26.7 is installed: ")
	s.ok("sdk install -use 1.26", "1.26.8 is current: ", "is not on PATH")
	asked := s.servers.Requests
	s.ok("sdk install 1.26.8", "1.26.8 is installed: ")
	if s.servers.Requests != asked {
		t.Error("what is installed was asked for again")
	}
	s.fails("sdk install 1.26.9", "1.26.9", "near it: 1.26.8")
	s.fails("sdk install -from lock 1.26.8", "there is no go_sdk.lock.json", "next: overlay sdk lock")

	// A go command, and no other.
	t.Setenv("GOROOT", "elsewhere")
	s.ok("sdk exec -- go version", "go1.26.7 version local unset\n")
	s.ok("sdk exec 1.26 go version", "go1.26.8 version local unset\n")
	s.ok("sdk exec current -- go version", "go1.26.8 ")
	s.fails("sdk exec 1.26.8", "expected a command")
	s.fails("sdk exec 1.26.8 -- no-such-command", "no-such-command")
	if _, exit := s.run("sdk", "exec", "1.26.8", "--", "sh", "-c", "exit 7"); exit != 7 {
		t.Errorf("the exit code of a command is %d, want 7", exit)
	}
	for _, shell := range []string{"bash", "zsh"} {
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(shell, "-c", `eval "$("$0" sdk env -shell `+shell+` current)" && eval "$("$0" sdk env 1.26.8)" && go version && echo "$PATH"`, program).CombinedOutput()
		lines := strings.Split(string(out), "\n")
		if err != nil || lines[0] != "go1.26.8 version local unset" || strings.Contains(string(out), "/current/bin") {
			t.Errorf("%s: %s, %v", shell, out, err)
		}
	}
	s.ok("sdk env -shell fish 1.26.8", "set -gx GOTOOLCHAIN local;")
	s.ok("sdk env -shell direnv", "watch_file ", "go.mod")

	s.ok("sdk use 1.26.7", "1.26.7 is current")
	s.ok("sdk rollback", "1.26.8-")
	s.ok("sdk history", "1.26.7-", "current")
	s.ok("sdk path current", "/current\n")
	s.ok("sdk stats", "1.26.8", "each file once")
	s.ok("sdk stats -json", `"by_file_bytes"`)
	s.ok("sdk list -json", `"current": true`)

	// Less.
	s.ok("sdk pin 1.26.7")
	s.fails("sdk remove 1.26.7", "overlay sdk unpin 1.26.7")
	s.ok("sdk unpin 1.26.7")
	s.ok("sdk pack", "packed 1.26.7", "kept 1.26.8")
	s.ok("sdk verify", "ok\n")
	s.ok("sdk exec 1.26.7 -- go version", "go1.26.7 ")
	s.ok("sdk gc -keep 0 -dry-run", "would be removed 1.26.7")
	s.ok("sdk gc -max-age 1h", "free")
	s.ok("sdk gc -keep 0", "removed 1.26.7", "kept 1.26.8: it is the current one")
	s.fails("sdk path 1.26.7", "not installed")
	s.fails("sdk gc -max-size many", "expected a size")
	s.fails("sdk gc -max-age soon", "expected an age")
}

func TestSDKLocked(t *testing.T) {
	s := newShop(t, "1.26.8")
	sdk := sdkmodule.SDK{Version: "1.26.8", Platform: gosdk.Host}
	h1, sum := s.servers.Sums(sdk)
	lock := func(h1 string) {
		s.write(sdklock.Name, `{"lock_version": 1, "sdks": {"1.26.8": {"`+gosdk.Host.String()+`": {"h1": "`+h1+`", "sha256": "`+sum+`"}}}}`)
	}
	lock("h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	s.fails("sdk install 1.26.8", "h1:AAAA")
	s.ok("sdk list", "no Go SDK is installed")
	lock(h1)
	asked := s.servers.Asked
	s.ok("sdk install -from lock 1.26", "1.26.8 is installed")
	if s.servers.Asked != asked {
		t.Error("the checksum database was asked for what the lock file has")
	}
	s.fails("sdk install -from lock 1.27", "overlay sdk lock")

	// A folder that says it is the release, and is another.
	tree := strings.TrimSpace(s.ok("sdk path 1.26.8"))
	changed := t.TempDir()
	if err := os.CopyFS(changed, os.DirFS(tree)); err != nil {
		t.Fatal(err)
	}
	s.ok("sdk install -from dir -name same "+changed, "same is installed")
	if same := strings.TrimSpace(s.ok("sdk path same")); same != tree {
		t.Errorf("the same files are in %s and %s", same, tree)
	}
	path := filepath.Join(changed, "src", "errors", "errors.go")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	fakeproxy.WriteFile(t, path, "package errors\n")
	s.fails("sdk install "+changed, "are not those of the lock file", "-name 1.26.8-changed")
	s.ok("sdk install -name 1.26.8-changed "+changed, "1.26.8-changed is installed")

	// What was changed through a link is fetched again.
	path = filepath.Join(tree, "src", "errors", "errors.go")
	edit := func() {
		t.Helper()
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("package wrong\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit()
	s.fails("sdk verify", "errors.go", "next: overlay sdk repair")
	s.ok("sdk repair", "fetched Go 1.26.8", "what was found there is in ", "ok\n")
	s.ok("sdk verify", "ok\n")
	edit()
	s.ok("sdk install 1.26.8", "1.26.8 is installed")
	s.ok("sdk verify", "ok\n")

	// Archives.
	s.ok("sdk export 1.26.8", "go1.26.8.tar.zst has 1.26.8")
	s.ok("sdk export -since 1.26.8 -o since.tar.zst 1.26.8-changed")
	s.ok("sdk export -layer 1.26.8 -o layer.tar 1.26.8-changed", "layer.tar has")
	if out, err := exec.Command("tar", "-tf", filepath.Join(s.dir, "layer.tar")).Output(); err == nil {
		if files := slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool { return strings.HasSuffix(name, "/") }); !slices.Equal(files, []string{"usr/local/go/src/errors/errors.go"}) {
			t.Errorf("the layer has %q", files)
		}
	}
	t.Setenv("GO_OVERLAY_SDK_STORE", filepath.Join(t.TempDir(), "other"))
	t.Setenv("GOPROXY", "off")
	s.fails("sdk install since.tar.zst", "install that one first")
	s.ok("sdk install go1.26.8.tar.zst", "1.26.8 is installed")
	if err := os.Rename(filepath.Join(s.dir, sdklock.Name), filepath.Join(s.dir, "no.lock")); err != nil {
		t.Fatal(err)
	}
	s.fails("sdk install "+changed, "has other files than the one that is installed", "-name 1.26.8-changed")
	s.ok("sdk install go1.26.8.tar.zst", "no go_sdk.lock.json vouches")
	s.ok("sdk install since.tar.zst", "1.26.8-changed is installed")
	s.ok("sdk verify", "ok\n")
}

// TestSDKPatched installs an SDK with the changes of overlays.json.
func TestSDKPatched(t *testing.T) {
	s := newShop(t, "1.26.8")
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
	s.write("overlays.json", `{"overlays": [{"name": "louder", "importpath": "errors", "replace": {"errors.go": "errors.go"}}]}`)
	s.write("errors.go", "package errors\n\nfunc New(text string) error { panic(text) }\n")
	s.ok("sdk install -overlays louder 1.26.8", "1.26.8-louder is installed")
	tree := strings.TrimSpace(s.ok("sdk path 1.26.8-louder"))
	stock := strings.TrimSpace(s.ok("sdk path 1.26.8"))
	for name, same := range map[string]bool{"bin/go": true, "VERSION": true, "src/errors/errors.go": false, "go.env": false} {
		one, err := os.Stat(filepath.Join(tree, name))
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.Stat(filepath.Join(stock, name))
		if err != nil {
			t.Fatal(err)
		}
		if os.SameFile(one, other) != same {
			t.Errorf("%s is the same file: %v, want %v", name, !same, same)
		}
	}
	if content, err := os.ReadFile(filepath.Join(tree, "go.env")); err != nil || !strings.Contains(string(content), "GOTOOLCHAIN=local") {
		t.Errorf("go.env: %s, %v", content, err)
	}
	s.ok("sdk exec 1.26.8-louder -- go version", "go1.26.8 ")
	s.write("errors.go", "package errors\n")
	s.fails("sdk install -overlays quieter 1.26.8", "quieter")
	s.ok("sdk install -overlays louder -name 1.26.8-louder2 1.26.8", "1.26.8-louder2 is installed")
	s.fails("sdk install -overlays louder -name 1.26.8 1.26.8", "without overlays")
	s.fails("sdk install -overlays louder ./elsewhere", "-overlays takes a version")
}

// TestSDKInMemory has the current SDK in memory, and then not any more.
func TestSDKInMemory(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "go_overlay_test")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := newShop(t, "1.26.8")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	s.ok("sdk install 1.26.8")
	if said, _ := s.run("sdk", "use", "-on", "tmpfs", "1.26.8"); strings.Contains(said, "is in memory (tmpfs) here") {
		t.Skip(said)
	}
	said := s.ok("sdk use -on tmpfs 1.26.8", "its files take ", " of memory, until a restart, or: rm -rf "+dir)
	if bytes, ok := strings.CutPrefix(said[strings.Index(said, "its files take "):], "its files take 24.6 kB "); !ok && os.Getpagesize() == 4096 {
		t.Errorf("6 files, a page each: %s", bytes)
	}
	s.ok("sdk env current")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	next := filepath.Join(dir, "go_overlay-"+strconv.Itoa(os.Getuid()))
	for _, line := range []string{"sdk path current", "sdk env current"} {
		s.fails(line, "any more, where the current SDK was; next: overlay sdk use -on "+next+" 1.26.8\n")
	}
	s.ok("sdk exec current -- go version", "go1.26.8 version")
	s.ok("sdk use -on "+next+" 1.26.8", " of memory")
	s.ok("sdk path current")
	if said := s.ok("sdk use 1.26.8"); strings.Contains(said, "memory") {
		t.Errorf("not in memory, but it says %q", said)
	}
}
