package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/paths"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// allOverlays is the label of the set that is in force where overlays.json says of none that it is: it has all. No set of a file can be
// called so.
const allOverlays = "//:*"

// A NowhereError says that a folder is neither in a workspace of Bazel nor in a module.
type NowhereError struct{ *bazel.NoWorkspaceError }

func (e *NowhereError) Error() string {
	return e.NoWorkspaceError.Error() + "; nor is it in a Go module: none has a go.work or go.mod"
}

// Unwrap returns what it says of Bazel.
func (e *NowhereError) Unwrap() error { return e.NoWorkspaceError }

// findRoot returns the folder whose files declare the overlays for what is in a folder, and whether that is by Bazel: that of the nearest
// MODULE.bazel or overlays.json; or else of go.work, or go.mod.
func findRoot(dir string) (root string, isBazel bool, err error) {
	isFile := func(folder, name string) bool {
		info, err := os.Stat(filepath.Join(folder, name))
		return err == nil && !info.IsDir()
	}
	nearest := func(name string) string {
		for at := dir; ; at = filepath.Dir(at) {
			if isFile(at, name) {
				return at
			}
			if at == filepath.Dir(at) {
				return ""
			}
		}
	}
	module, declared, ofBazel := goRoot(nearest), nearest(overlaysjson.Name), nearest("MODULE.bazel")
	switch {
	case declared != "" && declared == ofBazel:
		return "", false, fmt.Errorf("%s has a MODULE.bazel and an %s, and overlays are declared in one place: "+
			"with Bazel that is BUILD files; remove %[2]s, or, if Bazel is used no more, MODULE.bazel", declared, overlaysjson.Name)
	case ofBazel != "" && len(ofBazel) > len(declared):
		return ofBazel, true, nil
	case declared != "" && os.Getenv("GOWORK") == "off" && isFile(declared, "go.work"):
		return "", false, fmt.Errorf("%s is for the go.work beside it, which GOWORK=off leaves out; next: unset GOWORK, or, without overlays, run the go command itself",
			filepath.Join(declared, overlaysjson.Name))
	case declared != "" && module == "":
		return "", false, fmt.Errorf("%s is in no module: neither %s nor a folder above has a go.mod; next: go mod init PATH there, or move the file to where go.work or go.mod is",
			filepath.Join(declared, overlaysjson.Name), declared)
	case declared != module && paths.Below(module, declared): // It is nearer.
		return "", false, fmt.Errorf("%s is beside neither go.work nor go.mod, and the go command knows only what is there; move it to %s, with paths that are relative to that",
			filepath.Join(declared, overlaysjson.Name), module)
	case module == "":
		return "", false, &NowhereError{&bazel.NoWorkspaceError{Dir: dir}}
	}
	for at := dir; at != module && paths.Below(module, at); at = filepath.Dir(at) { // A module that is used by go.work is declared for there.
		if isFile(at, overlaysjson.Name) {
			return "", false, fmt.Errorf("%s is beside neither go.work nor the go.mod of what is built there; move it to %s, with paths that are relative to that",
				filepath.Join(at, overlaysjson.Name), module)
		}
	}
	return module, false, nil
}

// goRoot returns the folder of the go.work, or else of the go.mod, that the go command takes.
func goRoot(nearest func(name string) string) string {
	module := nearest("go.mod")
	switch work := os.Getenv("GOWORK"); {
	case work == "off":
		return module
	case work != "":
		return filepath.Dir(work)
	}
	if work := nearest("go.work"); work != "" {
		return work
	}
	return module
}

// asked is who knows what is compiled.
func (d *Desk) asked() string {
	if d.plain {
		return "the go command"
	}
	return "Bazel"
}

// readJSON returns what overlays.json declares.
func (d *Desk) readJSON() (*overlaysjson.File, error) {
	f, err := overlaysjson.Load(d.Workspace.Root)
	if wrong := (*overlaysjson.Error)(nil); errors.As(err, &wrong) {
		wrong.Path = d.rel(wrong.Path)
	}
	return f, err
}

// declaredInJSON returns the layering of what overlays.json declares.
func (d *Desk) declaredInJSON() (l layering, err error) {
	f, err := d.readJSON()
	if err != nil {
		return l, err
	}
	l.all, l.sets = workspace.Declared(d.Workspace, f)
	if f.Use == "" && len(l.all) > 0 {
		every := workspace.Set{Label: allOverlays, BuildFile: f.Path}
		for _, o := range l.all {
			every.Overlays = append(every.Overlays, o.Label)
		}
		for _, set := range l.sets {
			every.Overlays = append(every.Overlays, set.Label)
		}
		l.sets = append(l.sets, every)
		f.Use = allOverlays
	}
	if f.Use != "" {
		l.used = []string{f.Use}
	}
	return l, nil
}

// usesInJSON returns the rules of overlays.json that name something of some labels, by those.
func (d *Desk) usesInJSON(labels []string) (map[string][]bazel.Target, error) {
	f, err := d.readJSON()
	if err != nil {
		return nil, err
	}
	uses := map[string][]bazel.Target{}
	for _, t := range f.Targets() {
		for _, label := range labels {
			if t.Label != label && names(t, label) {
				uses[label] = append(uses[label], t)
			}
		}
	}
	return uses, nil
}

// goPackages asks the go command about the repository.
func (d *Desk) goPackages(ctx context.Context) (*workspace.GoPackages, error) {
	g, err := shadow.Ask(ctx, goProgram(), d.Workspace.Root, os.Environ())
	if err != nil {
		return nil, err
	}
	return workspace.NewGoPackages(d.Workspace.Root, g), nil
}

// bazelPackages returns what finds packages of builds of Bazel.
func (d *Desk) bazelPackages(ctx context.Context) (*workspace.BazelPackages, error) {
	packages, err := d.Packages(ctx)
	if err != nil {
		return nil, err
	}
	if of, ok := packages.(*workspace.BazelPackages); ok {
		return of, nil
	}
	return nil, fmt.Errorf("%s is no workspace of Bazel, whose builds alone have this", d.Workspace.Root)
}

// notFound returns an error about an import path that nothing has.
func (d *Desk) notFound(importPath string, broken *bazel.Error) error {
	if of, ok := d.packages.(*workspace.GoPackages); ok {
		return of.NotFound(importPath)
	}
	return &workspace.NotFoundError{ImportPath: importPath, Broken: broken}
}

// filesFolder returns the folder for files of overlays, below that of what declares them.
func (d *Desk) filesFolder() string {
	if d.plain {
		return overlaysFolder + "/" + sourcesFolder
	}
	return sourcesFolder
}

// writtenSets returns the sets that files declare.
func (l layering) writtenSets() []workspace.Set {
	return slices.DeleteFunc(slices.Clone(l.sets), func(s workspace.Set) bool { return s.Label == allOverlays })
}

// goFlag returns the flag of overlay go, with a blank before it, for a set that is not in force by default.
func goFlag(set, used string) string {
	if set == used || set == allOverlays {
		return ""
	}
	return " -set " + strings.TrimPrefix(set, "//:")
}

var (
	pinCommand  = regexp.MustCompile(`buildozer '?dict_set base ([^:\s]+):(sha256:[0-9a-f]+)'? (\S+)`)
	versionNote = regexp.MustCompile(`(?m)^buildozer leaves base_version as it is: set it .*$`)
)

// advice returns an error about overlays as builds have it, with what to do where no Bazel is.
func (d *Desk) advice(err error) error {
	if err == nil || !d.plain {
		return err
	}
	message := pinCommand.ReplaceAllString(err.Error(), `in overlays.json, $3: "base": {"$1": "$2"}`)
	return errors.New(versionNote.ReplaceAllString(message, "Set base_version there, too, to the version that the file is from now."))
}
