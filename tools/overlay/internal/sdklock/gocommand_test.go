//go:build go1.24

package sdklock

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// TestGoOfSDK checks that bin/go and go.env are all that is needed of an SDK, and
// that the go command need not be on PATH.
func TestGoOfSDK(t *testing.T) {
	fakeproxy.New(t, versions()...)
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, name := range []string{"bin/go", "go.env"} {
		data := readTestFile(t, filepath.Join(strings.TrimSpace(string(goroot)), name))
		fakeproxy.WriteFile(t, filepath.Join(root, name), data)
		if err := os.Chmod(filepath.Join(root, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	t.Setenv("GOROOT", "")
	c := newCall(t, "1.26.8")
	c.fails(t, Lock, "put go on PATH, or set GO_OVERLAY_GO to its path")

	t.Chdir(root)
	t.Setenv("GO_OVERLAY_GO", filepath.Join("bin", "go"))
	c.ok(t, Lock, "added 1.26.8 "+host.String())

	t.Setenv("GO_OVERLAY_GO", filepath.Join("bin", "gone"))
	c.fails(t, Check, `GO_OVERLAY_GO is "bin/gone", but has to be the path of a go command; without it, go on PATH is used`)
	t.Setenv("GO_OVERLAY_GO", "bin")
	c.fails(t, Check, `GO_OVERLAY_GO is "bin"`)

	// What stands in go.env holds.
	fakeproxy.WriteFile(t, "go.env", "GOSUMDB=off\n")
	t.Setenv("GO_OVERLAY_GO", filepath.Join("bin", "go"))
	t.Setenv("GOSUMDB", "")
	c.fails(t, Check, "GOSUMDB is off")
}

// goScript makes a shell script the go command.
func goScript(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no shell scripts there")
	}
	path := filepath.Join(t.TempDir(), "bin", "go")
	fakeproxy.WriteFile(t, path, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GO_OVERLAY_GO", path)
}

// TestGoElsewhere checks that a go command that is not that of an SDK, such as a
// script, is run as it is. It must not leave read-only folders, which root would
// not notice.
func TestGoElsewhere(t *testing.T) {
	fakeproxy.New(t, versions()...)
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	goScript(t, `echo "$1 [$GOROOT] $GOFLAGS" >>`+log+"; exec "+path+` "$@"`)
	t.Setenv("GOROOT", "")
	newCall(t, "1.26.8").ok(t, Lock, "added 1.26.8 "+host.String())
	if got, want := readTestFile(t, log), "env [] -modcacherw\nmod [] -modcacherw\n"; got != want {
		t.Errorf("got the calls:\n%s", got)
	}
}

// TestGoFails checks that what the go command says is passed on, without secrets.
func TestGoFails(t *testing.T) {
	fakeproxy.New(t, versions()...)
	c := newCall(t, "1.26.8")
	for _, tt := range []struct{ script, want string }{
		{"echo bad https://a:b@host >&2; exit 1", "go env: bad https://host\n"},
		{"exit 3", "go env: exit status 3\n"},
		{"echo no JSON", "go env: invalid character"},
		{`[ $1 = env ] && echo {} || { echo bad https://a:b@host >&2; exit 1; }`, "1.26.8 " + host.String() + ": bad https://host\n"},
		{`[ $1 = env ] && echo {} || exit 3`, "1.26.8 " + host.String() + ": exit status 3\n"},
		{`[ $1 = env ] && echo {} || echo no JSON`, "1.26.8 " + host.String() + ": go mod download: invalid character"},
		{`echo '{"Path": "` + sdkmodule.Path + `", "Version": "v0.0.1-go1.26.7", "Sum": "h1:"}'`, "expected " + sdkmodule.Path + "@v0.0.1-go1.26.8."},
		{`echo "{\"Path\": \"` + sdkmodule.Path + `\", \"Version\": \"${4#*@}\", \"Sum\": \"h2:\"}"`, "expected " + sdkmodule.Path + "@v0.0.1-go1.26.8."},
	} {
		goScript(t, tt.script)
		c.fails(t, Lock, tt.want)
	}
}

// TestReal locks a real SDK, through the GOPROXY and the GOSUMDB that tests run with.
func TestReal(t *testing.T) {
	if testing.Short() {
		t.Skip("a download of 64 MB")
	}
	t.Setenv("GO_OVERLAY_GO", "")
	c := newCall(t, "1.26.8")
	c.Platforms = []gosdk.Platform{linux}
	c.ok(t, Lock, "added 1.26.8 linux_amd64")
	want := content("1.26.8", linux, Entry{
		H1:     "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
		SHA256: "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7",
	})
	if got := readTestFile(t, c.File); got != want {
		t.Errorf("got:\n%s", got)
	}
}
