package shadow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// Go is the go command of a folder.
type Go struct {
	Program string // path
	Dir     string // in which it runs
	Env     []string

	Settings
}

// Settings are what the go command says of itself, as go env does.
type Settings struct {
	GOROOT, GOVERSION, GOMOD, GOWORK, GOFLAGS, GOMODCACHE, GO111MODULE, GOPROXY, GOARCH, GOEXE string
}

// Ask asks a go command what it would do in a folder.
func Ask(ctx context.Context, program, dir string, env []string) (*Go, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("there is no go command on PATH; next: install Go, or put it first on PATH: %w", err)
	}
	g := &Go{Program: path, Dir: dir, Env: env}
	out, err := g.Output(ctx, "env", "-json", "GOROOT", "GOVERSION", "GOMOD", "GOWORK", "GOFLAGS", "GOMODCACHE", "GO111MODULE", "GOPROXY", "GOARCH", "GOEXE")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(out, &g.Settings); err != nil {
		return nil, fmt.Errorf("go env -json wrote what is no JSON: %w", err)
	}
	return g, nil
}

// Output runs the go command and returns what it writes.
func (g *Go) Output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, g.Program, args...)
	cmd.Dir, cmd.Env = g.Dir, withVariable(g.Env, "PWD", g.Dir)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return out, fmt.Errorf("go %s: %w\n%s", strings.Join(args[:min(len(args), 2)], " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}

// With returns the go command as it is with the flags -mod and -modfile of arguments, which say what it compiles, where GOFLAGS would say it.
func (g *Go) With(args *Arguments) *Go {
	flags := splitFlags(g.GOFLAGS)
	for _, name := range []string{"mod", "modfile"} {
		if value := args.flag(name); value != "" {
			flags = append(deleteFlag(flags, name), "-"+name+"="+value)
		}
	}
	with := *g
	if text, err := JoinFlags(flags); err == nil { // Else the go command says what is wrong.
		with.GOFLAGS, with.Env = text, withVariable(g.Env, "GOFLAGS", text)
	}
	return &with
}

// Asking returns the go command as it can be asked what it compiles without overlays: it refuses a flag -overlay with files of the module cache, and by
// -mod=mod it would add to go.mod what it is asked for.
func (g *Go) Asking() *Go {
	var flags []string
	for _, flag := range deleteFlag(splitFlags(g.GOFLAGS), "overlay") {
		if name, value, _ := cutFlag(flag); name == "mod" && value == "mod" {
			flag = "-mod=readonly"
		}
		flags = append(flags, flag)
	}
	asking := *g
	if text, err := JoinFlags(flags); err == nil { // Else the go command says what is wrong.
		asking.GOFLAGS, asking.Env = text, withVariable(g.Env, "GOFLAGS", text)
	}
	return &asking
}

// Minor returns the second number of the Go version, or 0 if it has none.
func (g *Go) Minor() int { return goMinor(g.GOVERSION) }

func goMinor(version string) int {
	rest, _ := strings.CutPrefix(version, "go1.")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	minor, _ := strconv.Atoi(rest)
	return minor
}

// isCached tells whether a folder is one of the module cache, of which the go command lets no file be replaced.
func (g *Go) isCached(dir string) bool { return paths.Below(g.GOMODCACHE, dir) }

// goflag returns the value of a flag in GOFLAGS, "true" for one that has none, or an empty string.
func (g *Go) goflag(name string) string {
	value := ""
	for _, flag := range splitFlags(g.GOFLAGS) {
		if flagName, v, ok := cutFlag(flag); flagName == name {
			value = v
			if !ok {
				value = "true"
			}
		}
	}
	return value
}

// withVariable returns an environment with a variable set.
func withVariable(env []string, name, value string) []string {
	env = withoutVariable(env, name)
	return append(env, name+"="+value)
}

// withoutVariable returns an environment without a variable.
func withoutVariable(env []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
}

// splitFlags returns the flags that GOFLAGS has: separated by blanks, and each may be in quotes, as cmd/internal/quoted reads it.
func splitFlags(text string) []string {
	var flags []string
	for {
		text = strings.TrimLeft(text, " \t\n\r")
		if text == "" {
			return flags
		}
		end, from := strings.IndexAny(text, " \t\n\r"), 0
		if quote := text[0]; quote == '"' || quote == '\'' {
			end, from = strings.IndexByte(text[1:], quote)+1, 1
			if end == 0 { // The go command will say so.
				return append(flags, text)
			}
		}
		if end < 0 {
			end = len(text)
		}
		flags = append(flags, text[from:end])
		text = text[min(len(text), end+from):]
	}
}

// JoinFlags returns what splitFlags reads flags from.
func JoinFlags(flags []string) (string, error) {
	var quoted []string
	for _, flag := range flags {
		switch {
		case !strings.ContainsAny(flag, " \t\n\r'\""):
			quoted = append(quoted, flag)
		case !strings.Contains(flag, "'"):
			quoted = append(quoted, "'"+flag+"'")
		case !strings.Contains(flag, `"`):
			quoted = append(quoted, `"`+flag+`"`)
		default:
			return "", fmt.Errorf("%s has quotes of both kinds, which GOFLAGS can't have", flag)
		}
	}
	return strings.Join(quoted, " "), nil
}

// Variable returns the value of a variable of an environment.
func Variable(env []string, name string) string {
	value := ""
	for _, entry := range env {
		if rest, ok := strings.CutPrefix(entry, name+"="); ok {
			value = rest
		}
	}
	return value
}
