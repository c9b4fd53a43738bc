package sdkbuild

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const distBuild = `package main

var (
	toolchain = []string{"cmd/link"}

	binExesIncludedInDistpack = []string{"cmd/go", "cmd/gofmt"}
	toolsIncludedInDistpack = []string{"cmd/asm", "cmd/vet"}

	toolsToInstall = slices.Concat(binExesIncludedInDistpack, toolsIncludedInDistpack)
)
`

func sources(commands ...string) map[string]string {
	files := map[string]string{"src/cmd/dist/build.go": distBuild}
	for _, command := range commands {
		files["src/cmd/"+command+"/main.go"] = "source of " + command
	}
	return files
}

func TestRebuild(t *testing.T) {
	for _, test := range []struct {
		name    string
		version string
		files   map[string]string // beside the sources of asm, go, gofmt, link, vet
		want    []string
	}{
		{
			name:    "what the source says is distributed",
			version: "go1.25.0",
			want:    []string{"bin/go", "bin/gofmt", "pkg/tool/linux_amd64/asm", "pkg/tool/linux_amd64/vet"},
		},
		{
			name:    "what the SDK has",
			version: "go1.26rc1",
			files: map[string]string{
				"pkg/tool/linux_amd64/link": "",
				// Without source: Verify tells.
				"pkg/tool/linux_amd64/other":   "",
				"pkg/tool/windows_amd64/other": "",
				"src/cmd/other/README":         "",
				"src/cmd/other/sub/main.go":    "",
				"bin/tool":                     "",
				// In the wrong folder.
				"bin/vet":                    "",
				"pkg/tool/linux_amd64/gofmt": "",
				"pkg/tool/linux_amd64/a/b":   "",
				"src/cmd/b/main.go":          "",
				"pkg/tool/linux_amd64_/link": "",
			},
			want: []string{"bin/go", "bin/gofmt", "pkg/tool/linux_amd64/asm", "pkg/tool/linux_amd64/link", "pkg/tool/linux_amd64/vet"},
		},
		{
			name:    "all commands of the source, where that does not say",
			version: "go1.24.13",
			want:    []string{"bin/go", "bin/gofmt", "pkg/tool/linux_amd64/asm"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := sources("asm", "go", "gofmt", "link", "vet")
			maps.Copy(files, test.files)
			sdk := newFakeSDK(t, test.version, files)
			out, err := sdk.rebuild(t)
			if err != nil {
				t.Fatal(err)
			}
			rebuilt := filesBelow(t, out)
			if !slices.Equal(rebuilt, test.want) {
				t.Errorf("rebuilt %q, want %q", rebuilt, test.want)
			}
			content, err := os.ReadFile(filepath.Join(out, "pkg/tool/linux_amd64/asm"))
			if err != nil || string(content) != "source of asm" {
				t.Errorf("asm is %q, %v", content, err)
			}
			for _, name := range rebuilt {
				if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Mode()&0o111 == 0 {
					t.Errorf("%s is not executable: %v, %v", name, info.Mode(), err)
				}
			}
		})
	}
}

// TestSurroundings checks what decides about the bytes of the binaries, and that
// nothing else gets to the go command.
func TestSurroundings(t *testing.T) {
	for _, name := range []string{"GOAMD64", "GOEXPERIMENT", "GOFIPS140", "GO111MODULE", "PATH"} {
		t.Setenv(name, "x")
	}
	const environment = `CGO_ENABLED=0
GOCACHE=TMP/cache
GOENV=off
GOFLAGS=-buildvcs=false -trimpath -ldflags=-w -gcflags=cmd/...=-dwarf=false
GOPATH=TMP/path
GOPROXY=off
GOROOT=TMP/goroot
GOTELEMETRY=off
GOTMPDIR=TMP
GOTOOLCHAIN=local
GOWORK=off
HOME=TMP
TMPDIR=TMP

`
	for version, module := range map[string]string{
		"go1.22.12": "module bootstrap",
		"go1.23.0":  "module bootstrap",
		"go1.24rc1": "module bootstrap\n\ngo 1.24\n",
		"go1.27.4":  "module bootstrap\n\ngo 1.27\n",
	} {
		out, err := newFakeSDK(t, version, sources("asm", "go", "gofmt", "vet")).rebuild(t)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(out, "bin", "go"))
		if err != nil {
			t.Fatal(err)
		}
		if want := environment + module; string(got) != want {
			t.Errorf("%s: surroundings are\n%s\nwant\n%s", version, got, want)
		}
	}
}

func TestRebuildLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	if _, err := newFakeSDK(t, "go1.26.8", sources("asm", "go", "gofmt", "vet")).rebuild(t); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil || len(entries) > 0 {
		t.Errorf("left %v in the temporary folder, %v", entries, err)
	}
}

func TestRebuildInterrupted(t *testing.T) {
	tmp, building := t.TempDir(), filepath.Join(t.TempDir(), "building")
	t.Setenv("TMPDIR", tmp)
	files := sources("asm", "go", "gofmt", "vet")
	files["src/cmd/asm/main.go"] = "wait: " + building
	ctx, cancel := context.WithCancel(context.Background())
	o := newFakeSDK(t, "go1.26.8", files).options(t)
	done := make(chan error)
	go func() { done <- Rebuild(ctx, o) }()
	for {
		if _, err := os.Stat(building); err == nil {
			break
		}
		select {
		case err := <-done:
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err == nil || err.Error() != "interrupted" {
		t.Errorf("error is %v", err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil || len(entries) > 0 {
		t.Errorf("left %v in the temporary folder, %v", entries, err)
	}
}

func TestRebuildErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		version string
		files   map[string]string
		want    []string
	}{
		{
			name:    "not a release",
			version: "devel go1.28-0123456789 Mon Jan 1 00:00:00 2029 +0000",
			want:    []string{`the SDK is "devel go1.28-`, "expected a release such as go1.26.8"},
		},
		{
			name:    "another build",
			version: "go1.26.8 X:boringcrypto",
			want:    []string{`the SDK is "go1.26.8 X:boringcrypto", expected a release`},
		},
		{
			name:    "another platform",
			version: "go1.26.8",
			files:   map[string]string{"bin/go": "\xcf\xfa\xed\xfe"},
			want: []string{
				"the SDK is for linux_amd64, and its go command does not run here, on ",
				"target_compatible_with",
			},
		},
		{
			name:    "a source is missing",
			version: "go1.26.8",
			want:    []string{"the SDK can't build its own commands: files of it are missing, or damaged: go build: exit status 1\nopen src/cmd/asm/main.go: no such file"},
		},
		{
			name:    "a source is another one",
			version: "go1.26.8",
			files:   map[string]string{"src/cmd/asm/main.go": "package internal"},
			want:    []string{"cmd/asm was not built"},
		},
		{
			name:    "a list is missing",
			version: "go1.29.0",
			files:   map[string]string{"src/cmd/dist/build.go": strings.ReplaceAll(distBuild, "toolsIncludedInDistpack", "tools")},
			want:    []string{"src/cmd/dist/build.go does not say which binaries a distribution of go1.29.0 has: it has no list of strings toolsIncludedInDistpack"},
		},
		{
			name:    "a list can't be read",
			version: "go1.29.0",
			files:   map[string]string{"src/cmd/dist/build.go": "package"},
			want:    []string{"src/cmd/dist/build.go does not say"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := sources("go", "gofmt", "vet")
			maps.Copy(files, test.files)
			_, err := newFakeSDK(t, test.version, files).rebuild(t)
			checkError(t, err, test.want...)
		})
	}
	t.Run("no go command", func(t *testing.T) {
		sdk := newFakeSDK(t, "go1.26.8", nil)
		if err := os.Remove(filepath.Join(string(sdk), "bin", "go")); err != nil {
			t.Fatal(err)
		}
		_, err := sdk.rebuild(t)
		checkError(t, err, "the go command of the SDK does not tell its version", "no such file")
	})
	t.Run("a file of elsewhere", func(t *testing.T) {
		sdk := newFakeSDK(t, "go1.26.8", nil)
		err := Rebuild(context.Background(), Options{Platform: thisPlatform, Root: filepath.Join(string(sdk), "bin", "go"), Files: sdk.files(t), Out: t.TempDir()})
		checkError(t, err, "src/version is not in the SDK, which is "+filepath.Join(string(sdk), "bin"))
	})
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
