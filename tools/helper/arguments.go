package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// allArguments returns the arguments with those that are in files. A rule can't give
// arguments to a test, but it can give it an environment.
func allArguments(args []string) ([]string, error) {
	if file := os.Getenv("GO_OVERLAY_ARGUMENTS"); file != "" {
		args = append([]string{"@" + file}, args...)
	}
	return expand(args)
}

// expand puts the lines of FILE in the place of each argument @FILE. It leaves
// the lines as they are, and arguments that begin with @@, which are labels, or come
// after --, which are for another program.
func expand(args []string) ([]string, error) {
	var expanded []string
	for _, arg := range args {
		path, ok := strings.CutPrefix(arg, "@")
		if !ok || slices.Contains(expanded, "--") || strings.HasPrefix(path, "@") {
			expanded = append(expanded, arg)
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, verbs.UsageError(fmt.Sprintf("reading arguments: %v", err))
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
