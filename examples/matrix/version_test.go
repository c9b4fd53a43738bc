package matrix

import (
	"go/version"
	"os"
	"runtime"
	"strings"
	"testing"
)

// The name of the test, such as //matrix:versions_1.25, says which Go has to have
// built it.
func TestVersion(t *testing.T) {
	t.Logf("%s is built by %s for %s/%s", os.Getenv("TEST_TARGET"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	_, want, ok := strings.Cut(os.Getenv("TEST_TARGET"), ":versions_")
	if ok && version.Lang(runtime.Version()) != "go"+want {
		t.Errorf("built by %s, want go%s", runtime.Version(), want)
	}
	_, want, ok = strings.Cut(os.Getenv("TEST_TARGET"), ":platforms_")
	if got := runtime.GOOS + "_" + runtime.GOARCH; ok && got != want {
		t.Errorf("built for %s, want %s", got, want)
	}
}
