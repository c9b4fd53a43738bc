// Command overlay is what people run who use go_overlay: it makes overlays, carries them to
// new versions of what they change, and takes them out again; and it keeps Go SDKs in a
// store, with overlays and without, and makes the lock file of those that builds use.
//
// "overlay help" lists its verbs, and docs/overlay.md is its manual; both are made of the
// table below. It exits with 1 if something is wrong or was found, and with 2 if it is
// called wrongly.
package main

import (
	"os"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
)

var overlay = command.Program{
	Name: "overlay",
	Summary: "Works with overlays of go_overlay: changes to Go packages, and to Go itself, that Bazel compiles in, or, without Bazel, \"overlay go\". " +
		"In a repository without MODULE.bazel, overlays.json beside go.work or go.mod declares overlays, and the go command tells what is compiled. " +
		"Flags may stand before, among and after operands, with one dash or two; -- ends them.",
	Groups: []command.Group{
		{Title: "start a change", Verbs: []command.Verb{editVerb, depsVerb, saveVerb, convertVerb}},
		{Title: "look at it", Verbs: []command.Verb{statusVerb, diffVerb, showVerb}},
		{Title: "keep up with upstream", Verbs: []command.Verb{rebaseVerb, acceptVerb, dropVerb}},
		{Title: "beside builds", Verbs: []command.Verb{goVerb, debugVerb, ideVerb}},
		{Title: "give and take", Verbs: []command.Verb{importVerb, exportVerb}},
		{Title: "Go SDKs", Verbs: sdkVerbs},
	},
	Hidden: []command.Verb{goPackagesDriverVerb, toolExecVerb},
}

func main() { os.Exit(overlay.Main(os.Args[1:], os.Stdout, os.Stderr)) }
