package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/modulefile"
)

// exportModuleOverride writes a patch file for each module, with names that are relative to it, and
// the lines by which gazelle's go_deps applies it.
func (d *Desk) exportModuleOverride(modules []*exported, o ExportOptions) error {
	if o.Output == "" {
		return errors.New("module_override needs patch files; say by -o where in the workspace they are to be")
	}
	if rel, err := filepath.Rel(d.Workspace.Root, d.abs(o.Output)); err != nil || !filepath.IsLocal(rel) {
		return fmt.Errorf("module_override needs patch files in the workspace, but %s is not in it", o.Output)
	}
	var outputs []outputFile
	for _, e := range modules {
		switch {
		case e.std:
			return fmt.Errorf("%s is of the SDK, which module_override doesn't change. What -format diff writes, go_sdk.download in MODULE.bazel takes as patches = […], with patch_strip = 1", e.series[0].Label)
		case e.vendor:
			return fmt.Errorf("%s is for a package of %s, which go_deps doesn't fetch, so that module_override doesn't change it; -format diff writes what upstream takes",
				e.series[0].Label, d.rel(e.root))
		case e.own:
			return fmt.Errorf("%s is for a package of the workspace, which module_override doesn't change. What -format diff writes, git apply takes", e.series[0].Label)
		}
		outputs = append(outputs, outputFile{e.home, diffOf(e.files(), "")})
	}
	module, err := d.readModule()
	if err != nil {
		return err
	}
	paths, err := d.deliver(outputs, o.Output)
	if err != nil {
		return err
	}
	for i, e := range modules {
		isThere, err := modulefile.HasOverride(module.content, module.options(""), e.module)
		if err != nil {
			return err
		}
		if isThere {
			fmt.Fprintf(d.Err, "%s: MODULE.bazel has a module_override of it, and go_deps takes one for each module: write the patch at the end of its patches, which have one patch_strip\n", e.home)
		}
		fmt.Fprintf(d.Out, "go_deps.module_override(\n    patch_strip = 1,\n    patches = [%s],\n    path = %s,\n)\n",
			strconv.Quote(d.fileLabel(paths[i])), strconv.Quote(e.module))
		for _, file := range e.files() {
			if what := map[bool]string{file.old == nil: "adds", file.new == nil: "deletes"}[true]; what != "" {
				fmt.Fprintf(d.Err, "%s: the patch %s %s, but go_deps applies patches after gazelle has written the BUILD files of the module: let it change srcs there, too\n",
					e.home, what, file.name)
			}
		}
	}
	return nil
}

// fileLabel returns the label of a file of the workspace, and says where a BUILD file is missing.
func (d *Desk) fileLabel(file string) string {
	for folder := filepath.Dir(file); ; folder = filepath.Dir(folder) {
		for _, name := range []string{"BUILD.bazel", "BUILD"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
				pkg, _ := filepath.Rel(d.Workspace.Root, folder)
				name, _ := filepath.Rel(folder, file)
				return "//" + strings.TrimPrefix(filepath.ToSlash(pkg), ".") + ":" + filepath.ToSlash(name)
			}
		}
		if folder == d.Workspace.Root || folder == filepath.Dir(folder) {
			fmt.Fprintf(d.Err, "a label needs a BUILD file; make an empty %s\n", d.rel(filepath.Join(d.Workspace.Root, "BUILD.bazel")))
			name, _ := filepath.Rel(folder, file)
			return "//:" + filepath.ToSlash(name)
		}
	}
}
