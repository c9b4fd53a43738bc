package std

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// asGoCommand makes the changes in the GOROOT that the builder has copied, and goes on as
// the go command.
func (p *plan) asGoCommand(args []string) error {
	if err := makeChanges(p.GOROOT, p.Changes, copyFile); err != nil {
		return fmt.Errorf("changing the GOROOT: %w", err)
	}
	return standin.Become(p.Go, append([]string{p.Go}, args[1:]...))
}

// makeChanges makes changes in a GOROOT. A function puts a file where there is none.
func makeChanges(root string, changes []gosdk.Change, put func(target, source string) error) error {
	for _, c := range changes {
		if err := makeChange(root, c, put); err != nil {
			return err
		}
	}
	return nil
}

func makeChange(root string, c gosdk.Change, put func(target, source string) error) error {
	names := []string{c.Name}
	if copied := gosdk.IncludedHeader(c.Name); copied != "" {
		if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(copied))); err == nil {
			names = append(names, copied)
		}
	}
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil && (!os.IsNotExist(err) || c.File == "") {
			return err
		}
		if c.File == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := put(path, c.File); err != nil {
			return err
		}
	}
	return nil
}

// copyFile overwrites a file with the content of another.
func copyFile(target, source string) error { return files.Copy(target, source, 0o666) }
