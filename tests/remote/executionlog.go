//go:build linux

package remote

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A spawn is an action that was executed or came from a cache, as Bazel's execution
// log has it.
type spawn struct {
	Mnemonic      string
	TargetLabel   string
	Runner        string // such as linux-sandbox, remote or "remote cache hit"
	CacheHit      bool
	CommandArgs   []string
	ListedOutputs []string
	ActualOutputs []file
}

type file struct {
	Path   string
	Digest struct{ Hash, SizeBytes string }
}

func (s spawn) String() string {
	return fmt.Sprintf("%s of %s (%s)", s.Mnemonic, s.TargetLabel, s.Runner)
}

// isOurs tells whether the action is one of go_overlay.
func (s spawn) isOurs() bool {
	return strings.HasPrefix(s.Mnemonic, "GoOverlay") || s.Mnemonic == "GoHelperBuild"
}

// key tells the spawn from all others of a build.
func (s spawn) key() string {
	return s.Mnemonic + " " + strings.Join(s.ListedOutputs, " ")
}

func readExecutionLog(path string) ([]spawn, error) {
	log, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer log.Close() // It was only read.
	decoder := json.NewDecoder(bufio.NewReaderSize(log, 1<<20))
	var spawns []spawn
	for {
		var s spawn
		if err := decoder.Decode(&s); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		slices.SortFunc(s.ActualOutputs, func(a, b file) int { return strings.Compare(a.Path, b.Path) })
		spawns = append(spawns, s)
	}
	if len(spawns) == 0 {
		return nil, fmt.Errorf("%s: no action was executed", path)
	}
	return spawns, nil
}
