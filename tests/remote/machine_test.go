//go:build linux

package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// A machine has a checkout of this repository, and everything that Bazel has is its
// own: what it shares with others is a cache.
type machine struct {
	dir       string // everything that it has
	workspace string // the examples in its checkout
	env       []string
	prefix    []string // of commands
	logs      int
}

// newMachine makes a machine in a folder. Its checkout of the repository at root has
// the path checkout there.
func newMachine(root, dir, checkout string) (*machine, error) {
	m := &machine{dir: dir, workspace: filepath.Join(dir, checkout, "examples")}
	if err := bazeltest.CopyRepository(root, filepath.Join(dir, checkout)); err != nil {
		return nil, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	m.env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == "PWD" || name == "TEST_TMPDIR" || strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "GO_OVERLAY_")
	})
	// Folders of the go command are the machine's own. How to get modules, the user may have told it in a file.
	for _, name := range []string{"GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return nil, fmt.Errorf("go env %s: %w", name, err)
		}
		m.setenv(name, strings.TrimSpace(string(value)))
	}
	m.setenv("XDG_CACHE_HOME", cache)
	for name, folder := range map[string]string{"HOME": "home", "TMPDIR": "tmp"} {
		path := filepath.Join(dir, folder)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, err
		}
		m.setenv(name, path)
	}
	return m, nil
}

func (m *machine) setenv(name, value string) {
	m.env = append(slices.DeleteFunc(m.env, func(entry string) bool { return strings.HasPrefix(entry, name+"=") }), name+"="+value)
}

// command is a command on the machine.
func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	args = append(slices.Clone(m.prefix), args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	// Bazel ends a build that is interrupted as it should.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	cmd.Dir = m.workspace
	cmd.Env = m.env
	return cmd
}

// bazel runs Bazel, which keeps what it has in the folder output of the machine, and
// returns what it prints on its standard output.
func (m *machine) bazel(ctx context.Context, args ...string) (string, error) {
	args = append([]string{
		filepath.Join(filepath.Dir(m.workspace), "bazelw"),
		"--output_user_root=" + filepath.Join(m.dir, "output"),
		"--max_idle_secs=1800",                    // Should the test be killed. The other machine builds meanwhile.
		"--host_jvm_args=-XX:TieredStopAtLevel=1", // To compile its own code well takes longer than it saves.
	}, args...)
	cmd := m.command(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("bazelw %s: %w\n%s", strings.Join(args[1:], " "), err, &stderr)
	}
	return string(out), nil
}

// build runs a command of Bazel that builds, with nothing of what an earlier build
// made. It returns the actions that were executed or came from a cache.
func (m *machine) build(ctx context.Context, command string, args ...string) ([]bazeltest.Spawn, error) {
	m.logs++
	log := filepath.Join(m.dir, fmt.Sprintf("tmp/log%d.json", m.logs))
	if _, err := m.bazel(ctx, "clean"); err != nil {
		return nil, err
	}
	if _, err := m.bazel(ctx, m.buildCommand(command, append(args, "--execution_log_json_file="+log)...)...); err != nil {
		return nil, err
	}
	return bazeltest.ReadExecutionLog(log)
}

// buildCommand returns a command of Bazel that builds, with what each of the machine has.
func (m *machine) buildCommand(command string, args ...string) []string {
	return append([]string{
		command,
		"--incompatible_strict_action_env", // Or PATH is an input of tests.
		"--noexperimental_check_external_repository_files", // Nobody changes them.
		"--repository_cache=" + filepath.Join(m.dir, "repositories"),
	}, args...)
}

// remove ends Bazel's server and deletes the machine.
func (m *machine) remove() error {
	_, err := m.bazel(context.Background(), "shutdown")
	return errors.Join(err, bazeltest.RemoveAll(m.dir))
}

// becomeAnother has commands on the machine run in another way than those of the
// user of this process: by another user, if this one may become another.
func (m *machine) becomeAnother() (user string, err error) {
	for name, value := range map[string]string{
		"LANG":    "tr_TR.UTF-8",
		"LC_ALL":  "tr_TR.UTF-8",
		"LOGNAME": "daemon",
		"PATH":    "/nonexistent" + string(os.PathListSeparator) + os.Getenv("PATH"),
		"TZ":      "Pacific/Chatham",
		"USER":    "daemon",
	} {
		m.setenv(name, value)
	}
	m.prefix = []string{"bash", "-c", `umask 027; exec "$@"`, "bash"}
	// Bazel's sandbox needs namespaces, which some systems give nobody but root.
	daemon := append([]string{"setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"}, m.prefix...)
	probe := append(slices.Clone(daemon), "unshare", "--user", "--map-root-user", "--mount", "go", "version")
	if out, err := exec.Command(probe[0], probe[1:]...).CombinedOutput(); err != nil {
		return fmt.Sprintf("the same user, for want of the right to run %q as another: %v: %s", probe, err, out), nil
	}
	// What bazelw has set up lies where another user may not go. Links to the files do.
	cache := filepath.Join(m.dir, "cache")
	m.setenv("XDG_CACHE_HOME", cache)
	if err := shareSetUp(filepath.Join(cache, "go_overlay")); err != nil {
		return "", err
	}
	// What is linked belongs to others, too.
	chown := exec.Command("find", m.dir, "-path", filepath.Join(cache, "go_overlay", "rootfs-*"), "-prune", "-o",
		"(", "-type", "d", "-o", "-links", "1", ")", "-exec", "chown", "--no-dereference", "daemon:", "{}", "+")
	if out, err := chown.CombinedOutput(); err != nil {
		return "", fmt.Errorf("chown: %w\n%s", err, out)
	}
	m.prefix = daemon
	return "daemon", nil
}

// shareSetUp lays out what bazelw has set up in another folder.
func shareSetUp(to string) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	from := filepath.Join(cache, "go_overlay")
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	// While no other bazelw is changing it.
	lock, err := os.Open(filepath.Join(from, "lock"))
	if os.IsNotExist(err) {
		return nil // There is nothing: Bazel is the machine's own.
	}
	if err != nil {
		return err
	}
	defer lock.Close() // That unlocks it.
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == "e2e" || entry.Name() == "lock" {
			continue
		}
		if err := linkOrCopy(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// linkOrCopy makes hard links to the files of a folder, where that is possible.
func linkOrCopy(from, to string) error {
	if exec.Command("cp", "-al", from, to).Run() == nil {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("cp -a %s %s: %w\n%s", from, to, err, out)
	}
	return nil
}
