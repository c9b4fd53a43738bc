package bazeltest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Nginx is a cache over HTTP: nginx with its WebDAV module.
type Nginx struct {
	URL     string // for Bazel's --remote_cache
	process *process
}

// nginxConfig has the port, and the folder.
const nginxConfig = `daemon off;
%[3]spid %[2]s/pid;
error_log stderr warn;
worker_processes 2;
events {}
http {
	access_log off;
	client_body_temp_path %[2]s/body;
	fastcgi_temp_path %[2]s/fastcgi;
	proxy_temp_path %[2]s/proxy;
	scgi_temp_path %[2]s/scgi;
	uwsgi_temp_path %[2]s/uwsgi;
	server {
		listen 127.0.0.1:%[1]d;
		root %[2]s/cache;
		client_max_body_size 0;
		location / {
			dav_methods PUT;
			create_full_put_path on;
		}
	}
}
`

// StartNginx starts a server that keeps everything in a folder, below cache in the
// layout of the protocol: ac/DIGEST and cas/DIGEST.
func StartNginx(dir string) (*Nginx, error) {
	for attempt := 0; ; attempt++ {
		server, err := startNginx(dir)
		// Another program may have taken the port that was free.
		if err == nil || attempt == 3 || !strings.Contains(err.Error(), "Address already in use") {
			return server, err
		}
	}
}

func startNginx(dir string) (*Nginx, error) {
	if err := os.MkdirAll(filepath.Join(dir, "cache"), 0o755); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	var user string
	if os.Geteuid() == 0 {
		user = "user root;\n" // Or the files would have to be another user's.
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, port, dir, user), 0o644); err != nil {
		return nil, err
	}
	s := &Nginx{URL: fmt.Sprintf("http://127.0.0.1:%d", port)}
	if s.process, err = start("nginx", "-c", config, "-p", dir, "-e", "stderr"); err != nil {
		return nil, err
	}
	return s, s.process.await(func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	})
}

// Stop ends the server.
func (s *Nginx) Stop() { s.process.stop() }

// freePort returns a TCP port at which nothing listens now.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
