package delta

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
)

// NewReader returns a reader of the target that Write has written to r, of size bytes:
// more, or fewer, are an error, as are bytes after it. base has to be what it was then, and
// to stay so until all is read. Only digests tell whether it was, and whether anybody has
// tampered with r: what is read may be anything of that size.
//
// It takes some 20 MB, and of a delta a quarter of the base beside it, and what of the
// target is like nothing in the base.
func NewReader(r io.Reader, base []byte, size int64) (io.ReadCloser, error) {
	if size < 0 || size > maxSize || len(base) > maxSize {
		return nil, fmt.Errorf("has %d bytes, and its base %d, expected at most %d", size, len(base), maxSize)
	}
	buffered := bufio.NewReader(r)
	begin, err := buffered.Peek(len(magic))
	if err != nil && err != io.EOF {
		return nil, err
	}
	isDelta := string(begin) == magic
	switch {
	case isDelta && base == nil:
		return nil, errors.New("is a delta, expected what has no base")
	case !isDelta && base != nil:
		return nil, fmt.Errorf("begins with %q, expected a delta, which begins with %q", begin, magic)
	case isDelta:
		buffered.Discard(len(magic))
	}
	compressed, err := zstd.NewReader(buffered,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(window),
	)
	if err != nil {
		return nil, err
	}
	if !isDelta {
		return &wholeReader{compressed: compressed, size: size}, nil
	}
	d := &deltaReader{compressed: compressed, content: bufio.NewReader(compressed)}
	if err := d.readHead(base, size); err != nil {
		compressed.Close()
		return nil, fmt.Errorf("damaged delta: %w", noEOF(err))
	}
	return d, nil
}

// A wholeReader reads what has no base.
type wholeReader struct {
	compressed *zstd.Decoder
	read, size int64
}

func (w *wholeReader) Read(p []byte) (int, error) {
	n, err := w.compressed.Read(p)
	w.read += int64(n)
	switch {
	case w.read > w.size:
		return 0, fmt.Errorf("has more than %d bytes, expected as many", w.size)
	case err == io.EOF && w.read < w.size:
		return n, fmt.Errorf("has %d bytes, expected %d", w.read, w.size)
	}
	return n, err
}

func (w *wholeReader) Close() error {
	w.compressed.Close()
	return nil
}

// A deltaReader reads what has a base.
type deltaReader struct {
	compressed *zstd.Decoder
	content    *bufio.Reader // of compressed
	model      *model
	at         int    // in the target, of what comes after ready
	runs       []run  // what is left of them
	ways       []byte // of the blocks that are left
	extra      []byte // that are left
	ready      []byte // to be read: of extra, or of target
	diff       [block]byte
	target     [block]byte
}

// readHead reads all but the differences.
func (d *deltaReader) readHead(base []byte, size int64) error {
	var numbers [3]uint64
	for i := range numbers {
		var err error
		if numbers[i], err = binary.ReadUvarint(d.content); err != nil {
			return err
		}
	}
	if numbers[0] != uint64(len(base)) {
		return fmt.Errorf("is from a base of %d bytes, expected %d: another one", numbers[0], len(base))
	}
	if numbers[1] != uint64(size) {
		return fmt.Errorf("is of %d bytes, expected %d", numbers[1], size)
	}
	// compare makes no more.
	if most := uint64(size/seed + 1); numbers[2] > most {
		return fmt.Errorf("has %d runs, expected at most %d", numbers[2], most)
	}
	// Memory is taken for what has been read: the head of a delta that was tampered with promises anything.
	blocks, extra, left, end := 0, 0, int(size), 0
	for i := range int(numbers[2]) {
		step, err := binary.ReadVarint(d.content)
		if err != nil {
			return err
		}
		var lengths [2]int
		for j := range lengths {
			n, err := binary.ReadUvarint(d.content)
			if err != nil {
				return err
			}
			if n > uint64(left) {
				return fmt.Errorf("run %d: is longer than what is left, %d bytes", i, left)
			}
			lengths[j] = int(n)
			left -= lengths[j]
		}
		from := int64(end) + step
		if step > maxSize || from < 0 || from > int64(len(base)-lengths[0]) {
			return fmt.Errorf("run %d: is like %d bytes from %d on, which the base with %d does not have", i, lengths[0], from, len(base))
		}
		d.runs = append(d.runs, run{from: int(from), like: lengths[0], extra: lengths[1]})
		end = int(from) + lengths[0]
		blocks += (lengths[0] + block - 1) / block
		extra += lengths[1]
	}
	if left > 0 {
		return fmt.Errorf("the runs lack the last %d bytes of %d", left, size)
	}
	var err error
	if d.ways, err = readExactly(d.content, blocks); err != nil {
		return err
	}
	for _, way := range d.ways {
		if way > ofWords {
			return fmt.Errorf("differences are told in way %d, expected at most %d", way, ofWords)
		}
	}
	if d.extra, err = readExactly(d.content, extra); err != nil {
		return err
	}
	d.model = newModel(base, d.runs)
	return nil
}

func readExactly(r io.Reader, n int) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && len(content) < n {
		err = io.ErrUnexpectedEOF
	}
	return content, err
}

func (d *deltaReader) Read(p []byte) (int, error) {
	for len(d.ready) == 0 {
		if err := d.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.ready)
	d.ready = d.ready[n:]
	return n, nil
}

// next sets ready.
func (d *deltaReader) next() error {
	if len(d.runs) == 0 {
		if _, err := d.content.ReadByte(); err != nil {
			return err // io.EOF
		}
		return errors.New("damaged delta: goes on after the last run")
	}
	r := &d.runs[0]
	if r.like > 0 {
		n := min(block, r.like)
		if _, err := io.ReadFull(d.content, d.diff[:n]); err != nil {
			return fmt.Errorf("damaged delta: %w", noEOF(err))
		}
		d.model.add(d.target[:n], d.diff[:n], d.ways[0], r.from, d.at)
		d.ready, d.ways = d.target[:n], d.ways[1:]
		r.from += n
		r.like -= n
	} else {
		d.ready, d.extra = d.extra[:r.extra], d.extra[r.extra:]
		d.runs = d.runs[1:]
	}
	d.at += len(d.ready)
	return nil
}

func (d *deltaReader) Close() error {
	d.compressed.Close()
	return nil
}

// noEOF returns an end that came too early as such.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
