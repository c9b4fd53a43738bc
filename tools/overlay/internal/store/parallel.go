package store

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// parallel does work for each number below n, in as many goroutines as the machine has cores, and stops at the first error. Each has a
// buffer of its own.
func parallel(ctx context.Context, n int, work func(i int, buffer []byte) error) error {
	const (
		batch = 32 // files of one folder, which is locked for each; enough to be in another one than the others
		size  = 128 << 10
	)
	return inBatches(ctx, n, batch, size, work)
}

// each is the same for few pieces of much work, without a buffer.
func each(ctx context.Context, n int, work func(i int) error) error {
	return inBatches(ctx, n, 1, 0, func(i int, _ []byte) error { return work(i) })
}

func inBatches(ctx context.Context, n, batch, size int, work func(i int, buffer []byte) error) error {
	var (
		next   atomic.Int64
		failed atomic.Bool
		wait   sync.WaitGroup
	)
	errs := make([]error, min(runtime.GOMAXPROCS(0), (n+batch-1)/batch))
	for worker := range errs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			buffer := make([]byte, size)
			for {
				end := int(next.Add(int64(batch)))
				for i := end - batch; i < min(end, n); i++ {
					if failed.Load() || ctx.Err() != nil {
						return
					}
					if err := work(i, buffer); err != nil {
						failed.Store(true)
						errs[worker] = err
						return
					}
				}
				if end >= n {
					return
				}
			}
		}()
	}
	wait.Wait()
	if ctx.Err() != nil {
		return interrupt.Err
	}
	return errors.Join(errs...)
}
