package sdkverify

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

var thisPlatform = gosdk.Platform{GOOS: "linux", GOARCH: "amd64"} // It need not be true.

// A folder is one that a test makes.
type folder string

func (f folder) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(string(f), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// files returns the paths of all files.
func (f folder) files(t *testing.T) []string {
	t.Helper()
	files, err := filesBelow(string(f))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range sortedNames(files) {
		paths = append(paths, files[name])
	}
	return paths
}

func checkError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error is\n%v\nwant\n%s", err, part)
		}
	}
}

// verify compares an SDK that has files with a folder that has others.
func verify(t *testing.T, p gosdk.Platform, distributed, rebuilt map[string]string) error {
	t.Helper()
	sdk, other := folder(t.TempDir()), folder(t.TempDir())
	for name, content := range distributed {
		sdk.write(t, name, content)
	}
	for name, content := range rebuilt {
		other.write(t, name, content)
	}
	return Verify(Options{
		SDK:      "@@sdk//:go_sdk",
		Platform: p,
		Root:     filepath.Join(string(sdk), "ROOT"),
		Files:    sdk.files(t),
		Rebuilt:  string(other),
	})
}

func TestVerify(t *testing.T) {
	same := map[string]string{"bin/go": "go", "pkg/tool/linux_amd64/asm": "asm"}
	if err := verify(t, thisPlatform, same, same); err != nil {
		t.Error(err)
	}

	err := verify(t, thisPlatform, map[string]string{
		"bin/go":                       "go",
		"bin/gofmt":                    "gofmt+",
		"bin/tool":                     "",
		"pkg/tool/linux_amd64/asm":     "asn",
		"pkg/tool/linux_amd64/compile": "comp",
		"pkg/tool/linux_amd64/other":   "",
	}, map[string]string{
		"bin/go":                       "go",
		"bin/gofmt":                    "gofmt",
		"pkg/tool/linux_amd64/asm":     "asm",
		"pkg/tool/linux_amd64/compile": "compile",
		"pkg/tool/linux_amd64/vet":     "vet",
	})
	if err == nil {
		t.Fatal("no error")
	}
	digest := func(content string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) }
	want := `@@sdk//:go_sdk is not what its source makes. Of its 6 binaries, 1 are.

bin/gofmt is not what src/cmd/gofmt makes:
  in the SDK        ` + digest("gofmt+") + `, 6 bytes
  rebuilt           ` + digest("gofmt") + `, 5 bytes
  first difference  at offset 5, where the rebuilt one ends

bin/tool has no source: an SDK for linux_amd64 has commands in bin and in pkg/tool/linux_amd64 only.

pkg/tool/linux_amd64/asm is not what src/cmd/asm makes:
  in the SDK        ` + digest("asn") + `, 3 bytes
  rebuilt           ` + digest("asm") + `, 3 bytes
  first difference  at offset 2

pkg/tool/linux_amd64/compile is not what src/cmd/compile makes:
  in the SDK        ` + digest("comp") + `, 4 bytes
  rebuilt           ` + digest("compile") + `, 7 bytes
  first difference  at offset 4, where that of the SDK ends

pkg/tool/linux_amd64/other has no source: there is no src/cmd/other in the SDK.

pkg/tool/linux_amd64/vet is missing: src/cmd/vet makes it, and a distribution has it.
` + meaning
	if err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%s", err, want)
	}
}

func TestVerifyNoneIsTheSame(t *testing.T) {
	const hint = "As none is the same, one cause may do"
	for _, test := range []struct {
		distributed, rebuilt map[string]string
		want                 bool
	}{
		{map[string]string{"bin/go": "1", "bin/gofmt": "1"}, map[string]string{"bin/go": "2", "bin/gofmt": "2"}, true},
		{map[string]string{"bin/go": "1", "bin/gofmt": "2"}, map[string]string{"bin/go": "2", "bin/gofmt": "2"}, false},
		{map[string]string{"bin/go": "1"}, map[string]string{"bin/go": "2"}, false},
	} {
		err := verify(t, thisPlatform, test.distributed, test.rebuilt)
		checkError(t, err, "is not what its source makes")
		if got := strings.Contains(err.Error(), hint); got != test.want {
			t.Errorf("%v and %v: hint is there: %t, want %t", test.distributed, test.rebuilt, got, test.want)
		}
	}
}

func TestVerifyWindows(t *testing.T) {
	p := gosdk.Platform{GOOS: "windows", GOARCH: "amd64"}
	files := map[string]string{"bin/go.exe": "", "pkg/tool/windows_amd64/asm.exe": ""}
	if err := verify(t, p, files, files); err != nil {
		t.Error(err)
	}
	err := verify(t, p, files, map[string]string{"bin/go.exe": "x"})
	checkError(t, err, "bin/go.exe is not what src/cmd/go makes", "asm.exe has no source: there is no src/cmd/asm in the SDK")
}

// Bazel lays out files, and folders that actions made, as links.
func TestVerifyLinks(t *testing.T) {
	sdk := folder(t.TempDir())
	sdk.write(t, "ROOT", "")
	sdk.write(t, "bin/go", "go")
	sdk.write(t, "rebuilt/bin/other", "go")
	links := map[string]string{
		"link":           "rebuilt",
		"rebuilt/bin/go": "other",
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(string(sdk), name)); err != nil {
			t.Fatal(err)
		}
	}
	err := Verify(Options{
		Platform: thisPlatform,
		Root:     filepath.Join(string(sdk), "ROOT"),
		Files:    []string{filepath.Join(string(sdk), "bin", "go")},
		Rebuilt:  filepath.Join(string(sdk), "link"),
	})
	checkError(t, err, "Of its 1 binaries, 1 are.\n\nbin/other is missing")
}

func TestVerifyErrors(t *testing.T) {
	checkError(t, verify(t, thisPlatform, map[string]string{"bin/go": ""}, nil), "nothing was rebuilt")
	err := Verify(Options{Root: "sdk/ROOT", Files: []string{"sdk2/bin/go"}})
	checkError(t, err, "sdk2/bin/go is not in the SDK, which is sdk")
	err = Verify(Options{Root: "sdk/ROOT", Rebuilt: "missing"})
	checkError(t, err, "missing: no such file")
}

func TestFirstDifference(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "a", 0},
		{"a", "", 0},
		{"ab", "b", 0},
		{"ab", "ac", 1},
		{"ab", "abc", 2},
	} {
		if got := firstDifference([]byte(test.a), []byte(test.b)); got != test.want {
			t.Errorf("%q and %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
