//go:build go1.24

package main

import (
	"archive/zip"
	"bytes"
	"fmt"
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
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// sdkZip is the module zip of a small SDK, whose go command tells what it is run with.
func sdkZip(t *testing.T, sdk sdkmodule.SDK) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"VERSION":                      "go" + sdk.Version + "\n",
		"go.env":                       "GOTOOLCHAIN=auto\n",
		sdk.Platform.Binary("go"):      "#!/bin/sh\necho go" + sdk.Version + " \"$@\" $GOTOOLCHAIN ${GOROOT-unset}\n",
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
	s.ok("sdk stats", "next: overlay sdk install VERSION")
	s.ok("sdk history", "next: overlay sdk use VERSION")
	s.fails("sdk remove mine", "next: overlay sdk list")
	s.fails("sdk install", "next: name one")
	s.fails("sdk install -overlays= 1.26.8", "it is empty")
	s.fails("sdk use -on= 1.26.8", "it is empty")
	s.fails("sdk install "+t.TempDir(), "there is no file VERSION")
	s.fails("sdk export -prefix opt/go 1.26.8", "-prefix is for -layer")
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

	s.ok("sdk install 1.26.7 1.27", "1.26.7 is installed: ", "1.27.0 is installed: ")
	s.fails("sdk install -use 1.26 1.27", "are for one SDK")
	s.ok("sdk remove 1.27.0", "removed 1.27.0")

	// A go command, and no other.
	foreign := sdkmodule.SDK{Version: "1.26.8", Platform: gosdk.Platform{GOOS: "windows", GOARCH: "amd64"}}
	s.servers.Published[foreign.ModuleVersion()] = sdkZip(t, foreign)
	s.servers.Served[foreign.ModuleVersion()] = s.servers.Published[foreign.ModuleVersion()]
	s.ok("sdk install -platform windows_amd64 1.26.8", "1.26.8-windows_amd64 is installed")
	s.fails("sdk exec 1.26.8-windows_amd64 -- sh -c true", "is an SDK for windows_amd64, expected one that has bin/go")
	s.ok("sdk remove 1.26.8-windows_amd64")
	t.Setenv("GOROOT", "elsewhere")
	t.Setenv("GOTOOLCHAIN", "go1.99.1")
	s.ok("sdk exec -- go version", "go1.26.7 version local unset\n")
	s.ok("sdk exec 1.26 go version", "go1.26.8 version local unset\n")
	s.ok("sdk exec current -- go version", "go1.26.8 ")
	s.ok("sdk exec -- env -- go version", "go1.26.7 version")
	s.ok("sdk exec go version", "go1.26.7 version")
	s.fails("sdk exec -- 9no-such x", `"9no-such": executable file not found`)
	s.fails("sdk exec 9no-such x", `"9no-such": executable file not found`)
	s.fails("sdk exec 1.26.8", "expected a command")
	s.write("goenv", "GOFLAGS=-x\nGOROOT=/elsewhere\n") // as by go env -w
	t.Setenv("GOENV", filepath.Join(s.dir, "goenv"))
	s.fails("sdk exec -- go version", "standard library of /elsewhere; next: go env -u GOROOT")
	s.fails("sdk env", "go env -u GOROOT")
	t.Setenv("GOENV", "off")
	s.write("below/go.mod", "module example.com/below\n\ngo 1.26.8\n")
	t.Setenv("BUILD_WORKING_DIRECTORY", filepath.Join(s.dir, "below")) // as by bazel run
	if said := s.ok("sdk exec pwd"); !strings.HasSuffix(said, "/below\n") {
		t.Errorf("by bazel run, a command runs in %s", said)
	}
	s.ok("sdk exec -- go version", "go1.26.8 ")
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
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
	s.ok("sdk env -shell direnv", "watch_file ", "/store/sdks ", "/go.mod", "/go.work", "export PATH=")
	if said := s.ok("sdk env -shell direnv 1.26.8"); strings.Contains(said, "watch_file") {
		t.Errorf("for a version it watches files: %s", said)
	}
	s.write("below/go.mod", "module example.com/below\n\ngo 1.26.1\n")
	t.Setenv("BUILD_WORKING_DIRECTORY", filepath.Join(s.dir, "below"))
	s.fails("sdk env -shell direnv", "watch_file ", "/store/sdks ", "/below/go.mod", "1.26.1 is not installed")
	t.Setenv("BUILD_WORKING_DIRECTORY", "")

	s.ok("sdk use 1.26.7", "1.26.7 is current")
	s.ok("sdk rollback", "1.26.8-")
	s.ok("sdk history", "1.26.7  ", "current")
	s.ok("sdk path current", "/current\n")
	s.ok("sdk stats", "1.26.8", "each file once")
	s.ok("sdk stats -json", `"by_file_bytes"`)
	s.ok("sdk list -json", `"current": true`)

	// Less.
	s.fails("sdk remove current", "1.26.8 is not removed: it is the current one")
	s.ok("sdk verify current", "ok")
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
	s := newShop(t, "1.26.8", "1.26.9")
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
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
	s.ok("sdk install 1.26.9")
	s.ok("sdk exec -- go version", "go1.26.8 version") // as the lock file has it
	s.ok("sdk exec 1.26 -- go version", "go1.26.9 version")
	s.ok("sdk remove 1.26.9")

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

	// One that can't be read hides no other.
	if err := os.WriteFile(filepath.Join(os.Getenv("GO_OVERLAY_SDK_STORE"), "sdks", "damaged"), nil, 0o444); err != nil {
		t.Fatal(err)
	}
	s.fails("sdk list", "1.26.8-changed ", "damaged: ", "next: overlay sdk repair")
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

// changedSDK copies an SDK that is installed, and changes the file errors.go.
func (s *shop) changedSDK(name string) (dir string) {
	s.t.Helper()
	dir = s.t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(strings.TrimSpace(s.ok("sdk path "+name)))); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(dir, "src", "errors", "errors.go")
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
	fakeproxy.WriteFile(s.t, path, "package errors // changed\n")
	return dir
}

// isChanged tells whether an SDK has what changedSDK has changed.
func (s *shop) isChanged(name string) bool {
	s.t.Helper()
	content, err := os.ReadFile(filepath.Join(strings.TrimSpace(s.ok("sdk path "+name)), "src", "errors", "errors.go"))
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.HasSuffix(string(content), "// changed\n")
}

// asks tells whether a command line, which has to work, asks the proxy for something.
func (s *shop) asks(line string, words ...string) bool {
	s.t.Helper()
	before := s.servers.Requests
	s.ok(line, words...)
	return s.servers.Requests != before
}

// inOtherStore does something with a new store.
func (s *shop) inOtherStore(do func(store string)) {
	before := os.Getenv(store.Variable)
	other := filepath.Join(s.t.TempDir(), "other")
	s.t.Setenv(store.Variable, other)
	do(other)
	s.t.Setenv(store.Variable, before)
}

// lock writes a lock file with versions as served, and others with a sum that is wrong.
func (s *shop) lock(versions, wrong []string) {
	s.t.Helper()
	var entries []string
	for _, version := range slices.Concat(versions, wrong) {
		h1, sum := s.servers.Sums(sdkmodule.SDK{Version: version, Platform: gosdk.Host})
		if slices.Contains(wrong, version) {
			h1 = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
		}
		entries = append(entries, fmt.Sprintf(`%q: {%q: {"h1": %q, "sha256": %q}}`, version, gosdk.Host, h1, sum))
	}
	s.write(sdklock.Name, `{"lock_version": 1, "sdks": {`+strings.Join(entries, ",")+`}}`)
}

// otherPlatform is one that has Go, and is not this machine's.
var otherPlatform = gosdk.Platform{GOOS: "linux", GOARCH: "riscv64"}

// TestSDKNames checks that the name of a release is that of nothing else, by whatever way it comes.
func TestSDKNames(t *testing.T) {
	s := newShop(t, "1.26.7", "1.26.8")
	before := s.servers.Requests
	for name, means := range map[string]string{
		"go1.26.8-mine": "1.26.8-mine", "v1.26.8": "1.26.8", "1.26.x": "1.26", "1.26": "the newest version", "latest": "the newest version", "stable": "the newest version",
		"current": "the one that overlay sdk use has chosen",
	} {
		s.fails("sdk install -name "+name+" 1.26.8", name+" can't be the name of an SDK: it means "+means, "by -name")
	}
	s.fails("sdk install -name .mine 1.26.8", "can't be the name of an SDK", "by -name")
	for name, line := range map[string]string{"1.26.7": "1.26.8", "1.26.8-" + otherPlatform.String(): "1.26.8", "1.26.8": "-platform " + otherPlatform.String() + " 1.26.8"} {
		s.fails("sdk install -name "+name+" "+line, name+" is the name of Go ", ", and this is 1.26.8 ", "by -name")
	}
	if s.servers.Requests != before {
		t.Error("the proxy was asked for what can't be installed")
	}
	s.ok("sdk install 1.26.7 1.26.8")
	if s.asks("sdk install -name mine 1.26.8", "mine is installed") || s.asks("sdk install -name 1.26.8-"+gosdk.Host.String()+" 1.26.8") {
		t.Error("what the store has was downloaded for another name")
	}
	if one, other := s.ok("sdk path mine"), s.ok("sdk path 1.26.8"); one != other {
		t.Errorf("the same files are in %s and %s", one, other)
	}

	// One that is there keeps its name.
	sdks := filepath.Join(os.Getenv(store.Variable), "sdks")
	if err := os.Rename(filepath.Join(sdks, "mine"), filepath.Join(sdks, "go1.26.8-mine")); err != nil {
		t.Fatal(err)
	}
	s.ok("sdk install -name go1.26.8-mine 1.26.8", "go1.26.8-mine is installed")

	changed := s.changedSDK("1.26.8")
	s.fails("sdk install -name 1.26.7 "+changed, "1.26.7 is the name of Go 1.26.7 ")
	s.fails("sdk install -name latest "+changed, "latest can't be the name")
	s.fails("sdk install -platform "+otherPlatform.String()+" "+changed, "is for "+gosdk.Host.String()+", expected "+otherPlatform.String())
	s.inOtherStore(func(dir string) {
		for _, name := range []string{"1.26.7", "latest", "1.26.8-" + gosdk.Host.String()} {
			s.ok("sdk install -name mine " + changed)
			if err := os.Rename(filepath.Join(dir, "sdks", "mine"), filepath.Join(dir, "sdks", name)); err != nil {
				t.Fatal(err)
			}
			s.ok("sdk export -o " + name + ".tar.zst " + name)
		}
	})
	s.fails("sdk install 1.26.7.tar.zst", "1.26.7.tar.zst: 1.26.7 is the name of Go 1.26.7 ", ", and this is 1.26.8 ")
	s.fails("sdk install latest.tar.zst", "latest can't be the name of an SDK")
	s.fails("sdk install 1.26.8-"+gosdk.Host.String()+".tar.zst", "has other files than the one that is installed")
	s.ok("sdk exec 1.26.7 -- go version", "go1.26.7 ")

	overlay := `{"name": "%s", "importpath": "errors", "replace": {"errors.go": "errors.go"}}`
	port := otherPlatform.String()
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
	s.write("overlays.json", `{"overlays": [`+fmt.Sprintf(overlay, port)+","+fmt.Sprintf(overlay, "my_set")+`]}`)
	s.write("errors.go", "package errors // changed\n")
	s.fails("sdk install -overlays "+port+" 1.26.8", "1.26.8-"+port+" is the name of Go 1.26.8 "+port, "by -name")
	s.fails("sdk install -overlays "+port+" -name 1.26.7 1.26.8", "1.26.7 is the name of Go 1.26.7 ", "by -name")
	s.fails("sdk install -overlays "+port+" -name 1.26.8-"+gosdk.Host.String()+" 1.26.8", "without overlays", "by -name")
	s.ok("sdk install -overlays my_set 1.26.8", "1.26.8-my_set is installed") // looks like a platform
	if s.isChanged("1.26.8") || s.isChanged("1.26.8-"+gosdk.Host.String()) {
		t.Error("a release has the name of what is another one")
	}

	// What else has a name is told when it loses it.
	s.write("errors.go", "package errors\n")
	if said := s.ok("sdk install -overlays " + port + " -name 1.26.8-my_set 1.26.8"); !strings.Contains(said, "1.26.8-my_set was the name of another SDK") {
		t.Errorf("it says %q", said)
	}
	if said := s.ok("sdk install -overlays " + port + " -name 1.26.8-my_set 1.26.8"); strings.Contains(said, "another SDK") {
		t.Errorf("of the same one it says %q", said)
	}
}

// TestSDKUnverified checks that what nobody has verified is not taken for a release later.
func TestSDKUnverified(t *testing.T) {
	s := newShop(t, "1.26.7", "1.26.8")
	s.ok("sdk install 1.26.8")
	if s.asks("sdk install 1.26.8") {
		t.Error("what was verified was asked for again")
	}
	changed := s.changedSDK("1.26.8")
	again := func() {
		t.Helper()
		s.ok("sdk remove 1.26.8")
		s.ok("sdk install "+changed, "no go_sdk.lock.json vouches", "1.26.8 is installed")
	}
	for _, line := range []string{"sdk install 1.26.8", "sdk install -from proxy 1.26.8"} {
		again()
		s.ok(line, "1.26.8 is installed", "was the name of another SDK")
		if s.isChanged("1.26.8") {
			t.Errorf("after overlay %s, it has what nobody has published", line)
		}
	}
	again()
	s.ok("sdk install -name mine 1.26.8", "mine is installed")
	if s.isChanged("mine") {
		t.Error("another name has what nobody has published")
	}
	again()
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
	s.write("overlays.json", `{"overlays": [{"name": "env", "importpath": "errors", "new_srcs": ["env.go"]}]}`)
	s.write("env.go", "package errors\n")
	if said, exit := s.run("sdk", "install", "-overlays", "env", "1.26.8"); exit != 0 || s.isChanged("1.26.8-env") {
		t.Errorf("overlays are put on what nobody has published: %s", said)
	}

	database := os.Getenv("GOSUMDB")
	t.Setenv("GOSUMDB", "off")
	s.ok("sdk install -unverified 1.26.7", "1.26.7 "+gosdk.Host.String()+" is not verified")
	s.fails("sdk install 1.26.7", "GOSUMDB is off")
	t.Setenv("GOSUMDB", database)
	if !s.asks("sdk install 1.26.7") {
		t.Error("what was not verified is trusted")
	}
	if s.asks("sdk install 1.26.7") {
		t.Error("what is verified was asked for again")
	}

	// What a lock file vouches for, it does so for its folder alone.
	s.ok("sdk remove 1.26.7")
	s.lock([]string{"1.26.7"}, nil)
	s.ok("sdk install 1.26.7")
	if s.asks("sdk install 1.26.7") {
		t.Error("what the lock file has was asked for again")
	}
	if err := os.Remove(filepath.Join(s.dir, sdklock.Name)); err != nil {
		t.Fatal(err)
	}
	if !s.asks("sdk install 1.26.7") {
		t.Error("a lock file that is not there vouches for something")
	}
}

// TestSDKLockCounts checks that nothing passes a lock file over.
func TestSDKLockCounts(t *testing.T) {
	s := newShop(t, "1.26.7", "1.26.8")
	s.ok("sdk install 1.26.8")
	for _, broken := range []string{"<<<<<<< HEAD\n", `{"lock_version": 2}`} {
		s.write(sdklock.Name, broken)
		for _, from := range []string{"", "-from lock ", "-from proxy "} {
			s.fails("sdk install "+from+"1.26.7", "the lock file ")
			s.fails("sdk install "+from+"1.26", "the lock file ")
		}
	}
	s.lock(nil, []string{"1.26.8"})
	for _, line := range []string{"1.26.8", "-from lock 1.26.8", "-from proxy 1.26.8", "-from proxy latest", "-name mine 1.26.8"} {
		s.fails("sdk install "+line, "h1:AAAA")
	}

	// The proxy tells the version, and where there is none the lock file knows of.
	s.lock([]string{"1.26.7"}, nil)
	s.ok("sdk install 1.26", "1.26.7 is installed")
	s.ok("sdk install -from proxy 1.26", "1.26.8 is installed")
	s.ok("sdk install 1.26.8", "1.26.8 is installed")
	s.fails("sdk install -from lock 1.26.8", "has no 1.26.8")
}

// TestSDKCustom installs what go.mod asks for by a name that is of no release.
func TestSDKCustom(t *testing.T) {
	s := newShop(t, "1.26.8")
	s.write("go.mod", "module example.com/m\n\ngo 1.26\n\ntoolchain go1.26.8-louder\n")
	s.write("overlays.json", `{"overlays": [{"name": "louder", "importpath": "errors", "replace": {"errors.go": "errors.go"}}]}`)
	s.write("errors.go", "package errors // changed\n")
	s.fails("sdk install", "go.mod:5: toolchain go1.26.8-louder: it is no release of Go, and not installed")
	s.fails("sdk path", "1.26.8-louder is not installed", "next: overlay sdk list")
	for range 2 { // The second time as after an edit.
		s.ok("sdk install -overlays louder", "1.26.8-louder is installed")
	}
	if s.asks("sdk install", "1.26.8-louder is installed") || !s.isChanged("1.26.8-louder") {
		t.Error("it is no more what it was")
	}
	s.lock([]string{"1.26.8"}, nil)
	for _, flags := range []string{"-name mine", "-platform " + otherPlatform.String(), "-from lock -unverified", "-from proxy"} {
		s.fails("sdk install "+flags, "go.mod:5: toolchain go1.26.8-louder: ", "it is installed, but no release of Go", "next: name a version")
	}

	s.ok("sdk pack 1.26.8-louder", "packed 1.26.8-louder")
	tree := strings.TrimPrefix(strings.TrimSpace(s.ok("sdk install")), "1.26.8-louder is installed: ")
	path := filepath.Join(tree, "src", "errors", "errors.go")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	fakeproxy.WriteFile(t, path, "package wrong\n")
	s.fails("sdk install", "go.mod:5: toolchain go1.26.8-louder: ", "damaged", "errors.go", "next: overlay sdk repair 1.26.8-louder")
	link := filepath.Join(os.Getenv(store.Variable), "sdks", "1.26.8-louder")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	fakeproxy.WriteFile(t, link, "")
	s.fails("sdk install", "go.mod:5: toolchain go1.26.8-louder: ", "expected", "next: overlay sdk repair 1.26.8-louder")
}

// TestSDKForOtherPlatform installs one for a platform that is not this machine's.
func TestSDKForOtherPlatform(t *testing.T) {
	s := newShop(t, "1.26.8")
	sdk := sdkmodule.SDK{Version: "1.26.8", Platform: otherPlatform}
	s.servers.Published[sdk.ModuleVersion()] = sdkZip(t, sdk)
	s.servers.Served = s.servers.Published
	name := "1.26.8-" + otherPlatform.String()
	s.ok("sdk install -platform "+otherPlatform.String()+" 1.26.8", name+" is installed")
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(s.ok("sdk path "+name)), filepath.FromSlash(otherPlatform.Binary("compile")))); err != nil {
		t.Error(err)
	}
	s.fails("sdk path 1.26.8", "not installed")
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
	// After a restart, whoever asks for it has it again.
	own := filepath.Join(dir, "go_overlay-"+strconv.Itoa(os.Getuid()))
	for _, line := range []string{"sdk path current", "sdk env current"} {
		s.ok(line)
		if _, err := os.Stat(own); err != nil {
			t.Errorf("after overlay %s: %v", line, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	s.ok("sdk exec current -- go version", "go1.26.8 version")
	s.ok("sdk use -on "+own+" 1.26.8", " of memory")

	// Others can't have been there first.
	if err := os.Chmod(own, 0o777); err != nil {
		t.Fatal(err)
	}
	s.fails("sdk use -on tmpfs 1.26.8", own+": expected a folder of yours that nobody else can write", "-on FOLDER")
	if said := s.ok("sdk use 1.26.8"); strings.Contains(said, "memory") {
		t.Errorf("not in memory, but it says %q", said)
	}
}
