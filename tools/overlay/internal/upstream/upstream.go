// Package upstream finds a file as it was when an overlay was made for it. Its digest, which
// the overlay has, proves that it is the one.
package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// defaultMaxDownloads is how many versions of a module are downloaded, one after the other.
const defaultMaxDownloads = 20

// Options is where to look.
type Options struct {
	ModuleCaches []string // as GOMODCACHE; what is downloaded goes into the first, or that of the go command
	SDKs         []string // as GOROOT
	Go           string   // path of the go command; without it, nothing is downloaded
	Env          []string // of the go command, besides this program's
	Offline      bool     // nothing is downloaded
	MaxDownloads int      // 20 by default; of versions to be tried, where none is recorded
	Platform     gosdk.Platform
	Replaced     map[string]string  // by the paths of modules, those under which they are fetched: of replace in go.mod
	Progress     func(doing string) // is called before what may take a while, unless it is nil
}

// A Text is what to look for.
type Text struct {
	ImportPath string // of the package, unless the file is the workspace's
	File       string // name in the package
	Digest     string // sha256:HEX
	Version    string // recorded one: v1.2.3, or 1.26.8 for the standard library; or an empty string
}

// name is for messages.
func (t Text) name() string {
	if t.ImportPath == "" {
		return t.File
	}
	return t.ImportPath + "/" + t.File
}

// Found is a file that has the digest.
type Found struct {
	Content []byte
	Module  string // that it is of, or an empty string
	Version string // of the module, or of Go (1.26.8); or an empty string
	Commit  string // that has the file so; an empty string for a module or SDK
	Place   string // path of the file, or the repository
}

// A NotFoundError says where there is no file with the digest.
type NotFoundError struct {
	Text     Text
	Searched []string // what was found in each place
	Advice   string   // what to do
	Errs     []error  // what kept places from being searched
}

func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, as it was when the overlay was made, is nowhere to be found: nothing has the digest %s.\nSearched:\n", e.Text.name(), e.Text.Digest)
	for _, line := range e.Searched {
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(line, "\n", "\n    "))
	}
	if len(e.Searched) == 0 {
		b.WriteString("  nothing, for no place is known\n")
	}
	return b.String() + e.Advice
}

func (e *NotFoundError) Unwrap() []error { return e.Errs }

// A search is one for a text.
type search struct {
	Options
	ctx      context.Context
	text     Text
	searched []string
	errs     []error
}

func (o Options) search(ctx context.Context, text Text) (*search, error) {
	if !digest.Is(strings.ToLower(text.Digest)) {
		return nil, fmt.Errorf("%s: expected the digest of the base as sha256: and 64 hex digits, found %q", text.name(), text.Digest)
	}
	if o.MaxDownloads == 0 {
		o.MaxDownloads = defaultMaxDownloads
	}
	if o.Platform == (gosdk.Platform{}) {
		o.Platform = gosdk.Host
	}
	return &search{Options: o, ctx: ctx, text: text}, nil
}

// notFound returns the error.
func (s *search) notFound(advice string) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return &NotFoundError{Text: s.text, Searched: s.searched, Advice: advice, Errs: s.errs}
}

func (s *search) note(format string, args ...any) {
	s.searched = append(s.searched, fmt.Sprintf(format, args...))
}

// failed notes why a place was not searched.
func (s *search) failed(place string, err error) {
	s.note("%s: %v", place, err)
	s.errs = append(s.errs, err)
}

func (s *search) proves(content []byte) bool {
	return digest.Of(content) == strings.ToLower(s.text.Digest)
}

// read returns the content of a file that has the digest. It notes another one.
func (s *search) read(path, place string) (Found, bool) {
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.note("%s: has no such file", place)
	case err != nil:
		s.failed(place, err)
	case s.proves(content):
		return Found{Content: content, Place: path}, true
	default:
		s.note("%s: the file differs", place)
	}
	return Found{}, false
}

// withCRs is a text as git writes it to disk where it turns the ends of lines to those of Windows.
func withCRs(content []byte) []byte {
	return bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// inSlashes joins a folder with a name that has slashes.
func inSlashes(folder string, names ...string) string {
	for _, name := range names {
		folder = filepath.Join(folder, filepath.FromSlash(name))
	}
	return folder
}
