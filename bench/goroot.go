package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func benchGoroot(root, dir string, runs int) error {
	g := gorootBench{helper: filepath.Join(dir, "overlay"), dir: dir}
	build := exec.Command("go", "build", "-o", g.helper, "./tools/overlay")
	build.Dir = root
	if err := finish(build); err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	// Links are only made of what nobody may write to, and within a file system.
	if err := g.takeSDK(strings.TrimSpace(string(out))); err != nil {
		return err
	}

	if err := g.compare(runs, "GOROOT of hard links",
		func(tree string) *exec.Cmd { return g.goroot(g.sdk(), tree, "-link") },
		func(tree string) *exec.Cmd { return exec.Command("cp", "-al", g.sdk(), tree) },
	); err != nil {
		return err
	}
	fmt.Println()
	return g.compare(runs, "GOROOT of copies",
		func(tree string) *exec.Cmd { return g.goroot(g.sdk(), tree) },
		func(tree string) *exec.Cmd { return exec.Command("cp", "-a", g.sdk(), tree) },
	)
}

// A gorootBench has a folder for an SDK and GOROOTs.
type gorootBench struct {
	helper string
	dir    string
}

func (g gorootBench) sdk() string { return filepath.Join(g.dir, "sdk") }

// takeSDK copies an SDK, so that it is read-only and where the GOROOTs are.
func (g gorootBench) takeSDK(goroot string) error {
	if err := g.listFiles(goroot); err != nil {
		return err
	}
	if err := finish(g.goroot(goroot, g.sdk())); err != nil {
		return err
	}
	return g.listFiles(g.sdk())
}

// goroot writes a GOROOT of the files of the last listFiles.
func (g gorootBench) goroot(sdk, out string, flags ...string) *exec.Cmd {
	args := append([]string{"goroot", "-root", filepath.Join(sdk, "VERSION"), "-out", out}, flags...)
	return exec.Command(g.helper, append(args, "@"+g.fileList())...)
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

// compare compares the helper with another program, which takes the same files. What
// they write stays until the end: ext4 takes five times as long to create files soon
// after as many were deleted.
func (g gorootBench) compare(runs int, title string, helper, other func(tree string) *exec.Cmd) error {
	c := &comparison{title: title, alternate: true}
	commands := [2]func(tree string) *exec.Cmd{helper, other}
	c.names = [2]string{"overlay goroot", strings.Join(other("").Args[:2], " ")}
	for range runs {
		var linked [2]bool
		if err := c.run(func(subject int) (time.Duration, error) {
			parent, err := os.MkdirTemp(g.dir, "")
			if err != nil {
				return 0, err
			}
			if err := settle(); err != nil {
				return 0, err
			}
			tree := filepath.Join(parent, "tree")
			start := time.Now()
			if err := finish(commands[subject](tree)); err != nil {
				return 0, err
			}
			elapsed := time.Since(start)
			linked[subject], err = isSame(filepath.Join(g.sdk(), "VERSION"), filepath.Join(tree, "VERSION"))
			return elapsed, err
		}); err != nil {
			return err
		}
		if linked[0] != linked[1] {
			return fmt.Errorf("%s: one made links, and the other copies: %v", title, linked)
		}
	}
	return c.print()
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

func finish(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}
