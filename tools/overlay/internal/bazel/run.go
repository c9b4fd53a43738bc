package bazel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

// Run builds a program of the workspace and runs it, by bazel run. It returns what the program writes, and what it and Bazel say. If it
// exits with another code than 0, the error is an *Error. Relative paths of the program are in dir.
func (w *Workspace) Run(ctx context.Context, dir, label string, args, env []string, stdin io.Reader) (out, said []byte, err error) {
	// The links of the user's last build stay where they lead.
	words := []string{"run", "--noshow_progress", "--ui_event_filters=-info", "--experimental_convenience_symlinks=ignore", "--", label}
	cmd := w.command(ctx, append(words, args...))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = &Error{Command: "run", Code: exit.ExitCode(), Stderr: stderr.String()}
	}
	return stdout.Bytes(), stderr.Bytes(), err
}
