// Package delve starts the debugger Delve on programs whose debug information does not say where their
// sources are, as is the case where they were built elsewhere: in a sandbox, with other names.
//
// [Sources] tells which names a program has for its sources, [RulesFor] makes rules of these, and of places where
// the files may be, and [Start] runs Delve with them.
package delve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

// A Program is what is debugged.
type Program struct {
	Name   string // for people: //app
	Binary string
	Args   []string
	Dir    string   // in which it is started
	Env    []string // what it gets beside the environment, as KEY=VALUE
	Rules  []Rule

	// Scratch is the name of a variable of its environment with an empty folder, which is removed
	// afterwards, or empty.
	Scratch string

	// PID is that of the process, if it runs already. Then only Binary and Rules count.
	PID int
}

// Options are how Delve is started.
type Options struct {
	Path   string   // of Delve; by default what GO_OVERLAY_DLV names, or dlv on PATH
	Flags  []string // more flags for it
	Listen string   // address at which Delve waits for clients, without asking for commands, or empty
}

// Install is the command that installs Delve.
const Install = "go install github.com/go-delve/delve/cmd/dlv@latest"

// pathVariable is the variable of the environment that names Delve.
const pathVariable = "GO_OVERLAY_DLV"

// Find returns the path of Delve.
func Find(path string) (string, error) {
	from := "-dlv"
	if path == "" {
		path, from = os.Getenv(pathVariable), pathVariable+" in the environment"
	}
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("%s is %s, which can't be run: %w", from, path, err)
		}
		return found, nil
	}
	found, err := exec.LookPath("dlv")
	if err != nil {
		return "", fmt.Errorf("the debugger Delve, dlv, is not on PATH; this installs it into $(go env GOPATH)/bin:\n  %s\n"+
			"or name it by -dlv, or in the environment, as %s", Install, pathVariable)
	}
	return found, nil
}

// Start runs Delve on a program until the user ends it, and returns its exit code. The terminal is Delve's meanwhile.
func Start(p Program, o Options) (code int, err error) {
	path, err := Find(o.Path)
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "overlay_debug")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	if p.Scratch != "" {
		scratch := filepath.Join(folder, "tmp")
		if err := os.Mkdir(scratch, 0o755); err != nil {
			return 0, err
		}
		p.Env = append(p.Env, p.Scratch+"="+scratch)
	}
	init := filepath.Join(folder, "init")
	flags, more := withoutInit(o.Flags)
	if err := os.WriteFile(init, []byte(script(p.Rules, more)), 0o644); err != nil {
		return 0, err
	}
	switch {
	case o.Listen == "":
		flags = append([]string{"--init", init}, flags...)
	default:
		flags = append([]string{"--headless", "--listen", o.Listen, "--api-version=2", "--accept-multiclient"}, flags...)
		fmt.Fprintf(os.Stderr, "to connect: %s\n", shell.Words([]string{path, "connect", "--init", init, o.Listen}))
	}
	cmd := exec.Command(path, arguments(p, flags)...)
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	var said bytes.Buffer
	if p.PID != 0 { // Else it is also where the program writes, which may want a terminal.
		cmd.Stderr = io.MultiWriter(os.Stderr, &said)
	}
	start := time.Now()
	code, err = run(cmd)
	if err != nil || code == 0 || time.Since(start) > atOnce {
		return code, err
	}
	if p.PID == 0 {
		said.WriteString(refusal(path, p))
	}
	if advice := adviceFor(said.String(), p); advice != "" {
		fmt.Fprintln(os.Stderr, advice)
	}
	return code, nil
}

// atOnce is how long it takes Delve at most to say that it can't begin.
const atOnce = 10 * time.Second

// arguments returns the command line of Delve.
func arguments(p Program, flags []string) []string {
	if p.PID != 0 {
		return append([]string{"attach", fmt.Sprint(p.PID)}, flags...)
	}
	args := append([]string{"exec", p.Binary, "--wd", p.Dir}, flags...)
	return append(append(args, "--"), p.Args...)
}

// withoutInit takes from flags the file of commands that Delve is to begin with: it takes one only.
func withoutInit(flags []string) (rest []string, file string) {
	for i := 0; i < len(flags); i++ {
		value, ok := strings.CutPrefix(flags[i], "--init=")
		switch {
		case ok:
			file = value
		case flags[i] == "--init" && i+1 < len(flags):
			i++
			file = flags[i]
		default:
			rest = append(rest, flags[i])
		}
	}
	return rest, file
}

// script returns commands that have Delve use the rules, and no others, and then those of a file, if it is not empty.
func script(rules []Rule, file string) string {
	var b strings.Builder
	b.WriteString("config substitute-path -clear\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "config substitute-path %s %s\n", quoted(r.From), quoted(r.To))
	}
	if file != "" {
		fmt.Fprintf(&b, "source %s\n", file)
	}
	return b.String()
}

func quoted(field string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(field) + `"`
}

// run runs a command that has the terminal, and passes on signals that only this process gets.
func run(cmd *exec.Cmd) (code int, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("Delve can't be started: %w", err)
	}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case sig := <-signals:
				if sig != os.Interrupt || !terminal.Is(os.Stdin) { // A terminal tells both.
					cmd.Process.Signal(sig)
				}
			case <-done:
				return
			}
		}
	}()
	err = cmd.Wait()
	close(done)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if code := exit.ExitCode(); code >= 0 {
			return code, nil
		}
		return 1, nil // Killed by a signal.
	}
	return 0, err
}
