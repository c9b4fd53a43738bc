package gazelle

import (
	"log"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/bazelbuild/bazel-gazelle/rule"
	"github.com/bazelbuild/buildtools/build"
)

// A folder is one of a BUILD file.
type folder struct {
	root, pkg, dir string   // of the workspace; of Bazel; where that is
	generated      []string // files that rules of the BUILD file make
}

// present returns a list of files without those that are gone, and these. Elements keep their comments; one that is marked by # keep,
// and what is no file of the workspace, as far as can be told, stays. The list is nil if the attribute is no plain list.
func (f folder) present(attribute build.Expr) (list *build.ListExpr, gone []string) {
	old, ok := attribute.(*build.ListExpr)
	if !ok {
		return nil, nil
	}
	copied := *old
	copied.List = nil
	for _, x := range old.List {
		if str, ok := x.(*build.StringExpr); ok && f.isGone(str.Value) && !rule.ShouldKeep(str) {
			gone = append(gone, str.Value)
			continue
		}
		copied.List = append(copied.List, x)
	}
	return &copied, gone
}

// path returns where a file of the workspace is, or would be, by its label; or an empty string.
func (f folder) path(label string) string {
	if pkg, name, ok := strings.Cut(strings.TrimPrefix(label, "//"), ":"); ok && strings.HasPrefix(label, "//") {
		return inFolder(f.root, path.Join(pkg, name))
	}
	name := strings.TrimPrefix(label, ":")
	if strings.ContainsAny(name, ":@") || strings.HasPrefix(name, "//") || slices.Contains(f.generated, name) {
		return ""
	}
	return inFolder(f.dir, name)
}

// isGone tells whether a label is of a file of the BUILD file's own folder that there is not. One without an extension may be
// of a rule.
func (f folder) isGone(label string) bool {
	file := f.path(label)
	if file == "" || strings.HasPrefix(label, "//") || path.Ext(label) == "" {
		return false
	}
	_, err := os.Stat(file)
	return os.IsNotExist(err)
}

// imports returns what the Go files of attributes import, and whether all of the files are known.
func (f folder) imports(attributes ...build.Expr) (imports []string, known bool) {
	var labels []string
	isGo := map[string]bool{}
	for _, x := range attributes {
		switch x := x.(type) {
		case nil:
		case *build.ListExpr:
			for _, x := range x.List {
				str, ok := x.(*build.StringExpr)
				if !ok {
					return nil, false
				}
				labels = append(labels, str.Value)
			}
		case *build.DictExpr:
			for _, entry := range x.List {
				name, ok := entry.Key.(*build.StringExpr)
				str, ok2 := entry.Value.(*build.StringExpr)
				if !ok || !ok2 {
					return nil, false
				}
				// The name in the package says what it is, whatever the file is called.
				if path.Ext(name.Value) == ".go" {
					labels = append(labels, str.Value)
					isGo[str.Value] = true
				}
			}
		default:
			return nil, false
		}
	}
	for _, label := range labels {
		file := f.path(label)
		if _, err := os.Stat(file); file == "" || err != nil {
			return nil, false // It is generated.
		}
		if path.Ext(label) != ".go" && !isGo[label] {
			continue // C, assembly
		}
		paths, err := importsOfFile(file)
		if err != nil {
			log.Printf("%v; the deps of its overlay stay as they are", err)
			return nil, false
		}
		imports = append(imports, paths...)
	}
	return imports, true
}

func isPlainList(x build.Expr) bool {
	list, ok := x.(*build.ListExpr)
	return ok && !slices.ContainsFunc(list.List, func(x build.Expr) bool { _, ok := x.(*build.StringExpr); return !ok })
}
