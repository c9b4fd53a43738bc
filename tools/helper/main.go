// Command helper is what the actions of go_overlay run: it applies overlays to the files
// of Go packages, stands in for rules_go's builder and the go command where those
// compile the standard library and link programs, rebuilds and writes Go SDKs, and makes reports.
//
// Without arguments, it tells its verbs. Package apply has the form of a manifest, which
// refers to files by their index in FILE... . CHANGE is that of a file of a Go SDK. Package
// goroot is the manual of goroot, sdkbuild that of sdk compile and sdk rebuild, sdkverify
// that of sdk verify; std runs the builder of rules_go with the ARGUMENTs on an SDK that
// has the changes, and package std tells how; link runs it with a linker that package buildinfo tells of.
//
// An argument @FILE stands for the lines of that file, each of them an argument; ./@FILE
// is the file itself, and after -- an argument is what it is. If the environment variable GO_OVERLAY_ARGUMENTS names a file, its
// lines come before all arguments. A label, which begins with @@, stands for itself.
//
// The standard library is all it needs: the build makes it with a bare Go SDK,
// before there is anything else. It exits with 1 if overlays don't apply or an SDK
// differs from its source, and with 2 if it is called wrongly.
package main

import (
	"os"

	"github.com/go-overlay/go_overlay/tools/helper/internal/buildinfo"
	"github.com/go-overlay/go_overlay/tools/helper/internal/std"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

var helper = verbs.Program{
	Name: "helper",
	Verbs: []verbs.Verb{
		{Name: "apply", Run: runApply, Usage: "MANIFEST FILE..."},
		{Name: "contains", Run: runContains, Usage: "-target LABEL -out FILE [-overlay LABEL]... [-record FILE]..."},
		{Name: "goroot", Run: runGoroot, Usage: "-root FILE -out FOLDER [-link] [-json FILE] [-tools FOLDER] [CHANGE]... FILE..."},
		{Name: "link", Run: runLink, Usage: "-builder FILE -root FILE [[-package PATH] -record FILE]... -- ARGUMENT..."},
		{Name: "report", Run: runReport, Usage: "-target LABEL -json OUT -html OUT [-record FILE]..."},
		{Name: "sdk compile", Run: runSDKCompile, Usage: "-platform GOOS_GOARCH -root FILE -out FILE FILE..."},
		{Name: "sdk rebuild", Run: runSDKRebuild, Usage: "-platform GOOS_GOARCH -root FILE -out FOLDER [-compiled FILE] [CHANGE]... FILE..."},
		{Name: "sdk verify", Run: runSDKVerify, Usage: "-sdk NAME -platform GOOS_GOARCH -root FILE -rebuilt FOLDER FILE..."},
		{Name: "std build", Run: runStdBuild, Usage: "-builder FILE -root FILE -out FOLDER [-base FOLDER] [-package PATH]... [-tools FOLDER] [-exports FOLDER] [-package-list FILE -package-list-out FILE] [CHANGE]... -- ARGUMENT..."},
		{Name: "std list", Run: runStdList, Usage: "-builder FILE -root FILE -out FILE [CHANGE]... -- ARGUMENT..."},
	},
	Note: "(CHANGE is -overlay NAME=FILE or -delete NAME)",
}

func main() {
	if std.StandsIn() {
		os.Exit(std.StandIn(os.Args))
	}
	if buildinfo.StandsIn() {
		os.Exit(buildinfo.StandIn(os.Args))
	}
	args, err := allArguments(os.Args[1:])
	if err == nil {
		err = helper.Run(args)
	}
	os.Exit(helper.Exit(err, os.Stderr))
}
