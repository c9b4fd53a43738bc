package terminal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
)

// Page writes text, on a terminal by a pager: $GIT_PAGER, $PAGER or less, which ends at
// once if all fits on the screen. An empty one, or cat, is none.
func Page(w io.Writer, text []byte) error {
	if isCapable(w) {
		if cmd := pager(os.LookupEnv); cmd != nil {
			cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), w, os.Stderr
			// Ctrl-C ends a search in less, not less itself: without us it would be left
			// with a terminal that the shell reads from, too.
			interrupts := make(chan os.Signal, 1)
			signal.Notify(interrupts, os.Interrupt)
			defer signal.Stop(interrupts)

			err := cmd.Run()
			if exit := new(exec.ExitError); !errors.As(err, &exit) {
				if err == nil {
					return nil
				}
			} else if code := exit.ExitCode(); code != 126 && code != 127 {
				return nil // It has been left.
			}
			// It doesn't exist, or can't be run. A shell has said so.
		}
	}
	_, err := w.Write(text)
	return err
}

// pager returns what runs the pager, or nil if there is none.
func pager(lookup func(string) (string, bool)) *exec.Cmd {
	command, ok := lookup("GIT_PAGER")
	if !ok {
		command, ok = lookup("PAGER")
	}
	if !ok {
		command = "less"
	}
	words := strings.Fields(command)
	if len(words) == 0 || words[0] == "cat" && len(words) == 1 {
		return nil
	}
	if !ok {
		if _, err := exec.LookPath(command); err != nil {
			return nil
		}
	}
	cmd := exec.Command("sh", "-c", command)
	if runtime.GOOS == "windows" {
		cmd = exec.Command(words[0], words[1:]...)
	}
	cmd.Env = os.Environ()
	if _, ok := lookup("LESS"); !ok {
		cmd.Env = append(cmd.Env, "LESS=FRX")
	}
	return cmd
}
