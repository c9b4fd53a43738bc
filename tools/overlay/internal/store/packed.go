package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/delta"
)

// A packed object is a file with a head of one line, and what package delta writes:
//
//	go_overlay packed object 1
//	go_overlay packed object 1 against NAME SIZE
//
// NAME is that of another object, as its file has it.
const packedFormat = "go_overlay packed object 1"

// packedHead is what the first line says.
type packedHead struct {
	base *Object // or nil: it is whole
}

func (s *Store) packedPath(o Object) string {
	name := o.name()
	return s.path("packed", name[:2], name)
}

func (h packedHead) String() string {
	if h.base == nil {
		return packedFormat + "\n"
	}
	return fmt.Sprintf("%s against %s %d\n", packedFormat, h.base.name(), h.base.Size)
}

func parsePackedHead(line string) (h packedHead, err error) {
	rest, ok := strings.CutPrefix(line, packedFormat)
	if !ok {
		return h, fmt.Errorf("expected %q, found %q", packedFormat, cut(line))
	}
	if rest == "\n" {
		return h, nil
	}
	fields := strings.Fields(rest)
	if len(fields) != 3 || fields[0] != "against" {
		return h, fmt.Errorf("expected \"against NAME SIZE\", found %q", cut(rest))
	}
	base, err := parseObject(fields[1])
	if err != nil {
		return h, err
	}
	if base.Size, err = strconv.ParseInt(fields[2], 10, 64); err != nil || base.Size <= 0 || base.Size > maxBase {
		return h, fmt.Errorf("expected a size of up to %d bytes, found %q", maxBase, cut(fields[2]))
	}
	h.base = &base
	if h.String() != line {
		return h, fmt.Errorf("found %q, expected %q", cut(line), h)
	}
	return h, nil
}

// maxBase is the size that a base can have, as it is kept in memory, and a delta is against one that is not much larger than any file of an SDK.
const maxBase = 64 << 20

// openPacked opens a packed object behind its head.
func (s *Store) openPacked(o Object) (h packedHead, content *bufio.Reader, file *os.File, err error) {
	path := s.packedPath(o)
	file, err = os.Open(path)
	if err != nil {
		return h, nil, nil, err
	}
	const most = 300 // bytes of the line
	content = bufio.NewReaderSize(file, 64<<10)
	start, err := content.Peek(most)
	if err != nil && err != io.EOF {
		return h, nil, nil, errors.Join(err, file.Close())
	}
	end := bytes.IndexByte(start, '\n') + 1
	if h, err = parsePackedHead(string(start[:end])); err != nil {
		return h, nil, nil, errors.Join(&damagedError{path, err.Error()}, file.Close())
	}
	_, err = content.Discard(end)
	return h, content, file, err
}

func (s *Store) packedHead(o Object) (packedHead, error) {
	if o.Size == 0 {
		return packedHead{}, fs.ErrNotExist
	}
	h, _, file, err := s.openPacked(o)
	if err != nil {
		return h, err
	}
	return h, file.Close()
}

// A baseError says that a packed object can't be read, for it is a delta against another one that can't be. It may be all right itself.
type baseError struct {
	path string
	base Object
	err  error
}

func (e *baseError) Error() string { return fmt.Sprintf("%s is a delta against it: %v", e.path, e.err) }

func (e *baseError) Unwrap() error { return e.err }

// last returns the one that says why: what a base is a delta against may be what can't be read.
func (e *baseError) last() *baseError {
	if inner := (*baseError)(nil); errors.As(e.err, &inner) {
		return inner.last()
	}
	return e
}

// unpackTo calls a function with the content of a packed object, which has not been checked. Depth is how many deltas depend on it; whoever asks
// for it with 0 has taken no memory yet.
func (s *Store) unpackTo(o Object, depth int, use func(io.Reader) error) (err error) {
	h, content, file, err := s.openPacked(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var base []byte
	if depth == 0 {
		size := int64(0)
		if h.base != nil {
			size = h.base.Size
		}
		defer s.memory.take(memoryToRead(size))()
	}
	if h.base != nil {
		if base, err = s.content(*h.base, depth+1); err != nil {
			return &baseError{file.Name(), *h.base, err}
		}
	}
	r, err := delta.NewReader(content, base, o.Size)
	if err != nil {
		return damageUnlessRead(file.Name(), err)
	}
	defer r.Close()
	err = use(damageReader{r, file.Name()})
	if content := (*contentError)(nil); errors.As(err, &content) {
		return &damagedError{file.Name(), content.Error()}
	}
	return err
}

// A damageReader says of which file it is that what is read makes no sense.
type damageReader struct {
	io.Reader
	path string
}

func (r damageReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = damageUnlessRead(r.path, err)
	}
	return n, err
}

// damageUnlessRead says of which file it is that what was read makes no sense. An error of reading is none of that.
func damageUnlessRead(path string, err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return err
	}
	return &damagedError{path, err.Error()}
}

// content returns the content of an object that others are deltas against, whether it is packed or not.
func (s *Store) content(o Object, depth int) (content []byte, err error) {
	if o.Size == 0 {
		return nil, nil
	}
	const most = 8 // Each step is one to an older delta; more than two would be odd already.
	if depth > most {
		return nil, &damagedError{s.packedPath(o), "its deltas are against each other"}
	}
	path := s.objectPath(o)
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		path = s.packedPath(o)
		err = s.unpackTo(o, depth, func(r io.Reader) (err error) {
			content, err = readAll(r, make([]byte, o.Size))
			return err
		})
		if err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		defer file.Close() // It was only read.
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if info.Size() != o.Size { // Who edits through a link now changes it after this, which the digest tells.
			return nil, &damagedError{path, sizeError(o.Size, info.Size()).Error()}
		}
		content = make([]byte, o.Size)
		if _, err := io.ReadFull(file, content); err == io.ErrUnexpectedEOF || err == io.EOF {
			return nil, &damagedError{path, err.Error()}
		} else if err != nil {
			return nil, err
		}
	}
	if found := digestOf(content); found != o.Digest {
		return nil, &damagedError{path, fmt.Sprintf("expected the SHA-256 %s, found %s", o.Digest, found)}
	}
	return content, nil
}

// unpack makes files of those objects of an SDK that are packed only.
func (s *Store) unpack(ctx context.Context, m *Manifest) (err error) {
	var packed []Object
	for o := range m.objects() {
		if o.Size > 0 && !exists(s.objectPath(o)) {
			packed = append(packed, o)
		}
	}
	if len(packed) == 0 {
		return nil
	}
	shelf, remove, err := s.newShelf()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	largestFirst(packed)
	err = each(ctx, len(packed), func(i int) error {
		o := packed[i]
		err := s.unpackTo(o, 0, func(r io.Reader) error { return shelf.writeChecked(o, r, make([]byte, 64<<10)) })
		if errors.Is(err, fs.ErrNotExist) {
			err = &damagedError{s.objectPath(o), "it is missing"}
		}
		return damagedOrMissing(err)
	})
	if err != nil {
		return err
	}
	return shelf.store()
}
