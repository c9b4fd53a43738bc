package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// overlayCounts are the sizes of sets that are analyzed.
var overlayCounts = []int{1, 10, 100, 1000}

const (
	// Of a new server's analyses, the first load packages and warm up the JIT compiler.
	unmeasuredAnalyses = 2
	measuredAnalyses   = 3
)

// benchAnalysis measures what go_overlay adds to the analysis of a large program that
// needs none of the overlays, and to the server's memory.
func benchAnalysis(ctx context.Context, s *session) error {
	p := programs[len(programs)-1]
	files, err := hostWorkspace(s, p)
	if err != nil {
		return err
	}
	plain, err := s.workspace("rules_go", files)
	if err != nil {
		return err
	}
	files["MODULE.bazel"] += wrappedHostSDK(s.root)
	for _, count := range overlayCounts {
		files[fmt.Sprintf("overlays%d/BUILD.bazel", count)] = manyOverlays(count)
		for i := range count {
			// They have to be there, but are not read.
			files[fmt.Sprintf("overlays%d/overlay%d.go", count, i)] = ""
		}
	}
	wrapped, err := s.workspace("wrapped", files)
	if err != nil {
		return err
	}
	contenders := []contender{
		{"rules_go alone", analysis(plain, p.target())},
		{"no overlays", analysis(wrapped, p.target(), noOverlays)},
	}
	for _, count := range overlayCounts {
		contenders = append(contenders, contender{
			name:    strconv.Itoa(count),
			measure: analysis(wrapped, p.target(), fmt.Sprintf("--@go_overlay//go_overlay:active=//overlays%d", count)),
		})
	}
	return s.compare(ctx, &Comparison{
		Name:      "analysis/" + p.name,
		Title:     "Analysis with a number of overlays that are not needed: " + p.title,
		Reference: "rules_go alone",
		Metrics:   []Metric{metricTime, metricCreated, metricHeap},
	}, contenders)
}

// analysis measures whole analyses by a new server, which has nothing of others in
// its memory.
func analysis(b *bazel, args ...string) func(context.Context, int) (sample, error) {
	return func(ctx context.Context, _ int) (sample, error) {
		if _, err := output(b.command(ctx, "shutdown")); err != nil {
			return nil, err
		}
		var milliseconds, actions int64
		for i := range unmeasuredAnalyses + measuredAnalyses {
			// Another configuration, so that nothing is known of any target.
			flags := []string{"--nobuild", "--define=analysis=" + strconv.Itoa(i)}
			_, metrics, err := b.measure(ctx, append(flags, args...)...)
			if err != nil {
				return nil, err
			}
			if i < unmeasuredAnalyses {
				continue
			}
			milliseconds += metrics.TimingMetrics.AnalysisPhaseTimeInMs
			actions = metrics.ActionSummary.ActionsCreated
		}
		heap, err := b.heap(ctx)
		return sample{
			metricTime.Name:    float64(milliseconds) / 1000 / measuredAnalyses,
			metricCreated.Name: float64(actions),
			metricHeap.Name:    heap,
		}, err
	}
}

// hostWorkspace are the files of a workspace with a program, rules_go, and the Go of
// the machine.
func hostWorkspace(s *session, p *program) (map[string]string, error) {
	files := map[string]string{
		"BUILD.bazel": "",
		"MODULE.bazel": fmt.Sprintf(`module(name = "bench")

bazel_dep(name = "gazelle", version = "0.54.0")
bazel_dep(name = "rules_go", version = %q)

go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.host(name = "go_sdk")
use_repo(go_sdk, "go_sdk")

go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.from_file(go_mod = "//:go.mod")
use_repo(
    go_deps,
    "com_github_google_uuid",
    "io_k8s_api",
    "io_k8s_apimachinery",
    "io_k8s_client_go",
)
`, s.rulesGo),
		p.buildFile(): p.rules(p.label),
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(s.root, "examples", name))
		if err != nil {
			return nil, err
		}
		files[name] = string(content)
	}
	var err error
	files[p.mainFile()], err = p.source(s.root)
	return files, err
}

// wrappedHostSDK is what a MODULE.bazel with the Go of the machine needs in order to
// have overlays.
func wrappedHostSDK(root string) string {
	return fmt.Sprintf(`
bazel_dep(name = "go_overlay")
local_path_override(
    module_name = "go_overlay",
    path = %q,
)

go_toolchains = use_extension("@go_overlay//toolchains:extensions.bzl", "go_toolchains")
go_toolchains.wrap(
    sdk = "@go_sdk//:ROOT",
    sdk_type = "host",
)
use_repo(go_toolchains, "go_overlay_toolchains")

register_toolchains("@go_overlay_toolchains//:all")
`, root)
}

// manyOverlays declares a set of overlays of packages that the program does not have.
func manyOverlays(count int) string {
	return strings.ReplaceAll(`load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_set")

[
    go_overlay(
        name = "overlay{}".format(i),
        srcs = ["overlay{}.go".format(i)],
        importpath = "example.com/package{}".format(i),
    )
    for i in range(COUNT)
]

go_overlay_set(
    name = "overlaysCOUNT",
    overlays = ["overlay{}".format(i) for i in range(COUNT)],
    visibility = ["//visibility:public"],
)
`, "COUNT", strconv.Itoa(count))
}
