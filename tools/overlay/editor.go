package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
)

// openEditor opens files in the editor of the user, if there is one, and waits for it.
func openEditor(files []desk.Edited) (opened bool, err error) {
	editor := os.Getenv("VISUAL")
	if editor == "" {
		editor = os.Getenv("EDITOR")
	}
	if strings.TrimSpace(editor) == "" {
		return false, nil
	}
	name := editorName(editor)
	var args []string
	for _, file := range files {
		switch {
		case file.Line > 0 && slices.Contains([]string{"code", "codium", "cursor"}, name):
			args = append(args, "--goto", fmt.Sprintf("%s:%d", file.Path, file.Line))
		case file.Line > 0 && len(files) == 1 && slices.Contains([]string{"vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak"}, name):
			args = append(args, fmt.Sprintf("+%d", file.Line), file.Path)
		default:
			args = append(args, file.Path)
		}
	}
	cmd := editorCommand(editor, args)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	exit := (*exec.ExitError)(nil)
	isExit := errors.As(err, &exit)
	// Of a command that it can't run, a shell has told why.
	isShell := filepath.Base(cmd.Path) == "sh"
	if err != nil && !isExit || isShell && isExit && (exit.ExitCode() == 126 || exit.ExitCode() == 127) {
		return false, fmt.Errorf("the overlay is there, but the editor can't be started that VISUAL or EDITOR names: %s: %w", editor, err)
	}
	return true, nil // What the editor's exit code means, it has told.
}

// editorCommand returns the command that opens files, as git has it: VISUAL and EDITOR are for a shell, with quotes and variables.
// Windows need not have one.
func editorCommand(editor string, args []string) *exec.Cmd {
	switch {
	case runtime.GOOS == "windows":
		words := strings.Fields(editor)
		return exec.Command(words[0], append(words[1:], args...)...)
	case shell.IsPlain(editor):
		return exec.Command(editor, args...)
	}
	return exec.Command("sh", append([]string{"-c", editor + ` "$@"`, editor}, args...)...)
}

// firstWord is a shell's, without what it may have of variables in it.
var firstWord = regexp.MustCompile(`^\s*(?:"([^"]*)"|'([^']*)'|((?:\\.|[^\s"'\\])+))`)

// editorName returns the name of an editor's program, by which it is known how that takes lines.
func editorName(editor string) string {
	word := ""
	if runtime.GOOS == "windows" {
		word = strings.Fields(editor)[0]
	} else if m := firstWord.FindStringSubmatch(editor); m != nil {
		word = m[1] + m[2] + m[3]
	}
	return strings.TrimSuffix(filepath.Base(word), ".exe")
}
