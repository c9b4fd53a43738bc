package bazeltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// A process is a server that runs.
type process struct {
	name   string
	stdin  io.Closer // which it ends with
	output lockedBuffer
	done   chan struct{}
	err    error // after done
}

// start runs a program by way of serve.sh.
func start(program string, args ...string) (*process, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return nil, errors.New("this program does not know where its source is")
	}
	p := &process{name: program, done: make(chan struct{})}
	cmd := exec.Command("bash", append([]string{filepath.Join(filepath.Dir(file), "serve.sh"), program}, args...)...)
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.stdin = stdin
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop ends the server, and returns when it is gone.
func (p *process) stop() {
	p.stdin.Close() // That is all it has to see.
	<-p.done
}

// await calls ready until it has no error. It fails when the server ends, and after
// a time in which it could have installed what it needs.
func (p *process) await(ready func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := ready(attempt)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s: %v\n%s", p.name, p.err, p.output.String())
		case <-ctx.Done():
			p.stop()
			return fmt.Errorf("%s is not ready: %w\n%s", p.name, err, p.output.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// lockedBuffer is what a server has printed.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
