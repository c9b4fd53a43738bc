package delta

import (
	"io"

	"github.com/go-overlay/go_overlay/tools/internal/compress/zstd"
)

func Write(w io.Writer, target, base []byte) error {
	c, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	c.Write(target)
	return c.Close()
}
func NewReader(r io.Reader, base []byte, size int64) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}
