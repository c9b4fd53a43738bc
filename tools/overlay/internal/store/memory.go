package store

import (
	"runtime/debug"
	"sync"
)

// A budget bounds the memory that goroutines take together. One that needs more than all of it waits until it is alone.
type budget struct {
	mu    sync.Mutex
	given sync.Cond
	all   int64
	free  int64
}

func newBudget(bytes int64) *budget {
	b := &budget{all: bytes, free: bytes}
	b.given.L = &b.mu
	return b
}

// take waits until there is so much, and returns what gives it back. Who has some must not ask for more.
func (b *budget) take(bytes int64) (giveBack func()) {
	bytes = min(bytes, b.all)
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.free < bytes {
		b.given.Wait()
	}
	b.free -= bytes
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.free += bytes
		b.given.Broadcast()
	}
}

const (
	mostMemory = 160 << 20 // of what deltas take at once; the rest of the program comes beside it

	// What package delta says that it takes.
	readerMemory = 20 << 20
	writerMemory = 60 << 20
)

// memoryToRead is what it takes to read a packed object of this size, against a base of another one.
func memoryToRead(base int64) int64 { return readerMemory + base + base/4 }

// memoryToWrite is what it takes to write a packed one.
func memoryToWrite(size, base int64) int64 {
	if base == 0 {
		return writerMemory + size
	}
	return writerMemory + size + base + 4*max(size, base)
}

// limitMemory has what nobody needs any more collected at once, rather than more taken, while deltas are written. It returns what ends that.
func limitMemory() (end func()) {
	const soft = 200 << 20 // of the whole program
	before := debug.SetMemoryLimit(soft)
	return func() { debug.SetMemoryLimit(before) }
}
