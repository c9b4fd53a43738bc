// Package sdksource knows which Go SDK a user means, and gets its verified module zip.
//
// [Wanted] reads which version the files of a folder ask for, [Resolve] finds the release that part
// of a version means, [Remote] lists what GOPROXY has, and [Download] downloads a version, or takes
// it from the module cache.
//
// # Verification
//
// What Download returns is verified by the lock file, go_sdk.lock.json, if it has the
// version: the sum of its files, h1, has to be the same; its sha256 need not be, as a proxy may
// pack zips itself. What the lock file does not have is verified as sdk lock verifies it: by the go
// command, and the checksum database. That holds for the module cache as well: a zip there is as good as
// a download only if it passes the same.
//
// # Without a go command
//
// What the lock file has needs no go command: it is downloaded from the URLs in GOPROXY. That knows credentials in
// URLs only, and nothing of .netrc, GOAUTH, and direct; where it fails, the go command is asked, if there is one. Without
// one, settings are those of the environment only.
package sdksource

import (
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A Want is what a file says of the version of Go.
type Want struct {
	// Version is one such as 1.26.8, or part of one, such as 1.26, or latest, for [Resolve]; or the
	// name of a toolchain that somebody has made, such as 1.26.8-acme.
	Version string
	// Custom is whether it is such a name, which no proxy has: it is that of an SDK of the store.
	Custom bool
	// File and Line say where it stands, Text what: toolchain go1.26.8.
	File string
	Line int
	Text string
}

// String tells why that version: go.mod:5: toolchain go1.26.8.
func (w Want) String() string { return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Text) }

// A NothingWantedError says that no file asks for a version.
type NothingWantedError struct{ Dir string }

func (e *NothingWantedError) Error() string {
	return fmt.Sprintf("neither %s nor a folder above has a go.work, go.mod, .go-version, .tool-versions or .envrc that asks for a version of Go; next: name one, such as 1.26.8", e.Dir)
}

// Wanted returns which version a folder asks for. The first that says so counts:
//
//   - the go.work that the go command takes, if there is one, by its toolchain line, or by its go line
//     if that is newer, or alone;
//   - the nearest go.mod, likewise;
//   - the nearest .go-version;
//   - the nearest .tool-versions with golang or go;
//   - the nearest .envrc with use go, GOTOOLCHAIN, or overlay sdk env, and a version. Nothing in it is run.
//
// The error is a [NothingWantedError] if there is none.
func Wanted(dir string) (Want, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Want{}, err
	}
	for _, source := range sources {
		for _, path := range source.files(dir) {
			w, err := source.read(path)
			if err != nil || w.Version != "" {
				return w, err
			}
		}
	}
	return Want{}, &NothingWantedError{Dir: dir}
}

// sources are where a version stands.
var sources = []struct {
	name  string
	files func(dir string) []string
	read  func(path string) (Want, error)
}{
	{"go.work", goWork, wantedByModule},
	{"go.mod", nearest("go.mod"), wantedByModule},
	{".go-version", nearest(".go-version"), wantedByGoVersion},
	{".tool-versions", every(".tool-versions"), wantedByToolVersions},
	{".envrc", every(".envrc"), wantedByEnvrc},
}

// Files returns the files that Wanted reads, or would if they were there: those in the folder, and those above that there are.
func Files(dir string) (paths []string) {
	for _, source := range sources {
		own := filepath.Join(dir, source.name)
		paths = append(paths, own)
		for _, path := range source.files(dir) {
			if path != own {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// goWork returns the go.work that the go command takes.
func goWork(dir string) []string {
	switch work := os.Getenv("GOWORK"); work {
	case "":
		return nearest("go.work")(dir)
	case "off":
		return nil
	default:
		return []string{work}
	}
}

// nearest returns the file of a name in a folder, or in the nearest one above that has it.
func nearest(name string) func(dir string) []string {
	all := every(name)
	return func(dir string) []string {
		paths := all(dir)
		return paths[:min(1, len(paths))]
	}
}

// every returns the files of a name in a folder and those above, the nearest first.
func every(name string) func(dir string) []string {
	return func(dir string) (paths []string) {
		for ; ; dir = filepath.Dir(dir) {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				paths = append(paths, path)
			}
			if dir == filepath.Dir(dir) {
				return paths
			}
		}
	}
}

// wantedByModule reads a go.mod or go.work, as the go command understands it.
func wantedByModule(path string) (Want, error) {
	language, toolchain, err := workspace.GoLines(path)
	if err != nil {
		return Want{}, err
	}
	w := Want{File: path}
	if language.Version != "" {
		w.Line, w.Text = language.Number, "go "+language.Version
		if !version.IsValid("go" + language.Version) {
			return Want{}, w.wrong("a version of Go, such as 1.26 or 1.26.8")
		}
		w.Version = language.Version
	}
	if toolchain.Version == "" || toolchain.Version == "default" || toolchain.Version == "local" {
		return w, nil
	}
	t := Want{File: path, Line: toolchain.Number, Text: "toolchain " + toolchain.Version}
	// What follows the hyphen is a name.
	if release, _, _ := strings.Cut(toolchain.Version, "-"); !version.IsValid(release) {
		return Want{}, t.wrong("one such as go1.26.8, or default")
	} else if w.Version != "" && version.Compare(release, "go"+w.Version) < 0 {
		return w, nil
	}
	t.Version = strings.TrimPrefix(toolchain.Version, "go")
	t.Custom = strings.Contains(t.Version, "-")
	return t, nil
}

func (w Want) wrong(expected string) error {
	return fmt.Errorf("%s:%d: expected %s, found %q", w.File, w.Line, expected, w.Text)
}

// wantedByGoVersion reads a .go-version: a version on a line.
func wantedByGoVersion(path string) (Want, error) {
	return firstLine(path, func(words []string) (value string, ok bool) { return words[0], true })
}

// wantedByToolVersions reads a .tool-versions: golang and versions on a line, of which the first is meant.
func wantedByToolVersions(path string) (Want, error) {
	return firstLine(path, func(words []string) (value string, ok bool) {
		if words[0] != "golang" && words[0] != "go" {
			return "", false
		}
		if len(words) == 1 {
			return "", true
		}
		return words[1], true
	})
}

// wantedByEnvrc reads the .envrc of direnv. What a shell would have to work out is none of these lines.
func wantedByEnvrc(path string) (Want, error) {
	return firstLine(path, func(words []string) (value string, ok bool) {
		line := strings.Join(words, " ")
		for _, form := range envrcForms {
			if found := form.FindStringSubmatch(line); found != nil {
				return found[1], true
			}
		}
		return "", false
	})
}

var envrcForms = []*regexp.Regexp{
	regexp.MustCompile(`^use (?:go|golang) ([^ ;&]+)`),
	regexp.MustCompile(`^export GOTOOLCHAIN=["']?(go[0-9][^ ;&+"']*)`), // up to what the go command may take instead: +auto
	regexp.MustCompile(`overlay sdk env(?: -{1,2}shell[ =][a-z]+)* ["']?((?:go|v)?[0-9][^ ;&()"'-][^ ;&()"']*)`),
}

// firstLine finds the first line with a version in a text file with comments. One that says system
// wants the Go that is there without a version manager: none.
func firstLine(path string, find func(words []string) (value string, ok bool)) (Want, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // Since it was found.
		return Want{}, nil
	} else if err != nil {
		return Want{}, err
	}
	text := strings.TrimPrefix(string(content), "\ufeff")
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		value, ok := find(words)
		if !ok {
			continue
		}
		if value == "system" {
			return Want{}, nil
		}
		w := Want{File: path, Line: i + 1, Text: strings.Join(words, " ")}
		if w.Version, w.Custom, ok = parseWanted(value); !ok {
			return Want{}, w.wrong("a version of Go, such as 1.26.8 or 1.26")
		}
		return w, nil
	}
	return Want{}, nil
}

var customForm = regexp.MustCompile(`^[0-9A-Za-z.]+-[0-9A-Za-z._-]+$`)

// parseWanted reads a version as version managers write it, see [Version].
func parseWanted(text string) (wanted string, custom, ok bool) {
	text = Version(text)
	if release, _, ok := strings.Cut(text, "-"); ok {
		return text, true, version.IsValid("go"+release) && customForm.MatchString(text)
	}
	return text, false, version.IsValid("go"+text) || isNewest(text)
}
