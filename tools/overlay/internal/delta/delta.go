// Package delta writes files small that are alike, such as the same tool of two versions of
// Go, and files that are alone.
//
// A delta says, as bsdiff's do, which runs of the target are like which runs of the base,
// and by what they differ, byte by byte; and has what is like nothing. What moves in a
// program changes the addresses in all of it: those are foretold (model), so that nearly
// all differences are zeros, which zstd then makes small. That is some 1 % of the size of a
// tool of the next version of Go, a fifth of what zstd alone makes of it.
//
// The format: magic, and a frame of zstd, in which numbers are varints:
//
//	the sizes of the base and of the target, the number of runs
//	for each run: how far behind the end of what the one before is like there begins in the base what
//	    it is like, for how many bytes, and how many follow that are like nothing
//	for each block of a run: the way in which its differences are told, a byte
//	the bytes that are like nothing
//	the differences
//
// Without a base it is a frame of zstd alone, as any tool reads it.
package delta

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
)

const (
	magic = "go_overlay delta 1\n"

	// maxSize is that of the largest base or target: offsets are of 32 bits.
	maxSize = 1 << 30

	// window is how far back zstd looks, which is held in memory to write and to read.
	window = 8 << 20
)

// Write writes target to w, compressed: by what it differs from base, or whole if base is
// nil. It is the same on every machine. Beside both of them it takes some four times
// the memory of the larger one, and 60 MB.
func Write(w io.Writer, target, base []byte) error {
	for _, content := range [][]byte{target, base} {
		if len(content) > maxSize {
			return fmt.Errorf("has %d bytes, expected at most %d", len(content), maxSize)
		}
	}
	if base != nil {
		if _, err := io.WriteString(w, magic); err != nil {
			return err
		}
	}
	compressed, err := zstd.NewWriter(w,
		zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window),
		zstd.WithZeroFrames(true),
	)
	if err != nil {
		return err
	}
	parts := [][]byte{target}
	if base != nil {
		parts = difference(target, base)
	}
	for _, part := range parts {
		if _, err := compressed.Write(part); err != nil {
			compressed.Close()
			return err
		}
	}
	return compressed.Close()
}

// difference returns what a delta has in its frame.
func difference(target, base []byte) [][]byte {
	runs := compare(target, base)
	m := newModel(base, runs)
	var head, ways, extra []byte
	for _, n := range []int{len(base), len(target), len(runs)} {
		head = binary.AppendUvarint(head, uint64(n))
	}
	diff := make([]byte, 0, len(target))
	at, end := 0, 0 // of the run before, in the target and in the base
	for _, r := range runs {
		head = binary.AppendVarint(head, int64(r.from-end))
		head = binary.AppendUvarint(head, uint64(r.like))
		head = binary.AppendUvarint(head, uint64(r.extra))
		end = r.from + r.like
		for from := r.from; from < end; from += block {
			n := min(block, end-from)
			diff = diff[:len(diff)+n]
			ways = append(ways, m.subtract(diff[len(diff)-n:], target[at:at+n], from, at))
			at += n
		}
		extra = append(extra, target[at:at+r.extra]...)
		at += r.extra
	}
	return [][]byte{head, ways, extra, diff}
}
