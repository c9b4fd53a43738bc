package modulefile

import (
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// A source is a file of a module: MODULE.bazel, or one that it includes. Each has
// variables of its own.
type source struct {
	path    string
	content []byte
	tree    *build.File
	strings map[string]string // variables that are assigned once, a string
	names   map[string]int    // how often a variable is assigned
	proxies map[string]*proxy
}

// A proxy is what a use_extension returns. Variables may share one.
type proxy struct {
	variable  string // the first; empty if there is none
	src       *source
	file      string // label of the extension's file
	extension string
	dev       bool
	isolated  bool
}

// A tag is a call such as go_sdk.download().
type tag struct {
	proxy *proxy
	src   *source
	name  string
	call  *build.CallExpr
	top   int  // index of the statement of MODULE.bazel
	plain bool // whether it is a statement, and in MODULE.bazel
	loop  bool // whether it is part of an expression, as of a comprehension
}

// A useRepo is a call of use_repo.
type useRepo struct {
	proxy *proxy
	call  *build.CallExpr
	top   int
	plain bool
	names map[string]string // repository to apparent name
}

type registration struct {
	labels []string
	top    int
}

type dependency struct {
	repo string // apparent name; empty if it has none
	dev  bool
}

// A module is what MODULE.bazel and the files that it includes say.
type module struct {
	main          *source
	name          string
	repo          string // name that it has for its own repository; empty if it has none
	version       string // empty if it is not published
	deps          map[string]dependency
	overrides     []string // names of modules
	allProxies    []*proxy
	proxyTop      map[*proxy]int
	allTags       []tag
	useRepos      []useRepo
	registrations []registration
	unread        string // label of a file that is included and can't be read
}

func read(content []byte, o Options) (*module, error) {
	path := o.Path
	if path == "" {
		path = "MODULE.bazel"
	}
	m := &module{deps: map[string]dependency{}, proxyTop: map[*proxy]int{}}
	main, err := parse(path, content)
	if err != nil {
		return nil, err
	}
	m.main = main
	return m, m.readSource(main, -1, o.Include, map[string]bool{})
}

func parse(path string, content []byte) (*source, error) {
	tree, err := build.ParseModule(path, content)
	if err != nil {
		return nil, fmt.Errorf("%w. Nothing was changed", err)
	}
	s := &source{path: path, content: content, tree: tree, strings: map[string]string{}, names: map[string]int{}, proxies: map[string]*proxy{}}
	for _, statement := range tree.Stmt {
		if assign, ok := statement.(*build.AssignExpr); ok {
			if name, ok := assign.LHS.(*build.Ident); ok {
				s.names[name.Name]++
				if text, ok := assign.RHS.(*build.StringExpr); ok {
					s.strings[name.Name] = text.Value
				}
			}
		}
	}
	return s, nil
}

// readSource reads a file. top is the statement of MODULE.bazel that includes it, or -1.
func (m *module) readSource(s *source, top int, include func(string) ([]byte, error), included map[string]bool) error {
	for i, statement := range s.tree.Stmt {
		at := top
		if at < 0 {
			at = i
		}
		if assign, ok := statement.(*build.AssignExpr); ok {
			m.readAssignment(s, assign, at)
			build.Walk(assign.RHS, func(x build.Expr, _ []build.Expr) {
				if call, ok := x.(*build.CallExpr); ok {
					m.readCall(s, call, at, false)
				}
			})
			continue
		}
		if call, ok := plainCall(statement, "include"); ok {
			label, _ := s.str(argument(call, 0, "label"))
			if included[label] {
				continue
			}
			included[label] = true
			var content []byte
			err := fmt.Errorf("no reader")
			if include != nil {
				content, err = include(label)
			}
			if err != nil {
				m.unread = label
				continue
			}
			segment, err := parse(label, content)
			if err != nil {
				return err
			}
			if err := m.readSource(segment, at, include, included); err != nil {
				return err
			}
			continue
		}
		build.Walk(statement, func(x build.Expr, _ []build.Expr) {
			if call, ok := x.(*build.CallExpr); ok {
				m.readCall(s, call, at, x == statement)
			}
		})
	}
	return nil
}

func (m *module) readAssignment(s *source, assign *build.AssignExpr, top int) {
	name, ok := assign.LHS.(*build.Ident)
	if !ok {
		return
	}
	switch value := assign.RHS.(type) {
	case *build.Ident:
		if p, ok := s.proxies[value.Name]; ok {
			s.proxies[name.Name] = p
		}
	case *build.CallExpr:
		if p := m.readProxy(s, value, top); p != nil {
			p.variable = name.Name
			s.proxies[name.Name] = p
		}
	}
}

func (m *module) readProxy(s *source, x build.Expr, top int) *proxy {
	call, ok := plainCall(x, "use_extension")
	if !ok {
		return nil
	}
	p := &proxy{src: s, dev: boolean(call, "dev_dependency"), isolated: boolean(call, "isolate")}
	p.file, _ = s.str(argument(call, 0, "extension_bzl_file"))
	p.extension, _ = s.str(argument(call, 1, "extension_name"))
	m.allProxies = append(m.allProxies, p)
	m.proxyTop[p] = top
	return p
}

func (m *module) readCall(s *source, call *build.CallExpr, top int, statement bool) {
	plain := statement && s == m.main
	if dot, ok := call.X.(*build.DotExpr); ok {
		var p *proxy
		if variable, ok := dot.X.(*build.Ident); ok {
			p = s.proxies[variable.Name]
		} else {
			p = m.readProxy(s, dot.X, top)
		}
		if p != nil {
			m.allTags = append(m.allTags, tag{proxy: p, src: s, name: dot.Name, call: call, top: top, plain: plain, loop: !statement})
		}
		return
	}
	function, ok := call.X.(*build.Ident)
	if !ok {
		return
	}
	switch function.Name {
	case "module":
		m.name, _ = s.str(argument(call, 0, "name"))
		m.version, _ = s.str(argument(call, 1, "version"))
		if m.repo, ok = s.str(argument(call, 3, "repo_name")); !ok || m.repo == "" {
			m.repo = m.name
		}
	case "bazel_dep":
		name, _ := s.str(argument(call, 0, "name"))
		dep := dependency{repo: name, dev: boolean(call, "dev_dependency")}
		if x := argument(call, -1, "repo_name"); x != nil {
			// None is an identifier, too: then there is no name.
			if repo, ok := s.str(x); !ok || repo != "" {
				dep.repo = repo
			}
		}
		m.deps[name] = dep
	case "register_toolchains":
		r := registration{top: top}
		for _, x := range call.List {
			if label, ok := s.str(x); ok {
				r.labels = append(r.labels, label)
			}
		}
		m.registrations = append(m.registrations, r)
	case "use_repo":
		m.readUseRepo(s, call, top, plain)
	default:
		if isOverride(call) {
			name, _ := s.str(argument(call, 0, "module_name"))
			m.overrides = append(m.overrides, name)
		}
	}
}

func (m *module) readUseRepo(s *source, call *build.CallExpr, top int, plain bool) {
	if len(call.List) == 0 {
		return
	}
	variable, ok := call.List[0].(*build.Ident)
	if !ok || s.proxies[variable.Name] == nil {
		return
	}
	u := useRepo{proxy: s.proxies[variable.Name], call: call, top: top, plain: plain, names: map[string]string{}}
	for _, x := range call.List[1:] {
		switch x := x.(type) {
		case *build.AssignExpr:
			if name, ok := x.LHS.(*build.Ident); ok {
				if repo, ok := s.str(x.RHS); ok {
					u.names[repo] = name.Name
				}
			}
		case *build.UnaryExpr: // **{"apparent.name": "repository"}
			if dict, ok := x.X.(*build.DictExpr); ok {
				for _, entry := range dict.List {
					name, ok := s.str(entry.Key)
					repo, ok2 := s.str(entry.Value)
					if ok && ok2 {
						u.names[repo] = name
					}
				}
			}
		default:
			if repo, ok := s.str(x); ok {
				u.names[repo] = repo
			}
		}
	}
	m.useRepos = append(m.useRepos, u)
}

// proxies returns what uses an extension of rules_go, gazelle or go_overlay.
func (m *module) proxies(extension string) []*proxy {
	module, file := "go_overlay", "//go_overlay:extensions.bzl"
	switch extension {
	case goDeps:
		module, file = "gazelle", "//:extensions.bzl"
	case goSDK:
		module, file = "rules_go", "//go:extensions.bzl"
	case goToolchains:
		file = "//toolchains:extensions.bzl"
	}
	repos := []string{module}
	if dep, ok := m.deps[module]; ok {
		repos = []string{dep.repo}
	} else if module == "rules_go" {
		repos = append(repos, "io_bazel_rules_go") // Its bazel_dep may be in a file that can't be read.
	}
	var found []*proxy
	for _, p := range m.allProxies {
		if p.extension != extension {
			continue
		}
		if p.file == file && m.name == module {
			found = append(found, p)
		}
		for _, repo := range repos {
			if p.file == "@"+repo+file {
				found = append(found, p)
			}
		}
	}
	return found
}

func contains(proxies []*proxy, p *proxy) bool {
	for _, other := range proxies {
		if other == p {
			return true
		}
	}
	return false
}

func (m *module) tags(proxies []*proxy) []tag {
	var found []tag
	for _, t := range m.allTags {
		if contains(proxies, t.proxy) {
			found = append(found, t)
		}
	}
	return found
}

// visible returns the apparent names of repositories that extensions make.
func (m *module) visible(proxies []*proxy) map[string]string {
	names := map[string]string{}
	for _, u := range m.useRepos {
		if contains(proxies, u.proxy) {
			for repo, name := range u.names {
				names[repo] = name
			}
		}
	}
	return names
}

// lastOf returns the last statement that has to do with proxies, or -1.
func (m *module) lastOf(proxies []*proxy) int {
	last := -1
	for _, p := range proxies {
		last = max(last, m.proxyTop[p])
	}
	for _, t := range m.tags(proxies) {
		last = max(last, t.top)
	}
	for _, u := range m.useRepos {
		if contains(proxies, u.proxy) {
			last = max(last, u.top)
		}
	}
	return last
}

// lastTag returns the last statement of MODULE.bazel that is a tag of a variable's
// proxy, or the one that assigns the variable.
func (m *module) lastTag(variable string) int {
	p := m.main.proxies[variable]
	last := m.proxyTop[p]
	for _, t := range m.allTags {
		if t.proxy == p {
			last = max(last, t.top)
		}
	}
	return last
}

// str returns the value of a string, or of a variable that is one.
func (s *source) str(x build.Expr) (string, bool) {
	switch x := x.(type) {
	case *build.StringExpr:
		return x.Value, true
	case *build.Ident:
		value, ok := s.strings[x.Name]
		return value, ok && s.names[x.Name] == 1
	}
	return "", false
}

func plainCall(x build.Expr, function string) (*build.CallExpr, bool) {
	call, ok := x.(*build.CallExpr)
	if !ok {
		return nil, false
	}
	name, ok := call.X.(*build.Ident)
	return call, ok && name.Name == function
}

func isOverride(x build.Expr) bool {
	call, ok := x.(*build.CallExpr)
	if !ok {
		return false
	}
	name, ok := call.X.(*build.Ident)
	return ok && strings.HasSuffix(name.Name, "_override")
}

// argument returns an argument of a call by its position, which may be -1, or its name.
func argument(call *build.CallExpr, position int, name string) build.Expr {
	for i, x := range call.List {
		assign, ok := x.(*build.AssignExpr)
		if !ok {
			if i == position {
				return x
			}
			continue
		}
		if key, ok := assign.LHS.(*build.Ident); ok && key.Name == name {
			return assign.RHS
		}
	}
	return nil
}

// boolean returns an argument that is false by default. What is not False is true: no
// one would write it else.
func boolean(call *build.CallExpr, name string) bool {
	x := argument(call, -1, name)
	value, ok := x.(*build.Ident)
	return x != nil && (!ok || value.Name != "False")
}
