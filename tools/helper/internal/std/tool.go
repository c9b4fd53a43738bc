package std

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// StandsIn tells whether this process was started in place of the go command, or in
// place of the builder in front of a tool.
func StandsIn() bool { return os.Getenv(planVariable) != "" }

// StandIn does what the go command would do, after making the changes, or what the
// builder would do, but for tools that need not run. It returns the exit code.
func StandIn(args []string) int {
	p, err := readPlan(os.Getenv(planVariable))
	if err == nil {
		err = p.standIn(args)
	}
	if err == nil {
		return 0
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode() // It said why.
	}
	fmt.Fprintln(os.Stderr, "go_overlay:", err)
	return 1
}

func readPlan(file string) (*plan, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p := new(plan)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p *plan) standIn(args []string) error {
	if filepath.Base(args[0]) == filepath.Base(goCommand) {
		if err := makeChanges(p.GOROOT, p.Changes, copyFile); err != nil {
			return fmt.Errorf("changing the GOROOT: %w", err)
		}
		return replaceProcess(p.Go, append([]string{p.Go}, args[1:]...))
	}
	if len(args) < 3 || args[1] != "filterbuildid" {
		// The builder calls itself in front of the C compiler, too, by a name that it knows.
		return replaceProcess(p.Builder, args)
	}
	t := &tool{
		plan:       p,
		importPath: os.Getenv("TOOLEXEC_IMPORTPATH"),
		path:       p.realTool(args[2]),
		args:       withoutBuildID(args[3:]),
	}
	if t.importPath == "" || slices.Contains(t.args, "-V=full") {
		return replaceProcess(t.path, append([]string{t.path}, t.args...))
	}
	switch gosdk.Host.CommandOf(filepath.Base(t.path)) {
	case "compile":
		return t.compile()
	case "asm":
		return t.assemble()
	default:
		return t.run()
	}
}

// withoutBuildID leaves out what filterbuildid, the verb of the builder, does.
func withoutBuildID(args []string) []string {
	var rest []string
	for i := 0; i < len(args); i++ {
		if args[i] == "-buildid" {
			i++
			continue
		}
		rest = append(rest, args[i])
	}
	return rest
}

// realTool returns the tool that runs in place of an empty file in the GOROOT.
func (p *plan) realTool(path string) string {
	name, err := filepath.Rel(filepath.Join(p.GOROOT, toolFolder), path)
	if err != nil || !filepath.IsLocal(name) {
		return path
	}
	return filepath.Join(p.Tools, name)
}

// A tool is one that the go command calls for a package.
type tool struct {
	*plan
	importPath string
	path       string
	args       []string
}

// flag returns the index of the last value of a flag, or -1.
func (t *tool) flag(name string) int {
	for i := len(t.args) - 1; i > 0; i-- {
		if t.args[i-1] == name {
			return i
		}
	}
	return -1
}

func (t *tool) output() (string, error) {
	i := t.flag("-o")
	if i < 0 {
		return "", fmt.Errorf("%s: expected -o among the arguments: %q", t.path, t.args)
	}
	return t.args[i], nil
}

func (t *tool) changed() bool { return t.Changed[t.importPath] != nil }

func (p *plan) baseArchive(importPath string) string {
	return filepath.Join(p.Base, filepath.FromSlash(importPath)+".a")
}

func (t *tool) compile() error {
	if t.Base == "" {
		return t.run()
	}
	out, err := t.output()
	if err != nil {
		return err
	}
	importcfg, err := t.readImportcfg()
	if err != nil {
		return err
	}
	base := t.baseArchive(t.importPath)
	_, err = os.Stat(base)
	isNew := os.IsNotExist(err)
	if err != nil && !isNew {
		return err
	}
	if !t.changed() && !isNew && !slices.ContainsFunc(importcfg.imports(), t.exportsChanged) {
		if header := t.flag("-asmhdr"); header >= 0 {
			if err := os.WriteFile(t.args[header], nil, 0o644); err != nil {
				return err
			}
		}
		if err := os.WriteFile(out, []byte(placeholder), 0o644); err != nil {
			return err
		}
		return t.mark(reusedMark, t.importPath)
	}
	if t.marked(compiledMark, t.importPath) {
		return t.copyCompiled(false)
	}
	if err := t.useImportcfg(importcfg); err != nil {
		return err
	}
	if err := t.run(); err != nil {
		return err
	}
	if err := t.copyCompiled(true); err != nil {
		return err
	}
	if !isNew {
		if same, err := sameExportData(out, base); err != nil || same {
			return err
		}
	}
	return t.mark(exportsMark, t.importPath)
}

// copyCompiled keeps what was compiled, or takes it, if the go command is at the
// package for a second time.
func (t *tool) copyCompiled(keep bool) error {
	kept := t.markFile(compiledMark, t.importPath)
	for _, file := range []struct{ flag, kept string }{
		{"-asmhdr", kept + ".h"},
		{"-o", kept}, // Last, as it is the mark.
	} {
		i := t.flag(file.flag)
		if i < 0 {
			continue
		}
		target, source := t.args[i], file.kept
		if keep {
			target, source = source, target
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
		}
		if err := copyFile(target, source); err != nil {
			return err
		}
	}
	return nil
}

func (t *tool) assemble() error {
	// What a package that is reused is made of was asked for before it was known to be reused, and after.
	if !t.marked(reusedMark, t.importPath) {
		return t.run()
	}
	out, err := t.output()
	if err != nil {
		return err
	}
	return os.WriteFile(out, nil, 0o644)
}

// An importcfg is the file that tells the compiler where the packages are that it imports.
type importcfg []string

func (t *tool) readImportcfg() (importcfg, error) {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil, nil // The package imports nothing.
	}
	data, err := os.ReadFile(t.args[i])
	if err != nil {
		return nil, err
	}
	return strings.Split(string(data), "\n"), nil
}

const packageFile = "packagefile "

// imports returns the paths of imported packages.
func (c importcfg) imports() []string {
	var paths []string
	for _, line := range c {
		if entry, ok := strings.CutPrefix(line, packageFile); ok {
			path, _, _ := strings.Cut(entry, "=")
			paths = append(paths, path)
		}
	}
	return paths
}

// useImportcfg has the compiler read packages that are reused where they come from.
func (t *tool) useImportcfg(c importcfg) error {
	i := t.flag("-importcfg")
	if i < 0 {
		return nil
	}
	lines := slices.Clone(c)
	for j, line := range lines {
		if entry, ok := strings.CutPrefix(line, packageFile); ok {
			if path, _, _ := strings.Cut(entry, "="); t.marked(reusedMark, path) {
				lines[j] = packageFile + path + "=" + t.baseArchive(path)
			}
		}
	}
	t.args[i] += ".go_overlay"
	return os.WriteFile(t.args[i], []byte(strings.Join(lines, "\n")), 0o644)
}

// changedNames returns the names of the changed files of the package.
func (t *tool) changedNames() []string {
	var names []string
	for name := range t.Changed[t.importPath] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// run runs the tool. Its messages name changed files as users know them. What it
// makes names them as the SDK does: otherwise the export data of a changed package
// would always be another, and all packages that import it would have to be
// compiled.
func (t *tool) run() error {
	cmd := exec.Command(t.path, t.args...)
	if !t.changed() {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		return cmd.Run()
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	var paths []string
	for _, name := range t.changedNames() {
		shown := t.Changed[t.importPath][name]
		paths = append(paths, compiledAs(t.GOROOT, t.importPath, name)+":", shown+":", "./"+name+":", shown+":")
	}
	if _, err := strings.NewReplacer(paths...).WriteString(os.Stderr, output.String()); err != nil {
		return err
	}
	return err
}

// The marks that processes leave for each other.
const (
	reusedMark  = "reused"  // packages whose archive is taken from the base
	exportsMark = "exports" // packages whose export data differs from that in the base

	compiledMark = "compiled" // packages that were compiled, and what came of it
)

func (t *tool) exportsChanged(importPath string) bool { return t.marked(exportsMark, importPath) }

func (p *plan) markFile(mark, importPath string) string {
	return filepath.Join(p.State, mark, strings.ReplaceAll(importPath, "/", "%"))
}

func (p *plan) marked(mark, importPath string) bool {
	_, err := os.Stat(p.markFile(mark, importPath))
	return err == nil
}

func (p *plan) mark(mark, importPath string) error {
	file := p.markFile(mark, importPath)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, nil, 0o644)
}
