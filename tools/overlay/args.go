package main

import (
	"fmt"
	"os"
	"strings"
)

// expand puts the lines of FILE in the place of each argument @FILE. It leaves
// the lines as they are, and arguments that begin with @@, which are labels.
func expand(args []string) ([]string, error) {
	var expanded []string
	for _, arg := range args {
		path, ok := strings.CutPrefix(arg, "@")
		if !ok || strings.HasPrefix(path, "@") {
			expanded = append(expanded, arg)
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, usageError(fmt.Sprintf("reading arguments: %v", err))
		}
		if len(data) == 0 {
			continue
		}
		for _, line := range strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n") {
			expanded = append(expanded, strings.TrimRight(line, "\r\n"))
		}
	}
	return expanded, nil
}
