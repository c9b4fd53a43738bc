package sdkbuild

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// explain returns the error that the SDK can't do something.
func (g goCommand) explain(what string, err error) error {
	if errors.Is(err, interrupt.Err) {
		return err
	}
	if len(g.changes) == 0 {
		return fmt.Errorf("the SDK can't %s: files of it are missing, or damaged: %w", what, err)
	}
	err = fmt.Errorf("the SDK, with its changes, can't %s: %w", what, err)
	if strings.Contains(err.Error(), "no required module provides package") {
		err = fmt.Errorf("%w\nCommands of an SDK can import what is in src and in src/cmd/vendor only", err)
	}
	return g.withChanges(err)
}

// withChanges returns an error that names the changes, as this one might not.
func (g goCommand) withChanges(err error) error {
	var changed strings.Builder
	for _, c := range g.changes {
		if c.File != "" && strings.Contains(err.Error(), c.File) {
			return err
		}
		fmt.Fprintf(&changed, "\n  %s", c)
	}
	return fmt.Errorf("%w\nThe changes:%s", err, changed.String())
}

// withoutCopy returns what the go command printed with paths of the SDK, as in src/fmt/print.go,
// or of what a user wrote, in place of those in the copy.
func (g goCommand) withoutCopy(text string) string {
	files := map[string]string{}
	for _, c := range g.changes {
		if c.File != "" {
			files[c.Name] = c.File
		}
	}
	separator := `[/\\]`
	inCopy := regexp.MustCompile(`(?:` + regexp.QuoteMeta(g.tmp) + `|\.\.)` + separator + filepath.Base(g.goroot()) + separator + `([^\s:()"]+)`)
	text = inCopy.ReplaceAllStringFunc(text, func(path string) string {
		name := filepath.ToSlash(inCopy.FindStringSubmatch(path)[1])
		if file, ok := files[name]; ok {
			return file
		}
		return name
	})
	return strings.ReplaceAll(text, g.tmp+string(filepath.Separator), "")
}
