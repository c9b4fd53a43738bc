package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A Progress is a line of a terminal that tells what goes on, once that takes long. On
// what is no terminal, it is nil, and does nothing.
type Progress struct {
	w     io.Writer
	timer *time.Timer

	mu    sync.Mutex
	shown bool // after a second
	text  string
	width int // of what is on the line
}

// maxWidth is what surely fits on a line: one that has been broken can't be replaced.
const maxWidth = 79

// StartProgress begins something that may take long. [Progress.Done] has to be called. W may be what such has written to.
func StartProgress(w io.Writer) *Progress {
	if before, ok := w.(*Progress); ok {
		w = before.w
	}
	if !isCapable(w) {
		return nil
	}
	return startProgress(w, time.Second)
}

func startProgress(w io.Writer, delay time.Duration) *Progress {
	p := &Progress{w: w}
	p.timer = time.AfterFunc(delay, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.shown = true
		p.write(p.text)
	})
	return p
}

// Say replaces the line: "merging 3 of 12: //overlays:uuid".
func (p *Progress) Say(format string, args ...any) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = fmt.Sprintf(format, args...)
	if p.shown {
		p.write(p.text)
	}
}

// Write writes whole lines above the line.
func (p *Progress) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.text
	p.write("")
	n, err := p.w.Write(data)
	if p.shown {
		p.write(text)
	}
	return n, err
}

// Done takes the line away. Call it before anything else is written to the terminal but
// by Write. A second call does nothing.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = "" // The timer may have begun to run.
	p.write("")
}

func (p *Progress) write(text string) {
	runes := []rune(strings.ReplaceAll(text, "\n", " "))
	if len(runes) > maxWidth {
		runes = append(runes[:maxWidth-1], '…')
	}
	if len(runes) == 0 && p.width == 0 {
		return
	}
	fmt.Fprintf(p.w, "\r%s%s", string(runes), strings.Repeat(" ", max(0, p.width-len(runes))))
	if len(runes) == 0 {
		fmt.Fprint(p.w, "\r")
	}
	p.width = len(runes)
}
