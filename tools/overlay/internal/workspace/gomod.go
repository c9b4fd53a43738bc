package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A directive is a line of a go.mod: require, replace and so on.
type directive struct {
	verb    string
	words   []string // without quotes
	comment string
	line    int // its number
}

// readGoMod returns the directives of a workspace's go.mod, and none if there is no such file.
func readGoMod(root string) ([]directive, error) {
	return readDirectives(filepath.Join(root, "go.mod"))
}

// Used returns the folders of the modules that a go.work uses.
func Used(work string) (folders []string) {
	directives, _ := readDirectives(work) // What can't be read, the go command tells.
	for _, d := range directives {
		if d.verb != "use" || len(d.words) == 0 {
			continue
		}
		folder := filepath.FromSlash(d.words[0])
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(filepath.Dir(work), folder)
		}
		folders = append(folders, folder)
	}
	return folders
}

// readDirectives returns the directives of a go.mod or go.work, and none if there is no such file.
func readDirectives(path string) ([]directive, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var directives []directive
	block := ""
	for i, line := range strings.Split(string(content), "\n") {
		words, comment := wordsOf(line)
		switch {
		case len(words) == 0:
		case words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		default:
			d := directive{verb: block, words: words, comment: comment, line: i + 1}
			if block == "" {
				d.verb, d.words = words[0], words[1:]
			}
			directives = append(directives, d)
		}
	}
	return directives, nil
}

// wordsOf returns the words of a line of a go.mod, without quotes, and the comment at its end.
func wordsOf(line string) (words []string, comment string) {
	for {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			return words, ""
		case strings.HasPrefix(line, "//"):
			return words, strings.TrimSpace(line[2:])
		case line[0] == '(' || line[0] == ')':
			words, line = append(words, line[:1]), line[1:]
		case line[0] == '"' || line[0] == '`':
			word, rest, _ := strings.Cut(line[1:], line[:1])
			words, line = append(words, word), rest
		default:
			end := strings.IndexAny(line, " \t\r\"`()")
			if at := strings.Index(line, "//"); end < 0 || at >= 0 && at < end {
				end = at
			}
			if end < 0 {
				end = len(line)
			}
			words, line = append(words, line[:end]), line[end:]
		}
	}
}

// A Replacement is what go.mod has in the place of a module.
type Replacement struct {
	Module  string // path of the one that is replaced
	Of      string // the version of it that is, or empty: any
	Path    string // of another module, or of a folder, which begins with . or is absolute
	Version string // of the other module; empty for a folder
}

// Folder returns the folder that a module is replaced by, in the go.mod of a workspace.
func (r Replacement) Folder(root string) string {
	if filepath.IsAbs(r.Path) {
		return r.Path
	}
	return filepath.Join(root, filepath.FromSlash(r.Path))
}

// AllReplacements returns what the go.mod of a workspace replaces, in its order.
func AllReplacements(root string) ([]Replacement, error) {
	directives, err := readGoMod(root)
	var all []Replacement
	for _, d := range directives {
		// PATH [VERSION] => PATH [VERSION]
		i := slices.Index(d.words, "=>")
		if d.verb != "replace" || i <= 0 || i+1 >= len(d.words) {
			continue
		}
		r := Replacement{Module: d.words[0], Path: d.words[i+1]}
		if i > 1 {
			r.Of = d.words[1]
		}
		if i+2 < len(d.words) {
			r.Version = d.words[i+2]
		}
		all = append(all, r)
	}
	return all, err
}

// Replaced returns what the version of a module that go.mod requires is replaced by, or nil.
func Replaced(root, module string) (*Replacement, error) {
	all, err := AllReplacements(root)
	if err != nil {
		return nil, err
	}
	versions, err := Requirements(root)
	for _, of := range []string{versions[module], ""} { // What is for the version goes before what is for any.
		if i := slices.IndexFunc(all, func(r Replacement) bool { return r.Module == module && r.Of == of }); i >= 0 {
			return &all[i], err
		}
	}
	return nil, err
}

// Replacements returns what the go.mod of a workspace replaces: by the paths of modules, those of other modules, or of folders,
// which begin with . or are absolute. gazelle's go_deps fetches these, and keeps the import paths.
func Replacements(root string) (map[string]string, error) {
	all, err := AllReplacements(root)
	replaced := map[string]string{}
	for _, r := range all {
		if replaced[r.Module] == "" {
			replaced[r.Module] = r.Path
		}
	}
	return replaced, err
}

// Requirements returns the versions of modules that the go.mod of a workspace requires, by their paths.
func Requirements(root string) (map[string]string, error) {
	directives, err := readGoMod(root)
	versions := map[string]string{}
	for _, d := range directives {
		if d.verb == "require" && len(d.words) > 1 {
			versions[d.words[0]] = d.words[1]
		}
	}
	return versions, err
}

// Requirement returns the path of the module that the go.mod of a workspace requires, and that has a package of
// an import path: of several, the one with the longest path. Indirect is whether go.mod says so of it.
func Requirement(root, importPath string) (module string, indirect bool, err error) {
	directives, err := readGoMod(root)
	for _, d := range directives {
		if d.verb != "require" || len(d.words) < 2 {
			continue
		}
		if found := d.words[0]; len(found) > len(module) && strings.HasPrefix(importPath+"/", found+"/") {
			module, indirect = found, strings.HasPrefix(d.comment, "indirect")
		}
	}
	return module, indirect, err
}

// Modules returns the paths of the modules that the go.mod of a workspace has: its own, and those that it requires.
func Modules(root string) (own string, required []string, err error) {
	directives, err := readGoMod(root)
	for _, d := range directives {
		switch {
		case len(d.words) == 0:
		case d.verb == "module":
			own = d.words[0]
		case d.verb == "require":
			required = append(required, d.words[0])
		}
	}
	return own, required, err
}

// A GoLine is what a line of a go.mod or go.work says of the version of Go.
type GoLine struct {
	Version string // such as 1.26.8 of the line go, and go1.26.8 of the line toolchain; empty if there is no such line
	Number  int
}

// GoLines returns the lines go and toolchain of a go.mod or go.work.
func GoLines(path string) (language, toolchain GoLine, err error) {
	directives, err := readDirectives(path)
	for _, d := range directives {
		switch {
		case len(d.words) == 0:
		case d.verb == "toolchain":
			toolchain = GoLine{d.words[0], d.line}
		case d.verb == "go":
			language = GoLine{d.words[0], d.line}
		}
	}
	return language, toolchain, err
}

// GoVersion returns the version of Go that the go.mod of a workspace asks for, such as 1.26.8: that of its toolchain, or else of
// its language; or an empty string.
func GoVersion(root string) (version string, err error) {
	language, toolchain, err := GoLines(filepath.Join(root, "go.mod"))
	if version, ok := strings.CutPrefix(toolchain.Version, "go"); ok {
		return version, err
	}
	return language.Version, err
}

// RepositoryOf returns the name that gazelle gives the repository of a module, and whether the workspace has a repository of that name.
func (p *BazelPackages) RepositoryOf(module string) (name string, visible bool) {
	name = repositoryName(module)
	_, visible = p.repos[name]
	return name, visible
}
