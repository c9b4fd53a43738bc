package delve

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fake is a variable of the environment that makes this program a Delve, which writes what it is called with into the file
// that it names.
const fake = "OVERLAY_TEST_DELVE"

func init() {
	path := os.Getenv(fake)
	if path == "" {
		return
	}
	log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(log, strings.Join(os.Args[1:], " "))
	if i := slices.Index(os.Args, "--init"); i >= 0 {
		commands, err := os.ReadFile(os.Args[i+1])
		if err != nil {
			panic(err)
		}
		log.Write(commands)
	}
	if dir := os.Getenv("TEST_TMPDIR"); dir != "" {
		entries, err := os.ReadDir(dir)
		fmt.Fprintln(log, "TEST_TMPDIR has", len(entries), "files:", err)
	}
	if os.Getenv(fake+"_WAITS") != "" {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		if err := os.WriteFile(path+".ready", nil, 0o644); err != nil {
			panic(err)
		}
		select {
		case <-signals:
			os.Exit(5)
		case <-time.After(10 * time.Second):
			os.Exit(6)
		}
	}
	if says := os.Getenv(fake + "_SAYS"); says != "" {
		fmt.Fprintln(os.Stderr, says)
		os.Exit(3)
	}
	os.Exit(0)
}

// start starts a program with the fake Delve, and returns the exit code, how it was called, and what was said on stderr.
func start(t *testing.T, p Program, o Options) (code int, log, said string) {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Path = path
	file := filepath.Join(t.TempDir(), "log")
	t.Setenv(fake, file)
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer func(was *os.File) { os.Stderr = was }(os.Stderr)
	os.Stderr = stderr
	if code, err = Start(p, o); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	return code, string(content), string(text)
}

func TestStart(t *testing.T) {
	p := Program{
		Binary:  "/out/app",
		Dir:     "/out/app.runfiles/_main",
		Args:    []string{"-v", "--", "x"},
		Rules:   []Rule{{"external", `/a "b"\c`}, {"", "/workspace"}},
		Scratch: "TEST_TMPDIR",
	}
	code, log, _ := start(t, p, Options{Flags: []string{"--init=mine", "--log"}})
	lines := strings.Split(log, "\n")
	if !strings.HasPrefix(lines[0], "exec /out/app --wd /out/app.runfiles/_main --init ") || !strings.HasSuffix(lines[0], " --log -- -v -- x") || code != 0 {
		t.Errorf("it is called with %s, and exits with %d", lines[0], code)
	}
	want := "config substitute-path -clear\n" + `config substitute-path "external" "/a \"b\"\\c"` + "\n" + `config substitute-path "" "/workspace"` + "\n" +
		"source mine\nTEST_TMPDIR has 0 files: <nil>\n"
	if got := strings.Join(lines[1:], "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	_, log, said := start(t, Program{Binary: "/out/app", Dir: "/"}, Options{Listen: "127.0.0.1:2345"})
	if want := "exec /out/app --wd / --headless --listen 127.0.0.1:2345 --api-version=2 --accept-multiclient --\n"; log != want {
		t.Errorf("got %s, want %s", log, want)
	}
	if !strings.Contains(said, "connect --init ") || !strings.HasSuffix(said, " 127.0.0.1:2345\n") {
		t.Errorf("it says %s", said)
	}
}

// TestSignal checks that Delve gets a signal that only this process got, and that its exit code is told.
func TestSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "log")
	t.Setenv(fake, file)
	t.Setenv(fake+"_WAITS", "1")
	go func() {
		for {
			if _, err := os.Stat(file + ".ready"); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			self.Signal(syscall.SIGTERM)
		}
	}()
	if code, err := run(exec.Command(path)); code != 5 || err != nil {
		t.Errorf("got exit code %d, %v", code, err)
	}
}

func TestAdvice(t *testing.T) {
	for _, test := range []struct {
		says, want string
		pid        int
	}{
		{says: "could not launch process: fork/exec /x: operation not permitted", want: "docker run --cap-add=SYS_PTRACE"},
		{says: "could not attach to pid 42: operation not permitted", pid: 42, want: "sysctl kernel.yama.ptrace_scope=0"},
		{says: "Version of Delve is too old for Go version go1.99.0 (maximum supported version 1.27)", want: Install},
		{says: "To debug executables using DWARFv5 or later Delve must be built with Go version 1.25.0 or later", want: "GOTOOLCHAIN=latest " + Install},
		{says: "Go version go1.22.0 is too old for this version of Delve", want: "-dlv-flag --check-go-version=false"},
	} {
		t.Setenv(fake+"_SAYS", test.says)
		code, _, said := start(t, Program{Binary: "/out/app", PID: test.pid}, Options{})
		if code != 3 || !strings.HasPrefix(said, test.says+"\n") || !strings.Contains(said, test.want) || strings.Count(said, test.says) != 1 {
			t.Errorf("exit code %d: got\n%s\nwant\n%s", code, said, test.want)
		}
	}
	t.Setenv(fake+"_SAYS", "something else")
	if _, _, said := start(t, Program{Binary: "/out/app"}, Options{}); said != "something else\n" {
		t.Errorf("got %s", said)
	}
}

func TestFind(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(pathVariable, "")
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), Install) {
		t.Errorf("without one: got %v", err)
	}
	t.Setenv(pathVariable, "/missing/dlv")
	if _, err := Find(""); err == nil || !strings.HasPrefix(err.Error(), "GO_OVERLAY_DLV in the environment is /missing/dlv, which can't be run: ") {
		t.Errorf("got %v", err)
	}
	if _, err := Find("/missing/other"); err == nil || !strings.HasPrefix(err.Error(), "-dlv is /missing/other, which can't be run: ") {
		t.Errorf("got %v", err)
	}
}

// TestSources reads the program of this test, of which the go command leaves out no debug information when it is told where
// to leave it; -s does it, too.
func TestSources(t *testing.T) {
	if _, err := Sources(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing file has sources")
	}
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte("text"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Sources(file); err == nil || errors.Is(err, ErrNoDebugInfo) {
		t.Errorf("of a text: got %v", err)
	}
	for flags, has := range map[string]bool{"": true, "-s -w": false} {
		names, err := Sources(build(t, "-ldflags="+flags, "-trimpath"))
		if !has {
			if !errors.Is(err, ErrNoDebugInfo) {
				t.Errorf("%q: got %v", flags, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(names, "runtime/proc.go") || !slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, "main.go") }) {
			t.Errorf("%q: got %q", flags, names)
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "<") || name == "?" }) {
			t.Errorf("%q: got what is no file: %q", flags, names)
		}
	}
}

func TestGoVersion(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := GoVersion(path); err != nil || !strings.HasPrefix(runtime.Version(), got) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestLaunchJSON(t *testing.T) {
	p := Program{Name: "//app", Binary: "/out/app", Dir: "/out", Args: []string{"<x>"}, Env: []string{"A=b=c"}, Rules: []Rule{{"", "/workspace"}}}
	running := p
	running.PID = 42
	for _, test := range []struct {
		p            Program
		listen, want string
	}{
		{p, "", `{"name":"overlay debug //app","type":"go","request":"launch","mode":"exec","program":"/out/app","args":["<x>"],"cwd":"/out",` +
			`"env":{"A":"b=c"},"substitutePath":[{"from":"/workspace","to":""}]}`},
		{running, "", `{"name":"overlay debug //app","type":"go","request":"attach","mode":"local","processId":42,"substitutePath":[{"from":"/workspace","to":""}]}`},
		{p, "127.0.0.1:2345", `{"name":"overlay debug //app","type":"go","request":"attach","mode":"remote","host":"127.0.0.1","port":2345,` +
			`"substitutePath":[{"from":"/workspace","to":""}]}`},
	} {
		got, err := LaunchJSON(test.p, test.listen)
		if err != nil {
			t.Fatal(err)
		}
		if compact := compacted(t, got); compact != test.want {
			t.Errorf("got\n%s\nwant\n%s", compact, test.want)
		}
	}
	if _, err := LaunchJSON(p, "2345"); err == nil || !strings.Contains(err.Error(), "such as 127.0.0.1:2345") {
		t.Errorf("got %v", err)
	}
}
