package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// fromJSON imports what the go command takes by -overlay.
func (im *importer) fromJSON(ctx context.Context, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var overlay struct{ Replace map[string]string }
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&overlay); err != nil {
		return fmt.Errorf("%s is not what go build -overlay takes: %w", im.rel(file), err)
	}
	targets := map[string]*target{}
	for _, key := range sortedNames(overlay.Replace) {
		pkg, name, err := im.inPackage(ctx, key)
		if err != nil {
			return fmt.Errorf("%s: %w", im.rel(file), err)
		}
		t := targets[pkg.ImportPath]
		if t == nil {
			t = &target{pkg: pkg, files: map[string][]byte{}}
			targets[pkg.ImportPath] = t
			im.targets = append(im.targets, t)
		}
		var content []byte // nil deletes
		if by := overlay.Replace[key]; by != "" {
			if content, err = os.ReadFile(im.abs(by)); err != nil {
				return fmt.Errorf("%s, for %s: %w", im.rel(file), key, err)
			}
			content = append([]byte{}, content...)
		} else if !hasFile(pkg, name) {
			return fmt.Errorf("%s deletes %s, which package %s has not", im.rel(file), key, versioned(pkg))
		}
		if was, ok := t.files[name]; ok && !bytes.Equal(was, content) {
			return fmt.Errorf("%s has two different texts for %s of package %s", im.rel(file), name, versioned(pkg))
		}
		t.files[name] = content
	}
	for _, t := range im.targets {
		for _, name := range sortedNames(t.files) {
			if own, ok := t.pkg.File(name); ok && t.files[name] != nil && digestOfFile(own.Path) == digest.Of(t.files[name]) {
				fmt.Fprintf(im.Err, "%s: %s of %s is left out: it is the same\n", im.rel(file), name, versioned(t.pkg))
				delete(t.files, name)
			}
		}
		t.after = t.files
	}
	im.targets = slices.DeleteFunc(im.targets, func(t *target) bool { return len(t.files) == 0 })
	return nil
}

// inPackage returns the package that has, or is to have, a file of the go command's.
func (im *importer) inPackage(ctx context.Context, file string) (*workspace.GoPackage, string, error) {
	file = im.abs(file)
	if rel, err := filepath.Rel(filepath.Join(im.Workspace.Root, "vendor"), file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel) // An import path and the name.
	}
	at, err := im.resolve(ctx, file, im.layering)
	if err == nil && at.pkg != nil && at.file != "" {
		return at.pkg, at.file, nil
	}
	// A file more.
	folder, failed := im.resolve(ctx, path.Dir(filepath.ToSlash(file)), im.layering)
	switch {
	case failed == nil && folder.pkg != nil:
		return folder.pkg, path.Base(filepath.ToSlash(file)), nil
	case err != nil:
		return nil, "", err
	}
	return nil, "", fmt.Errorf("%s is no file of a package, but one of an overlay", file)
}
