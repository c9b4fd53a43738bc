// Package bazel asks Bazel about a workspace.
package bazel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A Workspace is one of Bazel's, with the Bazel that is asked about it.
type Workspace struct {
	Root    string    // its folder, which has the MODULE.bazel
	Program string    // path of bazel
	Waiting io.Writer // is told what another command of Bazel is waited for

	dir  string            // in which Bazel is run, Root if it is empty
	info map[string]string // what was asked for already
}

// In returns the workspace as it is seen from one of its folders: labels are relative to that.
func (w *Workspace) In(dir string) *Workspace {
	from := *w
	from.dir = dir
	return &from
}

// boundary is the file that makes a folder a workspace: MODULE.bazel, as Bazel 9 knows no other.
const boundary = "MODULE.bazel"

// Find returns the workspace that a folder is in. Bazel is the program that BAZEL names in the
// environment, or else bazelisk or bazel on PATH.
func Find(dir string) (*Workspace, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for start := root; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, boundary)); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return nil, &NoWorkspaceError{start}
		}
	}
	program, err := program()
	if err != nil {
		return nil, err
	}
	return &Workspace{Root: root, Program: program, Waiting: os.Stderr}, nil
}

// A NoWorkspaceError says that a folder is in no workspace.
type NoWorkspaceError struct{ Dir string }

func (e *NoWorkspaceError) Error() string {
	return fmt.Sprintf("%s is in no workspace of Bazel: neither it nor a folder above has a %s", e.Dir, boundary)
}

func program() (string, error) {
	if named := os.Getenv("BAZEL"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("BAZEL in the environment is %s, which can't be run: %w", named, err)
		}
		return path, nil
	}
	for _, name := range []string{"bazelisk", "bazel"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither bazelisk nor bazel is on PATH; install one, or name it in the environment, as BAZEL")
}

// An Error says that a command of Bazel's failed.
type Error struct {
	Command string // the name of it: query
	Code    int
	Stderr  string
}

// mostLines is how much of what Bazel says about an error is shown.
const mostLines = 24

// saidBy matches lines with which Bazel begins to say something.
var saidBy = regexp.MustCompile(`^(?:ERROR|INFO|WARNING|DEBUG|Loading|Analyzing|Computing|FAILED|Starting)\b`)

func (e *Error) Error() string {
	var lines []string
	isError := false
	for _, line := range strings.Split(strings.TrimSpace(e.Stderr), "\n") {
		if saidBy.MatchString(line) {
			isError = strings.HasPrefix(line, "ERROR: ")
		}
		// What follows is what a rule says; but for where it is called from, which is nothing to the user.
		if isError && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "Traceback ") {
			if line = strings.TrimSpace(strings.TrimPrefix(line, "Error in fail:")); line != "" {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		lines = strings.Split(strings.TrimSpace(e.Stderr), "\n")
		lines = lines[max(0, len(lines)-mostLines):]
	}
	return fmt.Sprintf("bazel %s failed (exit code %d):\n%s", e.Command, e.Code, strings.Join(lines[:min(len(lines), mostLines)], "\n"))
}

// Output runs a command of Bazel's in the workspace and returns what it writes. If it exits with another
// code than 0, the error is an *Error.
func (w *Workspace) Output(ctx context.Context, command string, args ...string) ([]byte, error) {
	if w.Program == "" {
		return nil, fmt.Errorf("%s is no workspace of Bazel, and this needs bazel %s", w.Root, command)
	}
	var stdout bytes.Buffer
	said := &messages{waiting: w.Waiting}
	err := w.run(ctx, &stdout, said, command, args)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return stdout.Bytes(), &Error{Command: command, Code: exit.ExitCode(), Stderr: said.all.String()}
	} else if ctx.Err() != nil {
		return nil, err
	}
	return stdout.Bytes(), err
}

// command returns a command of Bazel's in the workspace.
func (w *Workspace) command(ctx context.Context, words []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.Program, words...)
	cmd.Dir = w.dir
	if cmd.Dir == "" {
		cmd.Dir = w.Root
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // So that the client cancels the server's command.
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// Build builds targets, and has Bazel tell the user how it goes. The error says only that it failed.
func (w *Workspace) Build(ctx context.Context, say io.Writer, args ...string) error {
	err := w.run(ctx, say, say, "build", args)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("bazel build failed (exit code %d); it says above why", exit.ExitCode())
	}
	return err
}

func (w *Workspace) run(ctx context.Context, stdout, stderr io.Writer, command string, args []string) error {
	cmd := w.command(ctx, append([]string{command}, args...))
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// messages keeps what Bazel says, and passes on at once why it waits.
type messages struct {
	waiting io.Writer
	all     bytes.Buffer
	seen    int // bytes of all that have been looked at, all of them whole lines
}

func (m *messages) Write(data []byte) (int, error) {
	m.all.Write(data)
	for {
		line, _, ok := bytes.Cut(m.all.Bytes()[m.seen:], []byte("\n"))
		if !ok {
			return len(data), nil
		}
		m.seen += len(line) + 1
		// Bazel says "Another command (pid=42) is running. Waiting for it to complete on the server…"
		if m.waiting != nil && bytes.HasPrefix(line, []byte("Another command ")) {
			fmt.Fprintf(m.waiting, "bazel: %s\n", bytes.TrimSuffix(line, []byte("\r")))
		}
	}
}

// Info returns a value that bazel info has, by key. None changes while a command runs.
func (w *Workspace) Info(ctx context.Context, key string) (string, error) {
	if value, ok := w.info[key]; ok {
		return value, nil
	}
	out, err := w.Output(ctx, "info", "--noshow_progress", key)
	value := strings.TrimSpace(string(out))
	if err == nil {
		if w.info == nil {
			w.info = map[string]string{}
		}
		w.info[key] = value
	}
	return value, err
}
