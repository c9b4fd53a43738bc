package sdklock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// errLocked says that another process has the lock, or may have it.
var errLocked = errors.New("locked")

// lockFolder waits until nobody else has the lock of a folder, and takes it. The
// end of the process gives it back, however it ends. The error is
// [errors.ErrUnsupported] where the file system knows no locks.
func lockFolder(ctx context.Context, dir string) (unlock func(), err error) {
	for {
		unlock, err := tryLock(dir)
		if !errors.Is(err, errLocked) {
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

// followLinks returns the path of what is to be replaced so that links to it stay.
// The file itself need not be there.
func followLinks(path string) (string, error) {
	for range 40 { // as many as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil // It is no link.
		}
		if !filepath.IsAbs(target) {
			// What .. leads to is up to the folder that the link is in.
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			target = dir + string(filepath.Separator) + target
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many links", path)
}
