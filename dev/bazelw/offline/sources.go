package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"
)

// debianSource finds modules in the folder that Debian's Bazel packages
// install them to. Debian has one version of each; it is taken whatever
// version is asked for.
type debianSource struct {
	dirs map[string]string // by module name
}

// newDebianSource reads the names of the modules below share (/usr/share/bazel
// or its copy in a rootfs).
func newDebianSource(share string) (*debianSource, error) {
	s := &debianSource{dirs: map[string]string{}}
	for _, pattern := range []string{"rules/*/MODULE.bazel", "tools/*/MODULE.bazel"} {
		paths, err := filepath.Glob(filepath.Join(share, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, fmt.Errorf("Debian's modules in %s: %w", share, err)
		}
		for _, path := range paths {
			m, err := readModuleFile(path)
			if err != nil {
				return nil, fmt.Errorf("Debian's modules: %w", err)
			}
			s.dirs[m.name] = filepath.Dir(path)
		}
	}
	if len(s.dirs) == 0 {
		return nil, fmt.Errorf("%s: expected Bazel modules of Debian packages (rules/*/MODULE.bazel), found none", share)
	}
	return s, nil
}

func (s *debianSource) lookup(name, _ string) (string, error) { return s.dirs[name], nil }

//go:embed standins.txtar
var standinsText []byte

// newStandins lays down the stand-in modules of this program, and returns them
// with the folder that holds the empty registry. The folder is named after the
// content, so that another version of this program has its own.
func newStandins(cache string) (source, string, error) {
	archive := txtar.Parse(standinsText)
	sum := sha256.Sum256(standinsText)
	dir := filepath.Join(cache, "standins-"+hex.EncodeToString(sum[:6]))
	err := layDown(dir, func(tmp string) error {
		for _, f := range archive.Files {
			path := filepath.Join(tmp, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				return err
			}
		}
		return nil
	})
	return standins(dir), filepath.Join(dir, "registry"), err
}

type standins string

func (s standins) lookup(name, _ string) (string, error) {
	dir := filepath.Join(string(s), name)
	if _, err := os.Stat(filepath.Join(dir, "MODULE.bazel")); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return "", err
	}
	return dir, nil
}

// goSource finds the modules that are Go modules, too, on the Go module proxy:
// their zip files hold the .bzl and BUILD files.
type goSource struct {
	cache    string
	progress func(string)
}

// goModules are the Bazel modules to be had as Go modules. nested is a Go
// module of the same repository that the zip file therefore leaves out.
var goModules = map[string]struct{ path, nested, nestedDir string }{
	"rules_go": {path: "github.com/bazelbuild/rules_go"},
	"gazelle": {
		path:      "github.com/bazelbuild/bazel-gazelle",
		nested:    "github.com/bazel-contrib/bazel-gazelle/v2",
		nestedDir: "v2",
	},
}

// Raise it when prepare() below changes, or old copies stay in use.
const goLayout = "1"

func (s *goSource) lookup(name, version string) (string, error) {
	known, ok := goModules[name]
	if !ok {
		return "", nil
	}
	if version == "" {
		return "", fmt.Errorf("no module of the graph says which version: add version = to the bazel_dep")
	}
	dir := filepath.Join(s.cache, fmt.Sprintf("%s-%s-%s", name, version, goLayout))
	return dir, layDown(dir, func(tmp string) error {
		s.progress(fmt.Sprintf("fetching %s %s as a Go module (some seconds)", name, version))
		if err := s.copyModule(known.path, goVersion(version), tmp); err != nil {
			return err
		}
		if known.nested == "" {
			return nil
		}
		return s.addNested(tmp, known.nested, known.nestedDir)
	})
}

// copyModule downloads a Go module and copies it to dir.
func (s *goSource) copyModule(path, version, dir string) error {
	out, err := s.goCommand("mod", "download", "-json", path+"@"+version)
	var result struct{ Dir, Error string }
	// On failure the go command says why in the JSON, and exits 1.
	if json.Unmarshal(out, &result) == nil && result.Error != "" {
		return errors.New(result.Error)
	}
	if err != nil {
		return err
	}
	return copyTree(result.Dir, dir)
}

// addNested lays the nested module into the copy of gazelle, in the version
// that its go.mod requires, and brings the list of gazelle's own sources, which
// counts on the repository's layout, up to date.
func (s *goSource) addNested(dir, nested, nestedDir string) error {
	modPath := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(modPath)
	if err != nil {
		return err
	}
	mod, err := modfile.ParseLax(modPath, data, nil)
	if err != nil {
		return err
	}
	for _, r := range mod.Require {
		if r.Mod.Path != nested {
			continue
		}
		if err := s.copyModule(nested, r.Mod.Version, filepath.Join(dir, nestedDir)); err != nil {
			return err
		}
		_, err := s.goCommand("run", filepath.Join(dir, "internal", "list_repository_tools_srcs.go"),
			"-dir", dir, "-generate", "internal/go_repository_tools_srcs.bzl")
		return err
	}
	return nil
}

// goCommand runs go outside of every module and workspace, and returns its
// stdout.
func (s *goSource) goCommand(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = s.cache
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.Bytes(), nil
}

// layDown makes dir by fill, unless it is there already. Only a finished
// folder ever has its name. The caller holds a lock that keeps others out.
func layDown(dir string, fill func(tmp string) error) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	tmp := dir + ".tmp" // may be there from a run that was interrupted
	if err := errors.Join(os.RemoveAll(tmp), os.MkdirAll(tmp, 0o755)); err != nil {
		return fmt.Errorf("to keep the module in the cache folder: %w", err)
	}
	if err := fill(tmp); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}

// copyTree copies the files of from. Go's module zips carry no exec bits and
// the module cache is read-only: scripts become executable, all else plain.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if bytes.HasPrefix(data, []byte("#!")) {
			mode = 0o755
		}
		return os.WriteFile(target, data, mode)
	})
}
