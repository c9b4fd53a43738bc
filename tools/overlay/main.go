// Command overlay is what people run who use go_overlay: it makes and checks the lock
// file of Go SDKs.
//
// Without arguments, it tells its verbs. Package sdklock is the manual of sdk lock. It
// exits with 1 if an SDK can't be locked or differs from its entry, and with 2 if it is
// called wrongly.
package main

import (
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

var overlay = verbs.Program{
	Name: "overlay",
	Verbs: []verbs.Verb{
		{Name: "sdk lock", Run: runSDKLock, Usage: "[-file PATH] [-platforms GOOS_GOARCH,...] [-check] [-unverified] [VERSION...]"},
	},
}

func main() { os.Exit(overlay.Exit(overlay.Run(os.Args[1:]), os.Stderr)) }
