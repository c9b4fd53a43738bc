package time

import "sync/atomic"

var clock atomic.Pointer[func() Time]

// SetClock has Now return what another function does, until restore is called.
func SetClock(now func() Time) (restore func()) {
	before := clock.Swap(&now)
	return func() { clock.Store(before) }
}
