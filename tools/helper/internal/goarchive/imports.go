package goarchive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrUnknown says that an archive has a form that this package does not know.
var ErrUnknown = errors.New("unknown form of an archive of a Go package")

// What the object file of a package begins with, after a text: see cmd/internal/goobj.
const (
	objectName  = "_go_.o"
	objectMagic = "\x00go120ld" // since Go 1.20

	fingerprintSize = 8
	flagsSize       = 4
	stringRefSize   = 4 + 4 // length and offset
	importSize      = stringRefSize + fingerprintSize
)

// Imports returns the paths of the packages that the linker takes for an archive.
func Imports(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // It is only read.
	object, err := findObject(file)
	if err == nil {
		var imports []string
		if imports, err = readImports(object); err == nil {
			return imports, nil
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrUnknown
	}
	return nil, fmt.Errorf("%s: %w", path, err)
}

// findObject returns the object file in an archive, without the text before it.
func findObject(file *os.File) (*io.SectionReader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	start := make([]byte, len(Magic))
	if _, err := file.ReadAt(start, 0); err != nil {
		return nil, err
	}
	if string(start) != Magic {
		return nil, ErrUnknown
	}
	header := make([]byte, HeaderSize)
	for offset := int64(len(Magic)); ; {
		if _, err := file.ReadAt(header, offset); err != nil {
			return nil, err
		}
		name, size, err := Header(header)
		if err != nil || size > info.Size() {
			return nil, ErrUnknown
		}
		offset += HeaderSize
		if name == objectName {
			return afterText(io.NewSectionReader(file, offset, size))
		}
		offset += size + size%2 // Members begin at even offsets.
	}
}

// afterText skips the text that an object file begins with.
func afterText(object *io.SectionReader) (*io.SectionReader, error) {
	const end = "\n!\n"
	r := bufio.NewReader(object)
	matched := 0
	for offset := int64(1); ; offset++ {
		b, err := r.ReadByte()
		switch {
		case err != nil:
			return nil, err
		case b == end[matched]:
			matched++
		case b == end[0]:
			matched = 1
		default:
			matched = 0
		}
		if matched == len(end) {
			return io.NewSectionReader(object, offset, object.Size()-offset), nil
		}
	}
}

// readImports reads the first block of an object file: what the package imports.
func readImports(object *io.SectionReader) ([]string, error) {
	const offsets = len(objectMagic) + fingerprintSize + flagsSize
	header := make([]byte, offsets+4+4)
	if _, err := object.ReadAt(header, 0); err != nil {
		return nil, err
	}
	if string(header[:len(objectMagic)]) != objectMagic {
		return nil, ErrUnknown
	}
	begin, end := int64(binary.LittleEndian.Uint32(header[offsets:])), int64(binary.LittleEndian.Uint32(header[offsets+4:]))
	if begin > end || end > object.Size() || (end-begin)%importSize != 0 {
		return nil, ErrUnknown
	}
	if begin == end {
		return nil, nil
	}
	block := make([]byte, end-begin)
	if _, err := object.ReadAt(block, begin); err != nil {
		return nil, err
	}
	var imports []string
	for ; len(block) > 0; block = block[importSize:] {
		length, offset := int64(binary.LittleEndian.Uint32(block)), int64(binary.LittleEndian.Uint32(block[4:]))
		if offset+length > object.Size() {
			return nil, ErrUnknown
		}
		path := make([]byte, length)
		if _, err := object.ReadAt(path, offset); err != nil {
			return nil, err
		}
		imports = append(imports, string(path))
	}
	return imports, nil
}
