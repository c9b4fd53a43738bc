package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// An environment is where something was measured. Times of another one say little.
type environment struct {
	date      time.Time
	commit    string // of go_overlay, if that has Git
	goVersion string
	bazel     string // version, if one is used
	rulesGo   string // version
	os, arch  string
	cpus      int
}

// config has what makes times of another environment say nothing of those here.
func (e environment) config() []benchfmt.Config {
	var config []benchfmt.Config
	for _, line := range []struct{ key, value string }{
		{"goos", e.os},
		{"goarch", e.arch},
		{"cpu-count", strconv.Itoa(e.cpus)},
		{"go", e.goVersion},
		{"bazel", e.bazel},
		{"rules_go", e.rulesGo},
	} {
		config = append(config, benchfmt.Config{Key: line.key, Value: []byte(line.value), File: true})
	}
	return config
}

// readEnvironment finds out where this program runs. A Bazel that will be used is asked
// for its version, in the repository root, which takes no server.
func readEnvironment(ctx context.Context, root string, usesBazel bool) (environment, error) {
	env := environment{
		date:      time.Now().UTC(),
		goVersion: runtime.Version(),
		os:        runtime.GOOS,
		arch:      runtime.GOARCH,
		cpus:      runtime.NumCPU(),
	}
	module, err := os.ReadFile(filepath.Join(root, "examples/MODULE.bazel"))
	if err != nil {
		return env, err
	}
	rulesGo := regexp.MustCompile(`name = "rules_go", version = "([^"]+)"`).FindSubmatch(module)
	if rulesGo == nil {
		return env, errors.New("examples/MODULE.bazel: does not say which rules_go")
	}
	env.rulesGo = string(rulesGo[1])
	if usesBazel {
		version, err := output(command(ctx, root, filepath.Join(root, "bazelw"), "--version"))
		if err != nil {
			return env, err
		}
		env.bazel = strings.TrimPrefix(version, "bazel ")
	}
	// A release has no Git.
	if commit, err := output(command(ctx, root, "git", "describe", "--always", "--dirty", "--exclude=*")); err == nil {
		env.commit = commit
	}
	return env, nil
}
