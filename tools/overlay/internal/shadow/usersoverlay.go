package shadow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
)

// usersOverlay returns what a flag -overlay of the user's changes. The text is that of the JSON, with the path of it.
func (g *Go) usersOverlay(ctx context.Context, args *Arguments) (modules []Module, text string, err error) {
	file := args.flag("overlay")
	if file == "" {
		file = g.goflag("overlay")
	}
	if file == "" {
		return nil, "", nil
	}
	content, err := os.ReadFile(g.abs(file))
	if err != nil {
		return nil, "", fmt.Errorf("-overlay: %w", err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, "", fmt.Errorf("-overlay: %s is no JSON that the go command takes: %w", file, err)
	}
	var keys []string
	for key := range overlay.Replace {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var errs []error
	modulesOf := sync.OnceValue(func() []Module { return g.modules(ctx, args) })
	for _, key := range keys {
		m, f, err := g.replaced(g.abs(key), overlay.Replace[key], modulesOf)
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
	return modules, g.abs(file) + "\x00" + string(content), errors.Join(errs...)
}

// abs returns a path that the go command reads relative to its folder.
func (g *Go) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(g.Dir, path)
}

// modules returns the modules that the go command compiles packages of, none if that can't be told.
func (g *Go) modules(ctx context.Context, args *Arguments) []Module {
	out, err := g.With(args).Asking().Output(ctx, "list", "-m", "-e", "-f", "{{.Path}}\t{{.Version}}\t{{.Dir}}", "all")
	if err != nil {
		return nil // In a vendor folder are modules, too.
	}
	var modules []Module
	for _, line := range strings.Split(string(out), "\n") {
		fields := strings.Split(line, "\t")
		if len(fields) == 3 && fields[2] != "" {
			modules = append(modules, Module{Path: fields[0], Version: fields[1], Dir: fields[2]})
		}
	}
	return modules
}

// replaced returns the module and file of a path of -overlay that has another one, or none, in its place.
func (g *Go) replaced(path, by string, modules func() []Module) (Module, File, error) {
	m := Module{Dir: g.Dir, Own: true}
	main := ""
	if g.GOMOD != "" && g.GOMOD != os.DevNull {
		main = filepath.Dir(g.GOMOD)
	}
	switch {
	case paths.Below(g.GOROOT, path):
		m = Module{Path: "std", Version: g.GOVERSION, Dir: g.GOROOT, Std: true}
	case main == "" && (g.GOWORK == "" || g.GOWORK == "off"):
		// Files that are named in the arguments can be anywhere.
		if !paths.Below(g.Dir, path) {
			m.Dir = filepath.Dir(path)
		}
	case paths.Below(main, path):
		m.Dir = main
	case slices.Contains([]string{g.GOWORK, g.GOWORK + ".sum"}, path):
		m.Dir = filepath.Dir(path)
	default:
		in := Module{}
		for _, other := range modules() {
			if paths.Below(other.Dir, path) && len(other.Dir) > len(in.Dir) {
				in = other
			}
		}
		if in.Dir == "" {
			return m, File{}, fmt.Errorf("%s is in no module of the build: the key matches nothing", path)
		}
		m = in
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
	if f.Old == nil && !slices.ContainsFunc([]string{g.Dir, filepath.Dir(g.GOMOD), filepath.Dir(g.GOWORK), g.GOROOT, g.GOMODCACHE}, func(root string) bool { return paths.Below(root, path) }) &&
		!exists(filepath.Dir(path)) {
		return m, f, fmt.Errorf("%s is in no folder of what is built: the key matches nothing", path)
	}
	f.Source = g.abs(by)
	if f.New, err = os.ReadFile(f.Source); err != nil {
		return m, f, fmt.Errorf("what is to replace %s: %w", path, err)
	}
	f.New = append([]byte{}, f.New...)
	return m, f, nil
}
