package sdks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/process"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// tmpfs is what -on calls a folder in memory.
const tmpfs = "tmpfs"

// Use makes an SDK the current one.
func (s *SDKs) Use(ctx context.Context, text, on string) error {
	sdk, err := s.installed(text)
	if err != nil {
		return err
	}
	switch {
	case on == tmpfs:
		if on, err = memoryFolder(); err != nil {
			return err
		}
	case on != "":
		on = s.abs(on)
	}
	tree, err := s.Store.Use(ctx, sdk.Name, on)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.Out, "%s is current: %s\n", sdk.Name, tree); err != nil {
		return err
	}
	if on != "" && isMemory(on) {
		m, err := s.Store.Manifest(sdk)
		if err != nil {
			return err
		}
		page := int64(os.Getpagesize())
		var bytes int64
		for _, f := range m.Files {
			bytes += (f.Size + page - 1) / page * page
		}
		fmt.Fprintf(s.Err, "its files take %s of memory, until a restart, or: rm -rf %s\n", size(bytes), shell.Word(tree))
	}
	if !slices.Contains(filepath.SplitList(os.Getenv("PATH")), s.currentBin()) {
		fmt.Fprintf(s.Err, "%s is not on PATH; next: eval \"$(overlay sdk env current)\"\n", s.currentBin())
	}
	return nil
}

// current returns the path that stands for the current SDK. What it stands for may have been in memory.
func (s *SDKs) current() (string, error) {
	name, err := s.Store.CurrentName()
	if err != nil {
		return "", err
	}
	path := s.Store.Current()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	all, err := s.Store.History()
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(g store.Generation) bool { return g.Current })
	if at < 0 {
		return path, nil // Another process switches to another one just now.
	}
	tree := all[at].Tree
	on := ""
	if dir := filepath.Dir(tree); dir != filepath.Join(s.Store.Dir, "trees") {
		on = "-on " + shell.Word(dir) + " "
	}
	return "", fmt.Errorf("there is no %s any more, where the current SDK was; next: overlay sdk use %s%s", tree, on, name)
}

func (s *SDKs) currentBin() string { return filepath.Join(s.Store.Current(), "bin") }

// memoryFolder returns a folder of the user's in memory.
func memoryFolder() (string, error) {
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"} {
		if dir != "" && isMemory(dir) {
			return filepath.Join(dir, fmt.Sprintf("go_overlay-%d", os.Getuid())), nil
		}
	}
	return "", fmt.Errorf("neither XDG_RUNTIME_DIR nor /dev/shm is in memory (tmpfs) here; name a folder that is: -on FOLDER")
}

// Rollback makes the SDK current again that was so before.
func (s *SDKs) Rollback(ctx context.Context) error {
	g, err := s.Store.Rollback(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "current is again: %s\n", g.Tree)
	return err
}

// History lists what was current.
func (s *SDKs) History() error {
	all, err := s.Store.History()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, g := range all {
		mark := ""
		if g.Current {
			mark = "current"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", g.Number, g.Time.Format(time.DateTime), filepath.Base(g.Tree), mark)
	}
	return w.Flush()
}

// Path prints the GOROOT of an SDK.
func (s *SDKs) Path(ctx context.Context, text string) error {
	if text == "current" {
		tree, err := s.current()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.Out, tree)
		return err
	}
	sdk, err := s.installed(text)
	if err != nil {
		return err
	}
	tree, err := s.Store.Path(ctx, sdk.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, tree)
	return err
}

// Exec runs a command with an SDK, whose go comes first on PATH, and no other.
func (s *SDKs) Exec(ctx context.Context, args []string) error {
	text, command := s.cutSDK(args)
	if len(command) == 0 {
		return verbs.UsageError("expected a command, such as: overlay sdk exec 1.26.8 -- go test ./...")
	}
	sdk, err := s.installed(text)
	if err != nil {
		return err
	}
	// Before it is laid out: who cleans up leaves it alone from now on.
	held, err := s.Store.Hold(sdk.Name)
	if err != nil {
		held = nil // A store that is read-only is cleaned by nobody.
	}
	tree, err := s.Store.Path(ctx, sdk.Name)
	if err != nil {
		return err
	}
	env := s.environment(os.Environ(), tree)
	program, err := lookIn(command[0], env)
	if err != nil {
		return err
	}
	p := process.Program{Path: program, Args: command, Env: env}
	if held != nil {
		p.Held = append(p.Held, held)
	}
	return p.Run()
}

// cutSDK divides arguments into an SDK, and a command. What comes before -- is the SDK. Where there is none, as flags end with the first --, it is
// what looks like a version, or is the name of one.
func (s *SDKs) cutSDK(args []string) (text string, command []string) {
	if len(args) > 1 && args[1] == "--" {
		return args[0], args[2:]
	}
	if len(args) == 0 {
		return "", nil
	}
	_, err := s.Store.Find(args[0])
	if err == nil || args[0] == "current" || versionForm.MatchString(args[0]) {
		return args[0], args[1:]
	}
	return "", args
}

var versionForm = regexp.MustCompile(`^(go)?[0-9]`)

// environment returns the variables of a process that uses an SDK. GOROOT is never one of them: a go command of another SDK would take it.
func (s *SDKs) environment(env []string, tree string) []string {
	var changed []string
	path := ""
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if runtime.GOOS == "windows" {
			name = strings.ToUpper(name)
		}
		switch name {
		case "PATH":
			path = value
		case "GOROOT", "GOTOOLCHAIN":
		default:
			changed = append(changed, v)
		}
	}
	return append(changed, "GOTOOLCHAIN=local", "PATH="+s.pathWith(tree, path))
}

// pathWith returns PATH with an SDK first, and no other of the store.
func (s *SDKs) pathWith(tree, path string) string {
	elements := []string{filepath.Join(tree, "bin")}
	for _, dir := range filepath.SplitList(path) {
		if dir != s.currentBin() && filepath.Dir(filepath.Dir(dir)) != filepath.Join(s.Store.Dir, "trees") && dir != elements[0] {
			elements = append(elements, dir)
		}
	}
	return strings.Join(elements, string(filepath.ListSeparator))
}

// lookIn looks a command up as a shell with an environment does.
func lookIn(command string, env []string) (string, error) {
	path := env[len(env)-1]
	before, had := os.LookupEnv("PATH")
	os.Setenv("PATH", strings.TrimPrefix(path, "PATH="))
	defer func() {
		if had {
			os.Setenv("PATH", before)
		} else {
			os.Unsetenv("PATH")
		}
	}()
	found, err := exec.LookPath(command)
	if err != nil {
		return "", err
	}
	return filepath.Abs(found)
}

// Shells are those that Env writes for.
var Shells = []string{"bash", "zsh", "sh", "fish", "direnv", "powershell"}

// Env prints commands for a shell, which has the go of an SDK first on PATH then.
func (s *SDKs) Env(ctx context.Context, text, forShell string) error {
	var tree string
	if text == "current" {
		var err error
		if tree, err = s.current(); err != nil {
			return err
		}
	} else {
		sdk, err := s.installed(text)
		if err != nil {
			return err
		}
		if tree, err = s.Store.Path(ctx, sdk.Name); err != nil {
			return err
		}
	}
	if forShell == "" {
		forShell = filepath.Base(os.Getenv("SHELL"))
	}
	path := s.pathWith(tree, os.Getenv("PATH"))
	var lines []string
	switch forShell {
	case "fish":
		var words []string
		for _, dir := range filepath.SplitList(path) {
			words = append(words, fishWord(dir))
		}
		lines = []string{"set -gx PATH " + strings.Join(words, " ") + ";", "set -gx GOTOOLCHAIN local;", "set -e GOROOT;"}
	case "powershell", "pwsh":
		lines = []string{"$env:PATH = " + powershellWord(path), "$env:GOTOOLCHAIN = 'local'", "Remove-Item Env:GOROOT -ErrorAction SilentlyContinue"}
	default:
		lines = []string{"export PATH=" + shell.Word(path), "export GOTOOLCHAIN=local", "unset GOROOT"}
		if forShell == "direnv" {
			if want, err := sdksource.Wanted(s.Dir); text == "" && err == nil {
				lines = append(lines, "watch_file "+shell.Word(want.File))
			}
		}
	}
	_, err := fmt.Fprintln(s.Out, strings.Join(lines, "\n"))
	return err
}

func fishWord(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func powershellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
