package userfiles

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

// Wait is how long commands wait for another one.
const Wait = 10 * time.Second

// Lock lets one command at a time write in a workspace. It waits for another one, but
// not forever: who has the lock may be stopped, or ask its user. Where the file system
// knows no locks it does nothing: Apply still sees what another command has written.
func Lock(ctx context.Context, root string, wait time.Duration) (unlock func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	unlock, err = lock.Folder(waiting, root)
	switch {
	case err == nil:
		return unlock, nil
	case errors.Is(err, errors.ErrUnsupported):
		return func() {}, nil
	case errors.Is(err, interrupt.Err) && ctx.Err() == nil:
		return nil, fmt.Errorf("another overlay command is writing in %s, and has not ended in %v; wait until it has, and run this one again", root, wait)
	default:
		return nil, err
	}
}
