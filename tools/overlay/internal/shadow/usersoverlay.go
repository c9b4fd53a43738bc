package shadow

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// usersOverlay returns what a flag -overlay of the user's changes, and takes it out of the arguments if overlays are to be in its place.
func (g *Go) usersOverlay(args *Arguments) ([]Module, error) {
	file := args.flag("overlay")
	if file == "" {
		file = g.goflag("overlay")
	}
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(g.abs(file))
	if err != nil {
		return nil, fmt.Errorf("-overlay: %w", err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, fmt.Errorf("-overlay: %s is no JSON that the go command takes: %w", file, err)
	}
	var keys []string
	for key := range overlay.Replace {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var modules []Module
	var errs []error
	for _, key := range keys {
		m, f, err := g.replaced(g.abs(key), overlay.Replace[key])
		if err != nil {
			errs = append(errs, fmt.Errorf("-overlay: %s: %w", file, err))
			continue
		}
		i := slices.IndexFunc(modules, func(other Module) bool { return other.Dir == m.Dir && other.Std == m.Std })
		if i < 0 {
			i = len(modules)
			modules = append(modules, m)
		}
		modules[i].Files = append(modules[i].Files, f)
	}
	return modules, errors.Join(errs...)
}

// abs returns a path that the go command reads relative to its folder.
func (g *Go) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(g.Dir, path)
}

// replaced returns the module and file of a path of -overlay that has another one, or none, in its place.
func (g *Go) replaced(path, by string) (Module, File, error) {
	m := Module{Dir: g.Dir, Own: true}
	switch {
	case below(g.GOROOT, path):
		m = Module{Path: "std", Version: g.GOVERSION, Dir: g.GOROOT, Std: true}
	case g.isCached(path):
		var ok bool
		if m, ok = g.cached(path); !ok {
			return m, File{}, fmt.Errorf("%s is in no module of the module cache", path)
		}
	case !below(g.Dir, path):
		m.Dir = filepath.Dir(path)
		for _, root := range []string{g.GOMOD, g.GOWORK} {
			if root != "" && below(filepath.Dir(root), path) {
				m.Dir = filepath.Dir(root)
			}
		}
	}
	rel, err := filepath.Rel(m.Dir, path)
	if err != nil {
		return m, File{}, err
	}
	f := File{Name: filepath.ToSlash(rel), Overlays: []string{"the flag -overlay"}}
	f.Old, err = os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrInvalid) {
		err = nil
	} else if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		err = nil // A file may take the place of a folder.
	}
	if err != nil {
		return m, f, err
	}
	if by == "" {
		if f.Old == nil {
			return m, f, fmt.Errorf("%s is to be deleted, but there is no such file: the key matches nothing", path)
		}
		return m, f, nil
	}
	f.Source = g.abs(by)
	if f.New, err = os.ReadFile(f.Source); err != nil {
		return m, f, fmt.Errorf("what is to replace %s: %w", path, err)
	}
	f.New = append([]byte{}, f.New...)
	return m, f, nil
}

// cached returns the module of the module cache that a path is in.
func (g *Go) cached(path string) (Module, bool) {
	rel, err := filepath.Rel(g.GOMODCACHE, path)
	if err != nil {
		return Module{}, false
	}
	elements := strings.Split(filepath.ToSlash(rel), "/")
	for i, element := range elements {
		last, version, ok := strings.Cut(element, "@")
		if !ok {
			continue
		}
		escaped := strings.Join(append(slices.Clone(elements[:i]), last), "/")
		return Module{
			Path:    unescape(escaped),
			Version: unescape(version),
			Dir:     filepath.Join(g.GOMODCACHE, filepath.FromSlash(strings.Join(elements[:i+1], "/"))),
		}, true
	}
	return Module{}, false
}

// unescape reads names of the module cache, in which an exclamation mark makes a capital letter of the next one.
func unescape(text string) string {
	var out strings.Builder
	upper := false
	for _, r := range text {
		switch {
		case r == '!':
			upper = true
			continue
		case upper:
			out.WriteString(strings.ToUpper(string(r)))
		default:
			out.WriteRune(r)
		}
		upper = false
	}
	return out.String()
}
