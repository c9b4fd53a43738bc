package std

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// A plan is what the processes that stand in for others know. Paths are absolute.
type plan struct {
	Builder string
	Go      string // the go command
	Base    string // folder with the archives to reuse, or empty
	GOROOT  string // in which the go command compiles
	State   string // folder for what they tell each other
	Tools   string // folder pkg/tool with the tools that run

	Changes []gosdk.Change // to make in the GOROOT

	// Files that have been changed, by package: name to the path that users know it by.
	// A package that only loses files has an empty map.
	Changed map[string]map[string]string
}

func newPlan(o Options) (*plan, error) {
	p := &plan{Changed: map[string]map[string]string{}}
	changed := map[string]bool{}
	for _, c := range o.Changes {
		if changed[c.Name] {
			return nil, fmt.Errorf("%s is changed twice", c.Name)
		}
		changed[c.Name] = true
		importPath, name, err := packageOf(c.Name, o.Packages)
		if err != nil {
			return nil, err
		}
		if p.Changed[importPath] == nil {
			p.Changed[importPath] = map[string]string{}
		}
		if c.File != "" {
			p.Changed[importPath][name] = filepath.ToSlash(c.File)
			if c.File, err = filepath.Abs(c.File); err != nil {
				return nil, err
			}
		}
		p.Changes = append(p.Changes, c)
	}
	for _, path := range []struct {
		to   *string
		from string
	}{
		{&p.Builder, o.Builder},
		{&p.Go, filepath.Join(o.toolRoot(), goCommand)},
		{&p.GOROOT, filepath.Dir(o.Out)},
		{&p.Tools, filepath.Join(o.toolRoot(), toolFolder)},
	} {
		var err error
		if *path.to, err = filepath.Abs(path.from); err != nil {
			return nil, err
		}
	}
	if o.Tools != "" {
		own, err := versionFiles(o.Tools)
		if err != nil {
			return nil, err
		}
		p.Changes = append(own, p.Changes...)
	}
	if o.Base == "" || o.Tools != "" {
		return p, nil
	}
	if header := sharedHeader(o.Changes); header != "" {
		fmt.Fprintf(os.Stderr, "go_overlay: %s is changed, which any package may include: compiling all of the standard library\n", header)
		return p, nil
	}
	var err error
	p.Base, err = archiveFolder(o.Base)
	return p, err
}

// packageOf returns the package that has a file, and the name of the file in it:
// embedded files may lie in folders of a package.
func packageOf(file string, packages []string) (importPath, name string, err error) {
	for _, candidate := range packages {
		if rest, ok := strings.CutPrefix(file, "src/"+candidate+"/"); ok && len(candidate) > len(importPath) {
			importPath, name = candidate, rest
		}
	}
	if importPath == "" {
		return "", "", fmt.Errorf("%s is in none of the packages %s", file, strings.Join(packages, ", "))
	}
	return importPath, name, nil
}

// sharedHeader returns a changed header that assembly of other packages includes.
func sharedHeader(changes []gosdk.Change) string {
	for _, c := range changes {
		if dir := filepath.ToSlash(filepath.Dir(c.Name)); filepath.Ext(c.Name) == ".h" && (dir == "src/runtime" || dir == "src/runtime/cgo") {
			return c.Name
		}
	}
	return ""
}

const planVariable = "GO_OVERLAY_STD"

// write tells the processes that stand in for the builder what to do.
func (p *plan) write(tmp string) error {
	p.State = filepath.Join(tmp, "state")
	if err := os.Mkdir(p.State, 0o755); err != nil {
		return err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(p.file(), data, 0o644)
}

func (p *plan) file() string { return p.State + ".json" }

func readPlan(file string) (*plan, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p := new(plan)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p *plan) changedPackages() []string {
	var paths []string
	for path := range p.Changed {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func (p *plan) baseArchive(importPath string) string {
	return filepath.Join(p.Base, filepath.FromSlash(importPath)+".a")
}

// compiledAs returns the path under which the go command compiles a file of a package.
func compiledAs(goroot, importPath, name string) string {
	return filepath.Join(goroot, "src", filepath.FromSlash(importPath), filepath.FromSlash(name))
}
