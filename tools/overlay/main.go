// Command overlay applies overlays to the files of a Go package, and reports
// what was applied: the rules of go_overlay run it during the build. For users,
// it makes and checks the lock file of Go SDKs.
//
// Usage:
//
//	overlay apply MANIFEST FILE...
//	overlay contains -target LABEL -out FILE [-overlay LABEL]... [-record FILE]...
//	overlay goroot -root FILE -out FOLDER [-link] [-json FILE] [-tools FOLDER] [CHANGE]... FILE...
//	overlay report -target LABEL -json OUT -html OUT [-record FILE]... [-unrecorded JSON]...
//	overlay sdk compile -platform GOOS_GOARCH -root FILE -out FILE FILE...
//	overlay sdk lock [-file PATH] [-platforms GOOS_GOARCH,...] [-check] [-unverified] [VERSION...]
//	overlay sdk rebuild -platform GOOS_GOARCH -root FILE -out FOLDER [-compiled FILE] [CHANGE]... FILE...
//	overlay sdk verify -sdk NAME -platform GOOS_GOARCH -root FILE -rebuilt FOLDER FILE...
//	overlay std build -builder FILE -root FILE -out FOLDER [-base FOLDER] [-package PATH]... [-tools FOLDER] [-exports FOLDER] [-package-list FILE -package-list-out FILE] [CHANGE]... -- ARGUMENT...
//	overlay std list -builder FILE -root FILE -out FILE [CHANGE]... -- ARGUMENT...
//
// MANIFEST is JSON and refers to files by their index in FILE...; package apply
// has its form. CHANGE is -overlay NAME=FILE or -delete NAME, of a file of a Go SDK.
// Package goroot is the manual of goroot, sdkbuild that of sdk compile and sdk rebuild,
// sdklock that of sdk lock, sdkverify that of sdk verify; std runs the builder of
// rules_go with the ARGUMENTs on an SDK that has the changes, and package std tells how.
//
// An argument @FILE stands for the lines of that file, each of them an argument; ./@FILE
// is the file itself. If the environment variable GO_OVERLAY_ARGUMENTS names a file, its
// lines come before all arguments. A label, which begins with @@, stands for itself.
//
// The standard library is all it needs: the build makes it with a bare Go SDK,
// before there is anything else. It exits with 1 if overlays don't apply or an SDK
// can't be locked or differs from its source, and with 2 if it is called wrongly.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/std"
)

func main() {
	if std.StandsIn() {
		os.Exit(std.StandIn(os.Args))
	}
	os.Exit(run(os.Args[1:], os.Stderr))
}

// run returns the exit code.
func run(args []string, stderr io.Writer) int {
	// A rule can't give arguments to a test, but it can give it an environment.
	if file := os.Getenv("GO_OVERLAY_ARGUMENTS"); file != "" {
		args = append([]string{"@" + file}, args...)
	}
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
       overlay contains -target LABEL -out FILE [-overlay LABEL]... [-record FILE]...
       overlay goroot -root FILE -out FOLDER [-link] [-json FILE] [-tools FOLDER] [CHANGE]... FILE...
       overlay report -target LABEL -json OUT -html OUT [-record FILE]... [-unrecorded JSON]...
       overlay sdk compile -platform GOOS_GOARCH -root FILE -out FILE FILE...
       overlay sdk lock [-file PATH] [-platforms GOOS_GOARCH,...] [-check] [-unverified] [VERSION...]
       overlay sdk rebuild -platform GOOS_GOARCH -root FILE -out FOLDER [-compiled FILE] [CHANGE]... FILE...
       overlay sdk verify -sdk NAME -platform GOOS_GOARCH -root FILE -rebuilt FOLDER FILE...
       overlay std build -builder FILE -root FILE -out FOLDER [-base FOLDER] [-package PATH]... [-tools FOLDER] [-exports FOLDER] [-package-list FILE -package-list-out FILE] [CHANGE]... -- ARGUMENT...
       overlay std list -builder FILE -root FILE -out FILE [CHANGE]... -- ARGUMENT...
(CHANGE is -overlay NAME=FILE or -delete NAME)`

// A usageError says that the program was called wrongly.
type usageError string

func (e usageError) Error() string { return "overlay: " + string(e) + "\n" + usage }

func dispatch(args []string) error {
	if len(args) == 0 {
		return usageError("expected apply, contains, goroot, report, sdk or std")
	}
	switch command, args := args[0], args[1:]; command {
	case "apply":
		return runApply(args)
	case "contains":
		return runContains(args)
	case "goroot":
		return runGoroot(args)
	case "report":
		return runReport(args)
	case "sdk":
		return runSDK(args)
	case "std":
		return runStd(args)
	default:
		return usageError(fmt.Sprintf("expected apply, contains, goroot, report, sdk or std, found %q", command))
	}
}
