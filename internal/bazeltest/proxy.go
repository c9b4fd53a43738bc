package bazeltest

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// A Proxy stands between Bazel and a cache over HTTP.
type Proxy struct {
	URL    string // for Bazel's --remote_cache
	server *http.Server
}

// StartProxy starts a server that answers as wrap has it, which is given what passes
// requests on to the cache.
func StartProxy(cache *Nginx, wrap func(cache http.Handler) http.Handler) (*Proxy, error) {
	target, err := url.Parse(cache.URL)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	pass := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorLog: log.New(io.Discard, "", 0), // Bazel tells of the answer 502.
	}
	p := &Proxy{
		URL:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: wrap(pass)},
	}
	go p.server.Serve(listener) // Until Stop.
	return p, nil
}

// Stop ends the server.
func (p *Proxy) Stop() error { return p.server.Close() }
