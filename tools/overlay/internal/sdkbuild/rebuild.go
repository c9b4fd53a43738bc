package sdkbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/goroot"
)

// Options are the files of an SDK, and where to put its binaries.
type Options struct {
	Platform string   // that the SDK runs on, as GOOS_GOARCH
	Root     string   // a file in the top folder of the SDK
	Files    []string // of the SDK: at least bin, pkg and src, but for tests and their data
	Out      string   // folder for what is rebuilt, under the names it has in an SDK
}

// Rebuild builds those commands of an SDK that a distribution has, and those of
// which the SDK has a binary.
func Rebuild(o Options) (err error) {
	// The folder of an action may hold links, which go:embed refuses, and nothing
	// may be written beside the files.
	tmp, err := os.MkdirTemp("", "sdkbuild")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	g := goCommand{tmp: tmp, platform: Platform(o.Platform)}
	names, err := g.layOut(o)
	if err != nil {
		return fmt.Errorf("copying the SDK: %w", err)
	}
	version, err := g.version()
	if err != nil {
		return err
	}
	if err := g.enterModule(version); err != nil {
		return err
	}
	commands, err := g.distributed(version)
	if err != nil {
		return err
	}
	return g.build(withSource(commands, names, g.platform), o.Out)
}

// withSource adds the commands that the SDK has binaries of, and their source.
func withSource(commands, names []string, p Platform) []string {
	commands = slices.Clone(commands)
	for _, name := range names {
		command := p.Command(name)
		hasSource := func(name string) bool {
			return path.Dir(name) == "src/cmd/"+command && path.Ext(name) == ".go"
		}
		if command != "" && slices.ContainsFunc(names, hasSource) {
			commands = append(commands, command)
		}
	}
	slices.Sort(commands)
	return slices.Compact(commands)
}

// A goCommand is that of a copy of an SDK.
type goCommand struct {
	tmp      string // folder for the copy, and all that it writes
	platform Platform
}

// layOut copies the files of an SDK, and returns their names in it.
func (g goCommand) layOut(o Options) ([]string, error) {
	var names []string
	made := map[string]bool{}
	for _, file := range o.Files {
		name, err := goroot.Name(o.Root, file)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		target := filepath.Join(g.goroot(), filepath.FromSlash(name))
		if folder := filepath.Dir(target); !made[folder] {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return nil, err
			}
			made[folder] = true
		}
		if err := copyFile(target, file, isBinary(name)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (g goCommand) goroot() string { return filepath.Join(g.tmp, "goroot") }

// module is the folder that the commands are built in.
func (g goCommand) module() string { return filepath.Join(g.tmp, "module") }

// enterModule makes the module that the commands are built in: it decides which
// GODEBUG settings of older versions they have. It is the one of cmd/dist.
func (g goCommand) enterModule(v goVersion) error {
	if err := os.Mkdir(g.module(), 0o755); err != nil {
		return err
	}
	content := "module bootstrap"
	if v.minor >= 24 {
		content += fmt.Sprintf("\n\ngo 1.%d\n", v.minor)
	}
	return os.WriteFile(filepath.Join(g.module(), "go.mod"), []byte(content), 0o644)
}

// build builds commands.
func (g goCommand) build(commands []string, out string) error {
	built := filepath.Join(g.tmp, "built")
	if err := os.Mkdir(built, 0o755); err != nil {
		return err
	}
	// -o names a folder only if it ends with a separator.
	args := []string{"build", "-o", built + string(filepath.Separator)}
	for _, command := range commands {
		args = append(args, "cmd/"+command)
	}
	if _, err := g.run(g.module(), args...); err != nil {
		return fmt.Errorf("the SDK can't build its own commands: files of it are missing, or damaged: %w", err)
	}
	for _, command := range commands {
		name := filepath.Join(out, filepath.FromSlash(g.platform.Binary(command)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := copyFile(name, filepath.Join(built, command+g.platform.extension()), true); err != nil {
			return fmt.Errorf("cmd/%s was not built: %w", command, err)
		}
	}
	return nil
}

// environ returns the whole environment of the go command. What is not there, such as
// GOAMD64 and GOEXPERIMENT, has the default that was built into the release.
func (g goCommand) environ() []string {
	environ := []string{
		"CGO_ENABLED=0",
		"GOCACHE=" + filepath.Join(g.tmp, "cache"),
		"GOENV=off",
		// What cmd/dist sets for a release. Nothing is asked about version control, which
		// what lies above the temporary folder might be under.
		"GOFLAGS=-buildvcs=false -trimpath -ldflags=-w -gcflags=cmd/...=-dwarf=false",
		"GOPATH=" + filepath.Join(g.tmp, "path"),
		"GOPROXY=off",
		"GOROOT=" + g.goroot(),
		"GOTELEMETRY=off",
		"GOTMPDIR=" + g.tmp,
		"GOTOOLCHAIN=local",
		"GOWORK=off",
		"HOME=" + g.tmp,
		"TMPDIR=" + g.tmp,
	}
	if runtime.GOOS == "windows" {
		environ = append(environ,
			"AppData="+g.tmp,
			"LocalAppData="+g.tmp,
			"SystemRoot="+os.Getenv("SystemRoot"), // Windows itself needs it.
			"TEMP="+g.tmp,
			"TMP="+g.tmp,
			"USERPROFILE="+g.tmp,
		)
	}
	return environ
}

// run runs the go command in a folder, and returns what it prints.
func (g goCommand) run(dir string, args ...string) (string, error) {
	cmd := exec.Command(filepath.Join(g.goroot(), filepath.FromSlash(g.platform.Binary("go"))), args...)
	cmd.Dir = dir
	cmd.Env = g.environ()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		output := strings.TrimSpace(stderr.String())
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, strings.ReplaceAll(output, g.tmp+string(filepath.Separator), ""))
	}
	return strings.TrimSpace(stdout.String()), nil
}

func copyFile(target, source string, executable bool) (err error) {
	r, err := os.Open(source)
	if err != nil {
		return err
	}
	defer r.Close() // It was only read.
	mode := os.FileMode(0o644)
	if executable {
		mode = 0o755
	}
	w, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
