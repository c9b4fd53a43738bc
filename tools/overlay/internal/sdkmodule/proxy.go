package sdkmodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/redact"
)

// A Proxy is GOPROXY, as it is read without the go command. There are credentials in URLs,
// but none of .netrc and GOAUTH, and no direct.
type Proxy struct {
	GOPROXY, GONOPROXY string

	// Progress, if it is not nil, is called with how many bytes of a zip are there, of how
	// many, or of 0 if that is not known.
	Progress func(done, total int64)
}

// ProxyOfEnvironment returns what is known of the proxy where there is no go command.
func ProxyOfEnvironment() Proxy {
	p := Proxy{GOPROXY: os.Getenv("GOPROXY"), GONOPROXY: os.Getenv("GONOPROXY")}
	if p.GONOPROXY == "" {
		p.GONOPROXY = os.Getenv("GOPRIVATE")
	}
	return p
}

// Fetch writes the module zip of an SDK into a new file. It is not verified. It returns
// where it came from, for messages.
func (p *Proxy) Fetch(ctx context.Context, s SDK, target string) (from string, err error) {
	return p.get(ctx, Path+"/@v/"+s.ModuleVersion()+".zip", func(r io.Reader, size int64) (err error) {
		if size > maxSize {
			return tooLarge()
		}
		w, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		defer func() {
			if err = errors.Join(err, w.Close()); err != nil {
				os.Remove(target)
			}
		}()
		done, err := io.Copy(w, io.TeeReader(io.LimitReader(r, maxSize+1), &counter{progress: p.Progress, total: max(size, 0)}))
		switch {
		case err != nil:
			return err
		case done > maxSize:
			return tooLarge()
		}
		return nil
	})
}

func tooLarge() error {
	return fmt.Errorf("the zip is larger than the %d MB that the go command allows", maxSize>>20)
}

// A counter reports what is written to it, now and then.
type counter struct {
	progress    func(done, total int64)
	done, total int64
	last        time.Time
}

func (c *counter) Write(data []byte) (int, error) {
	c.done += int64(len(data))
	if c.progress != nil && (time.Since(c.last) > 100*time.Millisecond || c.done == c.total) {
		c.last = time.Now()
		c.progress(c.done, c.total)
	}
	return len(data), nil
}

// List returns the SDKs that the proxy lists.
func (p *Proxy) List(ctx context.Context) (sdks []SDK, err error) {
	const maxList = 16 << 20
	_, err = p.get(ctx, Path+"/@v/list", func(r io.Reader, _ int64) error {
		var b bytes.Buffer
		if _, err := io.Copy(&b, io.LimitReader(r, maxList)); err != nil {
			return err
		}
		sdks = fromModuleVersions(strings.Fields(b.String()))
		return nil
	})
	return sdks, err
}

// get gets a file of the first proxy that has it, as go help goproxy says. The function gets the
// content, and its size, or -1.
func (p *Proxy) get(ctx context.Context, name string, use func(io.Reader, int64) error) (from string, err error) {
	elements, err := p.elements()
	if err != nil {
		return "", err
	}
	var tried []string
	for _, e := range elements {
		if e.problem != "" {
			tried = append(tried, e.problem)
			break
		}
		shown := *e.base
		shown.User = nil
		from := shown.JoinPath(name).String()
		err := e.get(ctx, name, use)
		if err == nil {
			return from, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		tried = append(tried, from+": "+redact.Error(err).Error())
		if !errors.Is(err, fs.ErrNotExist) && !e.fallsBack {
			break
		}
	}
	return "", fmt.Errorf("GOPROXY led to\n  %s\nThe go command may reach more, such as what takes .netrc or GOAUTH: %w", strings.Join(tried, "\n  "), ErrNoGo)
}

// An element is one of GOPROXY.
type element struct {
	base      *url.URL
	fallsBack bool   // whether any failure leads to the next one, and not only that there is no such file
	problem   string // of one where nothing can be had
}

// elements reads GOPROXY.
func (p *Proxy) elements() ([]element, error) {
	goproxy := p.GOPROXY
	if strings.Trim(goproxy, ",| ") == "" {
		return nil, fmt.Errorf("GOPROXY is not set, and there is no go command to ask for its default; set it to the URL of a module proxy, or %w", ErrNoGo)
	}
	if matchesPrefix(p.GONOPROXY, Path) {
		return nil, fmt.Errorf("GONOPROXY or GOPRIVATE match %s, so that GOPROXY is not for it; set GONOPROXY=none, or %w", Path, ErrNoGo)
	}
	if err := redact.CheckURLs(goproxy, ""); err != nil {
		return nil, err
	}
	var all []element
	for i := 1; goproxy != ""; i++ {
		text, separator := goproxy, ""
		if at := strings.IndexAny(goproxy, ",|"); at >= 0 {
			text, separator, goproxy = goproxy[:at], goproxy[at:at+1], goproxy[at+1:]
		} else {
			goproxy = ""
		}
		switch text = strings.TrimSpace(text); text {
		case "":
			continue
		case "off":
			return append(all, element{problem: "off: GOPROXY says that nothing is to be fetched"}), nil
		case "direct":
			return append(all, element{problem: "direct: only a go command fetches from where a module comes from"}), nil
		}
		if !strings.Contains(text, ":/") {
			text = "https://" + text // as the go command does
		}
		base, err := url.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("part %d of GOPROXY is no URL", i)
		}
		switch {
		case base.Scheme == "file" && base.Host == "" && base.User == nil:
		case base.Scheme == "https" && base.Host != "":
		case base.Scheme == "http" && base.Host != "" && base.User != nil:
			return nil, fmt.Errorf("part %d of GOPROXY has credentials, which are for https only, which keeps them secret", i)
		case base.Scheme == "http" && base.Host != "":
		default:
			return nil, fmt.Errorf("part %d of GOPROXY: expected a URL with https, http or file:///, or direct, or off", i)
		}
		if base.RawQuery != "" || base.Fragment != "" {
			return nil, fmt.Errorf("part %d of GOPROXY: ? and # are not supported", i)
		}
		all = append(all, element{base: base, fallsBack: separator == "|"})
	}
	return all, nil
}

func (e element) get(ctx context.Context, name string, use func(io.Reader, int64) error) error {
	if e.base.Scheme == "file" {
		return e.open(ctx, name, use)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.base.JoinPath(name).String(), nil)
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return use(response.Body, response.ContentLength)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("HTTP %s: %w", response.Status, fs.ErrNotExist)
	default:
		return fmt.Errorf("HTTP %s", response.Status)
	}
}

func (e element) open(ctx context.Context, name string, use func(io.Reader, int64) error) error {
	dir := e.base.Path
	if runtime.GOOS == "windows" {
		dir = strings.TrimPrefix(dir, "/") // /C:/proxy
	}
	file, err := os.Open(filepath.Join(filepath.FromSlash(dir), filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return use(reader{ctx, file}, info.Size())
}

// A reader ends with its context.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(data []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(data)
}

// matchesPrefix tells whether a pattern matches a path or one of its parents, as GOPRIVATE is read.
func matchesPrefix(globs, name string) bool {
	elements := strings.Split(name, "/")
	for _, glob := range strings.Split(globs, ",") {
		glob = strings.TrimSuffix(strings.TrimSpace(glob), "/")
		n := strings.Count(glob, "/") + 1
		if glob == "" || n > len(elements) {
			continue
		}
		if ok, _ := path.Match(glob, strings.Join(elements[:n], "/")); ok {
			return true
		}
	}
	return false
}
