package main

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/semver"
)

// source lays modules down on disk.
type source interface {
	// lookup returns the folder of a module, "" if this source has none of
	// that name. Sources that hold one version only ignore version.
	lookup(name, version string) (dir string, err error)
}

// module is one module of the resolved graph.
type module struct {
	name    string
	version string // the highest asked for
	dir     string
	file    *moduleFile
	local   bool // by local_path_override of the root: Bazel finds it itself
}

// resolve walks the module graph from the root and from Bazel's built-in
// modules to a fixpoint: every module reachable is there once, in the highest
// version that a module of the graph asks for. warn is called for overrides of
// the root that cannot be honoured.
func resolve(root, builtin *moduleFile, sources []source, warn func(string)) ([]module, error) {
	for name, function := range root.remote {
		warn(fmt.Sprintf("%s: %s of %q needs the network; taking the offline copy of that module instead", root.files[0], function, name))
	}
	// Versions only ever rise, so this ends.
	versions := map[string]string{}
	for {
		w := &walk{root: root, sources: sources, versions: versions, modules: map[string]module{}}
		raised, err := w.run(builtin)
		if err != nil {
			return nil, err
		}
		if !raised {
			return w.sorted(), nil
		}
	}
}

type walk struct {
	root     *moduleFile
	sources  []source
	versions map[string]string
	modules  map[string]module
	nodeps   []dep
	queue    []dep
	raised   bool
}

// run does one walk with the versions known so far, and tells whether it came
// to know a higher one.
func (w *walk) run(builtin *moduleFile) (raised bool, err error) {
	w.enqueue(w.root, true)
	w.enqueue(builtin, false)
	for len(w.queue) > 0 {
		d := w.queue[0]
		w.queue = w.queue[1:]
		if _, seen := w.modules[d.name]; seen {
			continue
		}
		m, err := w.load(d)
		if err != nil {
			return false, err
		}
		w.modules[d.name] = m
		w.enqueue(m.file, false)
	}
	for _, d := range w.nodeps {
		if _, in := w.modules[d.name]; in {
			w.raise(d)
		}
	}
	return w.raised, nil
}

func (w *walk) enqueue(m *moduleFile, isRoot bool) {
	for _, d := range m.deps {
		switch {
		case d.dev && !isRoot, d.name == w.root.name:
		case d.nodep:
			w.nodeps = append(w.nodeps, d)
		default:
			w.raise(d)
			w.queue = append(w.queue, d)
		}
	}
}

func (w *walk) raise(d dep) {
	version := d.version
	if pinned, ok := w.root.pinned[d.name]; ok {
		version = pinned
	}
	if old, ok := w.versions[d.name]; !ok || compareVersions(version, old) > 0 {
		w.versions[d.name] = version
		// A module not yet loaded in this walk is loaded in the new version.
		if _, loaded := w.modules[d.name]; loaded {
			w.raised = true
		}
	}
}

func (w *walk) load(d dep) (module, error) {
	m := module{name: d.name, version: w.versions[d.name]}
	if path, ok := w.root.localPaths[d.name]; ok {
		m.local = true
		m.dir = path
		if !filepath.IsAbs(path) {
			m.dir = filepath.Join(filepath.Dir(w.root.files[0]), filepath.FromSlash(path))
		}
	}
	for _, s := range w.sources {
		if m.dir != "" {
			break
		}
		var err error
		if m.dir, err = s.lookup(d.name, m.version); err != nil {
			return module{}, fmt.Errorf("module %s %s, asked for by %s: %w", d.name, m.version, d.from, err)
		}
	}
	if m.dir == "" {
		return module{}, fmt.Errorf("module %q %s, asked for by %s, can't be had without the central registry: "+
			"no Go module, Debian package or stand-in of that name is known; "+
			"add a stand-in to dev/bazelw/offline/standins.txtar, or build where the registry can be reached", d.name, m.version, d.from)
	}
	var err error
	if m.file, err = readModuleFile(filepath.Join(m.dir, "MODULE.bazel")); err != nil {
		return module{}, fmt.Errorf("module %s, asked for by %s: %w", d.name, d.from, err)
	}
	return m, nil
}

func (w *walk) sorted() []module {
	var all []module
	for _, m := range w.modules {
		all = append(all, m)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

// compareVersions orders module versions. The registry appends ".bcr.N" to a
// version for its own patches to a release, which semver does not know.
func compareVersions(a, b string) int {
	return semver.Compare(goVersion(a), goVersion(b))
}

// goVersion turns a version of the registry into that of a Go module; "" is
// none, and lower than every other.
func goVersion(version string) string {
	if version == "" {
		return ""
	}
	version, _, _ = strings.Cut(version, ".bcr.")
	return "v" + version
}
