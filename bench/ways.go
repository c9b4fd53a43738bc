package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// bazelWay is a way in which Bazel builds the programs.
func bazelWay(ctx context.Context, name string, b *bazel, file func(p *program) string) (*way, error) {
	progress("building for %s", name)
	if _, err := b.build(ctx, targets()...); err != nil {
		return nil, err
	}
	return &way{
		name:   name,
		file:   func(p *program) string { return filepath.Join(b.dir, file(p)) },
		binary: func(p *program) string { return p.binary(b) },
		build: func(ctx context.Context, p *program) (sample, error) {
			return b.build(ctx, p.target(), noCache)
		},
	}, nil
}

func overlayWay(ctx context.Context, s *session, _ map[string]string) (*way, error) {
	files, err := programsFiles(s.root)
	if err != nil {
		return nil, err
	}
	b, err := s.examples("overlay", files, "build "+allOverlays)
	if err != nil {
		return nil, err
	}
	return bazelWay(ctx, "overlay", b, (*program).overlayFile)
}

// firstPartyWay has the patched packages as packages of the workspace.
func firstPartyWay(ctx context.Context, s *session, modules map[string]string) (*way, error) {
	all := map[string]string{}
	for _, p := range programs {
		source, err := p.source(s.root)
		if err != nil {
			return nil, err
		}
		all[p.mainFile()] = strings.Replace(source, `"`+p.importPath+`"`, `"example.com/first_party/`+p.name+`"`, 1)
		all[p.buildFile()] = p.rules("//first_party/" + p.name)
		sources, err := filepath.Glob(filepath.Join(modules[p.module], path.Dir(p.file), "*.go"))
		if err != nil {
			return nil, err
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") || path.Base(source) == path.Base(p.file) {
				continue
			}
			content, err := os.ReadFile(source)
			if err != nil {
				return nil, err
			}
			all[path.Join("first_party", p.name, path.Base(source))] = string(content)
		}
		if all[p.firstPartyFile()], err = p.patched(s.root); err != nil {
			return nil, err
		}
		all[path.Join("first_party", p.name, "BUILD.bazel")] = fmt.Sprintf(`load("@rules_go//go:def.bzl", "go_library")

go_library(
    name = "%[1]s",
    srcs = glob(["*.go"]),
    importpath = "example.com/first_party/%[1]s",
    visibility = ["//visibility:public"],
    deps = %[2]s,
)
`, p.name, strings.ReplaceAll(fmt.Sprintf("%q", p.deps), `" "`, `", "`))
	}
	b, err := s.examples("first_party", all, "build "+noOverlays)
	if err != nil {
		return nil, err
	}
	return bazelWay(ctx, "first-party", b, (*program).firstPartyFile)
}

func (p *program) firstPartyFile() string {
	return path.Join("first_party", p.name, path.Base(p.file))
}

// overrideWay patches the modules as gazelle does.
func overrideWay(ctx context.Context, s *session, modules map[string]string) (*way, error) {
	files, err := programsFiles(s.root)
	if err != nil {
		return nil, err
	}
	for _, p := range programs {
		original := filepath.Join(modules[p.module], p.file)
		patched := filepath.Join(s.root, "examples", p.overlay)
		if files[p.patchFile()], err = diff(ctx, p.file, original, patched); err != nil {
			return nil, err
		}
		files["MODULE.bazel"] += fmt.Sprintf(`
go_deps.module_override(
    patch_strip = 1,
    patches = ["//%s:%s"],
    path = %q,
)
`, path.Dir(p.patchFile()), path.Base(p.patchFile()), p.module)
	}
	b, err := s.examples("module_override", files, "build "+noOverlays)
	if err != nil {
		return nil, err
	}
	return bazelWay(ctx, "module_override", b, (*program).patchFile)
}

// diff returns how two files differ, as a patch of a file.
func diff(ctx context.Context, name, original, patched string) (string, error) {
	cmd := command(ctx, "", "diff", "-u", "--label=a/"+name, "--label=b/"+name, original, patched)
	patch, err := cmd.Output()
	// diff exits with 1 if there are differences.
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
		return "", fmt.Errorf("%v: %v, expected differences", cmd, err)
	}
	return string(patch), nil
}

func (p *program) patchFile() string { return path.Join("programs", p.name, "module.patch") }

// replaceWay does without Bazel: a go.mod replaces the modules by changed copies. The
// linker leaves out what it leaves out for rules_go, too.
func replaceWay(ctx context.Context, s *session, modules map[string]string) (*way, error) {
	dir := filepath.Join(s.dir, "replace")
	goMod, err := os.ReadFile(filepath.Join(s.root, "examples/go.mod"))
	if err != nil {
		return nil, err
	}
	goSum, err := os.ReadFile(filepath.Join(s.root, "examples/go.sum"))
	if err != nil {
		return nil, err
	}
	all := map[string]string{"go.mod": string(goMod), "go.sum": string(goSum)}
	for _, p := range programs {
		all["go.mod"] += fmt.Sprintf("\nreplace %s => ./modules/%s\n", p.module, p.name)
		if err := os.CopyFS(filepath.Join(dir, "modules", p.name), os.DirFS(modules[p.module])); err != nil {
			return nil, err
		}
		if all[p.mainFile()], err = p.source(s.root); err != nil {
			return nil, err
		}
		patched, err := p.patched(s.root)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, p.moduleFile()), []byte(patched), 0o644); err != nil {
			return nil, err
		}
	}
	for name, content := range all {
		if err := appendTo(filepath.Join(dir, name), content); err != nil {
			return nil, err
		}
	}
	binary := func(p *program) string { return filepath.Join(dir, "bin", p.name) }
	build := func(ctx context.Context, p *program) (sample, error) {
		cmd := command(ctx, dir, "go", "build", "-ldflags=-s -w", "-o", binary(p), "./programs/"+p.name)
		cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"), "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "GOWORK=off")
		seconds, err := timedCommand(cmd)
		return sample{metricTime.Name: seconds}, err
	}
	progress("building for go build")
	for _, p := range programs {
		if _, err := build(ctx, p); err != nil {
			return nil, err
		}
	}
	return &way{
		name:   "go build, replace",
		file:   func(p *program) string { return filepath.Join(dir, p.moduleFile()) },
		binary: binary,
		build:  build,
	}, nil
}

func (p *program) moduleFile() string { return path.Join("modules", p.name, p.file) }

// downloadModules returns the folders of the programs' modules, by module path.
func downloadModules(ctx context.Context, root string) (map[string]string, error) {
	dirs := map[string]string{}
	for _, p := range programs {
		out, err := output(command(ctx, filepath.Join(root, "examples"), "go", "mod", "download", "-json", p.module))
		if err != nil {
			return nil, err
		}
		var download struct{ Dir string }
		if err := json.Unmarshal([]byte(out), &download); err != nil {
			return nil, fmt.Errorf("go mod download -json %s: %w", p.module, err)
		}
		dirs[p.module] = download.Dir
	}
	return dirs, nil
}
