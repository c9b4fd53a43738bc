package goroot

import (
	"fmt"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// A treeFile is a file of the tree.
type treeFile struct {
	name    string // in the tree, with slashes
	source  string // has the content
	changed bool   // whether that is not a file of the SDK
	isLocal bool   // whether it is go.env, and is to keep the go command from changing to another toolchain
}

// plan returns the files and the folders of the tree, sorted: a folder comes before
// those in it.
func plan(o Options) (files []treeFile, folders []string, err error) {
	sources := make(map[string]treeFile, len(o.Files)+len(o.Changes))
	for _, file := range o.Files {
		name, err := gosdk.Name(o.Root, file)
		if err != nil {
			return nil, nil, err
		}
		sources[name] = treeFile{name: name, source: file}
	}
	done := map[string]gosdk.Change{}
	for _, c := range o.Changes {
		if err := c.Check(); err != nil {
			return nil, nil, err
		}
		if other, ok := done[c.Name]; ok {
			return nil, nil, fmt.Errorf("%s is changed twice, by %s and %s: expected one change for each name", c.Name, other, c)
		}
		done[c.Name] = c
		if c.File != "" {
			sources[c.Name] = treeFile{name: c.Name, source: c.File, changed: true}
			if copied := gosdk.IncludedHeader(c.Name); sources[copied].name != "" {
				sources[copied] = treeFile{name: copied, source: c.File, changed: true}
			}
			continue
		}
		if _, ok := sources[c.Name]; !ok {
			return nil, nil, fmt.Errorf("%s: the SDK, which is %s, has no such file", c, filepath.Dir(o.Root))
		}
		delete(sources, c.Name)
	}

	if env, ok := sources["go.env"]; ok && len(o.Changes) > 0 && !env.changed {
		env.isLocal = true
		sources["go.env"] = env
	}
	files = make([]treeFile, 0, len(sources))
	for _, file := range sources {
		files = append(files, file)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	folders = foldersOf(files)
	return files, folders, checkNames(files, folders)
}

// foldersOf returns all folders that files are in, sorted.
func foldersOf(files []treeFile) []string {
	seen := map[string]bool{".": true}
	var folders []string
	for _, file := range files {
		for folder := path.Dir(file.name); !seen[folder]; folder = path.Dir(folder) {
			seen[folder] = true
			folders = append(folders, folder)
		}
	}
	sort.Strings(folders)
	return folders
}

// checkNames returns an error if two names can't be in one tree, or not on all file
// systems.
func checkNames(files []treeFile, folders []string) error {
	seen := make(map[string]string, len(files)+len(folders))
	add := func(name string) error {
		folded := strings.ToLower(name)
		switch other, ok := seen[folded]; {
		case !ok:
			seen[folded] = name
			return nil
		case other == name:
			return fmt.Errorf("%s is to be a file, and the folder of others: choose another name, or delete what is there", name)
		default:
			return fmt.Errorf("%s and %s are one name where upper and lower case are the same: write it as the SDK does, or choose another one", other, name)
		}
	}
	for _, folder := range folders {
		if err := add(folder); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := add(file.name); err != nil {
			return err
		}
	}
	return nil
}
