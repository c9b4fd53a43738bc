package std

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/helper/internal/goarchive"
	"github.com/go-overlay/go_overlay/tools/internal/files"
)

// placeholder is what stands for an archive that will be reused: an archive, as
// the go command appends to it what the assembler makes, but without members.
const placeholder = goarchive.Magic + "go_overlay: reused"

// checkNoPlaceholder makes sure that no placeholder is left: it would be linked as
// an empty package.
func checkNoPlaceholder(folder string) error {
	return filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close() // It was only read.
		start := make([]byte, len(placeholder))
		if n, err := file.Read(start); err != nil || n < len(start) || bytes.Equal(start, []byte(placeholder)) {
			return fmt.Errorf("%s: this archive was neither compiled nor taken from the standard library without changes", path)
		}
		return nil
	})
}

// archiveFolder returns the folder, of those below pkg, that has the archives: that
// of the platform, with a suffix for some modes.
func archiveFolder(pkg string) (string, error) {
	found, err := filepath.Glob(filepath.Join(pkg, "*", "runtime.a"))
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%s: expected one folder with archives of the standard library, found %d", pkg, len(found))
	}
	return filepath.Abs(filepath.Dir(found[0]))
}

// exportData returns the export data in an archive: an archive without other
// members.
func exportData(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // It is only read.
	header := make([]byte, len(goarchive.Magic)+goarchive.HeaderSize)
	if _, err := io.ReadFull(file, header); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	entry, ok := bytes.CutPrefix(header, []byte(goarchive.Magic))
	if !ok || !bytes.HasPrefix(entry, []byte(goarchive.ExportName)) {
		return nil, fmt.Errorf("%s: expected an archive of a Go package, which begins with %s", path, goarchive.ExportName)
	}
	_, size, err := goarchive.Header(entry)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	data := make([]byte, int64(len(header))+size+size%2) // Members begin at even offsets.
	copy(data, header)
	if _, err := io.ReadFull(file, data[len(header):]); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// sameExportData tells whether packages look the same to those that import them.
func sameExportData(path, other string) (bool, error) {
	data, err := exportData(path)
	if err != nil {
		return false, err
	}
	otherData, err := exportData(other)
	if err != nil {
		return false, err
	}
	return bytes.Equal(data, otherData), nil
}

// writeExports writes a standard library that one can compile against, but not
// link. A change to bodies of functions leaves it as it was: then no package
// outside the standard library has to be compiled again.
func writeExports(pkg, exports string) error {
	archives, err := archiveFolder(pkg)
	if err != nil {
		return err
	}
	if err := files.Mirror(filepath.Join(exports, "include"), filepath.Join(pkg, "include"), copyFile); err != nil {
		return err
	}
	return files.Mirror(filepath.Join(exports, filepath.Base(archives)), archives, func(target, source string) error {
		data, err := exportData(source)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}
