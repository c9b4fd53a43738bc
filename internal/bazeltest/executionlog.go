package bazeltest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A Spawn is an action that was executed or came from a cache, as Bazel's execution
// log has it.
type Spawn struct {
	Mnemonic      string
	TargetLabel   string
	Runner        string // such as linux-sandbox, remote or "remote cache hit"
	CacheHit      bool
	CommandArgs   []string
	ListedOutputs []string
	ActualOutputs []Output
	Metrics       struct {
		TotalTime string // for time.ParseDuration
	}
}

// An Output is a file that an action made.
type Output struct {
	Path   string
	Digest struct{ Hash, SizeBytes string }
}

func (s Spawn) String() string {
	return fmt.Sprintf("%s of %s (%s)", s.Mnemonic, s.TargetLabel, s.Runner)
}

// ReadExecutionLog reads what --execution_log_json_file writes.
func ReadExecutionLog(path string) ([]Spawn, error) {
	log, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer log.Close() // It was only read.
	decoder := json.NewDecoder(bufio.NewReaderSize(log, 1<<20))
	var spawns []Spawn
	for {
		var s Spawn
		if err := decoder.Decode(&s); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		slices.SortFunc(s.ActualOutputs, func(a, b Output) int { return strings.Compare(a.Path, b.Path) })
		spawns = append(spawns, s)
	}
	if len(spawns) == 0 {
		return nil, fmt.Errorf("%s: no action was executed", path)
	}
	return spawns, nil
}
