package upstream

import (
	"encoding/json"
	"os"
	"path"
	"regexp"
	"strings"
)

// A Location is where a module is in its repository.
type Location struct {
	Folder string // with slashes; empty for the top one
	Known  bool   // whether more than a guess says so
	Major  string // v2, if the repository may have the module in a folder of that name below, or on a branch
}

// repositoryLength is how many elements of a module's path are its repository's, by the first one.
var repositoryLength = map[string]int{
	"bitbucket.org":       3,
	"cloud.google.com":    2,
	"codeberg.org":        3,
	"github.com":          3,
	"gitlab.com":          3,
	"go.opentelemetry.io": 2,
	"go.uber.org":         2,
	"golang.org":          3,
	"google.golang.org":   2,
	"k8s.io":              2,
	"sigs.k8s.io":         2,
}

// nested has the hosts whose repositories may be in groups of groups: there, a longer path has its repository anywhere.
var nested = map[string]bool{"gitlab.com": true}

var majorSuffix = regexp.MustCompile(`^v[0-9]+$`)

// Locate tells where a module is in its repository: as a module cache knows it from the version control
// that the module came from, else as is usual for its path. Nothing tells whether major versions have folders.
func Locate(caches []string, module, version string) Location {
	elements := strings.Split(module, "/")
	if elements[0] == "gopkg.in" {
		return Location{Known: true}
	}
	var at Location
	if last := elements[len(elements)-1]; len(elements) > 1 && majorSuffix.MatchString(last) {
		at.Major, elements = last, elements[:len(elements)-1]
	}
	for _, cache := range caches {
		if at.Folder, at.Known = recordedFolder(cache, module, version); at.Known {
			return at
		}
	}
	length, ok := repositoryLength[elements[0]]
	if at.Known = ok && len(elements) >= length && (len(elements) == length || !nested[elements[0]]); at.Known {
		at.Folder = path.Join(elements[length:]...)
	}
	return at
}

// recordedFolder returns what the go command has recorded when it got a version.
func recordedFolder(cache, module, version string) (folder string, ok bool) {
	var info struct {
		Origin struct{ URL, Subdir string }
	}
	content, err := os.ReadFile(inSlashes(cache, "cache", "download", Escape(module), "@v", Escape(version)+".info"))
	if err != nil || json.Unmarshal(content, &info) != nil || info.Origin.URL == "" {
		return "", false
	}
	return info.Origin.Subdir, true
}

// ModuleFile returns the path of a file of a module in a module cache, whether it is there or not.
func ModuleFile(cache, module, version, file string) string {
	return inSlashes(folderOf(cache, module, version), file)
}
