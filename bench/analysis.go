package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// manyOverlays is the size of the set.
const manyOverlays = 1000

func benchAnalysis(root, dir string, runs int) error {
	s := &subject{
		name:  "analysis",
		root:  root,
		dir:   filepath.Join(dir, "analysis"),
		files: map[string]string{"many/BUILD.bazel": manyBuildFile()},
	}
	// The overlays' files have to be there, but are not read.
	many := filepath.Join(s.dir, "many")
	if err := os.MkdirAll(many, 0o755); err != nil {
		return err
	}
	for i := range manyOverlays {
		if err := os.WriteFile(filepath.Join(many, fmt.Sprintf("overlay%d.go", i)), nil, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, "building")
	defer s.shutDown()
	if err := s.prepare(); err != nil {
		return err
	}

	c := &comparison{
		title: fmt.Sprintf("Analysis of a program with k8s.io/client-go, %d overlays", manyOverlays),
		names: [2]string{"overlays", "none"},
	}
	sets := [2]string{"//many", "@go_overlay//go_overlay:none"}
	for range runs {
		if err := c.run(func(subject int) (time.Duration, error) { return s.analyze(sets[subject]) }); err != nil {
			return err
		}
	}
	return c.print()
}

// analyze measures a whole analysis: Bazel forgets the last one, as the flag has changed.
func (s *subject) analyze(set string) (time.Duration, error) {
	start := time.Now()
	out, err := s.bazel("build", "--nobuild", "--@go_overlay//go_overlay:active="+set, "//patch_dep:app").CombinedOutput()
	elapsed := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("bazelw build --nobuild: %w\n%s", err, out)
	}
	if want := "discarding analysis cache"; !strings.Contains(string(out), want) {
		return 0, fmt.Errorf("bazelw build --nobuild: does not print %q:\n%s", want, out)
	}
	return elapsed, nil
}

func manyBuildFile() string {
	var content strings.Builder
	content.WriteString(`load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_set")

[
    go_overlay(
        name = "overlay{}".format(i),
        srcs = ["overlay{}.go".format(i)],
        importpath = "example.com/package{}".format(i),
    )
`)
	fmt.Fprintf(&content, `    for i in range(%[1]d)
]

go_overlay_set(
    name = "many",
    overlays = ["overlay{}".format(i) for i in range(%[1]d)],
)
`, manyOverlays)
	return content.String()
}
