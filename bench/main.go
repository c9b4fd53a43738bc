// Command bench measures what go_overlay costs. It prints a table.
//
//	go run ./bench [-runs N] edit|analysis|goroot|sdk|std
//
// edit compares the time from an edit of a patch of k8s.io/client-go to the
// changed output of //patch_dep:app in examples/, for a patch that is
//
//   - the file of a go_overlay,
//   - a diff of gazelle's go_deps.module_override.
//
// analysis compares the time that Bazel takes to analyze that program anew
//
//   - without overlays,
//   - with a set of a thousand, none of which it needs.
//
// goroot compares the time that it takes to write a GOROOT,
//
//   - of hard links, with overlay goroot -link and with cp -al,
//   - of copies, with overlay goroot and with cp -a.
//
// sdk compares the time that it takes to have a Go SDK, from GOPROXY to files that
// are checked and can be used,
//
//   - with go_toolchains.sdk, in an empty repository cache,
//   - with go mod download, in an empty module cache.
//
// std compares the actions that compile the standard library, in the default mode
// with cgo, for edits of several packages,
//
//   - with an overlay that has the edit, from what was compiled without it,
//   - without overlays, all of it: the action of rules_go.
//
// The Bazel servers are warm. Runs alternate, so that what else goes on in the
// machine meets both; compare the ratios, not the times.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	runs := flags.Int("runs", 7, "number of runs of each kind")
	if err := flags.Parse(args); err != nil {
		return err
	}
	benchmark, ok := map[string]func(root, dir string, runs int) error{
		"analysis": benchAnalysis,
		"edit":     benchEdit,
		"goroot":   benchGoroot,
		"sdk":      benchSDK,
		"std":      benchStd,
	}[flags.Arg(0)]
	if !ok || flags.NArg() != 1 || *runs < 1 {
		return errors.New("usage: go run ./bench [-runs N] edit|analysis|goroot|sdk|std")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "bazelw")); err != nil {
		return fmt.Errorf("run this in the root folder of the repository: %w", err)
	}
	dir, err := os.MkdirTemp("", "go_overlay_bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, workspace.RemoveAll(dir)) }()
	return benchmark(root, dir, *runs)
}
