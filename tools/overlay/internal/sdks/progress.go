package sdks

import (
	"sync/atomic"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

// counter returns what adds to a line how much is done. Goroutines may call it at once.
func counter(p *terminal.Progress, what string, total int64) func(bytes int64) {
	var sum atomic.Int64
	return func(bytes int64) {
		if now := sum.Add(bytes); total > 0 {
			p.Say("%s: %s of %s", what, size(now), size(total))
		} else {
			p.Say("%s: %s", what, size(now))
		}
	}
}
