package main

import (
	"context"
	"os"
	"path/filepath"
)

// benchVariants measures what it takes to switch an overlay on and off, and to build
// a program with and without it in one invocation.
func benchVariants(ctx context.Context, s *session) error {
	files, err := programsFiles(s.root)
	if err != nil {
		return err
	}
	// A cache of its own, which has nothing of an earlier run of this program. Path
	// mapping makes the actions of both variants the same where their inputs are.
	b, err := s.examples("variants", files, "build --experimental_output_paths=strip --disk_cache="+filepath.Join(s.dir, "disk"))
	if err != nil {
		return err
	}
	progress("building all that the programs consist of")
	for _, set := range []string{allOverlays, noOverlays} {
		if _, err := b.build(ctx, append(targets(), set)...); err != nil {
			return err
		}
	}
	for _, p := range programs {
		if err := s.compare(ctx, &Comparison{
			Name:      "switch/" + p.name,
			Title:     "Switching an overlay on and off: " + p.title,
			Reference: "unchanged",
			Metrics:   []Metric{metricTime, metricActions},
		}, []contender{
			{"unchanged", p.switched(b, noOverlays, noOverlays)},
			{"on, cached", p.switched(b, noOverlays, allOverlays)},
			{"off, cached", p.switched(b, allOverlays, noOverlays)},
			{"on", p.switched(b, noOverlays, allOverlays, noCache)},
			{"off", p.switched(b, allOverlays, noOverlays, noCache)},
		}); err != nil {
			return err
		}
	}
	for _, p := range programs {
		if err := benchCanary(ctx, s, b, p); err != nil {
			return err
		}
	}
	return nil
}

// switched measures a build with a set of overlays, after one with another.
func (p *program) switched(b *bazel, from, to string, flags ...string) func(context.Context, int) (sample, error) {
	return func(ctx context.Context, _ int) (sample, error) {
		if _, err := b.build(ctx, p.target(), from); err != nil {
			return nil, err
		}
		if err := settle(ctx); err != nil {
			return nil, err
		}
		sample, err := b.build(ctx, append([]string{p.target(), to}, flags...)...)
		if err != nil {
			return nil, err
		}
		if to == noOverlays {
			return sample, p.checkUnpatched(ctx, p.binary(b))
		}
		return sample, p.check(ctx, p.binary(b), 0)
	}
}

// benchCanary builds, with empty outputs and a cache that has the program without
// the overlay, that program, and both variants.
func benchCanary(ctx context.Context, s *session, b *bazel, p *program) error {
	file := filepath.Join(b.dir, p.overlayFile())
	original, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	canary := "//programs/" + p.name + ":canary"
	clean := func(ctx context.Context) error {
		if _, err := output(b.command(ctx, "clean")); err != nil {
			return err
		}
		return settle(ctx)
	}
	return s.compare(ctx, &Comparison{
		Name:      "canary/" + p.name,
		Title:     "With and without an overlay in one invocation: " + p.title,
		Reference: "without",
		Metrics:   []Metric{metricTime, metricActions},
	}, []contender{
		{"without", func(ctx context.Context, _ int) (sample, error) {
			if err := clean(ctx); err != nil {
				return nil, err
			}
			sample, err := b.build(ctx, noOverlays, p.target())
			if err != nil {
				return nil, err
			}
			return sample, p.checkUnpatched(ctx, p.binary(b))
		}},
		{"both", func(ctx context.Context, round int) (sample, error) {
			// The cache has nothing of the new state.
			edited, err := p.edit(original, round+1)
			if err != nil {
				return nil, err
			}
			if err := os.WriteFile(file, edited, 0o644); err != nil {
				return nil, err
			}
			if err := clean(ctx); err != nil {
				return nil, err
			}
			sample, err := b.build(ctx, noOverlays, p.target(), canary)
			if err != nil {
				return nil, err
			}
			if err := p.checkUnpatched(ctx, p.binary(b)); err != nil {
				return nil, err
			}
			return sample, p.check(ctx, filepath.Join(b.dir, "bazel-bin/programs", p.name, "canary"), round+1)
		}},
	})
}
