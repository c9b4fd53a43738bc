package git

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	t.Setenv("GIT_DIR", "elsewhere")
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	folder := t.TempDir()
	cmd, err := Command(context.Background(), folder, "hash-object", "-t", "blob", "--stdin")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(cmd.Env, "GIT_DIR=elsewhere") || cmd.Env[len(cmd.Env)-1] != "LC_ALL=C" || cmd.Dir != folder {
		t.Errorf("got %q in %s", cmd.Env, cmd.Dir)
	}
	cmd.Stdin = strings.NewReader("")
	output, err := Output(context.Background(), cmd)
	if want := "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"; err != nil || string(output) != want {
		t.Errorf("got %q, %v", output, err)
	}
}

func TestErrors(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	cmd, err := Command(context.Background(), t.TempDir(), "no-such-command")
	if err != nil {
		t.Fatal(err)
	}
	exit := (*ExitError)(nil)
	if _, err = Output(context.Background(), cmd); !errors.As(err, &exit) || exit.Code != 1 || !strings.HasPrefix(err.Error(), "git no-such-command: git: 'no-such-command' is not") {
		t.Errorf("got %v", err)
	}
	if got := (&ExitError{Command: "log", Code: 3}).Error(); got != "git log: exit code 3" {
		t.Errorf("got %s", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if cmd, err = Command(ctx, t.TempDir(), "hash-object", "--stdin"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err = Output(ctx, cmd); err != context.Canceled {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err = Command(context.Background(), t.TempDir(), "log"); !errors.As(err, new(*MissingError)) || !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
