package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/delve"
)

// outputs are the folders of Bazel's for a workspace, absolute and with slashes.
type outputs struct {
	base string // output_base
	root string // execution_root
}

func (d *Desk) outputs(ctx context.Context) (o outputs, err error) {
	for key, value := range map[string]*string{"output_base": &o.base, "execution_root": &o.root} {
		if *value, err = d.Workspace.Info(ctx, key); err != nil {
			return o, err
		}
		*value = filepath.ToSlash(*value)
	}
	return o, nil
}

// addRules has Delve find the sources of the program.
func (d *Desk) addRules(ctx context.Context, o outputs, p *delve.Program, target string, options DebugOptions) error {
	if _, err := delve.GoVersion(p.Binary); err != nil {
		return fmt.Errorf("%s is no Go program: %w", p.Binary, err)
	}
	names, err := delve.Sources(p.Binary)
	if errors.Is(err, delve.ErrNoDebugInfo) {
		return fmt.Errorf("%w; build it with --strip=never, and for variables as they are, with --compilation_mode=dbg", err)
	} else if err != nil {
		return err
	}
	link := linkAction{}
	if target != "" {
		if link, err = d.linkedBy(ctx, o, p.Binary, target, options.all()); err != nil {
			return err
		}
	}
	if link.sdk == "" {
		link.sdk = d.sdkOf(ctx, o, p.Binary)
	}
	rules, missing := delve.RulesFor(names, link.std, places(d.Workspace.Root, o, p.Binary, link.sdk, names))
	p.Rules = rules
	if len(missing) > 0 {
		fmt.Fprintf(d.Err, "of %d source files, %d are not found, such as %s\n", len(names), len(missing), missing[0])
	}
	return nil
}

// places returns where the files may be that debug information of rules_go's names. It has them as
// the compiler saw them in the execution root, and those of Go below GOROOT; assembly of Go has lost that.
func places(workspace string, o outputs, binary, sdk string, names []string) []delve.Place {
	var all []delve.Place
	add := func(from, to string, followsLinks bool) {
		all = append(all, delve.Place{Rule: delve.Rule{From: from, To: to}, FollowsLinks: followsLinks})
	}
	// Where paths of outputs are mapped, the configuration is not in them.
	configurations := []string{}
	if _, rest, ok := strings.Cut(realPath(binary), "/bazel-out/"); ok {
		own, _, _ := strings.Cut(rest, "/")
		configurations = append(configurations, own)
	}
	for _, other := range o.configurations() {
		if !slices.Contains(configurations, other) {
			configurations = append(configurations, other)
		}
	}
	for _, cwd := range []string{"", "/proc/self/cwd/"} { // C compilers have the latter.
		add(cwd+"bazel-out", o.root+"/bazel-out", true)
		for _, configuration := range configurations {
			add(cwd+"bazel-out/cfg", o.root+"/bazel-out/"+configuration, true)
		}
		for _, repository := range repositories(names, cwd+"external/") {
			// Of a repository that is a folder of the user's, that is shown.
			dir := filepath.Join(filepath.FromSlash(o.base), "external", repository)
			if isLink(dir) {
				add(cwd+"external/"+repository, realPath(dir), false)
			}
		}
		add(cwd+"external", o.base+"/external", false)
	}
	if sdk != "" {
		add("GOROOT/src", realPath(filepath.Join(filepath.FromSlash(sdk), "src")), false)
	}
	add("..", o.base+"/external", false)
	add("/proc/self/cwd", filepath.ToSlash(workspace), false)
	add("", filepath.ToSlash(workspace), false)
	if sdk != "" { // Assembly. Last, as the workspace may have a folder of that name.
		add("src", realPath(filepath.Join(filepath.FromSlash(sdk), "src")), false)
	}
	return all
}

// realPath returns a path with no links in it, if it exists, and with slashes.
func realPath(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	return filepath.ToSlash(file)
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// repositories returns those that names begin with, after a prefix.
func repositories(names []string, prefix string) (found []string) {
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if repository, _, _ := strings.Cut(rest, "/"); !slices.Contains(found, repository) {
				found = append(found, repository)
			}
		}
	}
	return found
}

// A linkAction is what the action tells that linked a program.
type linkAction struct {
	sdk string            // folder of the Go SDK
	std map[string]string // files of the standard library that overlays change: names in debug information, and paths
}

// linkedBy asks Bazel for the action that links a program, and for those that overlay the standard library that it is linked with.
func (d *Desk) linkedBy(ctx context.Context, o outputs, binary, target string, flags []string) (found linkAction, err error) {
	args := append(slices.Clone(flags), "--noshow_progress", "--output=jsonproto", "--noinclude_artifacts", "--include_param_files", "--",
		`mnemonic("^(GoLink|GoOverlay)$", deps(`+bazel.Quote(target)+`))`)
	out, err := d.Workspace.In(d.Dir).Output(ctx, "aquery", args...)
	if err != nil {
		return found, err
	}
	var graph struct {
		Actions []struct {
			Mnemonic        string
			Arguments       []string
			ConfigurationID int
		}
		Configuration []struct {
			ID       int
			Mnemonic string
		}
	}
	if err := json.Unmarshal(out, &graph); err != nil {
		return found, fmt.Errorf("bazel aquery wrote what are no actions: %w", err)
	}
	configurations := map[int]string{}
	for _, c := range graph.Configuration {
		configurations[c.ID] = c.Mnemonic
	}
	after := func(args []string, flag string) string {
		if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	folder := "" // of the standard library
	for _, action := range graph.Actions {
		args, own := action.Arguments, configurations[action.ConfigurationID]
		if action.Mnemonic == "GoLink" && sameFile(o.inExecution(after(args, "-o"), own), binary) {
			found.sdk = o.inExecution(after(args, "-sdk"), own)
			folder = path.Dir(o.inExecution(after(args, "-goroot"), own))
		}
	}
	found.std = map[string]string{}
	for _, action := range graph.Actions {
		args, own := action.Arguments, configurations[action.ConfigurationID]
		// helper apply MANIFEST FILE...
		if action.Mnemonic != "GoOverlay" || len(args) < 4 || !strings.HasPrefix(o.inExecution(args[2], own), folder+"/") {
			continue
		}
		if err := o.addChanged(found.std, args[2], args[3:], own); err != nil {
			return found, err
		}
	}
	return found, nil
}

// inExecution returns the path of a file that an action of a configuration knows by another one: external repositories need
// not be linked into the execution root, and paths of outputs may be mapped.
func (o outputs) inExecution(name, configuration string) string {
	name = strings.TrimPrefix(name, "./")
	if path.IsAbs(name) || filepath.IsAbs(name) {
		return name
	}
	if strings.HasPrefix(name, "external/") {
		return o.base + "/" + name
	}
	rest, isMapped := strings.CutPrefix(name, "bazel-out/cfg/")
	if !isMapped {
		return o.root + "/" + name
	}
	file := o.root + "/bazel-out/" + configuration + "/" + rest
	if _, err := os.Stat(file); err != nil { // It is an input that another one has made.
		for _, other := range o.configurations() {
			if made := o.root + "/bazel-out/" + other + "/" + rest; isThere(made) {
				return made
			}
		}
	}
	return file
}

func isThere(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// configurations returns the names of those that outputs are of.
func (o outputs) configurations() (names []string) {
	found, _ := filepath.Glob(filepath.Join(filepath.FromSlash(o.root), "bazel-out", "*"))
	for _, folder := range found {
		names = append(names, filepath.Base(folder))
	}
	return names
}

// addChanged adds the files that a package of the standard library is compiled from in the place of the SDK's. The
// manifest is the helper's: numbers in it stand for files.
func (o outputs) addChanged(std map[string]string, manifest string, files []string, configuration string) error {
	content, err := os.ReadFile(o.inExecution(manifest, configuration))
	if err != nil {
		return err
	}
	var overlaid struct {
		Importpath string
		SDK        bool
		Changes    []struct {
			Name   string
			Result *int
			Steps  []struct{ File *int }
		}
	}
	if err := json.Unmarshal(content, &overlaid); err != nil {
		return fmt.Errorf("%s: %w", manifest, err)
	}
	for _, change := range overlaid.Changes {
		index := change.Result
		for _, step := range change.Steps {
			if change.Result == nil && step.File != nil {
				index = step.File
			}
		}
		if index == nil || *index < 0 || *index >= len(files) {
			continue // Deleted.
		}
		std["GOROOT/src/"+overlaid.Importpath+"/"+change.Name] = realPath(filepath.FromSlash(o.inExecution(files[*index], configuration)))
	}
	return nil
}

// sdkOf returns the Go SDK among Bazel's repositories that has the version of a program, or an empty string.
func (d *Desk) sdkOf(ctx context.Context, o outputs, binary string) string {
	version, err := delve.GoVersion(binary)
	if err != nil {
		return ""
	}
	found, _ := filepath.Glob(filepath.Join(filepath.FromSlash(o.base), "external", "*", "src", "runtime", "proc.go"))
	for _, file := range found {
		sdk := filepath.Dir(filepath.Dir(filepath.Dir(file)))
		cmd := exec.CommandContext(ctx, filepath.Join(sdk, "bin", "go"), "env", "GOVERSION")
		cmd.Dir = sdk
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local")
		if out, err := cmd.Output(); err == nil && strings.TrimSpace(string(out)) == version {
			return filepath.ToSlash(sdk)
		}
	}
	return ""
}
