package store

import "sync"

// A notice keeps the first of the errors that many goroutines may find.
type notice struct {
	mu  sync.Mutex
	err error
}

func (n *notice) set(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err == nil {
		n.err = err
	}
}

func (n *notice) get() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.err
}
