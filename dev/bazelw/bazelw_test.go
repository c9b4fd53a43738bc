// Package bazelw_test tests bazelw with a fake rootfs: a stub of mmdebstrap
// packs a folder in which Bazel is a little program. Everything else is real:
// namespaces, locks, signals, the module wiring. real_test.go has the real Bazel.
package bazelw_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fixture is a machine with an empty cache folder and a workspace.
type fixture struct {
	t         *testing.T
	dir       string
	workspace string
	cache     string // bazelw's own, in $XDG_CACHE_HOME
	bin       string // first on PATH
	calls     string // a line for each call of a fake
	env       []string
}

// bazelw is the script under test; fake the built stand-in program; goCache
// the go command's own cache, which $XDG_CACHE_HOME would move.
var bazelw, fake, goCache string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bazelw")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if bazelw, err = filepath.Abs("../../bazelw"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fake = filepath.Join(dir, "fake")
		build := exec.Command("go", "build", "-o", fake, "./testdata/fake")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build ./testdata/fake: %v\n%s", err, out)
			return 1
		}
		out, err := exec.Command("go", "env", "GOCACHE").Output()
		if err != nil {
			fmt.Fprintln(os.Stderr, "go env GOCACHE:", err)
			return 1
		}
		goCache = strings.TrimSpace(string(out))
		return m.Run()
	}())
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	if testing.Short() {
		t.Skip("sets up a machine")
	}
	if release, _ := os.ReadFile("/etc/os-release"); !bytes.Contains(release, []byte("\nID=debian\n")) {
		t.Skip("needs Debian: the rootfs is only made there")
	}
	dir := t.TempDir()
	f := &fixture{
		t:         t,
		dir:       dir,
		workspace: filepath.Join(dir, "work space"),
		cache:     filepath.Join(dir, "cache home", "go_overlay"),
		bin:       filepath.Join(dir, "bin"),
		calls:     filepath.Join(dir, "calls"),
	}
	f.write("work space/MODULE.bazel", "module(name = \"root\")\nbazel_dep(name = \"fake_rules\", version = \"1.0\")\n")
	f.write("work space/.bazelrc", "try-import %workspace%/offline.bazelrc\n")
	f.write("rootfs/etc/bazel/bazelrc", "")
	f.write("rootfs/usr/lib/jvm/java/lib/security/cacerts", "")
	f.write("rootfs/usr/share/bazel/embedded_tools/MODULE.bazel", "module(name = \"bazel_tools\")\n")
	f.write("rootfs/usr/share/bazel/rules/fake/MODULE.bazel", "module(name = \"fake_rules\")\nbazel_dep(name = \"zlib\")\n")
	for _, program := range []string{"bazel", "openssl", "unshare"} {
		f.copyFake("rootfs/usr/bin/" + program)
	}
	// The first call hangs as long as the file "hang" says, in seconds.
	f.write("bin/mmdebstrap", `#!/bin/bash
echo mmdebstrap "${@: -1}" >>"$FAKE_CALLS"
if [[ -e $FAKE_DIR/hang ]]; then
  mv "$FAKE_DIR/hang" "$FAKE_DIR/hanging"
  sleep "$(<"$FAKE_DIR/hanging")"
fi
exec tar -C "$FAKE_DIR/rootfs" -c .
`)
	f.write("bin/newuidmap", "#!/bin/sh\n")
	f.sources("sources.list", "deb https://mirror.invalid/debian "+codename(t)+" main\n")

	path := []string{f.bin}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if !exists(filepath.Join(dir, "bazel")) && !exists(filepath.Join(dir, "bazelisk")) {
			path = append(path, dir)
		}
	}
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "BAZEL", "GO_OVERLAY_OFFLINE", "GO_OVERLAY_PROFILES", "USE_BAZEL_VERSION", "PATH", "PWD":
		default:
			f.env = append(f.env, v)
		}
	}
	f.env = append(f.env,
		"PATH="+strings.Join(path, ":"),
		"XDG_CACHE_HOME="+filepath.Dir(f.cache),
		"GOCACHE="+goCache,
		"APT_CONFIG="+filepath.Join(dir, "apt.conf"),
		"FAKE_CALLS="+f.calls,
		"FAKE_DIR="+dir,
	)
	return f
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func codename(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// write makes an executable file below f.dir.
func (f *fixture) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) copyFake(name string) {
	f.t.Helper()
	data, err := os.ReadFile(fake)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(name, string(data))
}

// sources makes one file of apt's sources the only one.
func (f *fixture) sources(name, text string) {
	f.t.Helper()
	if err := os.RemoveAll(filepath.Join(f.dir, "apt")); err != nil {
		f.t.Fatal(err)
	}
	f.write("apt/"+name, text)
	f.write("apt.conf", fmt.Sprintf("Dir::Etc::sourcelist \"/dev/null\";\nDir::Etc::sourceparts %q;\n", filepath.Join(f.dir, "apt")))
}

// command is a call of bazelw in the workspace, in a process group of its own.
func (f *fixture) command(args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.Command(bazelw, args...)
	cmd.Dir = f.workspace
	cmd.Env = f.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = 10 * time.Second
	return cmd, stdout, stderr
}

// run expects an exit code, and returns the outputs.
func (f *fixture) run(code int, args ...string) (stdout, stderr string) {
	f.t.Helper()
	cmd, out, err := f.command(args...)
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		f.t.Fatalf("bazelw %q: exit code %d, expected %d\n%s%s", args, got, code, out, err)
	}
	return out.String(), err.String()
}

// called counts the calls of fakes that begin so.
func (f *fixture) called(prefix string) int {
	f.t.Helper()
	data, err := os.ReadFile(f.calls)
	if err != nil && !os.IsNotExist(err) {
		f.t.Fatal(err)
	}
	return strings.Count("\n"+string(data), "\n"+prefix)
}

func (f *fixture) waitFor(path string) {
	f.t.Helper()
	for range 1000 {
		if exists(path) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.t.Fatalf("%s: did not appear", path)
}

func (f *fixture) noLeftovers() {
	f.t.Helper()
	for _, pattern := range []string{f.cache + "/*.tmp", f.cache + "/modules/*.tmp", f.workspace + "/*.tmp"} {
		if found, _ := filepath.Glob(pattern); found != nil {
			f.t.Errorf("left over: %q", found)
		}
	}
}

func expect(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: expected %q in:\n%s", what, part, text)
		}
	}
}

func TestFromNothing(t *testing.T) {
	f := newFixture(t)
	stdout, stderr := f.run(0, "build", "//a b:c")
	expect(t, "stderr", stderr, "installing Debian's Bazel", "registry is unreachable", "wiring up the modules")
	want := fmt.Sprintf("/usr/bin/bazel\n[\"build\" \"//a b:c\"]\nin %s\n", f.workspace)
	if stdout != want {
		t.Errorf("stdout: got %q, expected Bazel's own, %q", stdout, want)
	}
	rc, err := os.ReadFile(filepath.Join(f.workspace, "offline.bazelrc"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "offline.bazelrc", string(rc), "# GENERATED by bazelw", "--override_module=fake_rules=", "--override_module=zlib=")
	if n := f.called("mmdebstrap https://mirror.invalid/debian"); n != 1 {
		t.Errorf("mmdebstrap was called %d times with the mirror of apt's sources, expected 1", n)
	}

	// The second call does nothing but run Bazel.
	if stdout, stderr = f.run(0, "build", "//a b:c"); stdout != want || stderr != "" {
		t.Errorf("second call: got %q and %q on stderr, expected %q and nothing", stdout, stderr, want)
	}
	if n := f.called("bazel mod graph"); n != 1 {
		t.Errorf("the registry was probed %d times, expected 1", n)
	}

	// A change of a module file rewires, without another probe.
	f.write("work space/MODULE.bazel", "module(name = \"root\")\nbazel_dep(name = \"apple_support\", version = \"1.0\")\n")
	_, stderr = f.run(0, "build")
	expect(t, "stderr after a change", stderr, "wiring up the modules")
	if strings.Contains(stderr, "asking Bazel") {
		t.Errorf("probed again:\n%s", stderr)
	}
	f.noLeftovers()
}

func TestExitCode(t *testing.T) {
	f := newFixture(t)
	f.run(37, "exit", "37")
}

func TestSignalsReachBazel(t *testing.T) {
	f := newFixture(t)
	f.run(0, "build")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd, _, stderr := f.command("wait")
		cmd.Stdout = nil
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 100)
		if n, _ := pipe.Read(buf); string(buf[:n]) != "waiting\n" {
			t.Fatalf("got %q, expected Bazel to wait\n%s", buf[:n], stderr)
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		n, _ := pipe.Read(buf)
		_ = cmd.Wait()
		if got, want := string(buf[:n]), fmt.Sprintf("got %v\n", sig); got != want || cmd.ProcessState.ExitCode() != 42 {
			t.Errorf("%v: got %q and exit code %d, expected %q and Bazel's 42", sig, got, cmd.ProcessState.ExitCode(), want)
		}
	}
}

func TestTwoAtOnce(t *testing.T) {
	f := newFixture(t)
	f.write("hang", "1")
	first, _, firstErr := f.command("build")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	f.waitFor(filepath.Join(f.dir, "hanging"))
	_, stderr := f.run(0, "build")
	expect(t, "stderr of the second", stderr, "waiting for another bazelw")
	if err := first.Wait(); err != nil {
		t.Errorf("the first: %v\n%s", err, firstErr)
	}
	if n := f.called("mmdebstrap"); n != 1 {
		t.Errorf("mmdebstrap was called %d times, expected 1", n)
	}
	if n := f.called("bazel mod graph"); n != 1 {
		t.Errorf("the registry was probed %d times, expected 1", n)
	}
	f.noLeftovers()
}

func TestKilledGroup(t *testing.T) {
	f := newFixture(t)
	f.write("hang", "60")
	cmd, _, _ := f.command("build")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.waitFor(filepath.Join(f.dir, "hanging"))
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	f.run(0, "build")
	if n := f.called("mmdebstrap"); n != 2 {
		t.Errorf("mmdebstrap was called %d times, expected 2", n)
	}
	f.noLeftovers()
}

// With bazelw alone killed, what it started goes on: the next call must not
// clean up below it.
func TestKilledAlone(t *testing.T) {
	f := newFixture(t)
	f.write("hang", "1")
	cmd, _, _ := f.command("build")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.waitFor(filepath.Join(f.dir, "hanging"))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, stderr := f.run(0, "build")
	_ = cmd.Wait()
	expect(t, "stderr", stderr, "waiting for another bazelw")
	f.noLeftovers()
}

// Killed while it cleans up after the probe: the next call has to do so.
func TestKilledCleaningUp(t *testing.T) {
	f := newFixture(t)
	f.write("bin/rm", `#!/bin/bash
if [[ "$*" == *probe.tmp && ! -e $FAKE_DIR/killed ]]; then
  : >"$FAKE_DIR/killed"
  kill -KILL 0
fi
exec /bin/rm "$@"
`)
	cmd, _, _ := f.command("build")
	_ = cmd.Run()
	if !exists(filepath.Join(f.dir, "killed")) || cmd.ProcessState.Success() {
		t.Fatal("the first call was not killed")
	}
	f.run(0, "build")
	f.noLeftovers()
}

func TestKilledAnywhere(t *testing.T) {
	f := newFixture(t)
	for delay := time.Duration(0); delay < 600*time.Millisecond; delay += 15 * time.Millisecond {
		cmd, _, stderr := f.command("build")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay)
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if delay%(60*time.Millisecond) == 0 {
			if out, _ := f.run(0, "build"); !strings.HasPrefix(out, "/usr/bin/bazel\n") {
				t.Fatalf("after a kill at %v: got %q\nthe killed one said:\n%s", delay, out, stderr)
			}
			f.noLeftovers()
			if err := os.RemoveAll(f.cache); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSecondCallIsQuick compares the processor time of calls with that of starts of a shell, side by side:
// it depends little on the machine, and on what else that does.
func TestSecondCallIsQuick(t *testing.T) {
	const calls, limit = 3, 60 // A call cost as much as 28 starts, the one that sets up 260.
	f := newFixture(t)
	f.run(0, "build")
	var call, shell time.Duration
	for range calls {
		call += processorTime(t, func() { f.run(0, "build") })
		shell += processorTime(t, func() {
			for range limit {
				if err := exec.Command("bash", "-c", ":").Run(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Logf("a call costs as much as %.0f starts of a shell", limit*call.Seconds()/shell.Seconds())
	if call > shell {
		t.Errorf("%d calls cost %v, expected less than the %v of %d times %d starts of a shell", calls, call, shell, calls, limit)
	}
}

// processorTime is what the processes that a function starts, and waits for, cost.
func processorTime(t *testing.T, what func()) time.Duration {
	t.Helper()
	cost := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
			t.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := cost()
	what()
	return cost() - before
}

func TestRegistryReachable(t *testing.T) {
	f := newFixture(t)
	rc := filepath.Join(f.workspace, "offline.bazelrc")
	f.run(0, "build") // unreachable: wired
	f.env = append(f.env, "FAKE_REGISTRY=up", "GO_OVERLAY_OFFLINE=0")
	_, stderr := f.run(0, "build")
	expect(t, "stderr", stderr, "removed "+rc)
	if exists(rc) {
		t.Errorf("%s is still there", rc)
	}

	// The probe, too, leads there; and what a person wrote stays.
	f.env = append(f.env, "GO_OVERLAY_OFFLINE=")
	if err := os.Remove(filepath.Join(f.cache, "registry")); err != nil {
		t.Fatal(err)
	}
	f.write("work space/offline.bazelrc", "# mine\n")
	_, stderr = f.run(0, "build")
	expect(t, "stderr", stderr, "registry is reachable")
	if !exists(rc) {
		t.Errorf("%s, not generated, was removed", rc)
	}
}

func TestForcedOffline(t *testing.T) {
	f := newFixture(t)
	f.env = append(f.env, "FAKE_REGISTRY=up", "GO_OVERLAY_OFFLINE=1")
	f.run(0, "build")
	if n := f.called("bazel mod graph"); n != 0 {
		t.Errorf("the registry was probed %d times, expected 0", n)
	}
	if !exists(filepath.Join(f.workspace, "offline.bazelrc")) {
		t.Error("no offline.bazelrc")
	}
}

func TestBazelOnPath(t *testing.T) {
	f := newFixture(t)
	f.copyFake("bin/bazelisk")
	f.env = append(f.env, "FAKE_VERSION=7.7.1", "FAKE_REGISTRY=up")
	for range 2 {
		stdout, _ := f.run(0, "build")
		expect(t, "stdout", stdout, filepath.Join(f.bin, "bazelisk")+"\n")
	}
	if n := f.called("bazel --version"); n != 1 {
		t.Errorf("bazelisk was tried %d times, expected 1", n)
	}
	if n := f.called("mmdebstrap"); n != 0 {
		t.Errorf("mmdebstrap was called %d times, expected 0", n)
	}

	// Where the registry is out of reach, Debian's Bazel is the one that has modules.
	f.env = append(f.env, "GO_OVERLAY_OFFLINE=1")
	stdout, _ := f.run(0, "build")
	expect(t, "stdout", stdout, "/usr/bin/bazel\n")
}

func TestBazelOnPathThatDoesNotWork(t *testing.T) {
	for name, version := range map[string]string{"can't download": "", "too old": "4.2.3"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.copyFake("bin/bazel")
			f.env = append(f.env, "FAKE_REGISTRY=up", "FAKE_VERSION="+version)
			stdout, stderr := f.run(0, "build")
			expect(t, "stdout", stdout, "/usr/bin/bazel\n")
			expect(t, "stderr", stderr, "not using it")
			if _, stderr = f.run(0, "build"); stderr != "" {
				t.Errorf("second call: expected it to remember, got %q", stderr)
			}
		})
	}
}

func TestBazelwCalledBazel(t *testing.T) {
	f := newFixture(t)
	if err := os.Symlink(bazelw, filepath.Join(f.bin, "bazel")); err != nil {
		t.Fatal(err)
	}
	stdout, _ := f.run(0, "build")
	expect(t, "stdout", stdout, "/usr/bin/bazel\n")
}

func TestBazelByVariable(t *testing.T) {
	f := newFixture(t)
	f.copyFake("bin/my bazel")
	f.env = append(f.env, "BAZEL="+filepath.Join(f.bin, "my bazel"), "FAKE_REGISTRY=up")
	stdout, _ := f.run(0, "build")
	expect(t, "stdout", stdout, "my bazel\n")
	if n := f.called("mmdebstrap"); n != 0 {
		t.Errorf("mmdebstrap was called %d times, expected 0", n)
	}
}

func TestProfiles(t *testing.T) {
	f := newFixture(t)
	profiles := filepath.Join(f.dir, "of", "tests")
	f.env = append(f.env, "GO_OVERLAY_PROFILES="+profiles)
	stdout, _ := f.run(0, "--output_base=/x", "build", "//a b:c")
	before, after, ok := strings.Cut(stdout, `"--profile=`+profiles+"/")
	if !ok || !strings.HasSuffix(before, `["--output_base=/x" "build" `) || !strings.Contains(after, `.gz" "//a b:c"]`) {
		t.Errorf("got the arguments %s", stdout)
	}
	if !exists(profiles) {
		t.Errorf("%s: was not made", profiles)
	}
	if stdout, _ := f.run(0, "--batch"); strings.Contains(stdout, "--profile") {
		t.Errorf("without a command: got the arguments %s", stdout)
	}
	f.env = append(f.env, "GO_OVERLAY_PROFILES=relative")
	_, stderr := f.run(2, "build")
	expect(t, "stderr", stderr, "GO_OVERLAY_PROFILES=relative: expected an absolute path")
}

func TestOtherSystems(t *testing.T) {
	f := newFixture(t)
	f.env = append(f.env, "OSTYPE=darwin23")
	_, stderr := f.run(2, "build")
	expect(t, "stderr", stderr, "install Bazelisk")
	f.copyFake("bin/bazelisk")
	stdout, _ := f.run(0, "build")
	expect(t, "stdout", stdout, "bazelisk\n[\"build\"]\n")
	if exists(f.cache) {
		t.Errorf("%s was made", f.cache)
	}
}

// What a person has written stays, and is used if that is asked for.
func TestHandWrittenWiring(t *testing.T) {
	f := newFixture(t)
	rc := filepath.Join(f.workspace, "offline.bazelrc")
	mine := filepath.Join(f.dir, "mine.bazelrc")
	for name, spoil := range map[string]func() error{
		"file":           func() error { return os.WriteFile(rc, []byte("common --registry=file:///mine\n"), 0o644) },
		"empty":          func() error { return os.WriteFile(rc, nil, 0o644) },
		"link":           func() error { f.write("mine.bazelrc", "# mine\n"); return os.Symlink(mine, rc) },
		"link to naught": func() error { return os.Symlink("nowhere", rc) },
		"folder":         func() error { return os.Mkdir(rc, 0o755) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		before, beforeErr := os.ReadFile(rc)
		for _, offline := range []string{"", "1"} {
			f.env = append(f.env, "GO_OVERLAY_OFFLINE="+offline)
			_, stderr := f.run(2, "build")
			expect(t, name, stderr, rc+": ", "not one that bazelw has written", "GO_OVERLAY_OFFLINE=0")
		}
		f.env = append(f.env, "GO_OVERLAY_OFFLINE=0")
		f.run(0, "build")
		after, afterErr := os.ReadFile(rc)
		if string(after) != string(before) || fmt.Sprint(afterErr) != fmt.Sprint(beforeErr) || !exists(rc) {
			t.Errorf("%s: got %q, %v", name, after, afterErr)
		}
		if err := os.Remove(rc); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing is written through links that a workspace has under names of bazelw's.
func TestLinksInTheWay(t *testing.T) {
	f := newFixture(t)
	f.write("precious", "precious")
	precious := filepath.Join(f.dir, "precious")
	rc := filepath.Join(f.workspace, "offline.bazelrc")
	for _, link := range []string{rc + ".tmp", filepath.Join(f.cache, "rootfs-4.tmp"), filepath.Join(f.cache, "probe.tmp")} {
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(precious, link); err != nil {
			t.Fatal(err)
		}
	}
	f.run(0, "build")
	if got, err := os.ReadFile(precious); err != nil || string(got) != "precious" {
		t.Errorf("written through a link: %q, %v", got, err)
	}
	if info, err := os.Lstat(rc); err != nil || !info.Mode().IsRegular() {
		t.Errorf("offline.bazelrc is %v, %v", info, err)
	}
	f.noLeftovers()
}

func TestRelativeHome(t *testing.T) {
	f := newFixture(t)
	home := filepath.Join(f.workspace, "my home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	f.env = append(f.env, "HOME=my home", "XDG_CACHE_HOME=")
	f.cache = filepath.Join(home, ".cache", "go_overlay")
	f.run(0, "build")
	if !exists(filepath.Join(f.cache, "registry")) {
		t.Errorf("nothing is in %s", f.cache)
	}
	if _, stderr := f.run(0, "build"); stderr != "" {
		t.Errorf("second call: got %q on stderr, expected nothing", stderr)
	}
	f.noLeftovers()
}

func TestDeletedFolder(t *testing.T) {
	f := newFixture(t)
	for _, pwd := range []string{"its name", "relative", "/", ""} {
		dir := filepath.Join(f.workspace, "gone")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		value := "PWD=" + strings.Replace(pwd, "its name", dir, 1)
		cmd := exec.Command("sh", "-c", `rmdir "$PWD"; exec timeout 20 env "$@"`, "sh", value, bazelw, "build")
		cmd.Dir, cmd.Env = dir, f.env
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 2 {
			t.Errorf("%s: exit code %d, expected 2", value, code)
		}
		expect(t, value, string(out), "bazelw: error: the current folder", "is no longer there")
	}
}

// By its bare name, and with a CDPATH that makes cd talk.
func TestCalledFromItsOwnFolder(t *testing.T) {
	f := newFixture(t)
	f.env = append(f.env, "CDPATH=/")
	script, err := os.ReadFile(bazelw)
	if err != nil {
		t.Fatal(err)
	}
	f.write("checkout/bazelw", string(script))
	if err := os.CopyFS(filepath.Join(f.dir, "checkout", "dev", "bazelw"), os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "bazelw", "help")
	cmd.Dir = filepath.Join(f.dir, "checkout")
	cmd.Env = f.env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "stdout", string(out), "/usr/bin/bazel\n[\"help\"]\nin "+cmd.Dir+"\n")
}

func TestOutsideOfWorkspaces(t *testing.T) {
	f := newFixture(t)
	f.workspace = f.dir
	stdout, stderr := f.run(0, "help")
	expect(t, "stdout", stdout, "/usr/bin/bazel\n[\"help\"]\nin "+f.dir+"\n")
	if strings.Contains(stderr, "asking Bazel") {
		t.Errorf("probed the registry with no workspace to wire:\n%s", stderr)
	}
}

func TestSubfolderAndWorkspaceCopied(t *testing.T) {
	f := newFixture(t)
	f.write("work space/a/b/BUILD.bazel", "")
	original := f.workspace
	f.workspace = filepath.Join(original, "a", "b")
	stdout, _ := f.run(0, "build")
	expect(t, "stdout", stdout, "in "+f.workspace+"\n")

	// A copy brings an offline.bazelrc along that was made for the original.
	f.workspace = filepath.Join(f.dir, "copy")
	if err := os.CopyFS(f.workspace, os.DirFS(original)); err != nil {
		t.Fatal(err)
	}
	_, stderr := f.run(0, "build")
	expect(t, "stderr", stderr, "wiring up the modules of "+f.workspace)
}

func TestAptSources(t *testing.T) {
	code := codename(t)
	for _, c := range []struct{ name, file, text string }{
		{"one-line", "a.list", "deb [arch=amd64] https://tools.invalid/apt stable contrib\n" +
			"# deb https://off.invalid/debian " + code + " main\n" +
			"deb https://security.invalid/debian-security " + code + "-security main\n" +
			"deb https://mirror.invalid/debian " + code + " main contrib\n" +
			"deb https://second.invalid/debian " + code + " main\n"},
		{"deb822", "a.sources", "Types: deb\nURIs: https://off.invalid/debian\nSuites: " + code + "\nComponents: main\nEnabled: no\n\n" +
			"Types: deb\nURIs: https://security.invalid/debian-security\nSuites: " + code + "-security\nComponents: main\n\n" +
			"# a comment\nTypes: deb deb-src\nURIs: https://mirror.invalid/debian\nSuites: " + code + " " + code + "-updates\nComponents: main\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.sources(c.file, c.text)
			f.run(0, "build")
			if n := f.called("mmdebstrap https://mirror.invalid/debian"); n != 1 {
				calls, _ := os.ReadFile(f.calls)
				t.Errorf("expected one call with the mirror, got:\n%s", calls)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(f *fixture)
		want  []string
	}{
		{"no Debian archive", func(f *fixture) {
			f.sources("a.list", "deb https://tools.invalid/apt nodistro main\n")
		}, []string{"no Debian archive in apt's sources", "install Bazelisk"}},
		{"mmdebstrap fails", func(f *fixture) {
			f.write("bin/mmdebstrap", "#!/bin/sh\necho 'E: no route' >&2\nexit 1\n")
		}, []string{"mmdebstrap failed: E: no route", "rootfs.log"}},
		{"BAZEL", func(f *fixture) {
			f.env = append(f.env, "BAZEL=/nowhere/bazel")
		}, []string{"BAZEL=/nowhere/bazel"}},
		{"GO_OVERLAY_OFFLINE", func(f *fixture) {
			f.env = append(f.env, "GO_OVERLAY_OFFLINE=yes")
		}, []string{"GO_OVERLAY_OFFLINE=yes: expected 0 or 1"}},
		{"no try-import", func(f *fixture) {
			f.write("work space/.bazelrc", "")
		}, []string{".bazelrc: expected a line 'try-import %workspace%/offline.bazelrc'"}},
		{"unknown module", func(f *fixture) {
			f.write("work space/MODULE.bazel", "bazel_dep(name = \"nowhere\", version = \"1.2\")\n")
		}, []string{"\"nowhere\" 1.2", "asked for by", "work space/MODULE.bazel", "standins.txtar"}},
		{"cache not writable", func(f *fixture) {
			f.write("cache home", "")
		}, []string{"cache home/go_overlay: can't make the folder", "set XDG_CACHE_HOME"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			c.spoil(f)
			// The same again: a failed set-up must not look done.
			for range 2 {
				stdout, stderr := f.run(2, "build")
				expect(t, "stderr", stderr, c.want...)
				if stdout != "" {
					t.Errorf("stdout: got %q, expected nothing", stdout)
				}
			}
		})
	}
}
