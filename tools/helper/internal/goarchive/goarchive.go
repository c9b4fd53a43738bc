// Package goarchive reads archives of Go packages. Their format is that of
// cmd/internal/archive: as of ar(1), with the export data of the package as the first member.
package goarchive

import (
	"bytes"
	"fmt"
	"strconv"
)

// What an archive is made of.
const (
	Magic      = "!<arch>\n" // begins it
	HeaderSize = 60          // of the header of a member
	ExportName = "__.PKGDEF" // the member that has the export data
)

// Header reads the header of a member.
func Header(data []byte) (name string, size int64, err error) {
	name = string(bytes.TrimSpace(data[:16]))
	size, err = strconv.ParseInt(string(bytes.TrimSpace(data[48:58])), 10, 64)
	if err == nil && size < 0 {
		err = fmt.Errorf("it is negative: %d", size)
	}
	if err != nil {
		return "", 0, fmt.Errorf("size of %s: %w", name, err)
	}
	return name, size, nil
}
