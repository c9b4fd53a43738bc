package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"time"
)

// A profile is what Bazel tells of a command.
type profile struct {
	times   times
	actions map[string]actionTimes // by mnemonic
}

// times are where the time of commands goes.
type times struct {
	commands                       int
	start, fetch, analyze, actions time.Duration
}

func (t *times) add(more times) {
	t.commands += more.commands
	t.start += more.start
	t.fetch += more.fetch
	t.analyze += more.analyze
	t.actions += more.actions
}

func (t times) total() time.Duration { return t.start + t.fetch + t.analyze + t.actions }

// actionTimes are those of actions with one mnemonic.
type actionTimes struct {
	count   int
	elapsed time.Duration
}

func (a actionTimes) plus(more actionTimes) actionTimes {
	return actionTimes{a.count + more.count, a.elapsed + more.elapsed}
}

// An event is one of Bazel's JSON trace profile: https://bazel.build/advanced/performance/json-trace-profile.
type event struct {
	Category  string `json:"cat"`
	Name      string
	Timestamp float64 `json:"ts"`  // in microseconds, from when the server takes the command
	Duration  float64 `json:"dur"` // in microseconds
	Args      struct{ Mnemonic string }
}

// An interval is between two points in time, in microseconds.
type interval struct{ from, to float64 }

// readProfile reads a file that --profile makes. The error of one that is cut off is io.ErrUnexpectedEOF.
func readProfile(path string) (profile, error) {
	file, err := os.Open(path)
	if err != nil {
		return profile{}, err
	}
	defer file.Close() // It was only read.
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return profile{}, err
	}
	var trace struct{ TraceEvents []event }
	if err := json.NewDecoder(unzipped).Decode(&trace); err != nil {
		return profile{}, err
	}
	return summarize(trace.TraceEvents), nil
}

// summarize tells where the time of a command goes.
func summarize(events []event) profile {
	p := profile{times: times{commands: 1}, actions: map[string]actionTimes{}}
	var launch, targets, end float64
	var actions, fetches []interval
	for _, e := range events {
		span := interval{e.Timestamp, e.Timestamp + e.Duration}
		end = max(end, span.to)
		switch e.Category {
		case "build phase marker":
			if e.Name == "Launch Blaze" {
				launch = e.Duration
			} else if e.Name == "Evaluate target patterns" {
				targets = e.Timestamp
			}
		case "action processing":
			actions = append(actions, span)
			p.actions[e.Args.Mnemonic] = p.actions[e.Args.Mnemonic].plus(actionTimes{1, microseconds(e.Duration)})
		case "Fetching repository":
			fetches = append(fetches, span)
		}
	}
	p.times.start = microseconds(launch + targets)
	p.times.actions = microseconds(covered(actions))
	p.times.fetch = microseconds(covered(append(fetches, actions...))) - p.times.actions
	p.times.analyze = max(0, microseconds(end-targets)-p.times.fetch-p.times.actions)
	return p
}

func microseconds(n float64) time.Duration { return time.Duration(n * float64(time.Microsecond)) }

// covered is how long at least one of the intervals goes on.
func covered(intervals []interval) (sum float64) {
	slices.SortFunc(intervals, func(a, b interval) int { return cmp.Compare(a.from, b.from) })
	var end float64
	for _, i := range intervals {
		if from := max(i.from, end); i.to > from {
			sum += i.to - from
		}
		end = max(end, i.to)
	}
	return sum
}
