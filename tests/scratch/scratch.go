// Package scratch gives the tests of a package a folder of which nothing is left when
// they end, passed, failed or interrupted: no file, and no process that works there,
// such as Bazel's servers and the actions that they execute. What a run leaves that is
// killed, or that runs out of time, the next run removes.
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// Dir is the folder, while Run runs. All users may read it.
var Dir string

// variable is one of the environment that has Dir, by which processes of the tests are known.
const variable = "GO_OVERLAY_SCRATCH"

// lockName is a file in Dir that is locked while the tests run.
const lockName = "lock"

// Run runs the tests of a package, a *testing.M, for its TestMain, and returns the exit code. Dir is
// in the folder parent, and its name begins with prefix. Temporary files of the tests and
// of what they start are in Dir, too.
func Run(m interface{ Run() int }, parent, prefix string) int {
	interruption := notify()
	removeAbandoned(parent, prefix)
	lock, err := makeDir(parent, prefix)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer lock.Close()
	go func() {
		why := <-interruption
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

func makeDir(parent, prefix string) (lock *os.File, err error) {
	if Dir, err = os.MkdirTemp(parent, prefix+"."); err != nil {
		return nil, err
	}
	lock, err = os.Create(filepath.Join(Dir, lockName))
	if err == nil && !tryLock(lock) {
		err = fmt.Errorf("%s: can't be locked", lock.Name())
	}
	temporary := filepath.Join(Dir, "tmp")
	return lock, errors.Join(err, os.Chmod(Dir, 0o755), os.Mkdir(temporary, 0o755), os.Setenv("TMPDIR", temporary), os.Setenv(variable, Dir))
}

// notify returns a channel that says why the tests are to end, once they are.
func notify() <-chan string {
	why := make(chan string)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGHUP, syscall.SIGTERM)
	// Else it would be the end to write what nobody reads any more. Nobody looks at it, as clients of servers
	// in the tests may go, too; and were it ignored, what the tests start would ignore it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	parent := os.Getppid()
	go func() {
		// The go command hands on no signal but those that the terminal sends to all.
		alive := time.NewTicker(time.Second)
		for {
			select {
			case s := <-signals:
				why <- s.String()
			case <-alive.C:
				if os.Getppid() != parent {
					why <- "the process that started the tests has ended"
				}
			}
		}
	}()
	return why
}

// removeAbandoned removes the folders of tests that are no more.
func removeAbandoned(parent, prefix string) {
	folders, err := filepath.Glob(filepath.Join(parent, prefix+".*"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	for _, folder := range folders {
		lock, err := os.OpenFile(filepath.Join(folder, lockName), os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) && !isNew(folder) {
			_ = remove(folder)
		}
		if err != nil {
			continue // It may be another user's, or be made just now.
		}
		if tryLock(lock) {
			_ = remove(folder)
		}
		lock.Close()
	}
}

// isNew tells whether a folder may not have its lock yet.
func isNew(folder string) bool {
	info, err := os.Stat(folder)
	return err != nil || time.Since(info.ModTime()) < time.Minute
}

// remove kills the processes that work in a folder, and deletes it.
func remove(dir string) error {
	// What is about to be killed may start something, or write a file.
	for attempt := 0; ; attempt++ {
		pids := processes(dir)
		for _, pid := range pids {
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill() // It may have ended.
			}
		}
		err := errors.Join(unmount(dir), bazeltest.RemoveAll(dir))
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if len(pids) > 0 {
			err = errors.Join(err, fmt.Errorf("processes %v work in %s, and can't be killed", pids, dir))
		}
		if err == nil || attempt == 20 {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}
