// Package merge carries an overlay from one version of a file to the next.
package merge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
)

// truncated is the exit code of git merge-file for as many conflicts, or more.
const truncated = 127

// Three merges the changes from base to overlay and those from base to upstream. Where they
// conflict, the result has all three texts between git's markers, with the names of base,
// overlay and upstream; conflicts is how many these are. The result is that of git
// merge-file, whatever the user's settings for git are.
//
// The error is a *git.MissingError where there is no git.
func Three(ctx context.Context, base, overlay, upstream []byte, names [3]string) (result []byte, conflicts int, err error) {
	texts := [3][]byte{base, overlay, upstream}
	for i, name := range names {
		if strings.ContainsAny(name, "\r\n\x00") {
			return nil, 0, fmt.Errorf("merging: expected a name of one line for a marker, found %q", name)
		}
		// git looks for it in the first 8000 bytes only.
		if bytes.IndexByte(texts[i], 0) >= 0 {
			return nil, 0, fmt.Errorf("merging: %s is a binary file, of which lines can't be merged; take one of the versions whole", name)
		}
	}
	folder, err := os.MkdirTemp("", "overlay_merge-*")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if folder, err = filepath.Abs(folder); err != nil { // TMPDIR may be relative.
		return nil, 0, err
	}
	files := [3]string{"base", "overlay", "upstream"}
	for i, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file), texts[i], 0o600); err != nil {
			return nil, 0, err
		}
	}
	cmd, err := git.Command(ctx, folder, "merge-file", "-p", "-q", "--diff3",
		"-L", names[1], "-L", names[0], "-L", names[2], files[1], files[0], files[2])
	if err != nil {
		return nil, 0, err
	}
	git.Isolated(cmd, filepath.Dir(folder))
	result, err = git.Output(ctx, cmd)
	exit := (*git.ExitError)(nil)
	switch {
	case err == nil:
		return result, 0, nil
	case !errors.As(err, &exit) || exit.Code < 0 || exit.Code > truncated:
		return nil, 0, fmt.Errorf("merging %s: %w", names[1], err)
	case exit.Code == truncated:
		return result, max(truncated, bytes.Count(append([]byte("\n"), result...), marker("\n<<<<<<<", names[1]))), nil
	default:
		return result, exit.Code, nil
	}
}

// marker returns the line of a marker, with a name.
func marker(form, name string) []byte {
	if name == "" {
		return []byte(form)
	}
	return []byte(form + " " + name)
}
