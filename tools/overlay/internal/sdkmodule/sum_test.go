package sdkmodule

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func zipOf(t testing.TB, add func(*zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := add(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func h1Of(t testing.TB, data []byte) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "module.zip")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	sum, err := H1(path)
	if err != nil && !strings.HasPrefix(err.Error(), "the module zip "+path+": ") {
		t.Errorf("got the error %v", err)
	}
	return sum, err
}

// TestH1 checks the sum by its definition: the order in the zip does not matter.
func TestH1(t *testing.T) {
	const files = 100
	data := zipOf(t, func(w *zip.Writer) error {
		for i := files - 1; i >= 0; i-- {
			f, err := w.Create(fmt.Sprintf("m@v1/%03d.go", i))
			if err != nil {
				return err
			}
			fmt.Fprint(f, strings.Repeat("x", i*1000))
		}
		return nil
	})
	all := sha256.New()
	for i := range files {
		fmt.Fprintf(all, "%x  m@v1/%03d.go\n", sha256.Sum256([]byte(strings.Repeat("x", i*1000))), i)
	}
	want := "h1:" + base64.StdEncoding.EncodeToString(all.Sum(nil))
	if got, err := h1Of(t, data); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestH1OfBadZip(t *testing.T) {
	create := func(names ...string) []byte {
		return zipOf(t, func(w *zip.Writer) error {
			for _, name := range names {
				if _, err := w.Create(name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	raw := func(header zip.FileHeader, content string) []byte {
		return zipOf(t, func(w *zip.Writer) error {
			header.Name, header.CompressedSize64 = "m@v1/a", uint64(len(content))
			f, err := w.CreateRaw(&header)
			if err == nil {
				_, err = f.Write([]byte(content))
			}
			return err
		})
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "not a valid zip file"},
		{"cut", create("m@v1/a")[:20], "not a valid zip file"},
		{"line break", create("m@v1/a\nb"), "no name may have a line break"},
		{"twice", create("m@v1/a", "m@v1/a"), `it has two files "m@v1/a"`},
		{"large", raw(zip.FileHeader{UncompressedSize64: maxSize + 1}, "x"), "larger than the 500 MB"},
		{"larger than it says", raw(zip.FileHeader{UncompressedSize64: 1, CRC32: crc32.ChecksumIEEE([]byte("xx"))}, "xx"), "m@v1/a: zip: "},
		{"other content", raw(zip.FileHeader{UncompressedSize64: 1, CRC32: 1}, "x"), "m@v1/a: zip: checksum error"},
	} {
		if got, err := h1Of(t, tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func FuzzH1(f *testing.F) {
	f.Add(zipOf(f, func(w *zip.Writer) error {
		for _, name := range []string{"m@v1/a", "m@v1/b"} {
			file, err := w.Create(name)
			if err != nil {
				return err
			}
			fmt.Fprint(file, name)
		}
		return nil
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if sum, err := h1Of(t, data); (err == nil) != h1Like(sum) {
			t.Errorf("got %q, %v", sum, err)
		}
	})
}

func h1Like(sum string) bool { return strings.HasPrefix(sum, "h1:") && len(sum) == 47 }

func TestFromModuleVersion(t *testing.T) {
	for text, want := range map[string]string{
		"v0.0.1-go1.26.8.linux-amd64":      "1.26.8 linux_amd64",
		"v0.0.1-go1.9.windows-386":         "1.9 windows_386",
		"v0.0.1-go1.27rc1.darwin-arm64":    "1.27rc1 darwin_arm64",
		"v0.0.1-go1.26.8-acme.linux-amd64": "",
		"v0.0.1-go1.26.8.linux":            "",
		"v0.0.1-go1.26.linux-amd64":        "",
		"v0.0.1-gogo1.26.8.linux-amd64":    "",
		"v0.0.2-go1.26.8.linux-amd64":      "",
		"v0.0.1-go1.26.8.linux-amd64-x":    "",
		"v0.0.1-go":                        "",
		"":                                 "",
	} {
		s, ok := fromModuleVersion(text)
		if ok != (want != "") || ok && (s.String() != want || s.ModuleVersion() != text) {
			t.Errorf("%s: got %v, %v", text, s, ok)
		}
	}
}
