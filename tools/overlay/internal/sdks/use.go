package sdks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
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
	if err := ownGOROOT(tree); err != nil {
		fmt.Fprintln(s.Err, err)
	}
	if sdk.Platform != gosdk.Host {
		fmt.Fprintf(s.Err, "%s is for %s, and this machine is %s\n", sdk.Name, sdk.Platform, gosdk.Host)
	}
	if _, err := fmt.Fprintf(s.Out, "%s is current: %s\n", sdk.Name, tree); err != nil {
		return err
	}
	if on != "" && isMemory(on) {
		if err := s.tellMemory(sdk, tree); err != nil {
			return err
		}
	}
	if !slices.Contains(filepath.SplitList(os.Getenv("PATH")), s.currentBin()) {
		fmt.Fprintf(s.Err, "%s is not on PATH; next: eval \"$(overlay sdk env current)\"\n", s.currentBin())
	}
	return nil
}

// tellMemory says how much memory the files of an SDK take that is laid out there.
func (s *SDKs) tellMemory(sdk *store.SDK, tree string) error {
	m, err := s.Store.Manifest(sdk)
	if err != nil {
		return err
	}
	page := int64(os.Getpagesize())
	var bytes int64
	for _, f := range m.Files {
		bytes += (f.Size + page - 1) / page * page
	}
	_, err = fmt.Fprintf(s.Err, "its files take %s of memory, until a restart, or: rm -rf %s\n", size(bytes), shell.Word(tree))
	return err
}

func (s *SDKs) currentBin() string { return filepath.Join(s.Store.Current(), "bin") }

// memoryFolder returns a folder of the user's in memory, which it makes: others may write beside it.
func memoryFolder() (string, error) {
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"} {
		if dir == "" || !isMemory(dir) {
			continue
		}
		folder := filepath.Join(dir, fmt.Sprintf("go_overlay-%d", os.Getuid()))
		if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		if !isPrivate(folder) {
			return "", fmt.Errorf("%s: expected a folder of yours that nobody else can write; name another place: -on FOLDER", folder)
		}
		return folder, nil
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
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.Err, "no Go SDK has been the current one; next: overlay sdk use VERSION")
		return err
	}
	names := map[string][]string{} // of what is laid out in a folder
	sdks, err := s.Store.List()
	for _, sdk := range sdks {
		names[filepath.Base(sdk.Tree)] = append(names[filepath.Base(sdk.Tree)], sdk.Name)
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, g := range all {
		mark := ""
		if g.Current {
			mark = "current"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", g.Number, g.Time.Format(time.DateTime), strings.Join(names[filepath.Base(g.Tree)], ", "), g.Tree, mark)
	}
	return errors.Join(w.Flush(), err)
}

// Path prints the GOROOT of an SDK.
func (s *SDKs) Path(ctx context.Context, text string) error {
	if text == "current" {
		if err := s.Store.EnsureCurrent(ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(s.Out, s.Store.Current())
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
	if program := gosdk.Host.Binary("go"); sdk.Platform.Binary("go") != program { // Another go on PATH would be run.
		return fmt.Errorf("%s is an SDK for %s, expected one that has %s", sdk.Name, sdk.Platform, program)
	}
	tree, held, err := s.Store.Hold(ctx, sdk.Name)
	if err != nil {
		return err
	}
	if err := ownGOROOT(tree); err != nil {
		return err
	}
	if err := os.Chdir(s.Dir); err != nil { // Bazel runs programs elsewhere.
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

// cutSDK divides arguments into an SDK, and a command. What comes before -- is the SDK. Where there is no --, it is what is a version, or is the
// name of one.
func (s *SDKs) cutSDK(args []string) (text string, command []string) {
	switch {
	case len(args) > 0 && args[0] == "--":
		return "", args[1:]
	case len(args) > 1 && args[1] == "--":
		return args[0], args[2:]
	case len(args) == 0:
		return "", nil
	}
	_, err := s.Store.Find(args[0])
	if err == nil || args[0] == "current" || sdksource.IsVersion(args[0]) {
		return args[0], args[1:]
	}
	return "", args
}

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
		case "GO_OVERLAY_GO", "PWD": // of Bazel, and of another folder
		default:
			changed = append(changed, v)
		}
	}
	return append(changed, "GOTOOLCHAIN=local", "PWD="+s.Dir, "PATH="+s.pathWith(tree, path))
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

// ownGOROOT returns an error if the go command of an SDK would take another GOROOT, by what go env -w has written.
func ownGOROOT(tree string) error {
	path := os.Getenv("GOENV")
	if path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil // The go command finds none, either.
		}
		path = filepath.Join(dir, "go", "env")
	}
	content, err := os.ReadFile(path) // "off" is no file.
	if err != nil {
		return nil
	}
	for _, line := range strings.Split(string(content), "\n") {
		if root, ok := strings.CutPrefix(strings.TrimSpace(line), "GOROOT="); ok && root != "" && root != tree {
			return fmt.Errorf("%s has the go command of every SDK compile the standard library of %s; next: go env -u GOROOT", path, root)
		}
	}
	return nil
}

// Env prints commands for a shell, which has the go of an SDK first on PATH then.
func (s *SDKs) Env(ctx context.Context, text, forShell string) error {
	if forShell == "" {
		forShell = filepath.Base(os.Getenv("SHELL"))
	}
	if forShell == "direnv" && text == "" {
		if err := s.watch(); err != nil {
			return err
		}
	}
	tree := s.Store.Current()
	if text != "current" {
		sdk, err := s.installed(text)
		if err != nil {
			return err
		}
		if tree, err = s.Store.Path(ctx, sdk.Name); err != nil {
			return err
		}
	} else if err := s.Store.EnsureCurrent(ctx); err != nil {
		return err
	}
	if err := ownGOROOT(tree); err != nil {
		return err
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
	}
	_, err := fmt.Fprintln(s.Out, strings.Join(lines, "\n"))
	return err
}

// watch has direnv look again when another SDK may be asked for, or one is installed: also if none is now.
func (s *SDKs) watch() error {
	line := "watch_file " + shell.Word(filepath.Join(s.Store.Dir, "sdks"))
	for _, path := range sdksource.Files(s.Dir) {
		line += " " + shell.Word(path)
	}
	_, err := fmt.Fprintln(s.Out, line)
	return err
}

func fishWord(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func powershellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
