package sdkbuild

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// A goCommand is that of a copy of an SDK.
type goCommand struct {
	ctx      context.Context
	tmp      string // folder for the copy, and all that it writes
	platform gosdk.Platform
	changes  []gosdk.Change // that the copy has
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

// cache is the folder in which the go command keeps what it compiled.
func (g goCommand) cache() string { return filepath.Join(g.tmp, "cache") }

// built returns the file that a command is built into.
func (g goCommand) built(command string) string {
	return filepath.Join(g.tmp, "built", g.platform.Program(command))
}

// build builds commands, with more flags of the go command.
func (g goCommand) build(commands []string, flags ...string) error {
	folder := filepath.Dir(g.built("go"))
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	// -o names a folder only if it ends with a separator.
	args := append([]string{"build", "-o", folder + string(filepath.Separator)}, flags...)
	if _, err := g.run(g.module(), append(args, packages(commands)...)...); err != nil {
		return g.explain("build its own commands", err)
	}
	return nil
}

// packages returns the import paths of commands.
func packages(commands []string) []string {
	var paths []string
	for _, command := range commands {
		paths = append(paths, "cmd/"+command)
	}
	return paths
}

// install puts the commands that were built where they are in an SDK.
func (g goCommand) install(commands []string, out string) error {
	for _, command := range commands {
		name := filepath.Join(out, filepath.FromSlash(g.platform.Binary(command)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := files.Copy(name, g.built(command), 0o755); err != nil {
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
		"GOCACHE=" + g.cache(),
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
	return g.runProgram(filepath.Join(g.goroot(), filepath.FromSlash(g.platform.Binary("go"))), dir, args...)
}

// runProgram runs a program in a folder as the go command would, and returns what it prints.
func (g goCommand) runProgram(program, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(g.ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = g.environ()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if g.ctx.Err() != nil {
			return "", interrupt.Err
		}
		name := g.platform.CommandOf(filepath.Base(program))
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, g.withoutCopy(strings.TrimSpace(stderr.String())))
	}
	return strings.TrimSpace(stdout.String()), nil
}
