// Package scratch gives the tests of a package a folder of which nothing is left when
// they end, passed, failed or interrupted: no file, and no process that works there,
// such as Bazel's servers and the actions that they execute. What a run leaves that is
// killed, or that runs out of time, the next run removes.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

// Dir is the folder, while Run runs. All users may read it.
var Dir string

// Run runs the tests of a package, for its TestMain, and returns the exit code. Dir is
// in the folder parent, and its name begins with prefix. Temporary files of the tests and
// of what they start are in Dir, too.
func Run(m *testing.M, parent, prefix string) int {
	removeAbandoned(parent, prefix)
	if err := makeDir(parent, prefix); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go func() {
		why := interrupted()
		fmt.Fprintf(os.Stderr, "%s: removing %s\n", why, Dir)
		if err := remove(Dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}()
	code := m.Run()
	if err := remove(Dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

func makeDir(parent, prefix string) (err error) {
	if Dir, err = os.MkdirTemp(parent, fmt.Sprintf("%s.%d.", prefix, os.Getpid())); err != nil {
		return err
	}
	temporary := filepath.Join(Dir, "tmp")
	return errors.Join(os.Chmod(Dir, 0o755), os.Mkdir(temporary, 0o755), os.Setenv("TMPDIR", temporary))
}

// interrupted returns once the tests are to end, with the reason.
func interrupted() string {
	signals := make(chan os.Signal, 1)
	// Without the last, to write what nobody reads would be the end.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	// The go command hands on no signal but those that the terminal sends to all.
	parent := os.Getppid()
	alive := time.NewTicker(time.Second)
	for {
		select {
		case s := <-signals:
			return s.String()
		case <-alive.C:
			if os.Getppid() != parent {
				return "the process that started the tests has ended"
			}
		}
	}
}

// removeAbandoned removes the folders of tests that are no more.
func removeAbandoned(parent, prefix string) {
	folders, err := filepath.Glob(filepath.Join(parent, prefix+".*"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	for _, folder := range folders {
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), prefix+"."), ".")
		pid, err := strconv.Atoi(name)
		if err == nil && !runs(pid) {
			_ = remove(folder) // It may be another user's.
		}
	}
}

func runs(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// remove kills the processes that work in a folder, and deletes it.
func remove(dir string) error {
	var err error
	// What is about to be killed may start something, or write a file.
	for range 20 {
		pids := processes(dir)
		for _, pid := range pids {
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill() // It may have ended.
			}
		}
		err = errors.Join(unmount(dir), workspace.RemoveAll(dir))
		if len(pids) == 0 && (err == nil || errors.Is(err, os.ErrNotExist)) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}
