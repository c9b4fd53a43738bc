// Command times runs tests and tells where their time goes.
//
// Usage:
//
//	go run ./tests/times [ARGUMENT...]
//
// The arguments are those of go test; without any, they are those of the first tier: -count=1 -timeout=85m, and the
// packages of both modules.
// Each test says how long it took when it ends. Then come the ten slowest, and a table: a line for each test that
// ran Bazel, in seconds, with
//
//	commands  how many commands of Bazel it ran
//	start     until the server listens, and what it does before it looks at targets
//	fetch     repositories are fetched, and no action runs
//	analyze   loading and analysis, and what else Bazel does while neither
//	actions   at least one action runs
//	others    the test does something else than to wait for Bazel
//
// and a table of the actions: how many of a mnemonic, how long they took, counting those that run side by side
// each for itself, and those from a cache for what it took to get them.
//
// It exits with the exit code of go test.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "times:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(args []string, out io.Writer) (code int, err error) {
	if len(args) == 0 {
		args = []string{"-count=1", "-timeout=85m", "github.com/go-overlay/go_overlay/tools/...", "./..."}
	}
	dir, err := os.MkdirTemp("", "go_overlay_times")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o777); err != nil { // Tests build as another user, too.
		return 1, err
	}
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Env = append(os.Environ(), bazeltest.ProfilesVariable+"="+dir)
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	tests, readErr := follow(events, out)
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() <= 0 {
		return 1, err
	}
	code = cmd.ProcessState.ExitCode()
	profiles, err := readProfiles(dir)
	if err := errors.Join(readErr, err); err != nil {
		return code, err
	}
	return code, printTables(out, tests, profiles)
}

// A test is one that has ended, and is not made of others.
type test struct {
	name    string // with that of its package
	elapsed time.Duration
}

// follow reads what go test -json prints, and prints a line for each test that ends, and what those print that fail.
func follow(events io.Reader, out io.Writer) ([]test, error) {
	var tests []test
	said := map[string][]string{} // by tests that have not ended
	parents := map[string]bool{}
	decoder := json.NewDecoder(bufio.NewReader(events))
	for {
		var event struct {
			Action, Package, Test, Output string
			Elapsed                       float64
		}
		if err := decoder.Decode(&event); err == io.EOF {
			break
		} else if err != nil {
			return tests, err
		}
		name := event.Package
		if event.Test != "" {
			name += "." + event.Test
		}
		switch event.Action {
		case "run":
			for parent := event.Test; strings.Contains(parent, "/"); {
				parent = parent[:strings.LastIndex(parent, "/")]
				parents[event.Package+"."+parent] = true
			}
		case "output", "build-output":
			said[name] = append(said[name], event.Output)
		case "pass", "fail", "skip":
			elapsed := time.Duration(event.Elapsed * float64(time.Second))
			fmt.Fprintf(out, "%8.1fs %s %s\n", elapsed.Seconds(), event.Action, name)
			if event.Action == "fail" {
				fmt.Fprint(out, strings.Join(said[name], ""))
			}
			delete(said, name)
			if event.Test != "" && !parents[name] {
				tests = append(tests, test{name, elapsed})
			}
		}
	}
	return tests, nil
}

// printTables prints the ten slowest tests, where the time of tests goes, and which actions they executed.
func printTables(out io.Writer, tests []test, profiles map[string][]profile) error {
	slices.SortFunc(tests, func(a, b test) int { return int(b.elapsed - a.elapsed) })
	fmt.Fprintln(out, "\nThe slowest:")
	for _, t := range tests[:min(10, len(tests))] {
		fmt.Fprintf(out, "%8.1fs %s\n", t.elapsed.Seconds(), t.name)
	}
	if len(profiles) == 0 {
		return nil
	}

	fmt.Fprintln(out, "\nWhere the time goes, in seconds:")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "commands\tstart\tfetch\tanalyze\tactions\tothers\t  test")
	var all times
	actions := map[string]actionTimes{}
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		var sum times
		for _, p := range profiles[name] {
			sum.add(p.times)
			for mnemonic, more := range p.actions {
				actions[mnemonic] = actions[mnemonic].plus(more)
			}
		}
		all.add(sum)
		others := "" // of tests that ran Bazel together with others
		if i := slices.IndexFunc(tests, func(t test) bool { return strings.HasSuffix(t.name, "."+name) }); i >= 0 {
			others = seconds(tests[i].elapsed - sum.total())
		}
		sum.print(table, others, name)
	}
	all.print(table, "", "all of them")
	if err := table.Flush(); err != nil {
		return err
	}

	fmt.Fprintln(out, "\nActions, by their mnemonics:")
	fmt.Fprintln(table, "actions\tseconds\t  mnemonic")
	slowest := slices.SortedFunc(maps.Keys(actions), func(a, b string) int { return int(actions[b].elapsed - actions[a].elapsed) })
	for _, mnemonic := range slowest[:min(20, len(slowest))] {
		fmt.Fprintf(table, "%d\t%s\t  %s\n", actions[mnemonic].count, seconds(actions[mnemonic].elapsed), mnemonic)
	}
	return table.Flush()
}

func (t times) print(out io.Writer, others, name string) {
	fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\t  %s\n",
		t.commands, seconds(t.start), seconds(t.fetch), seconds(t.analyze), seconds(t.actions), others, name)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

// readProfiles reads the profiles below dir, by the names of the folders that they are in. That of a command that
// was killed is not complete, and left out.
func readProfiles(dir string) (map[string][]profile, error) {
	profiles := map[string][]profile{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		folder, err := filepath.Rel(dir, filepath.Dir(path))
		if err != nil {
			return err
		}
		name := filepath.ToSlash(folder)
		if name == "." {
			name = "(no test of its own)"
		}
		p, err := readProfile(path)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		profiles[name] = append(profiles[name], p)
		return nil
	})
	return profiles, err
}
