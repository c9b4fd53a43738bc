// Package importcfg has the files that tell the compiler and the linker where packages are.
package importcfg

import (
	"os"
	"strings"
)

// A Config is the lines of such a file.
type Config []string

// Read reads a file.
func Read(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return strings.Split(string(data), "\n"), nil
}

// Write writes a file.
func (c Config) Write(path string) error {
	return os.WriteFile(path, []byte(strings.Join(c, "\n")), 0o644)
}

const packageFile = "packagefile "

// Packages returns the paths of the packages, in the order of the lines.
func (c Config) Packages() []string {
	var paths []string
	for _, line := range c {
		if path, _, ok := archive(line); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// Archives returns the archives, by the paths of their packages.
func (c Config) Archives() map[string]string {
	archives := map[string]string{}
	for _, line := range c {
		if path, file, ok := archive(line); ok {
			archives[path] = file
		}
	}
	return archives
}

// WithArchives returns a copy in which packages have the archives that a function tells; where it
// returns an empty string, those that they have.
func (c Config) WithArchives(archiveOf func(path string) string) Config {
	lines := make(Config, len(c))
	for i, line := range c {
		lines[i] = line
		if path, _, ok := archive(line); ok {
			if other := archiveOf(path); other != "" {
				lines[i] = packageFile + path + "=" + other
			}
		}
	}
	return lines
}

func archive(line string) (path, file string, ok bool) {
	entry, ok := strings.CutPrefix(line, packageFile)
	path, file, _ = strings.Cut(entry, "=")
	return path, file, ok
}
