package bazeltest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// BuildMetrics is the event of the build event protocol that sums up a build. An
// int64 is quoted in JSON of protobuf, and 0 is left out.
type BuildMetrics struct {
	ActionSummary struct {
		ActionsCreated int64 `json:",string"`
		ActionData     []struct {
			Mnemonic        string
			ActionsExecuted int64 `json:",string"`
		}
		RunnerCount []RunnerCount
	}
	TimingMetrics struct {
		AnalysisPhaseTimeInMs int64 `json:",string"`
	}
}

// A RunnerCount tells how many actions were done in one way.
type RunnerCount struct {
	Name  string
	Count int
}

// ReadBuildMetrics reads a file of the build event protocol as JSON, an event a line.
func ReadBuildMetrics(path string) (*BuildMetrics, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // It was only read.
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		var event struct{ BuildMetrics *BuildMetrics }
		if err := json.Unmarshal(scanner.Bytes(), &event); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if event.BuildMetrics != nil {
			return event.BuildMetrics, nil
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nil, fmt.Errorf("%s: has no build metrics; did the build fail?", path)
}
