package desk

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/upstream"
)

// upstreamPlaces returns where sources are looked for that builds do not compile. say is told what may take a while.
func upstreamPlaces(say func(format string, args ...any)) upstream.Options {
	places := upstream.Options{Progress: func(doing string) { say("%s", doing) }}
	if cache := moduleCache(); cache != "" {
		places.ModuleCaches = append(places.ModuleCaches, cache)
	}
	if goCommand, err := exec.LookPath("go"); err == nil {
		places.Go = goCommand
	}
	return places
}

// moduleCache returns the folder of Go's module cache, as the go command has it by default.
func moduleCache() string {
	if cache := os.Getenv("GOMODCACHE"); cache != "" {
		return cache
	}
	gopath := os.Getenv("GOPATH")
	if gopath == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		gopath = filepath.Join(home, "go")
	}
	return filepath.Join(filepath.SplitList(gopath)[0], "pkg", "mod")
}
