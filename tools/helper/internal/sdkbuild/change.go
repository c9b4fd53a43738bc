package sdkbuild

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// checkChanges returns an error if no command could have one of the changes.
func checkChanges(changes []gosdk.Change) error {
	for _, c := range changes {
		if !strings.HasPrefix(c.Name, "src/") {
			return fmt.Errorf("%s: expected a file below src, as commands are made of nothing else", c)
		}
	}
	return nil
}

// rebuildChanged builds commands that have changes, with a version of their own, and
// puts them and what else tells that version into a folder.
func (g goCommand) rebuildChanged(commands []string, v goVersion, out string) error {
	if err := g.checkUsed(commands); err != nil {
		return err
	}
	version, err := ownVersion(v, g.changes)
	if err != nil {
		return err
	}
	// What -V=full prints and object files begin with is a variable. The version of Go
	// that a program was built by is one, too, and the linker sets it to its own one,
	// unless it is told another. That the source stays as it is lets what depends on it
	// be taken from Options.Compiled.
	err = g.build(commands, "-ldflags=-w -X=internal/buildcfg.Version="+version+" -X=runtime.buildVersion="+version)
	if err != nil {
		return err
	}
	if err := g.checkVersion(commands, version); err != nil {
		return err
	}
	if err := g.install(commands, out); err != nil {
		return err
	}
	return g.writeVersion(version, out)
}

// ownVersion returns the version of an SDK with changes: go1.26.8-overlay.0123456789ab.
// It compares as the one without changes.
func ownVersion(v goVersion, changes []gosdk.Change) (string, error) {
	changes = slices.Clone(changes)
	slices.SortFunc(changes, func(a, b gosdk.Change) int { return strings.Compare(a.Name, b.Name) })
	all := sha256.New()
	for _, c := range changes {
		if c.File == "" {
			fmt.Fprintf(all, "%q deleted\n", c.Name)
			continue
		}
		content, err := os.ReadFile(c.File)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%q %x\n", c.Name, sha256.Sum256(content))
	}
	return fmt.Sprintf("%s-overlay.%x", v.text, all.Sum(nil)[:6]), nil
}

// checkUsed returns an error that names the changes that none of the commands contains.
func (g goCommand) checkUsed(commands []string) error {
	// Without -pgo=off, there are packages once more, for cmd/compile.
	args := []string{"list", "-deps", "-pgo=off", "-f", `{{.ImportPath}}{{range .EmbedPatterns}}{{"\t"}}{{.}}{{end}}`}
	out, err := g.run(g.module(), append(args, packages(commands)...)...)
	if err != nil {
		return g.explain("list its own commands", err)
	}
	embeds := map[string][]string{} // patterns by the folder of the package
	for _, line := range strings.Split(out, "\n") {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		embeds["src/"+fields[0]] = fields[1:]
	}

	var problems []string
	for _, c := range g.changes {
		folder := path.Dir(c.Name)
		_, used := embeds[folder]
		switch {
		case strings.HasSuffix(c.Name, "_test.go"):
			problems = append(problems, fmt.Sprintf("%s: no command of the SDK contains a test", c))
		case !used && !isEmbedded(c.Name, embeds):
			problems = append(problems, fmt.Sprintf("%s: no command of the SDK contains package %s", c, strings.TrimPrefix(folder, "src/")))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%s\nThat would have no effect. The commands of the SDK are %s", strings.Join(problems, "\n"), strings.Join(commands, ", "))
}

// isEmbedded tells whether a package embeds a file that is in a folder below its own.
// Patterns are those of packages, by their folders.
func isEmbedded(name string, patterns map[string][]string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		for _, pattern := range patterns[folder] {
			pattern = strings.TrimPrefix(pattern, "all:")
			for matched := name; matched != folder; matched = path.Dir(matched) {
				if ok, err := path.Match(pattern, strings.TrimPrefix(matched, folder+"/")); ok && err == nil {
					return true
				}
			}
		}
	}
	return false
}

// checkVersion returns an error unless the commands that others ask for their version
// say that they have one.
func (g goCommand) checkVersion(commands []string, version string) error {
	for _, command := range []string{"asm", "compile", "go", "link"} {
		if !slices.Contains(commands, command) {
			continue
		}
		arg := "-V=full"
		if command == "go" {
			arg = "version"
		}
		out, err := g.runProgram(g.built(command), g.module(), arg)
		if err != nil {
			return g.withChanges(fmt.Errorf("cmd/%s was built with the changes, but does not work: %w", command, err))
		}
		if fields := strings.Fields(out); len(fields) < 3 || fields[2] != version {
			return g.withChanges(fmt.Errorf("the version of cmd/%s is to be %s, but it says %q: a change must leave where that comes from, which is Version of internal/buildcfg and buildVersion of runtime", command, version, out))
		}
	}
	return nil
}

var versionConstant = regexp.MustCompile("(?m)^const version = .*$")

// writeVersion writes the files of the SDK that hold its version.
func (g goCommand) writeVersion(version, out string) error {
	// The first line is the version. The SDK that is given need not have the file.
	old, err := os.ReadFile(filepath.Join(g.goroot(), "VERSION"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, rest, _ := strings.Cut(string(old), "\n")
	if err := writeFile(out, "VERSION", version+"\n"+rest); err != nil {
		return err
	}

	const bootstrap = "src/internal/buildcfg/zbootstrap.go"
	source, err := os.ReadFile(filepath.Join(g.goroot(), filepath.FromSlash(bootstrap)))
	if err != nil {
		return err
	}
	if n := len(versionConstant.FindAllIndex(source, -1)); n != 1 {
		return fmt.Errorf("%s has %d lines that begin with const version =, expected one", bootstrap, n)
	}
	source = versionConstant.ReplaceAllLiteral(source, []byte("const version = `"+version+"`"))
	return writeFile(out, bootstrap, string(source))
}

// writeFile writes a file under the name that it has in an SDK.
func writeFile(out, name, content string) error {
	target := filepath.Join(out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, []byte(content), 0o644)
}
