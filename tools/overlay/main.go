// Command overlay applies overlays to the files of a Go package, and reports
// what was applied. The rules of go_overlay run it during the build.
//
// Usage:
//
//	overlay apply MANIFEST FILE...
//	overlay report -target LABEL -json OUT -html OUT [-record FILE]... [-unrecorded JSON]...
//
// MANIFEST is JSON and refers to files by their index in FILE...; package apply
// has its form. An argument @FILE stands for the lines of that file, each of
// them an argument. A label, which begins with @@, stands for itself.
//
// The standard library is all it needs: the build makes it with a bare Go SDK,
// before there is anything else. It exits with 1 if overlays don't apply, and
// with 2 if it is called wrongly.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stderr))
}

// run returns the exit code.
func run(args []string, stderr io.Writer) int {
	args, err := expand(args)
	if err == nil {
		err = dispatch(args)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}

const usage = `usage: overlay apply MANIFEST FILE...
       overlay report -target LABEL -json OUT -html OUT [-record FILE]... [-unrecorded JSON]...`

// A usageError says that the program was called wrongly.
type usageError string

func (e usageError) Error() string { return "overlay: " + string(e) + "\n" + usage }

func dispatch(args []string) error {
	if len(args) == 0 {
		return usageError("expected apply or report")
	}
	switch command, args := args[0], args[1:]; command {
	case "apply":
		return runApply(args)
	case "report":
		return runReport(args)
	default:
		return usageError(fmt.Sprintf("expected apply or report, found %q", command))
	}
}
