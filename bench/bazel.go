package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// A bazel is a workspace with a Bazel server of its own.
type bazel struct {
	bazelw string
	dir    string
}

// examples makes a workspace of the examples, and of more files. rc are lines of
// .bazelrc.
func (s *session) examples(name string, files map[string]string, rc ...string) (*bazel, error) {
	if err := bazeltest.CopyExamples(s.root, filepath.Join(s.dir, name)); err != nil {
		return nil, err
	}
	return s.complete(name, files, rc...)
}

// workspace makes a workspace of files.
func (s *session) workspace(name string, files map[string]string, rc ...string) (*bazel, error) {
	version, err := os.ReadFile(filepath.Join(s.root, ".bazelversion"))
	if err != nil {
		return nil, err
	}
	if err := appendTo(filepath.Join(s.dir, name, ".bazelversion"), string(version)); err != nil {
		return nil, err
	}
	return s.complete(name, files, rc...)
}

// complete adds files to a workspace. Where it has such a file, the text goes to the
// end of it.
func (s *session) complete(name string, files map[string]string, rc ...string) (*bazel, error) {
	b := &bazel{bazelw: filepath.Join(s.root, "bazelw"), dir: filepath.Join(s.dir, name)}
	// Only what is not measured may come from caches that others fill.
	cache, err := bazeltest.Cache()
	if err != nil {
		return nil, err
	}
	rc = append([]string{bazeltest.Bazelrc(b.dir+".output", cache), "build --build_event_json_file=" + b.eventFile()}, rc...)
	if err := appendTo(filepath.Join(b.dir, ".bazelrc"), strings.Join(rc, "\n")+"\n"); err != nil {
		return nil, err
	}
	for name, content := range files {
		if err := appendTo(filepath.Join(b.dir, name), content); err != nil {
			return nil, err
		}
	}
	s.servers = append(s.servers, b)
	return b, nil
}

// appendTo appends to a file, or makes it and its folder.
func appendTo(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(content)
	return err
}

func (b *bazel) command(ctx context.Context, args ...string) *exec.Cmd {
	return command(ctx, b.dir, b.bazelw, args...)
}

// info returns one of the values that Bazel has.
func (b *bazel) info(ctx context.Context, key string) (string, error) {
	return output(b.command(ctx, "info", key))
}

func (b *bazel) eventFile() string { return b.dir + ".events.json" }

// build builds, and returns time and number of actions.
func (b *bazel) build(ctx context.Context, args ...string) (sample, error) {
	seconds, metrics, err := b.measure(ctx, args...)
	if err != nil {
		return nil, err
	}
	return sample{metricTime.Name: seconds, metricActions.Name: float64(executed(metrics))}, nil
}

// measure builds, and returns the seconds that it took and what Bazel says of it.
func (b *bazel) measure(ctx context.Context, args ...string) (float64, *bazeltest.BuildMetrics, error) {
	seconds, err := timedCommand(b.command(ctx, append([]string{"build"}, args...)...))
	if err != nil {
		return 0, nil, err
	}
	metrics, err := bazeltest.ReadBuildMetrics(b.eventFile())
	return seconds, metrics, err
}

// executed returns how many actions were executed: not those whose result came from
// a cache, and not the files and links that Bazel itself writes, which cost nothing.
func executed(metrics *bazeltest.BuildMetrics) int {
	executed := 0
	for _, runner := range metrics.ActionSummary.RunnerCount {
		switch runner.Name {
		case "total", "internal", "disk cache hit", "remote cache hit":
		default:
			executed += runner.Count
		}
	}
	return executed
}

// heap returns the megabytes that the server needs.
func (b *bazel) heap(ctx context.Context) (float64, error) {
	heap, err := b.info(ctx, "used-heap-size-after-gc")
	if err != nil {
		return 0, err
	}
	megabytes, err := strconv.ParseFloat(strings.TrimSuffix(heap, "MB"), 64)
	if err != nil {
		return 0, fmt.Errorf("bazelw info used-heap-size-after-gc: %w", err)
	}
	return megabytes, nil
}
