package redact

import (
	"errors"
	"os"
	"testing"
)

func TestError(t *testing.T) {
	for in, want := range map[string]string{
		"reading https://a:b@host/golang.org/toolchain/@v/v1.info: 404": "reading https://host/golang.org/toolchain/@v/v1.info: 404",
		"reading https://host/golang.org/toolchain/@v/v1.info: 404":     "reading https://host/golang.org/toolchain/@v/v1.info: 404",
		`Get "https://a@host:1/x?key=b&c": no`:                          `Get "https://host:1/x": no`,
		"reading https://host/x?key=b: 404, http://b@host":              "reading https://host/x: 404, http://host",
		"reading https://a@:b@host/x: 404":                              "reading https://host/x: 404",
		"verifying golang.org/toolchain@v0.0.1: what?":                  "verifying golang.org/toolchain@v0.0.1: what?",
		"parse https://a:b/@host: no":                                   "parse https://a:b/@host: no", // See CheckURLs.
	} {
		if got := Error(errors.New(in)).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := Error(os.ErrNotExist); err != os.ErrNotExist {
		t.Errorf("got %v", err)
	}
}
