package gosdk

import (
	"fmt"
	"path"
	"regexp"
	"runtime"
	"strings"
)

// A Platform is what an SDK runs on.
type Platform struct{ GOOS, GOARCH string }

// Host is the platform that this runs on.
var Host = Platform{runtime.GOOS, runtime.GOARCH}

// String returns GOOS_GOARCH, or an empty string for no platform.
func (p Platform) String() string {
	if p == (Platform{}) {
		return ""
	}
	return p.GOOS + "_" + p.GOARCH
}

var platformForm = regexp.MustCompile(`^([a-z0-9]+)[_/]([a-z0-9]+)$`)

// ParsePlatform reads linux_amd64, and linux/amd64 as the go command prints it.
func ParsePlatform(s string) (Platform, error) {
	match := platformForm.FindStringSubmatch(s)
	if match == nil {
		return Platform{}, fmt.Errorf("expected a platform such as linux_amd64, found %q", s)
	}
	return Platform{match[1], match[2]}, nil
}

// MarshalText lets a platform be a flag, and a key in JSON.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePlatform reads.
func (p *Platform) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePlatform(string(text))
	return err
}

// Program returns the name of the file of a command: go.exe for go.
func (p Platform) Program(command string) string { return command + p.extension() }

// Binary returns the name that the binary of a command has in an SDK: pkg/tool/linux_amd64/asm
// for asm.
func (p Platform) Binary(command string) string {
	folder := "pkg/tool/" + p.String()
	if command == "go" || command == "gofmt" {
		folder = "bin"
	}
	return folder + "/" + p.Program(command)
}

// Command returns the command whose binary has a name in an SDK, or an empty string
// if none could.
func (p Platform) Command(name string) string {
	command := p.CommandOf(path.Base(name))
	if command == "" || p.Binary(command) != name {
		return ""
	}
	return command
}

// CommandOf returns the command that the file of a program is of: go for go.exe.
func (p Platform) CommandOf(program string) string {
	return strings.TrimSuffix(program, p.extension())
}

func (p Platform) extension() string {
	if p.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
