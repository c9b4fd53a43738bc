package sdkmodule

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, want, err string }{
		{"1.26.8", "1.26.8", ""},
		{"go1.26.8", "1.26.8", ""},
		{"1.26rc1", "1.26rc1", ""},
		{"1.21.0", "1.21.0", ""},
		{"1.20", "1.20", ""},
		{"1.26", "", `"1.26" is a version of the language; write 1.26.0`},
		{"go1.21", "", `write 1.21.0`},
		{"v1.26.8", "", "expected a version of Go such as 1.26.8"},
		{"1.26.8-mine", "", "expected a version"},
		{"latest", "", "expected a version"},
		{"", "", "expected a version"},
	} {
		got, err := ParseVersion(tt.in)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("ParseVersion(%q) = %q, %v", tt.in, got, err)
		}
	}

	got, err := ParsePlatforms("linux_amd64, darwin/arm64")
	if err != nil || !slices.Equal(got, []gosdk.Platform{{GOOS: "linux", GOARCH: "amd64"}, {GOOS: "darwin", GOARCH: "arm64"}}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, in := range []string{"", "linux", "linux_amd64,", "linux-amd64", "linux_arm_6", "Linux_amd64"} {
		if got, err := ParsePlatforms(in); err == nil {
			t.Errorf("ParsePlatforms(%q) = %v", in, got)
		}
	}

	versions := []string{"1.26.8", "1.10", "1.26rc2", "1.9", "1.10rc1", "1.26.10", "1.26rc1", "1.26.0"}
	slices.SortFunc(versions, CompareVersions)
	if want := []string{"1.9", "1.10rc1", "1.10", "1.26rc1", "1.26rc2", "1.26.0", "1.26.8", "1.26.10"}; !slices.Equal(versions, want) {
		t.Errorf("got the order %v", versions)
	}
}
