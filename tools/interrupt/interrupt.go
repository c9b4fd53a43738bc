// Package interrupt lets programs tidy up when they are asked to end: by Ctrl-C, by
// SIGTERM, or by SIGHUP, as when their terminal is closed.
package interrupt

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// Err is the error of what such a request has ended.
var Err = errors.New("interrupted")

// Context returns a context that ends with such a request. What nohup, or a shell for
// a job in the background, has made the program ignore stays ignored.
func Context() (ctx context.Context, stop context.CancelFunc) {
	var signals []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	if len(signals) == 0 { // NotifyContext takes it for all signals.
		return context.WithCancel(context.Background())
	}
	return signal.NotifyContext(context.Background(), signals...)
}
