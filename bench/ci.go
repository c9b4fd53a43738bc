package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// benchCI measures the first build of a machine that has Bazel and what it downloads,
// as machines of a CI do, but neither outputs nor a server, with a remote cache: nginx
// of this machine, whose network is as fast as memory.
func benchCI(ctx context.Context, s *session) error {
	nginx, err := bazeltest.StartNginx(filepath.Join(s.dir, "nginx"))
	if err != nil {
		return err
	}
	defer nginx.Stop()
	meter, err := newMeter(nginx.URL)
	if err != nil {
		return err
	}
	defer meter.close()

	files, err := programsFiles(s.root)
	if err != nil {
		return err
	}
	b, err := s.examples("ci", files,
		"build "+noCache+" --remote_cache="+meter.url()+" --remote_download_outputs=toplevel",
		"common --repo_env=GO_REPOSITORY_USE_HOST_CACHE=1")
	if err != nil {
		return err
	}
	progress("filling the remote cache")
	for _, set := range []string{noOverlays, allOverlays} {
		if _, err := b.build(ctx, append(targets(), set)...); err != nil {
			return err
		}
	}
	for _, p := range programs {
		file := filepath.Join(b.dir, p.overlayFile())
		original, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		build := func(ctx context.Context, state int, set string) (sample, error) {
			edited, err := p.edit(original, state)
			if err != nil {
				return nil, err
			}
			if err := os.WriteFile(file, edited, 0o644); err != nil {
				return nil, err
			}
			if _, err := output(b.command(ctx, "clean", "--expunge")); err != nil {
				return nil, err
			}
			if err := settle(ctx); err != nil {
				return nil, err
			}
			down, up := meter.megabytes()
			sample, err := b.build(ctx, p.target(), set)
			if err != nil {
				return nil, err
			}
			downAfter, upAfter := meter.megabytes()
			sample[metricDownload.Name], sample[metricUpload.Name] = downAfter-down, upAfter-up
			if set == noOverlays {
				return sample, p.checkUnpatched(ctx, p.binary(b))
			}
			return sample, p.check(ctx, p.binary(b), state)
		}
		err = s.compare(ctx, &Comparison{
			Name:      "ci/" + p.name,
			Title:     "First build of a machine with a remote cache: " + p.title,
			Reference: "off",
			Metrics:   []Metric{metricTime, metricActions, metricDownload, metricUpload},
		}, []contender{
			{"off", func(ctx context.Context, _ int) (sample, error) { return build(ctx, 0, noOverlays) }},
			{"on, cached", func(ctx context.Context, _ int) (sample, error) { return build(ctx, 0, allOverlays) }},
			{"on, new", func(ctx context.Context, round int) (sample, error) { return build(ctx, round+1, allOverlays) }},
		})
		// The next program has this package, too, and the cache has it in state 0 only.
		if err := errors.Join(err, os.WriteFile(file, original, 0o644)); err != nil {
			return err
		}
	}
	return nil
}
