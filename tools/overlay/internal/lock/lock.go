// Package lock lets one command at a time write the files of a folder.
package lock

import (
	"context"
	"errors"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// ErrLocked says that another process has the lock, or may have it.
var ErrLocked = errors.New("locked")

// Folder waits until nobody else has the lock of a folder, and takes it. The end of
// the process gives it back, however it ends. The error is [errors.ErrUnsupported]
// where the file system knows no locks, and [interrupt.Err] when the context ends.
// A process that has the lock and asks for it again waits for itself.
func Folder(ctx context.Context, dir string) (unlock func(), err error) {
	for {
		unlock, err := tryLock(dir)
		if !errors.Is(err, ErrLocked) {
			return unlock, err
		}
		// Who has it may have been stopped, so that waiting has to be interruptible.
		select {
		case <-ctx.Done():
			return nil, interrupt.Err
		case <-time.After(10 * time.Millisecond):
		}
	}
}
