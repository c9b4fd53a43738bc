package std

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
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
		standin.At(filepath.Join(sdk, goCommand)),
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
	if err := standin.RunBuilder(ctx, p.Builder, self, "", args, p.showFiles, planVariable+"="+p.file()); err != nil {
		return fmt.Errorf("the standard library does not compile with overlays of %s: %w", strings.Join(p.changedPackages(), ", "), err)
	}
	return nil
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
