package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/modulefile"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A moduleFile is the MODULE.bazel of the workspace.
type moduleFile struct {
	root, path string
	content    []byte
	wired      []byte
	repo       string // name that the workspace has for go_overlay

	declared *overlaysjson.File // without Bazel, what says which set is in force
}

func (d *Desk) readModule() (*moduleFile, error) {
	m := &moduleFile{root: d.Workspace.Root, path: filepath.Join(d.Workspace.Root, "MODULE.bazel")}
	var err error
	if !d.Workspace.IsBazel() {
		m.declared, err = workspace.Declarations(m.root)
		return m, err
	}
	if m.content, err = os.ReadFile(m.path); err != nil {
		return nil, err
	}
	m.wired = m.content
	m.repo, err = modulefile.Repo(m.content, m.options(""))
	return m, err
}

func (m *moduleFile) options(set string) modulefile.Options {
	return modulefile.Options{Set: set, Include: func(label string) ([]byte, error) {
		pkg, name := workspace.Package(label)
		return os.ReadFile(filepath.Join(m.root, filepath.FromSlash(pkg), filepath.FromSlash(name)))
	}}
}

// usedSet returns the label of the set, or single overlay, that builds use unless they are told otherwise, or an empty string.
func (m *moduleFile) usedSet() (string, error) {
	used, _, err := m.used()
	// Else it is one of another module.
	if err == nil && used != "" && (used[0] != '@' || strings.HasPrefix(strings.TrimLeft(used, "@"), "//")) {
		pkg, name := workspace.Package(used)
		used = setLabel{pkg, name}.label()
	}
	return used, err
}

// used returns the label of the set that is in use, as it is written, and whether one is.
func (m *moduleFile) used() (set string, isUsed bool, err error) {
	if m.declared != nil {
		return workspace.UsedSet(m.declared), true, nil
	}
	return modulefile.UsedSet(m.content, m.options(""))
}

// wire adds what the module lacks, and returns a sentence for each.
func (m *moduleFile) wire(set, version string) (notes []string, err error) {
	if m.declared != nil {
		return nil, nil
	}
	o := m.options(set)
	o.GoOverlayVersion = version
	if o.GoVersion, err = workspace.GoVersion(m.root); err != nil {
		return nil, err
	}
	m.wired, notes, err = modulefile.Wire(m.wired, o)
	return notes, err
}

func (m *moduleFile) changes() []userfiles.Change {
	if bytes.Equal(m.wired, m.content) {
		return nil
	}
	return []userfiles.Change{{Path: m.path, Content: m.wired, Original: m.content}}
}
