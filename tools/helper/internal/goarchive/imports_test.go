package goarchive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func member(name, data string) string {
	header := fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n", name, 0, 0, 0, 0o644, len(data))
	return header + data + strings.Repeat("\n", len(data)%2)
}

// object returns an object file as the compiler writes it, as far as this package reads it.
func object(imports ...string) string {
	const headerSize = len(objectMagic) + fingerprintSize + flagsSize + 4 + 4
	var names, block []byte
	for _, path := range imports {
		block = binary.LittleEndian.AppendUint32(block, uint32(len(path)))
		block = binary.LittleEndian.AppendUint32(block, uint32(headerSize+len(names)))
		block = append(block, make([]byte, fingerprintSize)...)
		names = append(names, path...)
	}
	header := append([]byte(objectMagic), make([]byte, fingerprintSize+flagsSize)...)
	header = binary.LittleEndian.AppendUint32(header, uint32(headerSize+len(names)))
	header = binary.LittleEndian.AppendUint32(header, uint32(headerSize+len(names)+len(block)))
	return "go object linux amd64 go1.99\n\n$$  // cgo\n[]!\n\n$$\n\n!\n" + string(header) + string(names) + string(block)
}

func write(t testing.TB, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.a")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestImports(t *testing.T) {
	for _, want := range [][]string{nil, {"fmt"}, {"example.com/a", "runtime/cgo"}} {
		content := Magic + member(ExportName, "odd") + member(objectName, object(want...)) + member("_x1.o", "C")
		got, err := Imports(write(t, content))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("imports are %q, %v, want %q", got, err, want)
		}
	}
	if _, err := Imports(filepath.Join(t.TempDir(), "missing")); !os.IsNotExist(errors.Unwrap(err)) && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

func TestUnknown(t *testing.T) {
	whole := Magic + member(ExportName, "e") + member(objectName, object("fmt"))
	contents := []string{
		"",
		"go object linux amd64 go1.26\n",
		Magic,
		Magic + member(ExportName, "e"),
		strings.Replace(whole, objectMagic, "\x00go199ld", 1),
		strings.Replace(whole, "\n!\n", "\n\n", 1),
		Magic + strings.Replace(member(ExportName, "e"), "1         `", "-1        `", 1),
	}
	for i := range len(whole) - 1 { // The last byte is padding.
		contents = append(contents, whole[:i])
	}
	for _, content := range contents {
		if got, err := Imports(write(t, content)); !errors.Is(err, ErrUnknown) {
			t.Errorf("imports of %q are %q, %v, want ErrUnknown", content, got, err)
		}
	}
}

func FuzzImports(f *testing.F) {
	f.Add([]byte(Magic + member(ExportName, "e") + member(objectName, object("fmt"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Imports(write(t, string(data))); err != nil && !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
	})
}
