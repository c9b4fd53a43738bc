package store

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// nothingChanged fails unless a store has nothing after something could not be installed.
func nothingChanged(t *testing.T, s *Store, text string) {
	t.Helper()
	if !exists(s.Dir) {
		return
	}
	for name := range contentsOf(t, s.Dir) {
		if name != "format" && name != "lock" {
			t.Errorf("%s: %s is left", text, name)
		}
	}
}

func installZip(s *Store, name string) error {
	source, err := FromZip(name)
	if err != nil {
		return err
	}
	defer source.Close()
	_, err = s.Install(ctx, source, InstallOptions{})
	return err
}

func TestBadZips(t *testing.T) {
	t.Parallel()
	const prefix = sdkmodule.Path + "@v0.0.1-go1.26.8.linux-amd64/"
	type entry struct {
		name, text string
		change     func(*zip.FileHeader)
	}
	for name, bad := range map[string]struct {
		entry entry
		want  string
	}{
		"traversal":  {entry{prefix + "../../x", "", nil}, "is no name of a file in a GOROOT"},
		"absolute":   {entry{prefix + "/etc/x", "", nil}, "is no name of a file in a GOROOT"},
		"backslash":  {entry{prefix + `src\x`, "", nil}, "is no name of a file in a GOROOT"},
		"line break": {entry{prefix + "src/x\ny", "", nil}, "is no name of a file in a GOROOT"},
		"other":      {entry{"example.com/x@v1.0.0/x", "", nil}, "expected only those of a version of the module"},
		"another":    {entry{sdkmodule.Path + "@v0.0.1-go1.26.7.linux-amd64/x", "", nil}, "expected only those of a version of the module"},
		"link":       {entry{prefix + "src/x", "/etc/passwd", func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }}, "is no file"},
		"folder":     {entry{prefix + "src/x/", "", nil}, "is no file"},
		"twice":      {entry{prefix + "go.env", "x", nil}, "each once"},
		"case":       {entry{prefix + "GO.env", "x", nil}, "differ in upper and lower case only"},
		"folders":    {entry{prefix + "SRC/x", "x", nil}, "differ in upper and lower case only"},
		"file":       {entry{prefix + "go.env/x", "x", nil}, "is a file, and"},
		"go.mod":     {entry{prefix + "src/go.mod", "x", nil}, "each once"},
	} {
		s := newStore(t)
		path := filepath.Join(t.TempDir(), "sdk.zip")
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, text := range sdkFiles("1.26.8") {
			e, err := w.Create(prefix + zipName(name))
			if err != nil {
				t.Fatal(err)
			}
			e.Write([]byte(text))
		}
		header := &zip.FileHeader{Name: bad.entry.name, Method: zip.Deflate}
		if bad.entry.change != nil {
			bad.entry.change(header)
		}
		e, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		e.Write([]byte(bad.entry.text))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := installZip(s, path); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, want %q", name, err, bad.want)
		}
		nothingChanged(t, s, name)
	}
}

// TestDamagedZip cuts a zip off, changes bytes of it, and lets it declare other sizes than it has.
func TestDamagedZip(t *testing.T) {
	t.Parallel()
	path := zipOf(t, "1.26.8", sdkFiles("1.26.8"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sdk := install(t, newStore(t), "1.26.8")
	damages := map[string][]byte{"empty": nil, "text": []byte("<html>")}
	for _, n := range []int{1, 30, len(whole) / 2, len(whole) - 1} {
		damages[fmt.Sprintf("cut off at %d", n)] = whole[:n]
	}
	for at := 100; at < len(whole)-20<<10; at += len(whole) / 15 {
		changed := bytes.Clone(whole)
		changed[at] ^= 1
		damages[fmt.Sprintf("changed at %d", at)] = changed
	}
	for _, change := range []int{-1, 1, 1 << 20, 1 << 30} {
		damages[fmt.Sprintf("%d more bytes", change)] = declare(t, whole, change)
	}
	for name, content := range damages {
		s := newStore(t)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		err := installZip(s, path)
		if err == nil && strings.HasPrefix(name, "changed") { // where nobody looks, such as a time
			checkTree(t, s.path("trees", filepath.Base(sdk.Tree)), "1.26.8")
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: %v", name, err)
		}
		nothingChanged(t, s, name)
	}
}

// declare changes the size that the directory of a zip says the first file has.
func declare(t *testing.T, whole []byte, more int) []byte {
	t.Helper()
	changed := bytes.Clone(whole)
	at := bytes.Index(changed, []byte("PK\x01\x02"))
	size := changed[at+24 : at+28]
	n := int(size[0]) | int(size[1])<<8 | int(size[2])<<16 | int(size[3])<<24
	n = max(n+more, 0)
	for i := range size {
		size[i] = byte(n >> (8 * i))
	}
	return changed
}

type tarEntry struct {
	header  tar.Header
	content []byte
}

func readTar(t testing.TB, path string) (entries []tarEntry) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := tar.NewReader(file)
	for {
		header, err := r.Next()
		if err == io.EOF {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, tarEntry{*header, content})
	}
}

func tarOf(t testing.TB, entries []tarEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		header := e.header
		header.Size = int64(len(e.content))
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBadArchives changes each entry of archives, leaves it out, has it twice, and cuts archives off around it.
func TestBadArchives(t *testing.T) {
	t.Parallel()
	from := newStore(t)
	install(t, from, "1.26.7")
	install(t, from, "1.26.8")
	dir := t.TempDir()
	whole, since := filepath.Join(dir, "whole.tar"), filepath.Join(dir, "since.tar")
	if err := from.Export(ctx, "1.26.8", whole, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := from.Export(ctx, "1.26.8", since, ExportOptions{Since: "1.26.7"}); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	install(t, s, "1.26.7")
	was := contentsOf(t, s.Dir)
	path := filepath.Join(dir, "bad.tar")
	try := func(what string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := s.InstallArchive(ctx, path, InstallOptions{}); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: %v", what, err)
		}
		for name := range contentsOf(t, s.Dir) {
			if _, ok := was[name]; !ok {
				t.Fatalf("%s: %s is left", what, name)
			}
		}
	}
	for name, archive := range map[string]string{"whole": whole, "since": since} {
		entries := readTar(t, archive)
		at := 0
		for i, e := range entries {
			if e.header.Typeflag == tar.TypeDir {
				continue
			}
			what := name + " " + e.header.Name
			change := func(how string, changed ...tarEntry) {
				t.Helper()
				try(what+" "+how, tarOf(t, append(append(append([]tarEntry{}, entries[:i]...), changed...), entries[i+1:]...)))
			}
			if len(e.content) > 0 { // The manifest says enough of empty files.
				change("left out")
			}
			if e.header.Name != archiveSince { // Twice, it says the same.
				change("twice", e, e)
			}
			if len(e.content) > 0 {
				tampered := e
				tampered.content = bytes.Clone(e.content)
				tampered.content[len(e.content)/2] ^= 1
				change("changed", tampered)
				if e.header.Name != archiveSince { // which ends with a line break
					tampered.content = e.content[:len(e.content)-1]
					change("shorter", tampered)
				}
			}
			longer := e
			longer.content = append(bytes.Clone(e.content), 'x')
			change("longer", longer)
			link := e
			link.header.Typeflag, link.header.Linkname, link.content = tar.TypeSymlink, "/etc/passwd", nil
			change("a link", link)
			link.header.Typeflag, link.header.Linkname = tar.TypeLink, "go/VERSION"
			change("a hard link", link)
			elsewhere := e
			elsewhere.header.Name = "go/../../" + filepath.Base(e.header.Name)
			change("elsewhere", elsewhere)
		}
		content, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		for _, at = range []int{0, 1, 511, 512, 513, 1024, 1500, 2048, len(content) / 3, len(content) / 2, len(content) - 5000} {
			try(fmt.Sprintf("%s cut off at %d", name, at), content[:at])
		}
	}
	entries := readTar(t, whole)
	newer := entries[0]
	newer.content = bytes.Replace(newer.content, []byte("manifest 1\n"), []byte("manifest 2\n"), 1)
	try("newer", tarOf(t, append([]tarEntry{newer}, entries[1:]...)))
	huge := entries[0]
	huge.content = bytes.Replace(huge.content, []byte(" 17 go.env"), []byte(" 9000000000 go.env"), 1)
	try("huge", tarOf(t, append([]tarEntry{huge}, entries[1:]...)))
	entries = readTar(t, since)
	huge = entries[0]
	huge.content = regexp.MustCompile(`(?m) \d+ bin/go$`).ReplaceAll(huge.content, []byte(" 1073741824 bin/go"))
	if err := os.WriteFile(path, tarOf(t, append([]tarEntry{huge}, entries[1:]...)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.InstallArchive(ctx, path, InstallOptions{}); err == nil || !strings.Contains(err.Error(), "it is a delta of 1073741824 bytes") {
		t.Errorf("a huge delta: %v", err)
	}
	path = filepath.Join(dir, "bad.tar.zst")
	if err := from.Export(ctx, "1.26.8", path, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{3, 10, len(content) / 2, len(content) - 2000} {
		try(fmt.Sprintf("compressed, cut off at %d", at), content[:at])
		changed := bytes.Clone(content)
		changed[at] ^= 0x55
		try(fmt.Sprintf("compressed, changed at %d", at), changed)
	}
	verified(t, s)
}

// TestDamagedStore has verbs tell what is wrong with each kind of file, and change nothing.
func TestDamagedStore(t *testing.T) {
	for _, damage := range []string{"", "x", "go_overlay SDK manifest 2\n", "go_overlay SDK manifest 1\nversion go1.26.8\n"} {
		s := newStore(t)
		sdk := install(t, s, "1.26.8")
		edit(t, s.path("manifests", sdk.ID.String()), damage)
		if problems, err := s.Verify(ctx, nil, quiet); err != nil || len(problems) != 1 {
			t.Errorf("verify with %q: %v, %v", damage, problems, err)
		}
		if _, err := s.Clean(ctx, CleanOptions{}); err == nil || !strings.Contains(err.Error(), "next: overlay sdk repair") {
			t.Errorf("clean with %q: %v", damage, err)
		}
		if _, _, left, err := s.Repair(ctx, nil, quiet); err != nil || len(left) > 0 {
			t.Errorf("repair with %q: %v, %v", damage, left, err)
		}
		verified(t, s)
		checkTree(t, sdk.Tree, "1.26.8")
	}
	s := newStore(t)
	install(t, s, "1.26.8")
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"current", "generations/1"} {
		for _, target := range []string{"", "generations/77", "../../../etc", "x/y", "current"} {
			if err := os.Remove(s.path(name)); err != nil {
				t.Fatal(err)
			}
			if target == "" {
				putFile(t, s.path(name), "no link")
			} else if err := os.Symlink(target, s.path(name)); err != nil {
				t.Skip(err)
			}
			if _, err := s.CurrentName(); err == nil && name == "current" {
				t.Errorf("%s leads to %q, and the current SDK is known", name, target)
			}
			s.Rollback(ctx)
			verified(t, s)
			if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
				t.Errorf("use, where %s leads to %q: %v", name, target, err)
			}
			checkTree(t, s.Current(), "1.26.8")
			if _, err := s.Clean(ctx, CleanOptions{}); err != nil {
				t.Errorf("clean, where %s leads to %q: %v", name, target, err)
			}
			checkTree(t, s.Current(), "1.26.8")
			if exists(s.path(name)) {
				continue
			}
			if err := os.Symlink("../trees", s.path(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit(t, s.path("format"), "go_overlay SDK store 2\n")
	if _, err := Open(s.Dir, func(string) {}); err == nil || !strings.Contains(err.Error(), "another version of overlay") {
		t.Errorf("a newer store: %v", err)
	}
}

// TestSameEverywhere makes two stores in other orders, by other sources, in other places.
func TestSameEverywhere(t *testing.T) {
	t.Parallel()
	one, other := newStore(t), newStore(t)
	for _, version := range []string{"1.26.6", "1.26.7", "1.26.8"} {
		install(t, one, version)
	}
	for _, version := range []string{"1.26.8", "1.26.6", "1.26.7"} {
		source, err := FromZip(zipOf(t, version, sdkFiles(version)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Install(ctx, source, InstallOptions{Name: version}); err != nil {
			t.Fatal(err)
		}
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
	}
	compare := func(when string) {
		t.Helper()
		for _, folder := range []string{"objects", "packed", "manifests", "sdks", "trees"} {
			var found [2]map[string]string
			for i, s := range []*Store{one, other} {
				if exists(s.path(folder)) {
					found[i] = contentsOf(t, s.path(folder))
				}
			}
			if len(found[0]) != len(found[1]) {
				t.Errorf("%s: %d and %d files in %s", when, len(found[0]), len(found[1]), folder)
			}
			for name, text := range found[0] {
				if found[1][name] != text {
					t.Errorf("%s: %s/%s differs", when, folder, name)
				}
			}
		}
	}
	compare("installed")
	for _, s := range []*Store{one, other} {
		if _, err := s.Use(ctx, "1.26.7", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Pack(ctx, nil, quiet); err != nil {
			t.Fatal(err)
		}
	}
	compare("packed")
	dir := t.TempDir()
	for _, name := range []string{"x.tar.zst", "x.tar.gz", "x.tar"} {
		for i, s := range []*Store{one, other} {
			for what, o := range map[string]ExportOptions{"whole": {}, "since": {Since: "1.26.7"}, "layer": {Layer: "1.26.6", Prefix: "usr/local/go"}} {
				if err := s.Export(ctx, "1.26.8", filepath.Join(dir, fmt.Sprint(i, what, name)), o); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, text := range contentsOf(t, dir) {
		if contentsOf(t, dir)["1"+name[1:]] != text {
			t.Errorf("%s is another archive", name)
		}
	}
}

func FuzzManifest(f *testing.F) {
	m := &Manifest{Version: "go1.26.8", Files: []File{{"VERSION", Object{Size: 3}}, {"bin/go", Object{Size: 5, Executable: true}}}}
	m.Platform.GOOS, m.Platform.GOARCH = "linux", "amd64"
	text := string(m.Text())
	f.Add([]byte(text))
	for _, change := range [][2]string{{"bin/go", "../x"}, {"0555", "0777"}, {"manifest 1", "manifest 2"}, {" 5 ", " -5 "}, {"\n", "\r\n"}, {"bin/go", "version"}, {" 5 ", " 05 "}} {
		f.Add([]byte(strings.ReplaceAll(text, change[0], change[1])))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseManifest(text)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Text(), text) {
			t.Errorf("%q is not what it is written as", text)
		}
		for _, file := range m.Files {
			if !filepath.IsLocal(filepath.FromSlash(file.Path)) {
				t.Errorf("%q leads elsewhere", file.Path)
			}
		}
		s := &Store{Dir: "/store"}
		if tree := s.tree(m.Version, m.ID()); filepath.Dir(tree) != "/store/trees" {
			t.Errorf("the tree is %s", tree)
		}
		m.H1()
	})
}

func FuzzPackedHead(f *testing.F) {
	base := Object{Size: 5, Executable: true}
	for _, head := range []packedHead{{}, {&base}} {
		f.Add(head.String())
	}
	f.Add(packedFormat + " against ../x 5\n")
	f.Add(packedFormat + " against " + base.name() + " 99999999999999\n")
	f.Fuzz(func(t *testing.T, line string) {
		head, err := parsePackedHead(line)
		if err == nil && head.String() != line {
			t.Errorf("%q is read as %q", line, head)
		}
		if err == nil && head.base != nil && (head.base.Size <= 0 || head.base.Size > maxBase) {
			t.Errorf("a base of %d bytes", head.base.Size)
		}
	})
}

func FuzzArchive(f *testing.F) {
	dir := f.TempDir()
	s, err := Open(filepath.Join(dir, "store"), func(string) {})
	if err != nil {
		f.Fatal(err)
	}
	files := map[string]string{"VERSION": "go1.26.8\n", "pkg/tool/linux_amd64/compile": "compile", "bin/go": "go"}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Join(dir, "sdk", filepath.Dir(name)), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "sdk", name), []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	installIn := func(s *Store, name string) error {
		source, err := FromFolder(filepath.Join(dir, "sdk"))
		if err == nil {
			_, err = s.Install(ctx, source, InstallOptions{Name: name})
		}
		return err
	}
	if err := installIn(s, "1.26.8"); err != nil {
		f.Fatal(err)
	}
	// Of the next one, bin/go is a delta.
	if err := os.WriteFile(filepath.Join(dir, "sdk", "bin/go"), []byte("go, the next"), 0o644); err != nil {
		f.Fatal(err)
	}
	if err := installIn(s, "1.26.8-next"); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sdk", "bin/go"), []byte(files["bin/go"]), 0o644); err != nil {
		f.Fatal(err)
	}
	for name, o := range map[string]ExportOptions{"x.tar": {}, "x.tar.gz": {}, "x.tar.zst": {}, "since.tar": {Since: "1.26.8"}} {
		path := filepath.Join(dir, name)
		if err := s.Export(ctx, "1.26.8-next", path, o); err != nil {
			f.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "archive")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		to, err := Open(filepath.Join(dir, "store"), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if err := installIn(to, "1.26.8"); err != nil {
			t.Fatal(err)
		}
		before := contentsOf(t, to.Dir)
		if _, err := to.InstallArchive(ctx, path, InstallOptions{}); err != nil {
			for name := range contentsOf(t, to.Dir) {
				if _, ok := before[name]; !ok {
					t.Errorf("of a bad archive %s is left", name)
				}
			}
		} else {
			verified(t, to)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 2 {
			t.Errorf("%v, %v", entries, err)
		}
	})
}
