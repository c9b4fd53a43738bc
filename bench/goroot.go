package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// benchGoroot measures the writing of a GOROOT, beside cp, which takes the same files.
func benchGoroot(ctx context.Context, s *session) error {
	g := gorootBench{helper: filepath.Join(s.dir, "helper"), dir: s.dir}
	if _, err := output(command(ctx, filepath.Join(s.root, "tools"), "go", "build", "-o", g.helper, "./helper")); err != nil {
		return err
	}
	// Links are only made of what nobody may write to, and within a file system.
	if err := g.takeSDK(ctx); err != nil {
		return err
	}
	for _, c := range []struct {
		name, title   string
		overlay, copy []string // flags
		linked        bool
	}{
		{"goroot/links", "Writing a GOROOT of hard links", []string{"-link"}, []string{"-al"}, true},
		{"goroot/copies", "Writing a GOROOT of copies", nil, []string{"-a"}, false},
	} {
		if err := s.compare(ctx, &Comparison{
			Name:      c.name,
			Title:     c.title,
			Reference: "cp",
			Metrics:   []Metric{metricTime},
		}, []contender{
			{"cp", g.write(c.linked, func(ctx context.Context, tree string) *exec.Cmd {
				return command(ctx, "", "cp", append(c.copy, g.sdk(), tree)...)
			})},
			{"helper goroot", g.write(c.linked, func(ctx context.Context, tree string) *exec.Cmd {
				return g.goroot(ctx, g.sdk(), tree, c.overlay...)
			})},
		}); err != nil {
			return err
		}
	}
	return nil
}

// A gorootBench has a folder for an SDK and GOROOTs.
type gorootBench struct {
	helper string
	dir    string
}

func (g gorootBench) sdk() string { return filepath.Join(g.dir, "sdk") }

// takeSDK copies the SDK of the go command, so that it is read-only and where the
// GOROOTs are.
func (g gorootBench) takeSDK(ctx context.Context) error {
	goroot, err := output(command(ctx, "", "go", "env", "GOROOT"))
	if err != nil {
		return err
	}
	if err := g.listFiles(goroot); err != nil {
		return err
	}
	if _, err := output(g.goroot(ctx, goroot, g.sdk())); err != nil {
		return err
	}
	return g.listFiles(g.sdk())
}

// goroot writes a GOROOT of the files of the last listFiles.
func (g gorootBench) goroot(ctx context.Context, sdk, out string, flags ...string) *exec.Cmd {
	args := append([]string{"goroot", "-root", filepath.Join(sdk, "VERSION"), "-out", out}, flags...)
	return command(ctx, "", g.helper, append(args, "@"+g.fileList())...)
}

func (g gorootBench) fileList() string { return filepath.Join(g.dir, "files") }

func (g gorootBench) listFiles(sdk string) error {
	var files strings.Builder
	// A distribution of Linux may have the folder as a link, which WalkDir does not follow.
	if err := filepath.WalkDir(sdk+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			fmt.Fprintln(&files, path)
		}
		return err
	}); err != nil {
		return err
	}
	return os.WriteFile(g.fileList(), []byte(files.String()), 0o644)
}

// write measures a program that writes a tree, and checks whether that is of links.
func (g gorootBench) write(linked bool, writer func(ctx context.Context, tree string) *exec.Cmd) func(context.Context, int) (sample, error) {
	return written(g.dir, func(ctx context.Context, dir string) *exec.Cmd {
		return writer(ctx, filepath.Join(dir, "tree"))
	}, func(dir string) error {
		return checkLinked(g.sdk(), filepath.Join(dir, "tree"), linked)
	})
}

// written measures a program that writes into a new folder, which is then checked.
// That stays until the end: ext4 takes five times as long to create files soon after
// as many were deleted.
func written(parent string, writer func(ctx context.Context, dir string) *exec.Cmd, check func(dir string) error) func(context.Context, int) (sample, error) {
	return func(ctx context.Context, _ int) (sample, error) {
		dir, err := os.MkdirTemp(parent, "")
		if err != nil {
			return nil, err
		}
		if err := settle(ctx); err != nil {
			return nil, err
		}
		seconds, err := timedCommand(writer(ctx, dir))
		if err != nil {
			return nil, err
		}
		return sample{metricTime.Name: seconds}, check(dir)
	}
}

// checkLinked fails unless a GOROOT is made of links of another, or else of copies.
func checkLinked(goroot, tree string, linked bool) error {
	same, err := isSame(filepath.Join(goroot, "VERSION"), filepath.Join(tree, "VERSION"))
	if err == nil && same != linked {
		err = fmt.Errorf("%s: made of links: %t, want %t", tree, same, linked)
	}
	return err
}

// isSame tells whether two names are those of one file.
func isSame(a, b string) (bool, error) {
	first, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second), err
}
