package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/bazel"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// noPackages is the answer to a request for packages where there are none.
const noPackages = `{"Roots":[],"Packages":[]}`

// GoPackagesDriver answers a request of golang.org/x/tools/go/packages, by which gopls asks about packages. The answers are those of
// rules_go's gopackagesdriver, which knows overlays, as they are in what it builds. But it finds the package of a file only
// where the file is a source of a target beside it, and none by an import path: what it can't find it is asked for by another
// file of the package.
func (d *Desk) GoPackagesDriver(ctx context.Context, patterns []string, request io.Reader) ([]byte, error) {
	if d.plain {
		return d.plainDriver(ctx, patterns, request)
	}
	packages, err := d.bazelPackages(ctx)
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, pattern := range patterns {
		found, err := d.driverPattern(ctx, pattern)
		if notFound := (*workspace.NotFoundError)(nil); errors.As(err, &notFound) {
			fmt.Fprintf(d.Err, "%s: %v\n", pattern, err)
			continue
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
		if !slices.Contains(asked, found) {
			asked = append(asked, found)
		}
	}
	if len(asked) == 0 {
		return []byte(noPackages), nil
	}
	rulesGo, err := packages.RulesGo()
	if err != nil {
		return nil, err
	}
	var env []string
	if os.Getenv("GOPACKAGESDRIVER_BAZEL") == "" {
		env = append(env, "GOPACKAGESDRIVER_BAZEL="+d.Workspace.Program)
	}
	out, said, err := d.Workspace.Run(ctx, d.Dir, "@@"+rulesGo+"//go/tools/gopackagesdriver", asked, env, request)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(out)) > 0 {
		_, err := d.Err.Write(said) // It may tell why packages are missing. gopls shows it if GOPACKAGESPRINTDRIVERERRORS is set.
		return out, err
	}
	// It exits with 0 after an error, too.
	if bytes.Contains(said, []byte("found no labels matching the requests")) {
		return []byte(noPackages), nil
	}
	return nil, fmt.Errorf("rules_go's gopackagesdriver has no answer to %s:\n%s", strings.Join(asked, " "), bytes.TrimSpace(said))
}

// driverPattern returns the pattern by which rules_go's gopackagesdriver finds what a pattern stands for.
func (d *Desk) driverPattern(ctx context.Context, pattern string) (string, error) {
	file, isFile := strings.CutPrefix(pattern, "file=")
	switch {
	case isFile:
		return d.driverFile(ctx, file)
	case pattern == "builtin", pattern == "std", pattern == ".", filepath.IsAbs(pattern), strings.HasPrefix(pattern, "./"),
		strings.HasPrefix(pattern, "../"), strings.HasSuffix(pattern, "..."), strings.HasSuffix(pattern, ".go"):
		return pattern, nil
	}
	return d.driverPackage(ctx, pattern)
}

// driverPackage returns a pattern for the package of an import path.
func (d *Desk) driverPackage(ctx context.Context, importPath string) (string, error) {
	packages, err := d.bazelPackages(ctx)
	if err != nil {
		return "", err
	}
	pkg, err := packages.Find(ctx, importPath)
	if err != nil {
		return "", err
	}
	return d.driverSource(pkg, pkg.ImportPath)
}

// driverSource returns a pattern for a package: one of its files.
func (d *Desk) driverSource(pkg *workspace.GoPackage, sought string) (string, error) {
	if pkg.Std {
		return "std", nil
	}
	for _, generated := range []bool{false, true} { // Of a file that a rule makes, targets may have the rule among their sources.
		for _, file := range pkg.Files {
			repository, rest, _ := strings.Cut(file.Label, "//")
			folder, name, ok := strings.Cut(rest, ":")
			if ok && !file.Embedded && (file.GeneratedBy != "") == generated && strings.HasSuffix(name, ".go") && !strings.Contains(name, "/") {
				return d.driverLabel(repository, path.Join(folder, name)), nil
			}
		}
	}
	return "", fmt.Errorf("%s has no Go file in its own folder, by which rules_go's gopackagesdriver would find it", sought)
}

// driverLabel returns a pattern for the package of a source. It makes a label of a path with a folder external, which has one @.
func (d *Desk) driverLabel(repository, file string) string {
	if repository == "" {
		return "file=" + filepath.Join(d.Workspace.Root, filepath.FromSlash(file))
	}
	return "file=" + filepath.FromSlash("/_/external/"+strings.TrimPrefix(repository, "@")+"/"+file)
}

// Paths in the output base: files of repositories, files that rules make, and of those what a diff makes of a file of a package.
var (
	inRepository = regexp.MustCompile(`^external/([^/]+)/(.+)$`)
	inBin        = regexp.MustCompile(`^execroot/[^/]+/bazel-out/[^/]+/bin/(.+)$`)
	inPatched    = regexp.MustCompile(`^(.*/)?[^/]+_overlay/patched/([^/]+)$`)
)

// driverFile returns a pattern for the package of a file.
func (d *Desk) driverFile(ctx context.Context, file string) (string, error) {
	packages, err := d.bazelPackages(ctx)
	if err != nil {
		return "", err
	}
	base, err := d.Workspace.Info(ctx, "output_base")
	if err != nil {
		return "", err
	}
	if rel, ok := below(d.Workspace.Root, file); ok && strings.HasPrefix(rel, "bazel-") { // a link of Bazel's
		if real, err := filepath.EvalSymlinks(file); err == nil {
			file = real
		}
	}
	rel, ok := below(base, file)
	if !ok {
		return d.driverOverlayFile(ctx, file)
	}
	bin := inBin.FindStringSubmatch(rel)
	if bin != nil {
		rel = bin[1]
	}
	repository := ""
	if match := inRepository.FindStringSubmatch(rel); match != nil {
		repository, rel = match[1], match[2]
	} else if bin == nil {
		return "file=" + file, nil
	}
	rulesGo, err := packages.RulesGo()
	if err != nil {
		return "", err
	}
	sdk, err := packages.SDK(ctx)
	if err != nil {
		return "", err
	}
	if _, ok := below(sdk, file); ok || repository == rulesGo && bin != nil && strings.Contains(rel, "stdlib_") {
		return "std", nil
	}
	if match := inPatched.FindStringSubmatch(rel); bin != nil && match != nil {
		rel = match[1] + match[2]
	} else if bin != nil {
		return d.driverGenerated(ctx, repository, rel)
	}
	pkg, _, err := packages.FindFile(ctx, repository, rel)
	if err != nil {
		return "", err
	}
	if pkg == nil {
		return "", &workspace.NotFoundError{ImportPath: "of " + file}
	}
	return d.driverSource(pkg, file)
}

// driverGenerated returns a pattern for the package that has a file which a rule makes.
func (d *Desk) driverGenerated(ctx context.Context, repository, file string) (string, error) {
	if repository != "" {
		repository = "@@" + repository
	}
	pkg := repository + "//" + strings.TrimPrefix(path.Dir(file), ".")
	targets, _, err := d.Workspace.Query(ctx, `kind("^go_.* rule$", rdeps(`+bazel.Quote(pkg+":all")+", deps("+bazel.Quote(pkg+":"+path.Base(file))+", 1), 1))") // the file, and the rule
	if err != nil {
		return "", err
	}
	for _, t := range targets {
		if importPath := t.Attrs["importpath"].String; importPath != "" {
			return d.driverPackage(ctx, importPath)
		}
	}
	return d.driverLabel(repository, file), nil
}

// driverOverlayFile returns a pattern for the package of a file of the workspace, which may be an overlay's.
func (d *Desk) driverOverlayFile(ctx context.Context, file string) (string, error) {
	overlays, _, _, err := workspace.Overlays(ctx, d.Workspace)
	if err != nil {
		return "", err
	}
	for _, o := range overlays {
		for _, change := range o.Changes {
			if change.Path == file {
				return d.driverPackage(ctx, o.ImportPath)
			}
		}
	}
	return "file=" + file, nil
}

// below returns the path, with slashes, of a file relative to a folder that it is in.
func below(folder, file string) (rel string, ok bool) {
	rel, err := filepath.Rel(folder, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}
