package sdkbuild

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
// its surroundings.
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
		for _, path := range args[3:] {
			if err := fakeBuild(goroot, args[2], strings.TrimPrefix(path, "cmd/")); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("unknown command %q", args)
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

func fakeBuild(goroot, out, command string) error {
	source := filepath.Join(goroot, "src", "cmd", command, "main.go")
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	if command == "go" {
		if content, err = surroundings(); err != nil {
			return err
		}
	}
	if string(content) == "package internal" {
		return nil // It is no command.
	}
	return os.WriteFile(filepath.Join(out, command), content, 0o755)
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

const thisPlatform = "linux_amd64" // It need not be true.

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

// rebuild returns the folder with what was rebuilt.
func (sdk fakeSDK) rebuild(t *testing.T) (string, error) {
	t.Helper()
	out := t.TempDir()
	return out, Rebuild(Options{
		Platform: thisPlatform,
		Root:     filepath.Join(string(sdk), "ROOT"),
		Files:    sdk.files(t),
		Out:      out,
	})
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
