package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// benchPlacement measures what it matters to the go command where its GOROOT lies,
// and of what it is made.
func benchPlacement(ctx context.Context, s *session) error {
	goroot, err := output(command(ctx, "", "go", "env", "GOROOT"))
	if err != nil {
		return err
	}
	trees, err := placements(ctx, s, goroot)
	if err != nil {
		return err
	}
	states := []struct {
		name, title string
		prepare     func(context.Context) error
	}{
		{"warm", "files in memory", func(context.Context) error { return nil }},
		{"cold", "files not in memory", dropCaches},
	}
	if !s.cold {
		progress("placement/cold is left out: it takes -cold")
		states = states[:1]
	}
	for _, state := range states {
		var contenders []contender
		for _, tree := range trees {
			contenders = append(contenders, contender{tree.name, func(ctx context.Context, _ int) (sample, error) {
				return useGoroot(ctx, s, tree.dir, state.prepare)
			}})
		}
		if err := s.compare(ctx, &Comparison{
			Name:      "placement/" + state.name,
			Title:     "The go command with a GOROOT, " + state.title,
			Reference: trees[0].name,
			Metrics:   []Metric{metricGoList, metricGoBuild},
		}, contenders); err != nil {
			return err
		}
	}
	return nil
}

// A tree is a GOROOT somewhere.
type tree struct{ name, dir string }

// placements copies a GOROOT to where it may lie. Links are of the first copy.
func placements(ctx context.Context, s *session, goroot string) ([]tree, error) {
	trees := []tree{
		{"disk", filepath.Join(s.dir, "disk")},
		{"copy", filepath.Join(s.dir, "copy")},
		{"hard links", filepath.Join(s.dir, "hard")},
		{"symlinks", filepath.Join(s.dir, "symlinks")},
	}
	sources := []string{goroot + "/.", trees[0].dir, trees[0].dir, trees[0].dir}
	flags := []string{"-a", "-a", "-al", "-as"}
	if memory, err := os.MkdirTemp("/dev/shm", "go_overlay_bench"); err != nil {
		progress("tmpfs is left out: %v", err)
	} else {
		s.folders = append(s.folders, memory)
		trees = append(trees, tree{"tmpfs", filepath.Join(memory, "tree")})
		sources = append(sources, trees[0].dir)
		flags = append(flags, "-a")
	}
	for i, tree := range trees {
		if _, err := output(command(ctx, "", "cp", flags[i], sources[i], tree.dir)); err != nil {
			return nil, err
		}
	}
	return trees, nil
}

// useGoroot runs the go command of a GOROOT with empty caches of its own: it reads
// the packages, and compiles some.
func useGoroot(ctx context.Context, s *session, goroot string, prepare func(context.Context) error) (sample, error) {
	sample := sample{}
	for _, timing := range []struct {
		metric Metric
		args   []string
	}{
		{metricGoList, []string{"list", "-deps", "std"}},
		{metricGoBuild, []string{"build", "fmt"}},
	} {
		cache, err := os.MkdirTemp(s.dir, "cache")
		if err != nil {
			return nil, err
		}
		if err := errors.Join(settle(ctx), prepare(ctx)); err != nil {
			return nil, err
		}
		cmd := command(ctx, s.dir, filepath.Join(goroot, "bin/go"), timing.args...)
		// By default, the go command refuses to embed what links lead to.
		cmd.Env = append(os.Environ(), "GOROOT="+goroot, "GOCACHE="+cache, "GOTOOLCHAIN=local", "GOFLAGS=", "GODEBUG=embedfollowsymlinks=1")
		if sample[timing.metric.Name], err = timedCommand(cmd); err != nil {
			return nil, err
		}
	}
	return sample, nil
}

// dropCaches has Linux forget the files that it has in memory.
func dropCaches(context.Context) error {
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0o200); err != nil {
		return fmt.Errorf("-cold takes root on Linux: %w", err)
	}
	return nil
}
