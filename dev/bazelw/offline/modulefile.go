package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bazelbuild/buildtools/build"
)

// dep is one bazel_dep of a MODULE.bazel file.
type dep struct {
	name    string
	version string // "" where none is given
	dev     bool
	nodep   bool   // repo_name = None: counts for the version, does not bring the module in
	from    string // the file that asks
}

// moduleFile is what the module graph needs to know of one MODULE.bazel and
// the files that it includes.
type moduleFile struct {
	name  string
	deps  []dep
	files []string // every file read, the MODULE.bazel first

	localPaths map[string]string // local_path_override: module to path as written
	pinned     map[string]string // single_version_override(version = ...)
	remote     map[string]string // archive_override, git_override: module to the function's name
}

// readModuleFile parses path and what it includes. Labels in include() are
// relative to the folder of path.
func readModuleFile(path string) (*moduleFile, error) {
	m := &moduleFile{
		localPaths: map[string]string{},
		pinned:     map[string]string{},
		remote:     map[string]string{},
	}
	if err := m.read(path, filepath.Dir(path)); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *moduleFile) read(path, root string) error {
	for _, seen := range m.files {
		if seen == path {
			return fmt.Errorf("%s: included twice", path)
		}
	}
	m.files = append(m.files, path)
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("module file: %w", err)
	}
	file, err := build.ParseModule(path, data)
	if err != nil {
		return fmt.Errorf("module file %s: %w", path, err)
	}
	s := &scope{path: path, values: map[string]build.Expr{}}
	for _, stmt := range file.Stmt {
		switch stmt := stmt.(type) {
		case *build.AssignExpr:
			if id, ok := stmt.LHS.(*build.Ident); ok {
				s.values[id.Name] = stmt.RHS
			}
		case *build.CallExpr:
			if id, ok := stmt.X.(*build.Ident); ok {
				if err := m.call(s, id.Name, stmt, root); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (m *moduleFile) call(s *scope, function string, call *build.CallExpr, root string) error {
	switch function {
	case "module":
		name, err := s.stringArg(call, "name", 0)
		m.name = name
		return err
	case "bazel_dep":
		d := dep{from: s.path}
		var err error
		if d.name, err = s.stringArg(call, "name", 0); err != nil {
			return err
		}
		if d.version, err = s.stringArg(call, "version", 1); err != nil {
			return err
		}
		if d.dev, err = s.boolArg(call, "dev_dependency"); err != nil {
			return err
		}
		if id, ok := s.arg(call, "repo_name", -1).(*build.Ident); ok && id.Name == "None" {
			d.nodep = true
		}
		m.deps = append(m.deps, d)
		return nil
	case "include":
		label, err := s.stringArg(call, "label", 0)
		if err != nil {
			return err
		}
		pkg, base, ok := strings.Cut(strings.TrimPrefix(label, "//"), ":")
		if !ok || !strings.HasPrefix(label, "//") {
			return s.errorf(call, "include(%q): expected a label such as \"//:go.MODULE.bazel\"", label)
		}
		return m.read(filepath.Join(root, filepath.FromSlash(pkg), filepath.FromSlash(base)), root)
	case "local_path_override", "single_version_override", "archive_override", "git_override":
		module, err := s.stringArg(call, "module_name", 0)
		if err != nil {
			return err
		}
		switch function {
		case "local_path_override":
			m.localPaths[module], err = s.stringArg(call, "path", 1)
		case "single_version_override":
			var version string
			if version, err = s.stringArg(call, "version", -1); version != "" {
				m.pinned[module] = version
			}
		default:
			m.remote[module] = function
		}
		return err
	}
	return nil
}

// scope holds the top-level assignments of one file: MODULE.bazel files name
// constants (dev_dependency = IS_RELEASE), so literals alone are not enough.
type scope struct {
	path   string
	values map[string]build.Expr
}

// arg finds an argument by keyword, else by position (-1: keyword only); nil
// if the call has none.
func (s *scope) arg(call *build.CallExpr, keyword string, position int) build.Expr {
	for i, a := range call.List {
		value := a
		if named, ok := a.(*build.AssignExpr); ok {
			id, ok := named.LHS.(*build.Ident)
			if !ok || id.Name != keyword {
				continue
			}
			value = named.RHS
		} else if i != position {
			continue
		}
		return s.resolve(value)
	}
	return nil
}

func (s *scope) resolve(e build.Expr) build.Expr {
	// The bound stops x = x.
	for range len(s.values) + 1 {
		id, ok := e.(*build.Ident)
		if !ok {
			break
		}
		value, ok := s.values[id.Name]
		if !ok {
			break
		}
		e = value
	}
	return e
}

func (s *scope) stringArg(call *build.CallExpr, keyword string, position int) (string, error) {
	switch v := s.arg(call, keyword, position).(type) {
	case nil:
		return "", nil
	case *build.StringExpr:
		return v.Value, nil
	}
	return "", s.errorf(call, "%s: expected a string literal or a constant that holds one", keyword)
}

func (s *scope) boolArg(call *build.CallExpr, keyword string) (bool, error) {
	switch v := s.arg(call, keyword, -1).(type) {
	case nil:
		return false, nil
	case *build.Ident:
		if v.Name == "True" || v.Name == "False" {
			return v.Name == "True", nil
		}
	}
	return false, s.errorf(call, "%s: expected True, False or a constant that holds one", keyword)
}

func (s *scope) errorf(call *build.CallExpr, format string, args ...any) error {
	start, _ := call.Span()
	return fmt.Errorf("%s:%d: %s", s.path, start.Line, fmt.Sprintf(format, args...))
}
