//go:build linux

package scratch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// parentVariable has the folder in which the tests of this process are to make theirs.
const parentVariable = "SCRATCH_TEST_PARENT"

func TestMain(m *testing.M) {
	if parent := os.Getenv(parentVariable); parent != "" {
		os.Exit(Run(m, parent, "scratch"))
	}
	os.Exit(m.Run())
}

// TestInner is what TestRun starts: it leaves a process in the folder, and a folder that is read-only.
func TestInner(t *testing.T) {
	if os.Getenv(parentVariable) == "" {
		t.Skip("is a part of TestRun")
	}
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.MkdirAll(filepath.Join(locked, "inner"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	sleep := exec.Command("sleep", "1000")
	sleep.Dir = Dir
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	// A client that is gone is nothing to end for.
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	if err := syscall.Kill(os.Getpid(), syscall.SIGPIPE); err != nil {
		t.Fatal(err)
	}
	if _, err := write.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("wrote what nobody reads: %v", err)
	}
	fmt.Println(os.Getpid(), sleep.Process.Pid, Dir)
	var end string
	_, _ = fmt.Scanln(&end)
	if end == "fail" {
		t.Fatal("as it was told")
	}
	_ = os.Chmod(locked, 0o755)
}

// ends are all ways in which tests end, and whether the folder is there until another run.
var ends = []struct {
	name   string
	end    func(*inner) error
	remain bool
}{
	{"passed", func(i *inner) error { return i.say("pass") }, false},
	{"failed", func(i *inner) error { return i.say("fail") }, false},
	{"interrupted", func(i *inner) error { return syscall.Kill(i.pid, syscall.SIGINT) }, false},
	{"hung up", func(i *inner) error { return syscall.Kill(i.pid, syscall.SIGHUP) }, false},
	{"terminated", func(i *inner) error { return syscall.Kill(i.pid, syscall.SIGTERM) }, false},
	{"abandoned", func(i *inner) error { return errors.Join(i.stdout.Close(), i.parent.Process.Kill()) }, false},
	{"killed", func(i *inner) error { return syscall.Kill(i.pid, syscall.SIGKILL) }, true},
}

func TestRun(t *testing.T) {
	for _, test := range ends {
		t.Run(test.name, func(t *testing.T) {
			parent := t.TempDir()
			i := start(t, parent)
			bystander := exec.Command("sleep", "1000")
			bystander.Dir = i.dir
			if err := bystander.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = errors.Join(bystander.Process.Kill(), bystander.Wait()) }()
			i.end(t, test.end)
			if !test.remain {
				checkLeft(t, parent, 0)
				if runs(i.sleep) {
					t.Error("the process in the folder goes on")
				}
				if !runs(bystander.Process.Pid) {
					t.Error("another process in the folder does not go on")
				}
				return
			}
			checkLeft(t, parent, 1)
			other := start(t, parent)
			checkLeft(t, parent, 1)
			if runs(i.sleep) {
				t.Error("the process in the folder goes on")
			}
			// Those of tests that go on stay.
			third := start(t, parent)
			checkLeft(t, parent, 2)
			for _, i := range []*inner{other, third} {
				i.end(t, func(i *inner) error { return i.say("pass") })
			}
			checkLeft(t, parent, 0)
		})
	}
}

// checkLeft makes sure that a number of folders is left.
func checkLeft(t *testing.T, parent string, want int) {
	t.Helper()
	var folders []string
	for range 50 { // A process that is told to end takes its time.
		folders, _ = filepath.Glob(filepath.Join(parent, "*"))
		if len(folders) == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("left are %q, want %d", folders, want)
}

// runs tells whether a process runs.
func runs(pid int) bool {
	for range 50 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

// inner is a process with tests that have a scratch folder.
type inner struct {
	parent *exec.Cmd // of the process
	pid    int
	sleep  int    // process in the folder
	dir    string // the folder
	stdin  *os.File
	stdout io.Closer
}

func start(t *testing.T, parent string) *inner {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()                      // The process has it.
	t.Cleanup(func() { _ = write.Close() }) // That ends the process.
	sh := exec.Command("sh", "-c", `"$0" -test.run='TestInner$' 2>&1; exit $?`, os.Args[0])
	sh.Env = append(os.Environ(), parentVariable+"="+parent)
	sh.Stdin = read
	out, err := sh.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sh.Start(); err != nil {
		t.Fatal(err)
	}
	i := &inner{parent: sh, stdin: write, stdout: out}
	if _, err := fmt.Fscanln(out, &i.pid, &i.sleep, &i.dir); err != nil {
		t.Fatal(err)
	}
	return i
}

func (i *inner) say(word string) error {
	_, err := fmt.Fprintln(i.stdin, word)
	return err
}

func (i *inner) end(t *testing.T, how func(*inner) error) {
	t.Helper()
	if err := how(i); err != nil {
		t.Fatal(err)
	}
	_ = i.parent.Wait() // Mostly, it fails.
}
