// Package git runs git.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A MissingError says that there is no git.
type MissingError struct{ Err error }

func (e *MissingError) Error() string {
	return fmt.Sprintf("git is needed, for it merges files and knows their history: install git, or put it on PATH (%v)", e.Err)
}

func (e *MissingError) Unwrap() error { return e.Err }

// An ExitError is what git has said before it exited with a code other than 0.
type ExitError struct {
	Command string // merge-file
	Code    int    // -1 if it was killed
	Stderr  string
}

func (e *ExitError) Error() string {
	said := strings.TrimSpace(e.Stderr)
	if said == "" {
		said = fmt.Sprintf("exit code %d", e.Code)
	}
	return fmt.Sprintf("git %s: %s", e.Command, said)
}

// Command returns a command that runs git in a folder. Args begins with the name of one of
// git's commands. Variables of the environment that make git work on another repository, as
// they are set where git has started this program, do not reach it.
func Command(ctx context.Context, folder string, args ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, &MissingError{err}
	}
	cmd := exec.CommandContext(ctx, path, append([]string{"--no-pager"}, args...)...)
	cmd.Dir = folder
	for _, variable := range cmd.Environ() {
		if !strings.HasPrefix(strings.ToUpper(variable), "GIT_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	// Nothing asks the user, nothing is written that was not asked for, as git status writes what it has learned of
	// files, and messages are those that users find in the manuals.
	cmd.Env = append(cmd.Env, "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LANGUAGE=", "LC_ALL=C")
	cmd.WaitDelay = 5 * time.Second
	return cmd, nil
}

// Isolated keeps the settings of the user, of the system and of a repository that the
// command's folder may be in from a command. ceiling is the parent of that folder.
func Isolated(cmd *exec.Cmd, ceiling string) {
	cmd.Env = append(cmd.Env,
		"GIT_CEILING_DIRECTORIES="+ceiling,
		"GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1",
	)
}

// Output runs a command that Command has returned, and returns what it writes. Stdout is
// there if the error is an *ExitError, too.
func Output(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = &ExitError{Command: cmd.Args[2], Code: exit.ExitCode(), Stderr: stderr.String()}
	}
	return stdout.Bytes(), err
}
