package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
)

// Patch returns changes as a patch that git apply takes in the root of the workspace. It is empty if there are none.
func (d *Desk) Patch(ctx context.Context, changes []userfiles.Change) ([]byte, error) {
	root, err := filepath.EvalSymlinks(d.Workspace.Root)
	if err != nil {
		return nil, err
	}
	// git takes names in such a patch for those from its own top folder, wherever it is run.
	above := ""
	cmd, err := git.Command(ctx, root, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	if out, err := git.Output(ctx, cmd); err == nil { // Else it is in no repository.
		above = strings.TrimRight(string(out), "\r\n")
	}
	var patch bytes.Buffer
	for _, change := range changes {
		// What a link leads to is changed, but git follows none.
		file, err := userfiles.FollowLinks(change.Path)
		if err != nil {
			return nil, err
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(root, filepath.Join(folder, filepath.Base(file)))
		if err != nil || !filepath.IsLocal(name) {
			return nil, fmt.Errorf("%s is outside of the workspace, so that no patch can change it there; leave out -patch", file)
		}
		content := change.Content
		if change.Delete {
			content = nil
		} else if content == nil {
			content = []byte{} // To writeDiff, nil is no file.
		}
		writeDiff(&patch, above+filepath.ToSlash(name), change.Original, content)
	}
	return patch.Bytes(), nil
}

// WritePatch writes changes as a patch to a file, relative to the current folder, or to d.Out if it is called "-".
// Without changes the file is empty, for an old patch must not be taken for one of today.
func (d *Desk) WritePatch(ctx context.Context, file string, changes []userfiles.Change) error {
	patch, err := d.Patch(ctx, changes)
	if err != nil {
		return err
	}
	if file == "-" {
		_, err := d.Out.Write(patch)
		return err
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(d.Dir, file)
	}
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return userfiles.Apply(userfiles.Change{Path: file, Content: patch, Original: before})
}
