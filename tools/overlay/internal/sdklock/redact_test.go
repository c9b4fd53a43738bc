//go:build go1.24

package sdklock

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// TestCredentials checks that user names and passwords in URLs are used, but not
// shown, whatever goes wrong.
func TestCredentials(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("SSL_CERT_FILE is for other systems")
	}
	const user, password = "Hidden-user", "Hidden-word"
	for _, tt := range []struct {
		name    string
		goproxy string // URL and HOST stand for those of the proxy
		gosumdb string // likewise, of a database
		version string
		want    string // "" if it works
	}{
		{name: "right", goproxy: "https://USER:PASS@HOST", version: "1.26.8"},
		{name: "wrong", goproxy: "https://USER:PASSPASS@HOST", version: "1.26.8", want: "403 Forbidden"},
		{name: "user only", goproxy: "https://USERPASS@HOST", version: "1.26.8", want: "403 Forbidden"},
		{name: "no such version", goproxy: "https://USER:PASS@HOST", version: "1.26.9", want: "404 Not Found"},
		{name: "no scheme", goproxy: "USER:PASS@HOST", version: "1.26.9", want: "404 Not Found"},
		{name: "several", goproxy: "https://USER:PASS@HOST,https://PASS@HOST|https://USER:PASS@localhost:1", version: "1.26.9", want: "localhost:1"},
		{name: "at", goproxy: "https://USER@:PASS@HOST", version: "1.26.8", want: "403 Forbidden"},
		{name: "query", goproxy: "https://USER:PASS@HOST?key=PASS", version: "1.26.9", want: "404 Not Found"},
		{name: "no such host", goproxy: "https://USER:PASS@host.invalid", version: "1.26.8", want: "host.invalid"},
		{name: "http", goproxy: "http://USER:PASS@HOST", version: "1.26.8", want: "refusing to pass credentials to insecure URL: http://"},
		{name: "other scheme", goproxy: "ftp://USER:PASS@HOST", version: "1.26.8", want: "invalid proxy URL scheme"},
		{name: "file", goproxy: "file://USER:PASS@HOST/", version: "1.26.8", want: "invalid file:// proxy URL"},
		{name: "slash", goproxy: "off|https://USER:PASS/PASS@HOST", version: "1.26.8", want: "part 2 of GOPROXY is no URL"},
		{name: "percent", goproxy: "https://USER:PASS%ZZ@HOST", version: "1.26.8", want: "part 1 of GOPROXY is no URL"},
		{name: "comma", goproxy: "https://USER:PASS,PASS@HOST", version: "1.26.8", want: "part 1 of GOPROXY is no URL"},
		{name: "no scheme, percent", goproxy: "USER:PASS%ZZ@HOST", version: "1.26.8", want: "part 1 of GOPROXY is no URL"},
		{name: "database", goproxy: "https://USER:PASS@HOST", gosumdb: "https://USERPASS@HOST", version: "1.26.8", want: "403 Forbidden"},
		{name: "database, percent", goproxy: "https://USER:PASS@HOST", gosumdb: "https://USER:PASS%ZZ@HOST", version: "1.26.8", want: "the second part of GOSUMDB is no URL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fakeproxy.New(t, versions()...)
			proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if u, p, _ := r.BasicAuth(); u != user || p != password {
					http.Error(w, "try again", http.StatusForbidden)
					return
				}
				s.ServeHTTP(w, r)
			}))
			defer proxy.Close()
			certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw})
			file := filepath.Join(t.TempDir(), "certificate.pem")
			fakeproxy.WriteFile(t, file, string(certificate))
			t.Setenv("SSL_CERT_FILE", file)
			replacer := strings.NewReplacer("USER", user, "PASS", password, "HOST", proxy.Listener.Addr().String())
			t.Setenv("GOPROXY", replacer.Replace(tt.goproxy))
			if tt.gosumdb != "" {
				t.Setenv("GOSUMDB", s.Key+" "+replacer.Replace(tt.gosumdb))
			}
			c := newCall(t, tt.version)
			if tt.want == "" {
				c.ok(t, Lock, "added 1.26.8 "+host.String())
				return
			}
			got := c.fails(t, Lock, tt.want)
			for _, secret := range []string{user, password, "Hidden"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s is in the error:\n%s", secret, got)
				}
			}
		})
	}
}
