// Package sdkverify tells whether the binaries of a Go SDK are what the source in
// the SDK makes.
//
// A release of Go can be rebuilt bit for bit: its makers see to it. Rebuild builds
// its commands once more, from its own source by its own go command, as cmd/dist
// builds a release; Verify compares what came out with what is in the SDK. That is
// known to work for Go 1.22 to 1.27. Binaries for macOS are compared without their
// signatures, which they get after they were built, by a key that nobody else has.
//
// What equal binaries prove: source and binaries belong together, so that who reads,
// scans or patches the source deals with what runs. What they do not prove: that the
// source is that of the Go project (for that there are the digests of a lock file or
// the checksum database), and that no compiler inserts into each compiler that it
// compiles what is in no source.
package sdkverify

import "strings"

// isBinary tells whether a file of an SDK should be a program that was compiled.
func isBinary(name string) bool {
	return strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/")
}

// A platform is what an SDK runs on, as GOOS_GOARCH.
type platform string

// binary returns the name that the binary of a command has in an SDK: pkg/tool/linux_amd64/asm
// for asm.
func (p platform) binary(command string) string {
	folder := "pkg/tool/" + string(p) + "/"
	if command == "go" || command == "gofmt" {
		folder = "bin/"
	}
	return folder + command + p.extension()
}

// command returns the command whose binary has a name in an SDK, or an empty string
// if none could.
func (p platform) command(name string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	command := strings.TrimSuffix(base, p.extension())
	if command == "" || p.binary(command) != name {
		return ""
	}
	return command
}

func (p platform) extension() string {
	if strings.HasPrefix(string(p), "windows_") {
		return ".exe"
	}
	return ""
}
