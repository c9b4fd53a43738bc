// Package goroot writes the folder of a Go SDK, as it is or with changed files.
//
// The tree holds files and folders only, no links to elsewhere, and has all of them
// or, after an error or an interruption, none. Files are read-only: 0o555 those in
// bin and pkg/tool and those whose source is executable, 0o444 the others. Folders
// are 0o755. No content names the place where the tree is. With changes, go.env says that the go command is not to
// change to another toolchain, which go.mod may ask for, and which has none of the changes.
//
// Each file is a reflink where the file system has them, and a copy elsewhere. With
// Options.Link, files of the SDK become hard links, which take a fifth of the time. A
// hard link shares its content and its mode with its source, and whoever writes to
// one, or changes the mode of one, does so to both; as Bazel does to what an action
// makes. Hence only what nobody may write to, and has the permissions that the tree
// needs, is linked; and never the file of a change, which is a user's own. Where a
// link can't be made, as between two file systems or mounts, there is a copy.
package goroot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/output"
)

// Options are what to write, and where.
type Options struct {
	Root    string         // a file in the top folder of the SDK
	Files   []string       // of the SDK; links are followed
	Changes []gosdk.Change // to them
	Out     string         // folder to write: an empty one, or one that does not exist in one that does
	Link    bool           // hard links to files of the SDK, where that is safe

	// JSON, unless empty, is a file to write for the flag -overlay of the go command.
	// As it must not depend on where the tree is, its keys are the names of the changes,
	// relative to the GOROOT, and a reader has to put the GOROOT before them. The values
	// are the files of the changes, and empty for files that are deleted.
	JSON string
}

// Write writes a GOROOT. When ctx is done before that, nothing is left of it.
func Write(ctx context.Context, o Options) (err error) {
	planned, folders, err := plan(o)
	if err != nil {
		return err
	}
	t := tree{out: o.Out, files: planned, folders: folders, written: make([]bool, len(planned))}
	if o.Link {
		t.link = files.Link
	}
	created, err := takeFolder(o.Out)
	defer func() {
		if err == nil {
			return
		}
		err = errors.Join(err, t.remove())
		if created {
			err = errors.Join(err, os.Remove(o.Out))
		}
	}()
	if err != nil {
		return err
	}
	if err := t.write(ctx); err != nil {
		return fmt.Errorf("writing the GOROOT %s: %w", o.Out, err)
	}
	if o.JSON == "" {
		return nil
	}
	content, err := overlayJSON(o.Changes)
	if err != nil {
		return err
	}
	return output.Write(output.File{Path: o.JSON, Content: content})
}

// takeFolder makes sure that there is an empty folder, and tells whether it was created.
func takeFolder(out string) (created bool, err error) {
	err = os.Mkdir(out, 0o755)
	if err == nil {
		return true, os.Chmod(out, 0o755) // Whatever the umask is.
	}
	if !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	folder, err := os.Open(out)
	if err != nil {
		return false, err
	}
	defer folder.Close() // It was only read.
	names, err := folder.Readdirnames(1)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: expected an empty folder: %w", out, err)
	}
	return false, fmt.Errorf("%s: expected an empty folder, found %s in it: delete it, or name another folder", out, names[0])
}

func overlayJSON(changes []gosdk.Change) ([]byte, error) {
	replace := map[string]string{}
	for _, c := range changes {
		replace[c.Name] = c.File
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false) // Of the names of files, it would make others to the eye.
	encoder.SetIndent("", "\t")
	if err := encoder.Encode(map[string]any{"Replace": replace}); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}
