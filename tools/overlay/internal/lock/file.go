package lock

import (
	"context"
	"errors"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// A Kind of lock.
type Kind int

const (
	Shared    Kind = iota // together with others that have it shared
	Exclusive             // alone
)

// File waits until it can have the lock of a file, which it creates. The end of the process gives the lock back, however it ends. It calls
// waiting, if not nil, when that takes some time. The error is [errors.ErrUnsupported] where the file system knows no locks, and [interrupt.Err]
// when the context ends.
func File(ctx context.Context, path string, kind Kind, waiting func()) (unlock func(), err error) {
	const patience = time.Second
	start := time.Now()
	for {
		unlock, err := TryFile(path, kind)
		if !errors.Is(err, ErrLocked) {
			return unlock, err
		}
		if waiting != nil && time.Since(start) > patience {
			waiting()
			waiting = nil
		}
		select {
		case <-ctx.Done():
			return nil, interrupt.Err
		case <-time.After(5 * time.Millisecond):
		}
	}
}
