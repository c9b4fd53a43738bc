package editor

import (
	"bufio"
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"**/*.{go,mod}", "/ws/a/b.go", true},
		{"**/*.{go,mod}", "/ws/go.mod", true},
		{"**/*.{go,mod}", "/ws/a.gob", false},
		{"**/BUILD", "/ws/a/BUILD", true},
		{"**/BUILD", "/ws/a/BUILD.bazel", false},
		{"/ws/**/*.go", "/ws/a.go", true},
		{"/ws/**/*.go", "/other/a.go", false},
	} {
		if got := glob(test.pattern).MatchString(test.path); got != test.want {
			t.Errorf("%s matches %s: %v, want %v", test.pattern, test.path, got, test.want)
		}
	}
}

func TestReadMessage(t *testing.T) {
	reader := bufio.NewReader(strings.NewReader("Content-Length: 17\r\n\r\n{\"method\": \"one\"}Content-Length: 17\r\n\r\n{\"method\": \"two\"}Length: 1\r\n\r\n"))
	for _, want := range []string{"one", "two"} {
		if m, err := readMessage(reader); err != nil || m.Method != want {
			t.Errorf("read %+v, %v, want %s", m, err, want)
		}
	}
	if m, err := readMessage(reader); err == nil {
		t.Errorf("read %+v of a message without a length", m)
	}
}
