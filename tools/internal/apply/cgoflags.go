package apply

import (
	"errors"
	"go/build"
)

// cgoFlags returns the flags of the #cgo lines of a Go file, by their kinds, as
// go/build reads them, with packageFolder for ${SRCDIR}. Those whose constraints do
// not hold are left out, and so are all of a file whose constraints do not hold.
func (c *buildConfig) cgoFlags(name, content string) (map[string][]string, error) {
	ctx := c.context(map[string]string{name: content})
	p, err := ctx.ImportDir(packageFolder, 0)
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
