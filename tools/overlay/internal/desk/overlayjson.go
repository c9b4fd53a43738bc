package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// exportJSON writes what the go command takes by -overlay: paths of its files, and of overlay files in their place. What no
// overlay file has as it is, such as what diffs make, comes into files of its own.
func (d *Desk) exportJSON(ctx context.Context, modules []*exported, o ExportOptions) error {
	replace := map[string]string{}
	output := ""
	if o.Output != "" {
		output = d.abs(o.Output)
		if info, err := os.Stat(output); endsInSlash(o.Output) || err == nil && info.IsDir() {
			output = filepath.Join(output, "overlay.json")
		}
	}
	var changes []userfiles.Change
	for _, e := range modules {
		folder, err := d.goFolder(ctx, e.home)
		if err != nil {
			return fmt.Errorf("%s: %w", e.series[0].Label, err)
		}
		for _, file := range e.files() {
			target := filepath.Join(folder, filepath.FromSlash(file.name))
			if content, err := os.ReadFile(target); !file.layered && !(errors.Is(err, os.ErrNotExist) && file.old == nil) && !bytes.Equal(content, file.old) {
				return fmt.Errorf("%s is not what Bazel compiles, for which the overlay was made: to the go command, the overlay is for another file", target)
			}
			switch {
			case file.new == nil:
				replace[target] = ""
			case file.source != "":
				replace[target] = file.source
			case output == "":
				return fmt.Errorf("%s comes of a diff, and has to be written into a file; say by -o where the JSON is to be, and it comes beside it", target)
			default:
				made := filepath.Join(output+".files", strings.ReplaceAll(e.module, "/", "_"), filepath.FromSlash(file.name))
				change, err := overwrite(made, file.new)
				if err != nil {
					return err
				}
				changes = append(changes, change)
				replace[target] = made
			}
		}
	}
	content, err := record.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	if output == "" {
		_, err := d.Out.Write(content)
		return err
	}
	change, err := overwrite(output, content)
	if err != nil {
		return err
	}
	if err := userfiles.Apply(append(changes, change)...); err != nil {
		return err
	}
	fmt.Fprintf(d.Err, "written: %s\n", d.rel(change.Path))
	return nil
}

// goFolder returns the folder from which the go command compiles what Bazel compiles from another one.
func (d *Desk) goFolder(ctx context.Context, h home) (string, error) {
	if h.own || h.vendor {
		return h.root, nil
	}
	if h.std {
		cmd := exec.CommandContext(ctx, "go", "env", "GOROOT")
		cmd.Dir = d.Workspace.Root
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("the go command does not tell where its standard library is: %w", err)
		}
		root := strings.TrimSpace(string(out))
		content, _ := os.ReadFile(filepath.Join(root, "VERSION"))
		if version, _, _ := strings.Cut(string(content), "\n"); strings.TrimSpace(version) != h.version {
			return "", fmt.Errorf("the go command has %s, and Bazel compiles %s: put that first on PATH", strings.TrimSpace(version), h.version)
		}
		return root, nil
	}
	vendored := filepath.Join(d.Workspace.Root, "vendor", filepath.FromSlash(h.module))
	if info, err := os.Stat(vendored); err == nil && info.IsDir() {
		return vendored, nil
	}
	replaced, err := workspace.Replacements(d.Workspace.Root)
	if err != nil {
		return "", err
	}
	if to := replaced[h.module]; filepath.IsAbs(to) {
		return to, nil
	} else if strings.HasPrefix(to, ".") {
		return filepath.Join(d.Workspace.Root, filepath.FromSlash(to)), nil
	} else if to != "" {
		h.module = to
	}
	if h.version == "" {
		return "", fmt.Errorf("the version of %s is not known, by which the go command has its files; run go mod vendor, and export again, for then those in vendor are taken", h.module)
	}
	folder := upstream.ModuleFile(moduleCache(), h.module, h.version, "")
	if _, err := os.Stat(folder); err != nil {
		return "", fmt.Errorf("the module cache does not have %s; next: go mod download %s@%s", h, h.module, h.version)
	}
	fmt.Fprintf(d.Err, "%s: from 1.25 on, the go command refuses to replace files of the module cache, where it has the module: run go mod vendor, and export again, for then those in vendor are replaced\n", h)
	return folder, nil
}
