// Package std compiles the standard library with changed files, and compiles
// again only what the changes reach.
//
// The work is done by the builder of rules_go, and by the go command that it runs,
// just as for the standard library without changes. This program stands in for the go
// command: it makes the changes in the GOROOT that the builder has copied, and goes on
// as the go command. The builder has that call it in front of every tool, with
// -toolexec; this program stands in for it there, too. Where neither a package nor the
// export data of a package that it imports has changed, the compiler would make what
// it made before: its place is taken by the archive of the standard library without
// changes.
//
// Export data has the lines of declarations and of what can be inlined. A change
// that moves lines reaches most packages that import the changed one, as what they
// inline from it says where that is from.
package std

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// Options say what to compile.
type Options struct {
	Builder   string         // of rules_go
	Arguments []string       // for the builder
	Root      string         // a file in the top folder of the SDK
	Tools     string         // folder with rebuilt tools, below which they have their names in an SDK; empty for those of the SDK
	Base      string         // folder pkg of the standard library without changes; empty to compile all packages
	Out       string         // folder pkg to write
	Exports   string         // folder pkg to write, with all that compiling against the standard library takes
	Changes   []gosdk.Change // of the SDK
	Packages  []string       // import paths of packages that have the changes

	// Files with the import paths of the standard library, one a line: the SDK's, and
	// one to write.
	PackageList, PackageListOut string
}

// toolRoot returns the folder that has the tools under their names in an SDK.
func (o Options) toolRoot() string {
	if o.Tools != "" {
		return o.Tools
	}
	return filepath.Dir(o.Root)
}

// Build compiles the standard library. The end of the context interrupts it, but for
// tidying up.
func Build(ctx context.Context, o Options) (err error) {
	tmp, err := os.MkdirTemp("", "go_overlay_std")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	root, sdk := filepath.Join(tmp, "goroot"), filepath.Join(tmp, "sdk")
	if err := errors.Join(
		seemLikeSDK(filepath.Dir(o.Root), root),
		placeTools(filepath.Join(o.toolRoot(), toolFolder), filepath.Join(root, toolFolder)),
		standInForGo(sdk),
	); err != nil {
		return fmt.Errorf("laying out the GOROOT: %w", err)
	}
	p, err := newPlan(o)
	if err != nil {
		return err
	}
	if err := p.write(tmp); err != nil {
		return err
	}
	// The builder takes the last value of a flag.
	args := append(slices.Clone(o.Arguments), "-goroot", root, "-sdk", sdk)
	if err := p.compile(ctx, args, o.Out); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(o.Out, "tool")); err != nil {
		return err
	}
	if o.Exports != "" {
		if err := writeExports(o.Out, o.Exports); err != nil {
			return err
		}
	}
	if o.PackageListOut == "" {
		return nil
	}
	return p.writePackageList(o.PackageList, o.PackageListOut)
}

// writePackageList adds packages that the standard library gains to a list.
func (p *plan) writePackageList(list, out string) error {
	data, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	paths := strings.Fields(string(data))
	for path := range p.Changed {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return os.WriteFile(out, []byte(strings.Join(paths, "\n")+"\n"), 0o644)
}

// A plan is what the processes that stand in for others know. Paths are absolute.
type plan struct {
	Builder string
	Go      string // the go command
	Base    string // folder with the archives to reuse, or empty
	GOROOT  string // in which the go command compiles
	State   string // folder for what they tell each other
	Tools   string // folder pkg/tool with the tools that run

	Changes []gosdk.Change // to make in the GOROOT

	// Files that have been changed, by package: name to the path that users know it by.
	Changed map[string]map[string]string
}

const planVariable = "GO_OVERLAY_STD"

func newPlan(o Options) (*plan, error) {
	p := &plan{Changed: map[string]map[string]string{}}
	changed := map[string]bool{}
	for _, c := range o.Changes {
		if changed[c.Name] {
			return nil, fmt.Errorf("%s is changed twice", c.Name)
		}
		changed[c.Name] = true
		importPath, name, err := packageOf(c.Name, o.Packages)
		if err != nil {
			return nil, err
		}
		if p.Changed[importPath] == nil {
			p.Changed[importPath] = map[string]string{}
		}
		if c.File != "" {
			p.Changed[importPath][name] = filepath.ToSlash(c.File)
			if c.File, err = filepath.Abs(c.File); err != nil {
				return nil, err
			}
		}
		p.Changes = append(p.Changes, c)
	}
	for _, path := range []struct {
		to   *string
		from string
	}{
		{&p.Builder, o.Builder},
		{&p.Go, filepath.Join(o.toolRoot(), goCommand)},
		{&p.GOROOT, filepath.Dir(o.Out)},
		{&p.Tools, filepath.Join(o.toolRoot(), toolFolder)},
	} {
		var err error
		if *path.to, err = filepath.Abs(path.from); err != nil {
			return nil, err
		}
	}
	if o.Tools != "" {
		own, err := versionFiles(o.Tools)
		if err != nil {
			return nil, err
		}
		p.Changes = append(own, p.Changes...)
	}
	if o.Base == "" || o.Tools != "" {
		return p, nil
	}
	if header := sharedHeader(o.Changes); header != "" {
		fmt.Fprintf(os.Stderr, "go_overlay: %s is changed, which any package may include: compiling all of the standard library\n", header)
		return p, nil
	}
	var err error
	p.Base, err = archiveFolder(o.Base)
	return p, err
}

// packageOf returns the package that has a file, and the name of the file in it:
// embedded files may lie in folders of a package.
func packageOf(file string, packages []string) (importPath, name string, err error) {
	for _, candidate := range packages {
		if rest, ok := strings.CutPrefix(file, "src/"+candidate+"/"); ok && len(candidate) > len(importPath) {
			importPath, name = candidate, rest
		}
	}
	if importPath == "" {
		return "", "", fmt.Errorf("%s is in none of the packages %s", file, strings.Join(packages, ", "))
	}
	return importPath, name, nil
}

// sharedHeader returns a changed header that assembly of other packages includes.
func sharedHeader(changes []gosdk.Change) string {
	for _, c := range changes {
		if dir := filepath.ToSlash(filepath.Dir(c.Name)); filepath.Ext(c.Name) == ".h" && (dir == "src/runtime" || dir == "src/runtime/cgo") {
			return c.Name
		}
	}
	return ""
}

// archiveFolder returns the folder, of those below pkg, that has the archives: that
// of the platform, with a suffix for some modes.
func archiveFolder(pkg string) (string, error) {
	found, err := filepath.Glob(filepath.Join(pkg, "*", "runtime.a"))
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%s: expected one folder with archives of the standard library, found %d", pkg, len(found))
	}
	return filepath.Abs(filepath.Dir(found[0]))
}

// write tells the processes that stand in for the builder what to do.
func (p *plan) write(tmp string) error {
	p.State = filepath.Join(tmp, "state")
	if err := os.Mkdir(p.State, 0o755); err != nil {
		return err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(p.file(), data, 0o644)
}

func (p *plan) file() string { return p.State + ".json" }

// compile has the builder compile what the changes reach. Mostly that is the changed
// packages alone, and the go command need not look at others; if their export data
// is another, it goes on to all.
func (p *plan) compile(ctx context.Context, args []string, out string) error {
	if p.Base == "" {
		return p.run(ctx, args)
	}
	if few, ok := p.onlyChanged(args); ok {
		if err := p.run(ctx, few); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(p.State, exportsMark)); os.IsNotExist(err) {
			return p.restore(out, func(importPath string) bool { return p.Changed[importPath] == nil })
		} else if err != nil {
			return err
		}
	}
	if err := p.run(ctx, args); err != nil {
		return err
	}
	return p.restore(out, func(importPath string) bool { return p.marked(reusedMark, importPath) })
}

// onlyChanged returns the builder's arguments with only the changed packages to
// compile, unless it takes more to know which they are.
func (p *plan) onlyChanged(args []string) ([]string, bool) {
	var few []string
	for i := 0; i < len(args); i++ {
		if strings.HasPrefix(args[i], "-param=") {
			return nil, false // A file has them.
		}
		if args[i] == "-package" {
			i++
			continue
		}
		few = append(few, args[i])
	}
	for _, path := range p.changedPackages() {
		// A package that is new may be imported anywhere; one that there is not for the platform can't be
		// named, nor can one that is vendored.
		if _, err := os.Stat(p.baseArchive(path)); err != nil || strings.HasPrefix(path, "vendor/") {
			return nil, false
		}
		few = append(few, "-package", path)
	}
	return few, true
}

// run runs the builder, which calls this program in front of all tools.
func (p *plan) run(ctx context.Context, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := runBuilder(ctx, p.Builder, self, "", args, p.showFiles, planVariable+"="+p.file()); err != nil {
		return fmt.Errorf("the standard library does not compile with overlays of %s: %w", strings.Join(p.changedPackages(), ", "), err)
	}
	return nil
}

func (p *plan) changedPackages() []string {
	var paths []string
	for path := range p.Changed {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// showFiles has messages of the go command name changed files as users know them.
func (p *plan) showFiles(output string) string {
	relative := p.GOROOT
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, p.GOROOT); err == nil {
			relative = rel
		}
	}
	var paths []string
	for importPath, files := range p.Changed {
		for name, shown := range files {
			for _, root := range []string{p.GOROOT, relative} {
				paths = append(paths, compiledAs(root, importPath, name), shown)
			}
		}
	}
	output = strings.NewReplacer(paths...).Replace(output)
	if strings.Contains(output, " is not in std ") || strings.Contains(output, ": cannot find package ") {
		output += "Packages of the standard library can import only each other: is that the import path of one?\n"
	}
	return output
}

// compiledAs returns the path under which the go command compiles a file of a package.
func compiledAs(goroot, importPath, name string) string {
	return filepath.Join(goroot, "src", filepath.FromSlash(importPath), filepath.FromSlash(name))
}

// runBuilder runs the builder of rules_go under another name, by which it calls
// itself. It passes on what the builder prints, messages of the compiler, as show
// makes it.
func runBuilder(ctx context.Context, builder, name, dir string, args []string, show func(output string) string, env ...string) error {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, builder, args...)
	cmd.Args[0] = name
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	// It may have the signal already, or be gone.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second // Then it is killed.
	err := cmd.Run()
	if _, err := os.Stderr.WriteString(show(output.String())); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupt.Err
	}
	return err
}

// restore puts archives of the standard library without changes into the folder pkg,
// those that a function tells.
func (p *plan) restore(out string, isReused func(importPath string) bool) error {
	to := filepath.Join(out, filepath.Base(p.Base))
	err := files.Mirror(to, p.Base, func(target, source string) error {
		name, err := filepath.Rel(p.Base, source)
		if err != nil {
			return err
		}
		if !isReused(strings.TrimSuffix(filepath.ToSlash(name), ".a")) {
			return nil
		}
		return copyFile(target, source)
	})
	if err != nil {
		return err
	}
	return checkNoPlaceholder(to)
}

// copyFile overwrites a file with the content of another.
func copyFile(target, source string) error { return files.Copy(target, source, 0o666) }

// checkNoPlaceholder makes sure that no placeholder is left: it would be linked as
// an empty package.
func checkNoPlaceholder(folder string) error {
	return filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close() // It was only read.
		start := make([]byte, len(placeholder))
		if n, err := file.Read(start); err != nil || n < len(start) || bytes.Equal(start, []byte(placeholder)) {
			return fmt.Errorf("%s: this archive was neither compiled nor taken from the standard library without changes", path)
		}
		return nil
	})
}
