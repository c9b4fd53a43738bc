package apply

import (
	"bytes"
	"errors"
	"go/build"
	"io"
	"io/fs"
	"path"
	"time"
)

// srcDir stands for the folder of a package, ${SRCDIR} in #cgo lines.
const srcDir = "/go_overlay.srcdir"

// cgoFlags returns the flags of the #cgo lines of a Go file, by their kinds, as
// go/build reads them. Those whose constraints do not hold are left out, and so
// are all of a file whose constraints do not hold.
func (c *cgo) cgoFlags(name, content string) (map[string][]string, error) {
	folder := oneFile{name, content}
	ctxt := build.Context{
		GOARCH:      c.GOARCH,
		GOOS:        c.GOOS,
		CgoEnabled:  true,
		Compiler:    "gc",
		BuildTags:   c.Tags,
		ToolTags:    build.Default.ToolTags,
		ReleaseTags: build.Default.ReleaseTags,
		JoinPath:    path.Join,
		IsAbsPath:   path.IsAbs,
		HasSubdir:   func(string, string) (string, bool) { return "", false },
		IsDir:       func(dir string) bool { return dir == srcDir },
		ReadDir:     func(string) ([]fs.FileInfo, error) { return []fs.FileInfo{folder}, nil },
		OpenFile: func(string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader([]byte(content))), nil
		},
	}
	p, err := ctxt.ImportDir(srcDir, 0)
	if errors.As(err, new(*build.NoGoError)) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return map[string][]string{
		"CPPFLAGS":   p.CgoCPPFLAGS,
		"CFLAGS":     p.CgoCFLAGS,
		"CXXFLAGS":   p.CgoCXXFLAGS,
		"LDFLAGS":    p.CgoLDFLAGS,
		"pkg-config": p.CgoPkgConfig,
	}, nil
}

// A oneFile is the only file of a folder.
type oneFile struct{ name, content string }

func (f oneFile) Name() string     { return f.name }
func (f oneFile) Size() int64      { return int64(len(f.content)) }
func (oneFile) Mode() fs.FileMode  { return 0o444 }
func (oneFile) ModTime() time.Time { return time.Time{} }
func (oneFile) IsDir() bool        { return false }
func (oneFile) Sys() any           { return nil }
