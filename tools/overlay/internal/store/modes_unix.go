//go:build unix

package store

import "os"

// modesTell tells whether permissions are more than whether a file is read-only.
const modesTell = true

func syncFile(file *os.File) error { return file.Sync() }
