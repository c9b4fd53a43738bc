package standin

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// RunBuilder runs the builder of rules_go under another name, by which it calls
// itself. It passes on what the builder prints, messages of the compiler, as show
// makes it.
func RunBuilder(ctx context.Context, builder, name, dir string, args []string, show func(output string) string, env ...string) error {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, builder, args...)
	cmd.Args[0] = name
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	// It may have the signal already, or be gone.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second // Then it is killed.
	err := cmd.Run()
	if _, err := os.Stderr.WriteString(show(output.String())); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupt.Err
	}
	return err
}
