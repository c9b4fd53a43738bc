package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/apply"
)

// namesLeftOut is how many files are named of those that are left out.
const namesLeftOut = 10

const uncompiledFiles = "compiled by no build"

// sayLeftOut says, in a line, in which files two folders with sources of a module differ beside those that are imported.
func (im *importer) sayLeftOut(base, changed string, imported map[string]bool) error {
	var reasons []string // in the order of the files
	files := map[string][]string{}
	places, err := sourcesIn(base)
	if err != nil {
		return err
	}
	more, err := sourcesIn(changed)
	if err != nil {
		return err
	}
	places = append(places, more...)
	slices.Sort(places)
	for _, place := range slices.Compact(places) {
		if imported[place] {
			continue
		}
		if same, err := sameContent(filepath.Join(base, filepath.FromSlash(place)), filepath.Join(changed, filepath.FromSlash(place))); err != nil {
			return err
		} else if same {
			continue
		}
		why, _, _ := strings.Cut(apply.LeftOutAs(place), ",")
		if why == "" {
			why = uncompiledFiles
		}
		if files[why] == nil && why != uncompiledFiles {
			reasons = append(reasons, why)
		}
		files[why] = append(files[why], place)
	}
	if len(files[uncompiledFiles]) > 0 { // What may be missed comes first.
		reasons = slices.Insert(reasons, 0, uncompiledFiles)
	}
	if len(reasons) == 0 {
		return nil
	}
	named := 0
	var texts []string
	for _, why := range reasons {
		names, text := files[why], why
		if one, ok := strings.CutPrefix(why, "a "); ok && len(names) > 1 {
			noun, rest, _ := strings.Cut(one, " of ")
			text = strings.TrimSuffix(counted(len(names), noun)+" of "+rest, " of ")
		}
		shown := names[:min(len(names), namesLeftOut-named)]
		named += len(shown)
		if len(shown) > 0 {
			text += " (" + strings.Join(shown, ", ")
			if len(shown) < len(names) {
				text += ", …"
			}
			text += ")"
		}
		texts = append(texts, text)
	}
	fmt.Fprintf(im.Err, "%s: left out: %s\n", im.rel(changed), strings.Join(texts, ", "))
	return nil
}

// sourcesIn returns the paths of a module's files in a folder, with slashes. Modules have no copies of others, and nothing of git's.
func sourcesIn(root string) (places []string, err error) {
	isOther := func(folder string) bool { return folder == "vendor" || folder == ".git" }
	err = walkModule(root, isOther, func(place string, entry fs.DirEntry) {
		if entry.Type().IsRegular() && place != ".git" { // A worktree has a file of that name.
			places = append(places, place)
		}
	})
	return places, err
}

// sameContent tells whether two files are there, and the same.
func sameContent(a, b string) (bool, error) {
	var contents [2][]byte
	for i, file := range []string{a, b} {
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		contents[i] = content
	}
	return bytes.Equal(contents[0], contents[1]), nil
}
