package what

import (
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// versioned is a path in a module: as in GOMODCACHE, or with -trimpath.
	versioned = regexp.MustCompile(`^(.+?)@(v\d[^/]*)(?:/(.*))?$`)

	execroot  = regexp.MustCompile(`^.*(?:^|/)execroot/[^/]+/`)
	outputs   = regexp.MustCompile(`^(?:.*/)?(?:bazel-out/[^/]+/(?:bin|genfiles)|bazel-bin)/`)
	link      = regexp.MustCompile(`^bazel-[^/]+/`)
	overlaid  = regexp.MustCompile(`(^|/)[^/]+_overlay/patched/`)
	linked    = regexp.MustCompile(`^(external/[^/]+/)?(?:.*/)?[^/]+_overlay/package/`)
	canonical = regexp.MustCompile(`^(?:\.\./)+([^/]*[~+][^/]*)/(.+)$`)
)

// path adds what a path of a file system may mean.
func (r *reading) path(file string, line int) error {
	before := len(r.candidates)
	file = slashed(file)
	if m := goroot.FindString(file); m != "" {
		return r.sdk(file[len(m):], line)
	}
	written := file
	file = path.Clean(file)
	for _, root := range r.env.GOROOTs {
		if rest, ok := under(root, file); ok {
			return r.sdk(rest, line)
		}
	}
	if rest, ok := under(r.env.ModCache, file); ok {
		if !r.module(rest, line) {
			return r.refuse("this is in GOMODCACHE, but not in a module; name a file of one, such as MODULE@v1.0.0/x.go there")
		}
		return nil
	}
	if i := strings.LastIndex(file, "/pkg/mod/"); i >= 0 {
		r.module(file[i+len("/pkg/mod/"):], line)
	} else {
		r.module(file, line)
	}

	isAbsolute := absolute.MatchString(file)
	inBazel, local := file, !isAbsolute
	if rest, ok := under(r.env.OutputBase, file); ok {
		inBazel, local = rest, false
	} else if rest, ok := under(r.env.Workspace, file); ok {
		inBazel, local = rest, true
	}
	isBazels := r.bazel(inBazel, line)
	switch {
	case local && isAbsolute:
		r.add(Candidate{Path: folder(inBazel), Line: line})
	case local && !outputs.MatchString(file) && !canonical.MatchString(file):
		r.inWorkspace(written, line) // It may have a folder that is called external.
	}
	if len(r.candidates) == before || !local || isBazels {
		// Any SDK, or a GOPATH of old.
		for rest := file; ; {
			i := strings.LastIndex(rest, "/src/")
			if i < 0 {
				break
			}
			r.inPackages(Candidate{Line: line}, file[i+len("/src/"):], 1)
			rest = rest[:i]
		}
	}
	if len(r.candidates) > before {
		return nil
	}
	if isAbsolute {
		return r.refuse("this is in neither the workspace nor Bazel's outputs, an SDK or a module; name the file by import path and name, such as net/http/request.go")
	}
	return r.refuse("this is outside of the workspace; name the file by import path and name, such as net/http/request.go")
}

// sdk adds a file of a Go SDK, named relative to it.
func (r *reading) sdk(name string, line int) error {
	name = strings.Trim(path.Clean(slashed(name)), "/")
	if rest, ok := strings.CutPrefix(name, "src/"); ok {
		r.inPackages(Candidate{Line: line}, rest, 1)
		return nil
	}
	if strings.HasPrefix(name, "lib/") {
		r.inPackages(Candidate{Line: line}, name, 2)
		return nil
	}
	return r.refuse("of a Go SDK overlays change packages, which are below src, and folders of lib; name a file there, such as $GOROOT/src/net/http/request.go")
}

// module adds a file of a module, and tells whether it is one.
func (r *reading) module(file string, line int) bool {
	m := versioned.FindStringSubmatch(strings.TrimPrefix(file, "/"))
	if m == nil {
		return false
	}
	module, rest := unescaped(m[1]), m[3]
	if strings.HasSuffix(module, "golang.org/toolchain") {
		return r.sdk(rest, line) == nil
	}
	// Where a module cache begins is not known if it is not the one of this machine. Only
	// first elements of modules need a dot.
	elements := strings.Split(module, "/")
	found := false
	for i, element := range elements {
		if !strings.Contains(strings.Trim(element, "."), ".") {
			continue
		}
		importPath := strings.Join(elements[i:], "/")
		if !isImportPath(importPath) {
			continue
		}
		found = true
		r.inPackages(Candidate{Version: unescaped(m[2]), Line: line}, path.Join(importPath, rest), len(elements)-i)
		if i == 0 {
			break
		}
	}
	return found
}

// unescaped returns a path as it is where capital letters don't have an exclamation
// mark before their small ones.
func unescaped(escaped string) string {
	var b strings.Builder
	capital := false
	for _, r := range escaped {
		if r == '!' {
			capital = true
			continue
		}
		if capital {
			r = unicode.ToUpper(r)
		}
		capital = false
		b.WriteRune(r)
	}
	return b.String()
}

// bazel adds what Bazel's layout of folders tells, and tells whether there is any.
func (r *reading) bazel(file string, line int) bool {
	found, generated := false, false
	if m := execroot.FindString(file); m != "" {
		file, found = file[len(m):], true
	}
	if m := outputs.FindString(file); m != "" {
		file, found, generated = file[len(m):], true, true
	} else if m := link.FindString(file); m != "" && m != "bazel-out/" && m != "bazel-testlogs/" {
		file, found = file[len(m):], true
		if m := outputs.FindString(file); m != "" {
			file, generated = file[len(m):], true
		}
	}
	if m := linked.FindStringSubmatch(file); m != nil && generated {
		// A package that has become a folder of links, each at its path in the repository.
		generated = false
		if file = file[len(m[0]):]; !strings.HasPrefix(file, "external/") {
			file = m[1] + file
		}
	}
	if m := canonical.FindStringSubmatch(file); m != nil {
		r.inRepository(m[1], m[2], generated, line)
		return true
	}
	external := false
	for i := 0; i < len(file) && len(r.candidates) < maxCandidates; i++ { // A path that is not known to begin with the output base may have several.
		if (i == 0 || file[i-1] == '/') && strings.HasPrefix(file[i:], "external/") {
			repository, rest, _ := strings.Cut(file[i+len("external/"):], "/")
			if repository != "" && repository != "." && repository != ".." {
				r.inRepository(repository, rest, generated, line)
				external = true
			}
		}
	}
	if found && !external {
		r.made(Candidate{Path: folder(file), Generated: generated, Line: line})
	}
	return found || external
}

func (r *reading) inRepository(repository, file string, generated bool, line int) {
	if rest, ok := strings.CutPrefix(file, "src/"); ok && strings.Contains(repository, "sdk") {
		r.inPackages(Candidate{Line: line}, rest, 1)
	}
	r.made(Candidate{Repository: repository, Path: folder(file), Generated: generated, Line: line})
}

// made adds a file that may be what the build has made of another one with overlays.
func (r *reading) made(c Candidate) {
	if c.Generated && overlaid.MatchString(c.Path) {
		original := c
		original.Path, original.Generated = overlaid.ReplaceAllString(c.Path, "$1"), false
		r.add(original)
	}
	r.add(c)
}

// inWorkspace adds a relative path: people are in the current folder, and compilers in
// the top folder.
func (r *reading) inWorkspace(file string, line int) {
	roots := []string{r.env.Dir, ""}
	switch {
	case strings.HasPrefix(file, "./"), strings.HasPrefix(file, "../"), file == ".", file == "..":
		roots = roots[:1]
	case line > 0:
		slices.Reverse(roots)
	}
	for _, root := range roots {
		if joined := path.Join(root, file); joined != ".." && !strings.HasPrefix(joined, "../") {
			r.add(Candidate{Path: folder(joined), Line: line})
		}
	}
}

// folder returns a relative path, with "" for the top folder.
func folder(relative string) string {
	if relative = path.Clean(relative); relative == "." {
		return ""
	}
	return relative
}

// inPackages adds a file that is named by import path and name, or a package. The first
// elements, so many, belong to the import path.
func (r *reading) inPackages(c Candidate, name string, first int) {
	name = strings.Trim(path.Clean(name), "/")
	add := func(importPath, file string) {
		if !isImportPath(importPath) {
			return
		}
		c.ImportPath, c.File = importPath, file
		r.add(c)
		if i := strings.LastIndex(importPath, "/vendor/"); i >= 0 {
			c.ImportPath = importPath[i+len("/vendor/"):]
			r.add(c)
		}
	}
	elements := strings.Split(name, "/")
	if sourceExtension.MatchString(name) {
		if len(elements) > first {
			add(path.Dir(name), path.Base(name))
		}
		if len(elements) > first || c.Line > 0 {
			return
		}
	}
	// Without a name that is compiled: a package, or a file that it embeds, from a folder of its own.
	bare := !strings.Contains(elements[len(elements)-1], ".") || len(elements) <= first
	if bare && c.Line == 0 {
		add(name, "")
	}
	for i := len(elements) - 1; i >= first && len(r.candidates) < maxCandidates; i-- {
		add(strings.Join(elements[:i], "/"), strings.Join(elements[i:], "/"))
	}
	if !bare && c.Line == 0 {
		add(name, "")
	}
}

// relative adds what a text may mean that looks the same as an import path with a file
// or a symbol, and as a relative path.
func (r *reading) relative(word string, line int) error {
	word = path.Clean(strings.TrimSuffix(word, "/"))
	before := len(r.candidates)
	host, _, deep := strings.Cut(word, "/")
	hosted := deep && strings.Contains(host, ".")
	first := 1
	if hosted {
		first = 2
	}
	last := path.Base(word)
	end := last[strings.LastIndexByte(last, '.')+1:]
	switch {
	case sourceExtension.MatchString(word):
		if !hosted {
			r.inWorkspace(word, line)
		}
		if strings.Contains(word, "/") {
			r.inPackages(Candidate{Line: line}, word, first)
		}
		if hosted {
			r.inWorkspace(word, line)
		}
		if line == 0 {
			r.symbols(word)            // One may be called c.
			if hosted && end == "go" { // github.com/nats-io/nats.go
				r.inPackage(word, "", false)
			}
		}
	case end == last: // A package, or LICENSE.
		r.inPackage(word, "", false)
		r.inWorkspace(word, line)
		if i := strings.LastIndexByte(word, '/'); strings.Count(word, "/") >= first && isImportPath(word[:i]) {
			r.add(Candidate{ImportPath: word[:i], File: last, Line: line})
		}
	case token.IsExported(end):
		r.symbols(word)
		r.inWorkspace(word, line)
		r.inPackage(word, "", false)
	case version.MatchString(end): // gopkg.in/yaml.v3
		r.inPackage(word, "", false)
		r.symbols(word)
		r.inWorkspace(word, line)
	default:
		r.symbols(word)
		r.inWorkspace(word, line)
		r.inPackages(Candidate{Line: line}, word, first)
	}
	if len(r.candidates) > before {
		return nil
	}
	return r.refuse("this is no import path, no symbol and no path of the workspace; name a file, such as net/http/request.go")
}

// under returns a path relative to a root that it is in.
func under(root, file string) (string, bool) {
	if root == "" {
		return "", false
	}
	root = strings.TrimSuffix(path.Clean(slashed(root)), "/")
	if len(file) < len(root) {
		return "", false
	}
	head, rest := file[:len(root)], file[len(root):]
	windows := len(root) > 1 && root[1] == ':'
	if head != root && !(windows && strings.EqualFold(head, root)) {
		return "", false
	}
	if rest == "" {
		return ".", true
	}
	return strings.TrimPrefix(rest, "/"), rest[0] == '/'
}

var labelForm = regexp.MustCompile(`^(?:(@@?)([\w.+~-]*))?(?://([^:]*))?(?::(.+))?$`)

// label adds a label of Bazel's.
func (r *reading) label(word string, line int) error {
	m := labelForm.FindStringSubmatch(word)
	if m == nil || m[1] != "" && m[2] == "" && !strings.Contains(word, "//") {
		return r.refuse("this is no label; write //PACKAGE:FILE or @REPOSITORY//PACKAGE:FILE")
	}
	at, repository, pkg, name := m[1], m[2], strings.Trim(m[3], "/"), m[4]
	if at == "" && !strings.HasPrefix(word, "//") {
		pkg = r.env.Dir
	}
	c := Candidate{Repository: repository, Apparent: at == "@" && repository != "", Line: line}
	c.Path = folder(path.Join(pkg, name))
	switch {
	case name != "":
	case pkg != "":
		name = path.Base(pkg)
	default:
		name = repository
	}
	if name == "" {
		return r.refuse("this names the top folder, and no target in it; write //:FILE")
	}
	if strings.HasPrefix(c.Path, "../") || c.Path == ".." || path.IsAbs(c.Path) {
		return r.refuse("this is no label, as it leaves its package")
	}
	if repository == "" {
		at = ""
	}
	c.Label = at + repository + "//" + pkg + ":" + name
	r.add(c)
	return nil
}
