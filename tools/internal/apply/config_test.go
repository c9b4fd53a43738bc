package apply

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestLeftOut(t *testing.T) {
	const (
		constrained = "//go:build %s\n\npackage p\n"
		usesC       = "package p\n\nimport \"C\"\n"
	)
	own := strings.TrimPrefix(runtime.Version(), "go")
	for _, test := range []struct {
		name    string
		content string
		config  buildConfig
		want    string // "" if it is compiled
	}{
		{"a.go", "package p\n", buildConfig{}, ""},
		{"a.go", fmt.Sprintf(constrained, "our_tag"), buildConfig{}, `its constraint "//go:build our_tag" does not hold`},
		{"a.go", fmt.Sprintf(constrained, "our_tag"), buildConfig{Tags: []string{"race", "our_tag"}}, ""},
		{"a.go", fmt.Sprintf(constrained, "!race"), buildConfig{Tags: []string{"race"}}, `its constraint "//go:build !race" does not hold`},
		{"a.go", "// +build windows\n\npackage p\n", buildConfig{}, `its constraint "// +build windows" does not hold`},
		{"a.go", "/* License. */\n\n//go:build ignore\n\npackage p\n", buildConfig{}, `its constraint "//go:build ignore" does not hold`},
		{"a.go", fmt.Sprintf(constrained, "go1.26"), buildConfig{GoVersion: "1.25.3"}, `its constraint "//go:build go1.26" does not hold`},
		{"a.go", fmt.Sprintf(constrained, "go1.26"), buildConfig{GoVersion: "1.26rc1"}, ""},
		{"a.go", fmt.Sprintf(constrained, "go1.10"), buildConfig{GoVersion: "devel"}, ""},
		{"a.go", fmt.Sprintf(constrained, "unix"), buildConfig{}, ""},
		{"a.go", fmt.Sprintf(constrained, "cgo"), buildConfig{}, `its constraint "//go:build cgo" does not hold`},
		{"a.go", fmt.Sprintf(constrained, "cgo"), buildConfig{Cgo: true}, ""},
		{"a.go", fmt.Sprintf(constrained, "goexperiment.neverseen"), buildConfig{GoVersion: own}, `its constraint "//go:build goexperiment.neverseen" does not hold`},
		{"a.go", fmt.Sprintf(constrained, "goexperiment.neverseen"), buildConfig{GoVersion: "1.3.1"}, ""}, // Who knows.
		{"a.go", usesC, buildConfig{}, `it imports "C", and cgo is off`},
		{"a.go", usesC, buildConfig{Cgo: true}, ""},
		{"a_windows.go", "package p\n", buildConfig{}, "its name is for another platform"},
		{"a_linux_arm64.go", "package p\n", buildConfig{}, "its name is for another platform"},
		{"a_linux_amd64.s", "", buildConfig{}, ""},
		{"a_arm64.s", "", buildConfig{}, "its name is for another platform"},
		{"a.c", "//go:build windows\n\nint x;\n", buildConfig{Cgo: true}, `its constraint "//go:build windows" does not hold`},
		{"a.c", "int x;\n", buildConfig{Cgo: true}, ""},
		{"a.c", "int x;\n", buildConfig{}, "it is for a C compiler, and cgo is off"},
		{"a.mm", "", buildConfig{Cgo: true}, "go/build ignores files with the extension .mm"},
		{"_a.go", "package p\n", buildConfig{}, "go/build ignores names that begin with _"},
		{"a.h", "//go:build windows\n", buildConfig{}, ""},      // Others include it.
		{"a.go", "//go:build (\npackage\n", buildConfig{}, ""},  // For the compiler to say.
		{"data.txt", "//go:build windows\n", buildConfig{}, ""}, // Not compiled.
	} {
		config := test.config
		config.GOOS, config.GOARCH = "linux", "amd64"
		got := config.leftOut(test.name, test.content)
		if got != test.want {
			t.Errorf("%s, %v:\n%s\ngot  %q\nwant %q", test.name, &config, test.content, got, test.want)
		}
	}
	if got := (*buildConfig)(nil).leftOut("a_windows.go", "package p\n"); got != "" {
		t.Errorf("without a configuration: got %q", got)
	}
}

func TestIsSatisfiable(t *testing.T) {
	for _, test := range []struct {
		name, constraint string
		want             bool
	}{
		{"a.go", "our_tag", true},
		{"a.go", "ignore", true}, // Somebody may set it.
		{"a.go", "our_tag && !our_tag", false},
		{"a.go", "linux && windows", false},
		{"a.go", "linux && android", true},
		{"a.go", "windows && unix", false},
		{"a.go", "darwin && unix && !cgo", true},
		{"a.go", "amd64 && arm64", false},
		{"a.go", "!linux && !windows", true},
		{"a.go", "unix && !linux", true},
		{"a.go", "unix && !linux && !darwin && !freebsd", true},
		{"a.go", "!unix && !windows && !plan9", true},
		{"a.go", "unix && plan9", false},
		{"a.go", "!amd64 && !arm64", true},
		{"a.go", "riscv64 && amd64", false},
		{"a.go", "linux && use_linux", true},
		{"a.go", "amd64 && with_amd64", true},
		{"a.go", "windows && !use_linux && !with_amd64", true},
		{"a.go", "use_linux && !use_linux", false},
		{"a.go", "amd64 && amd64.v3", true},
		{"a_windows.go", "linux", false},
		{"a_windows.go", "amd64 && !cgo", true},
		{"a_windows_amd64.go", "arm64", false},
		{"a_linux.go", "unix", true},
		{"a.go", "go1.25 && !go1.26", true},
		{"a.go", "go1.26 && !go1.25", false},
		{"a.go", "gccgo", true},
		{"a.go", "gc && gccgo", false},
		{"a.go", "boringcrypto", true},
		{"a.go", "goexperiment.jsonv2 && amd64.v3", true},
		{"a.go", "a && b && c && d && e && f && g && !a && linux && go1.20 && cgo", false},
		{"a.go", "a && b && c && d && e && f && g && h && i && !a", true}, // Too much to try.
	} {
		if got := isSatisfiable(test.name, "//go:build "+test.constraint+"\n\npackage p\n"); got != test.want {
			t.Errorf("%s with %s: got %t", test.name, test.constraint, got)
		}
	}
}
