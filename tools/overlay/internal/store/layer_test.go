//go:build unix

package store

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An image has its files and folders, these with a slash at the end, and of each the mode and the content.
type image map[string]string

// imageOf is one that has an SDK.
func imageOf(t *testing.T, tree string) image {
	t.Helper()
	i := image{"usr/": "755 ", "usr/bin/": "755 ", "usr/local/": "755 "}
	err := filepath.WalkDir(tree, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(tree, file)
		name := path.Join("usr/local/go", filepath.ToSlash(rel))
		if entry.IsDir() {
			i[name+"/"] = fmt.Sprintf("%o ", info.Mode().Perm())
			return err
		}
		content, readErr := os.ReadFile(file)
		i[name] = fmt.Sprintf("%o %s", info.Mode().Perm(), content)
		return errors.Join(err, readErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// with returns the image with a layer laid over it.
func (i image) with(layer []*tar.Header, contents map[string]string) image {
	changed := maps.Clone(i)
	remove := func(name string) {
		maps.DeleteFunc(changed, func(other, _ string) bool { return other == name || strings.HasPrefix(other, name+"/") })
	}
	for _, entry := range layer {
		name := strings.TrimSuffix(entry.Name, "/")
		switch dir, base := path.Split(name); {
		case entry.Typeflag == tar.TypeDir:
			delete(changed, name)
			changed[name+"/"] = fmt.Sprintf("%o ", entry.Mode)
		case strings.HasPrefix(base, ".wh."):
			remove(dir + strings.TrimPrefix(base, ".wh."))
		default:
			remove(name)
			changed[name] = fmt.Sprintf("%o %s", entry.Mode, contents[name])
		}
	}
	return changed
}

// different returns the names of what is not the same in both images.
func (i image) different(other image) (names []string) {
	for name := range merged(i, other) {
		one, ok := i[name]
		if two, also := other[name]; one != two || ok != also {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// readLayer returns the entries of a tar, and the contents of files.
func readLayer(t *testing.T, name string) (entries []*tar.Header, contents map[string]string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	contents = map[string]string{}
	for r := tar.NewReader(file); ; {
		entry, err := r.Next()
		if err == io.EOF {
			return entries, contents
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
		contents[entry.Name] = string(content)
	}
}

// TestLayer lays layers over images, as programs do that know such layers.
func TestLayer(t *testing.T) {
	noStrings := map[string]string{"src/strings/strings.go": "", "src/strings/testdata/empty": "", "src/strings/testdata/empty2": ""}
	for name, test := range map[string]struct {
		changes map[string]string // "": the file is gone
		has     string            // but for folders
	}{
		"the same":         {nil, ""},
		"a changed file":   {map[string]string{"src/fmt/print.go": "package fmt"}, "src/fmt/print.go"},
		"a program":        {map[string]string{"bin/go": "program"}, "bin/go"},
		"a new file":       {map[string]string{"src/a/b/c.go": "package b"}, "src/a/b/c.go"},
		"no file":          {map[string]string{"go.env": "", "src/fmt/new.go": "package fmt", "src/fmt/print.go": ""}, "src/fmt/new.go .wh.go.env src/fmt/.wh.print.go"},
		"no folder":        {noStrings, "src/.wh.strings"},
		"no inner folder":  {map[string]string{"src/strings/testdata/empty": "", "src/strings/testdata/empty2": ""}, "src/strings/.wh.testdata"},
		"no outer folder":  {map[string]string{"lib/wasm/go_js_wasm_exec": ""}, ".wh.lib"},
		"file, not folder": {merged(noStrings, map[string]string{"src/strings": "text"}), "src/strings"},
		"folder, not file": {map[string]string{"go.env": "", "go.env/b": "text"}, "go.env/b"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			stock := install(t, s, "1.26.8")
			files := merged(sdkFiles("1.26.8"), test.changes)
			for name := range test.changes {
				if files[name] == "" {
					delete(files, name)
				}
			}
			source, err := FromFolder(folderOf(t, files))
			if err != nil {
				t.Fatal(err)
			}
			changed, err := s.Install(ctx, source, InstallOptions{Name: "1.26.8-prod"})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "layer.tar")
			if err := s.Export(ctx, changed.Name, file, ExportOptions{Layer: stock.Name, Prefix: "usr/local/go"}); err != nil {
				t.Fatal(err)
			}
			layer, contents := readLayer(t, file)
			want := imageOf(t, changed.Tree)
			// Some programs remove first, and others do one entry after the other.
			marksFirst := slices.Clone(layer)
			slices.SortStableFunc(marksFirst, func(a, b *tar.Header) int {
				return strings.Index(path.Base(b.Name), ".wh.") - strings.Index(path.Base(a.Name), ".wh.")
			})
			for _, order := range [][]*tar.Header{layer, marksFirst} {
				if got := imageOf(t, stock.Tree).with(order, contents); !maps.Equal(got, want) {
					t.Errorf("the image has other %q", got.different(want))
				}
			}
			var has []string
			for _, entry := range layer {
				if entry.Typeflag == tar.TypeReg {
					has = append(has, strings.TrimPrefix(entry.Name, "usr/local/go/"))
				}
			}
			if got := strings.Join(has, " "); got != test.has {
				t.Errorf("the layer has %q, want %q", got, test.has)
			}
		})
	}
}

func merged[M ~map[string]string](one, other M) M {
	all := maps.Clone(one)
	maps.Copy(all, other)
	return all
}
