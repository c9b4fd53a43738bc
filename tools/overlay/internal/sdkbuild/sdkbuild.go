// Package sdkbuild builds the commands of a Go SDK from the source in the SDK.
//
// A release of Go can be rebuilt bit for bit: its makers see to it. Rebuild builds
// its commands once more, by its own go command, as cmd/dist builds a release. That is
// known to work for Go 1.22 to 1.27.
package sdkbuild

import "strings"

// isBinary tells whether a file of an SDK should be a program that was compiled.
func isBinary(name string) bool {
	return strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/")
}

// A Platform is what an SDK runs on, as GOOS_GOARCH.
type Platform string

// Binary returns the name that the binary of a command has in an SDK: pkg/tool/linux_amd64/asm
// for asm.
func (p Platform) Binary(command string) string {
	folder := "pkg/tool/" + string(p) + "/"
	if command == "go" || command == "gofmt" {
		folder = "bin/"
	}
	return folder + command + p.extension()
}

// Command returns the command whose binary has a name in an SDK, or an empty string
// if none could.
func (p Platform) Command(name string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	command := strings.TrimSuffix(base, p.extension())
	if command == "" || p.Binary(command) != name {
		return ""
	}
	return command
}

func (p Platform) extension() string {
	if strings.HasPrefix(string(p), "windows_") {
		return ".exe"
	}
	return ""
}
