package e2e

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// fakeStore is a folder with an SDK store, as the command overlay writes it.
type fakeStore string

func (s fakeStore) path(name string) string {
	return filepath.Join(string(s), filepath.FromSlash(name))
}

func (s fakeStore) write(name, content string, mode os.FileMode) error {
	path := s.path(name)
	os.Remove(path) // It may be read-only.
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), mode))
}

// object is the name of the file that has the content.
func (s fakeStore) object(content string, mode os.FileMode) string {
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
	if mode == 0o555 {
		return "objects/" + digest[:2] + "/" + digest + ".x"
	}
	return "objects/" + digest[:2] + "/" + digest
}

// install adds an SDK to the store, and makes it if there is none. Empty files have no object.
func (s fakeStore) install(version, platform string, files []zipFile) error {
	type line struct{ name, text string }
	lines := []line{{text: "go_overlay SDK manifest 1\nversion go" + version + "\nplatform " + platform + "\n\n"}}
	for _, file := range files {
		name, mode := goroot(file.name)
		lines = append(lines, line{name, fmt.Sprintf("%x %04o %d %s\n", sha256.Sum256([]byte(file.content)), mode, len(file.content), name)})
		if file.content == "" {
			continue
		}
		if err := s.write(s.object(file.content, mode), file.content, mode); err != nil {
			return err
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.name, b.name) })
	var manifest strings.Builder
	for _, line := range lines {
		manifest.WriteString(line.text)
	}
	return errors.Join(
		s.write("format", "go_overlay SDK store 1\n", 0o444),
		s.write("sdks/"+version, manifest.String(), 0o444),
	)
}

// installSDK is the command sdkstore.
func installSDK(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: sdkstore STORE VERSION PLATFORM FOLDER")
	}
	var files []zipFile
	folder := ts.MkAbs(args[3])
	ts.Check(filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files = append(files, zipFile{name: fakePrefix + strings.TrimPrefix(path, folder+"/"), content: string(content)})
		return err
	}))
	ts.Check(fakeStore(ts.MkAbs(args[0])).install(args[1], args[2], files))
}

// edit changes a file.
func (s fakeStore) edit(t *testing.T, name, old, replacement string) {
	t.Helper()
	content, err := os.ReadFile(s.path(name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", s.path(name), old)
	}
	if err := s.write(name, strings.Replace(string(content), old, replacement, 1), 0o444); err != nil {
		t.Fatal(err)
	}
}

func (s fakeStore) rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		t.Fatal(err)
	}
}

// shared counts the files of a folder that are hard links of objects.
func (s fakeStore) shared(t *testing.T, dir string) int {
	t.Helper()
	var objects []os.FileInfo
	paths, err := filepath.Glob(s.path("objects/*/*"))
	for _, path := range paths {
		info, e := os.Stat(path)
		err = errors.Join(err, e)
		objects = append(objects, info)
	}
	count := 0
	err = errors.Join(err, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if slices.ContainsFunc(objects, func(object os.FileInfo) bool { return os.SameFile(object, info) }) {
			count++
		}
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	return count
}
