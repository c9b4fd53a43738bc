// Command bench measures what go_overlay costs, beside what one would do without it.
//
//	go run ./bench [-runs N] [-o FILE] [-svg FILE] [-cold] NAME... | all
//	go run ./bench compare [-threshold PERCENT] OLD NEW
//
// The first measures, prints tables, and writes FILE in Go's benchmark format, for
// benchstat; [README.md] tells what the benchmarks are. -cold allows one of them to
// drop the page cache of the whole machine, which needs root.
//
// Subjects of a comparison are measured in rounds, each in a random order, so that
// what else goes on in the machine meets all of them. Hence trust the ratios to the
// reference, which are taken round by round, rather than the times.
//
// compare is a gate for CI: it exits with 1 if NEW misses a limit, or if a metric got
// worse by more than PERCENT (5), and not by chance: with p below 0.05 in the test that
// benchstat uses. What it compares are those ratios, as another machine, or another
// day, has other times; and of counts, which are the same everywhere, the values. A
// reference has no ratio: its values are compared if both files are of the same
// environment. Where there are too few rounds to tell, it says so, and that is no
// failure.
//
// [README.md]: README.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

func main() {
	ctx, stop := interrupt.Context()
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// benchmarks are what can be measured, by name.
var benchmarks = map[string]func(ctx context.Context, s *session) error{
	"analysis":  benchAnalysis,
	"ci":        benchCI,
	"edit":      benchEdit,
	"goroot":    benchGoroot,
	"placement": benchPlacement,
	"sdk":       benchSDK,
	"std":       benchStd,
	"std_edit":  benchStdEdit,
	"store":     benchStore,
	"variants":  benchVariants,
}

// withoutBazel are those that need none: users of the SDK store may have none.
var withoutBazel = []string{"goroot", "placement", "store"}

func run(ctx context.Context, stdout io.Writer, args []string) error {
	if len(args) > 0 && args[0] == "compare" {
		return compare(stdout, args[1:])
	}
	names := slices.Sorted(maps.Keys(benchmarks))
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("runs", 7, "number of rounds")
	resultsFile := flags.String("o", "", "write the results to `FILE`, in Go's benchmark format")
	svgFile := flags.String("svg", "", "draw a chart into `FILE`")
	cold := flags.Bool("cold", false, "also measure with the system's caches dropped")
	if err := flags.Parse(args); err != nil {
		return err
	}
	selected := flags.Args()
	if slices.Equal(selected, []string{"all"}) {
		selected = names
	}
	if len(selected) == 0 || *rounds < 1 || slices.ContainsFunc(selected, func(name string) bool { return benchmarks[name] == nil }) {
		return fmt.Errorf("usage: go run ./bench [-runs N] [-o FILE] [-svg FILE] [-cold] NAME... | all\nNAME is one of %s", strings.Join(names, ", "))
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "bazelw")); err != nil {
		return fmt.Errorf("run this in the root folder of the repository: %w", err)
	}
	env, err := readEnvironment(ctx, root, slices.ContainsFunc(selected, func(name string) bool { return !slices.Contains(withoutBazel, name) }))
	if err != nil {
		return err
	}

	var comparisons []*Comparison
	for _, name := range selected {
		measured, measureErr := measure(ctx, name, &session{
			root:    root,
			rulesGo: env.rulesGo,
			stdout:  stdout,
			rounds:  *rounds,
			cold:    *cold,
		})
		comparisons = append(comparisons, measured...)
		if measureErr != nil {
			err = fmt.Errorf("%s: %w", name, measureErr)
			break
		}
	}
	if *resultsFile != "" {
		err = errors.Join(err, writeResults(*resultsFile, env, comparisons))
	}
	if *svgFile != "" {
		err = errors.Join(err, writeChart(*svgFile, comparisons))
	}
	return err
}

// measure runs one benchmark, and returns what was measured before an error, too.
func measure(ctx context.Context, name string, s *session) (_ []*Comparison, err error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	err = benchmarks[name](ctx, s)
	return s.comparisons, err
}
