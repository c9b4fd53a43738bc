package std

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// asToolexec does what the builder would do in front of a tool, but runs the tool only if
// it has to.
func (p *plan) asToolexec(args []string) error {
	t := &tool{
		plan:       p,
		importPath: os.Getenv("TOOLEXEC_IMPORTPATH"),
		path:       p.realTool(args[2]),
		args:       withoutBuildID(args[3:]),
	}
	if t.importPath == "" || slices.Contains(t.args, "-V=full") {
		return standin.Become(t.path, append([]string{t.path}, t.args...))
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

// changedNames returns the names of the changed files of the package.
func (t *tool) changedNames() []string {
	var names []string
	for name := range t.Changed[t.importPath] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
