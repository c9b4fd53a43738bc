// Package sdkbuild builds the commands of a Go SDK from the source in the SDK: go,
// gofmt, compile and all others that it has.
//
// A release of Go can be rebuilt bit for bit: its makers see to it. Rebuild builds
// its commands once more, by its own go command, as cmd/dist builds a release. That is
// known to work for Go 1.22 to 1.27.
//
// With changes to the source, what comes out is another Go, and has to be told from
// the release: by people, by object files, which begin with the version of what made
// them, and by the go command, whose cache knows the tools of a release by their
// version alone. Therefore all commands get a version of their own, such as
// go1.26.8-overlay.0123456789ab, the digits being a digest of the names and contents
// of the changes. It compares as go1.26.8. Beside the commands, Rebuild writes VERSION
// and src/internal/buildcfg/zbootstrap.go with that version: an SDK that has these,
// the commands, and the changes fits together.
//
// The commands are compiled by the compiler of the SDK, not by the changed one, which
// nobody has tried yet. An error names the file of the change where it is in one; it
// is one, too, if no command contains what is changed, since nothing else would tell.
//
// Rebuilding takes about 100 CPU seconds, nearly all of them to compile. Compile does
// that once for an SDK, so that Rebuild compiles only what changes, and what imports
// that; the rest of it takes 7 CPU seconds. What comes out is the same: the go command
// finds a package by a digest of all that decides about it.
package sdkbuild
