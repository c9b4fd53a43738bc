package std

import (
	"os"
	"path/filepath"
	"strings"
)

// The marks that processes leave for each other.
const (
	reusedMark  = "reused"  // packages whose archive is taken from the base
	exportsMark = "exports" // packages whose export data differs from that in the base, and new ones

	compiledMark = "compiled" // packages that were compiled, and what came of it
)

func (p *plan) markFile(mark, importPath string) string {
	return filepath.Join(p.State, mark, strings.ReplaceAll(importPath, "/", "%"))
}

func (p *plan) marked(mark, importPath string) bool {
	_, err := os.Stat(p.markFile(mark, importPath))
	return err == nil
}

func (p *plan) mark(mark, importPath string) error {
	file := p.markFile(mark, importPath)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, nil, 0o644)
}
