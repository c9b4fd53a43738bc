package runtime

// Goid returns the ID of the goroutine that calls it.
func Goid() uint64 { return getg().goid }
