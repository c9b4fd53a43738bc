package delve

import (
	"debug/buildinfo"
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// ErrNoDebugInfo says that a program can't be debugged.
var ErrNoDebugInfo = errors.New("it has no debug information")

// Sources returns the names of source files in the debug information of a program.
func Sources(binary string) ([]string, error) {
	data, err := debugInfo(binary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", binary, err)
	}
	names := map[string]bool{}
	reader := data.Reader()
	for {
		unit, err := reader.Next()
		if err != nil {
			return nil, fmt.Errorf("%s: its debug information can't be read: %w", binary, err)
		}
		if unit == nil {
			break
		}
		reader.SkipChildren()
		if unit.Tag != dwarf.TagCompileUnit {
			continue
		}
		lines, err := data.LineReader(unit)
		if err != nil {
			return nil, fmt.Errorf("%s: its debug information can't be read: %w", binary, err)
		}
		if lines == nil {
			continue
		}
		for _, file := range lines.Files() {
			if file != nil && !isMade(file.Name) {
				names[file.Name] = true
			}
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: %w", binary, ErrNoDebugInfo)
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	return sorted, nil
}

// isMade tells whether a name is none of a file, or of one that the compiler and cgo make for themselves.
func isMade(name string) bool {
	base := path.Base(name)
	return name == "" || base == "?" || strings.HasPrefix(base, "<") || strings.HasPrefix(base, "_cgo_") ||
		strings.HasPrefix(base, "cgo-") || strings.HasSuffix(base, ".cgo1.go") || strings.HasSuffix(base, ".cgo2.c")
}

// debugInfo reads that of a program for any platform.
func debugInfo(binary string) (*dwarf.Data, error) {
	for _, open := range []func(string) (executable, error){
		func(name string) (executable, error) { return elf.Open(name) },
		func(name string) (executable, error) { return macho.Open(name) },
		func(name string) (executable, error) { return pe.Open(name) },
	} {
		file, err := open(binary)
		if err != nil {
			continue
		}
		defer file.Close()
		data, err := file.DWARF()
		if err != nil {
			return nil, ErrNoDebugInfo
		}
		return data, nil
	}
	return nil, errors.New("it is no program")
}

// An executable is the file of a program in one of the forms that platforms have.
type executable interface {
	io.Closer
	DWARF() (*dwarf.Data, error)
}

// GoVersion returns the version of Go that compiled a program: go1.26.8.
func GoVersion(binary string) (string, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", err
	}
	version, _, _ := strings.Cut(info.GoVersion, " ") // Experiments come after it.
	return version, nil
}
