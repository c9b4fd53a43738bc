package store

import "os"

// modesTell tells whether permissions are more than whether a file is read-only.
const modesTell = false

// A file that was opened to be read can't be flushed there.
func syncFile(*os.File) error { return nil }
