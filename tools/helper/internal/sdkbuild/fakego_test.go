package sdkbuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// TestMain is the go command of fake SDKs, if it is called so.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "go" {
		os.Exit(m.Run())
	}
	if err := fakeGo(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fakeGo is a go command whose version is in a file of its SDK, and which compiles
// by copying: a binary is the source, or for the go command itself, what it knows of
// its surroundings. A binary with a version of its own is a script that prints it.
func fakeGo(args []string) error {
	goroot := os.Getenv("GOROOT")
	switch args[0] {
	case "env":
		version, err := os.ReadFile(filepath.Join(goroot, "src", "version"))
		if err != nil {
			return err
		}
		fmt.Println(string(version))
		return nil
	case "list":
		if args[1] == "-deps" {
			return fakeListDeps(goroot, args[1:])
		}
		if want := []string{"list", "-find", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "cmd/..."}; !slices.Equal(args, want) {
			return fmt.Errorf("arguments are %q", args)
		}
		fmt.Println("cmd/asm\n\ncmd/api\ncmd/compile/internal/ssa/_gen\ncmd/dist\ncmd/distpack\ncmd/go\ncmd/gofmt")
		return nil
	case "build":
		if args[1] != "-o" || !strings.HasSuffix(args[2], "/") {
			return fmt.Errorf("arguments are %q", args)
		}
		if err := checkTools(goroot); err != nil {
			return err
		}
		version := ""
		for _, arg := range args[3:] {
			if flag, ok := strings.CutPrefix(arg, "-ldflags="); ok {
				fields := strings.Fields(flag)
				version = strings.TrimPrefix(fields[1], "-X=internal/buildcfg.Version=")
				if want := "-w -X=internal/buildcfg.Version=" + version + " -X=runtime.buildVersion=" + version; flag != want {
					return fmt.Errorf("-ldflags is %q", flag)
				}
				continue
			}
			if err := fakeBuild(goroot, args[2], strings.TrimPrefix(arg, "cmd/"), version); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("unknown command %q", args)
}

// fakeListDeps lists what commands consist of: themselves, and a package that
// embeds files.
func fakeListDeps(goroot string, args []string) error {
	const format = `{{.ImportPath}}{{range .EmbedPatterns}}{{"\t"}}{{.}}{{end}}`
	if len(args) < 4 || !slices.Equal(args[:4], []string{"-deps", "-pgo=off", "-f", format}) {
		return fmt.Errorf("arguments are %q", args)
	}
	for _, path := range args[4:] {
		fmt.Println(path)
	}
	fmt.Println("internal/buildcfg\ncmd/internal/embeds\tdata/*.txt\tall:tree\tbad[")
	return nil
}

// checkTools checks that the go command could run its tools.
func checkTools(goroot string) error {
	tools, err := filepath.Glob(filepath.Join(goroot, "pkg", "tool", "*", "*"))
	if err != nil {
		return err
	}
	for _, tool := range tools {
		info, err := os.Stat(tool)
		if err != nil {
			return err
		}
		if info.Mode()&0o111 == 0 {
			return fmt.Errorf("%s is not executable", tool)
		}
	}
	return nil
}

func fakeBuild(goroot, out, command, version string) error {
	source := filepath.Join(goroot, "src", "cmd", command, "main.go")
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	if message, ok := strings.CutPrefix(string(content), "error: "); ok {
		return errors.New(strings.ReplaceAll(message, "GOROOT", goroot))
	}
	if file, ok := strings.CutPrefix(string(content), "wait: "); ok {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			return err
		}
		time.Sleep(time.Minute)
	}
	if string(content) == "package internal" {
		return nil // It is no command.
	}
	cached, err := fakeCompile(content)
	if err != nil {
		return err
	}
	switch {
	case version != "":
		if string(content) == "another version" {
			version = "go1.26.8"
		}
		if string(content) == "broken" {
			content = []byte("#!/bin/sh\necho it is broken >&2\nexit 1\n")
			break
		}
		content = []byte(fmt.Sprintf("#!/bin/sh\necho %s version %s\nexit\n%s", command, version, content))
	case command == "go":
		if content, err = surroundings(); err != nil {
			return err
		}
	}
	if cached {
		content = append(content, " from the cache"...)
	}
	return os.WriteFile(filepath.Join(out, command), content, 0o755)
}

// fakeCompile compiles a source, or finds what it makes in the cache.
func fakeCompile(source []byte) (cached bool, err error) {
	compiled := append([]byte("!<arch>\n"), source...)
	action := fmt.Sprintf("%x", sha256.Sum256(source))
	cache := os.Getenv("GOCACHE")
	index, err := os.ReadFile(filepath.Join(cache, action[:2], action+"-a"))
	if err == nil {
		output := strings.Fields(string(index))[2]
		data, err := os.ReadFile(filepath.Join(cache, output[:2], output+"-d"))
		if err == nil && !bytes.Equal(data, compiled) {
			err = fmt.Errorf("in the cache is %q", data)
		}
		return true, err
	}
	// There is more in a cache, also what only is of use where it is.
	return false, errors.Join(
		fakePut(cache, action, compiled),
		fakePut(cache, fmt.Sprintf("%x", sha256.Sum256([]byte(cache))), []byte("go index v2\n"+cache)),
		os.WriteFile(filepath.Join(cache, "README"), nil, 0o644),
	)
}

func fakePut(cache, action string, data []byte) error {
	output := fmt.Sprintf("%x", sha256.Sum256(data))
	index := fmt.Sprintf("v1 %s %s %20d %20d\n", action, output, len(data), time.Now().UnixNano())
	for name, content := range map[string]string{action + "-a": index, output + "-d": string(data)} {
		path := filepath.Join(cache, name[:2], name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// surroundings returns the environment, with TMP in place of the temporary folder,
// and the module that the go command runs in.
func surroundings() ([]byte, error) {
	env := os.Environ()
	slices.Sort(env)
	text := strings.Join(env, "\n")
	module, err := os.ReadFile("go.mod")
	if err != nil {
		return nil, err
	}
	text = strings.ReplaceAll(text, filepath.Dir(os.Getenv("GOROOT")), "TMP")
	return []byte(text + "\n\n" + string(module)), nil
}

// A fakeSDK is the folder of an SDK with the fake go command.
type fakeSDK string

var thisPlatform = gosdk.Platform{GOOS: "linux", GOARCH: "amd64"} // It need not be true.

// newFakeSDK makes an SDK of a version, with more files by their names.
func newFakeSDK(t *testing.T, version string, files map[string]string) fakeSDK {
	t.Helper()
	sdk := fakeSDK(t.TempDir())
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	sdk.write(t, "bin/go", "")
	copyTest(t, filepath.Join(string(sdk), "bin", "go"), test)
	sdk.write(t, "ROOT", "")
	sdk.write(t, "src/version", version)
	for name, content := range files {
		sdk.write(t, name, content)
	}
	return sdk
}

func (sdk fakeSDK) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(string(sdk), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// files returns the paths of all files but ROOT.
func (sdk fakeSDK) files(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, name := range filesBelow(t, string(sdk)) {
		if name != "ROOT" {
			paths = append(paths, filepath.Join(string(sdk), name))
		}
	}
	return paths
}

// filesBelow returns the sorted names of the files below a folder.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// options returns the options to rebuild the SDK into a new folder.
func (sdk fakeSDK) options(t *testing.T, changes ...gosdk.Change) Options {
	t.Helper()
	return Options{
		Platform: thisPlatform,
		Root:     filepath.Join(string(sdk), "ROOT"),
		Files:    sdk.files(t),
		Changes:  changes,
		Out:      t.TempDir(),
	}
}

// rebuild returns the folder with what was rebuilt.
func (sdk fakeSDK) rebuild(t *testing.T, changes ...gosdk.Change) (string, error) {
	t.Helper()
	o := sdk.options(t, changes...)
	return o.Out, Rebuild(context.Background(), o)
}

// copyTest copies the test's own program.
func copyTest(t *testing.T, target, source string) {
	t.Helper()
	r, err := os.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.Create(target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
