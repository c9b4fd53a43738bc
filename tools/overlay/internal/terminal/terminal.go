// Package terminal writes for people who look at a terminal: in colours, through a pager,
// and with a line that tells what goes on. Whoever reads a file or a pipe gets plain text.
package terminal

import (
	"io"
	"os"
	"runtime"
)

// Is tells whether what is written goes to a terminal.
func Is(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // It is a character device, too.
	return err != nil || !os.SameFile(info, null)
}

// isCapable tells whether it goes to a terminal that can do more than append.
func isCapable(w io.Writer) bool { return Is(w) && os.Getenv("TERM") != "dumb" }

// Colours tells whether to write in colours; see https://no-color.org.
func Colours(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || !isCapable(w) {
		return false
	}
	// The old console of Windows shows the codes.
	return runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != "" || os.Getenv("TERM") != ""
}
