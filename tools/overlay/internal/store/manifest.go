package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// A Manifest is what files an SDK has. It is a text of lines:
//
//	go_overlay SDK manifest 1
//	version go1.26.8
//	platform linux_amd64
//
//	DIGEST MODE SIZE PATH
//
// DIGEST is the SHA-256 of the content in hex, MODE 0444 or 0555, SIZE in bytes, and PATH the name in the GOROOT, with slashes. Files
// are in the order of their paths. So it is the same text on every machine, and its SHA-256 is the identity of the SDK.
type Manifest struct {
	Version  string // the first line of the file VERSION: go1.26.8
	Platform gosdk.Platform
	Files    []File
}

// A File of an SDK.
type File struct {
	Path string
	Object
}

// An Object is the content of a file, and whether it is a program.
type Object struct {
	Digest     Digest
	Size       int64
	Executable bool
}

// A Digest is a SHA-256.
type Digest [sha256.Size]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads 64 hex digits in lower case.
func ParseDigest(s string) (d Digest, err error) {
	if len(s) != 2*len(d) || strings.ToLower(s) != s {
		return d, fmt.Errorf("expected a SHA-256 of 64 hex digits in lower case, found %q", cut(s))
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return d, fmt.Errorf("expected a SHA-256 of 64 hex digits, found %q", cut(s))
	}
	return d, nil
}

const (
	manifestFormat = "go_overlay SDK manifest "
	manifestNumber = "1"
)

// What no SDK comes near to. They bound what damaged files can ask for.
const (
	maxFiles = 200_000
	maxSize  = 8 << 30
)

var versionForm = regexp.MustCompile(`^(go|devel )[0-9A-Za-z][0-9A-Za-z.+_ :-]*$`)

// Check returns an error unless it is what a manifest may say.
func (m *Manifest) Check() error {
	if !versionForm.MatchString(m.Version) || len(m.Version) > 200 {
		return fmt.Errorf("expected a version of Go, such as go1.26.8, found %q", cut(m.Version))
	}
	if _, err := gosdk.ParsePlatform(m.Platform.String()); err != nil {
		return err
	}
	if len(m.Files) == 0 || len(m.Files) > maxFiles {
		return fmt.Errorf("expected 1 to %d files, found %d", maxFiles, len(m.Files))
	}
	var total int64
	folded := make(map[string]string, len(m.Files))
	folders := map[string]string{} // folded → as it is spelled
	for i, f := range m.Files {
		if err := checkPath(f.Path); err != nil {
			return err
		}
		if i > 0 && m.Files[i-1].Path >= f.Path {
			return fmt.Errorf("%s is not after %s, but files are in the order of their names, each once", f.Path, m.Files[i-1].Path)
		}
		if total += f.Size; f.Size < 0 || total > maxSize {
			return fmt.Errorf("%s: the files have over %d bytes, which no SDK has", f.Path, int64(maxSize))
		}
		fold := strings.ToLower(f.Path)
		if other, ok := folded[fold]; ok {
			return fmt.Errorf("%s and %s differ in upper and lower case only, which not all file systems tell apart", other, f.Path)
		}
		folded[fold] = f.Path
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			fold := strings.ToLower(dir)
			if other, ok := folders[fold]; ok && other == dir {
				break
			} else if ok {
				return fmt.Errorf("the folders %s and %s differ in upper and lower case only, which not all file systems tell apart", other, dir)
			}
			folders[fold] = dir
		}
	}
	for fold, dir := range folders {
		if file, ok := folded[fold]; ok {
			return fmt.Errorf("%s is a file, and %s a folder", file, dir)
		}
	}
	return nil
}

// checkPath returns an error unless a name is one of a file in a GOROOT, on every system.
func checkPath(name string) error {
	if !fs.ValidPath(name) || name == "." || len(name) > 1000 {
		return fmt.Errorf("%q is no name of a file in a GOROOT, expected one relative to it, with slashes, such as src/net/http/server.go", cut(name))
	}
	for _, r := range name {
		if 'a' <= r && r <= 'z' || r == '/' { // of which most names are
			continue
		}
		if unicode.IsControl(r) || strings.ContainsRune(`\:*?"<>|`, r) || r == unicode.ReplacementChar {
			return fmt.Errorf("%q is no name of a file in a GOROOT: not all systems have files with %q in their names", cut(name), r)
		}
	}
	return nil
}

// Text returns the manifest as it is stored.
func (m *Manifest) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s\nversion %s\nplatform %s\n\n", manifestFormat, manifestNumber, m.Version, m.Platform)
	line := make([]byte, 0, 200)
	for _, f := range m.Files {
		line = append(hex.AppendEncode(line[:0], f.Digest[:]), ' ')
		line = append(append(line, f.mode()...), ' ')
		line = append(strconv.AppendInt(line, f.Size, 10), ' ')
		b.Write(append(append(line, f.Path...), '\n'))
	}
	return b.Bytes()
}

func (o Object) mode() string {
	if o.Executable {
		return "0555"
	}
	return "0444"
}

// ID returns the identity: the SHA-256 of the text.
func (m *Manifest) ID() Digest { return sha256.Sum256(m.Text()) }

// ParseManifest reads a manifest. It takes nothing but what Text writes.
func ParseManifest(text []byte) (*Manifest, error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	m := &Manifest{}
	number, err := m.parseHead(lines)
	if err != nil {
		return nil, err
	}
	for lines.Scan() {
		number++
		f, err := parseFile(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if len(m.Files) == maxFiles {
			return nil, fmt.Errorf("line %d: over %d files, which no SDK has", number, maxFiles)
		}
		m.Files = append(m.Files, f)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	if err := m.Check(); err != nil {
		return nil, err
	}
	if !bytes.Equal(m.Text(), text) {
		return nil, errors.New("it is not written as this overlay writes it: numbers, spaces or line ends differ")
	}
	return m, nil
}

// parseHead reads what comes before the files, and returns the number of lines.
func (m *Manifest) parseHead(lines *bufio.Scanner) (number int, err error) {
	next := func(prefix string) (string, error) {
		number++
		if !lines.Scan() {
			return "", fmt.Errorf("line %d: expected %q, found the end", number, prefix)
		}
		rest, ok := strings.CutPrefix(lines.Text(), prefix)
		if !ok {
			return "", fmt.Errorf("line %d: expected %q, found %q", number, prefix, cut(lines.Text()))
		}
		return rest, nil
	}
	which, err := next(manifestFormat)
	if err != nil {
		return number, err
	}
	if which != manifestNumber {
		return number, fmt.Errorf("it is a manifest of format %q, and this overlay knows %s; take a newer one", cut(which), manifestNumber)
	}
	if m.Version, err = next("version "); err != nil {
		return number, err
	}
	platform, err := next("platform ")
	if err != nil {
		return number, err
	}
	if m.Platform, err = gosdk.ParsePlatform(platform); err != nil {
		return number, fmt.Errorf("line %d: %w", number, err)
	}
	if rest, err := next(""); err != nil || rest != "" {
		return number, fmt.Errorf("line %d: expected an empty line, found %q", number, cut(rest))
	}
	return number, nil
}

// readHead reads of a manifest of which version and platform the SDK is.
func readHead(path string) (version string, platform gosdk.Platform, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", platform, err
	}
	defer file.Close() // It was only read.
	const most = 1 << 10
	m := &Manifest{}
	if _, err := m.parseHead(bufio.NewScanner(io.LimitReader(file, most))); err != nil {
		return "", platform, fmt.Errorf("%s: %w", path, err)
	}
	if !versionForm.MatchString(m.Version) {
		return "", platform, fmt.Errorf("%s: expected a version of Go, found %q", path, cut(m.Version))
	}
	return m.Version, m.Platform, nil
}

func parseFile(line string) (f File, err error) {
	fields := strings.SplitN(line, " ", 4)
	if len(fields) != 4 {
		return f, fmt.Errorf("expected DIGEST MODE SIZE PATH, found %q", cut(line))
	}
	if f.Digest, err = ParseDigest(fields[0]); err != nil {
		return f, err
	}
	switch fields[1] {
	case "0444":
	case "0555":
		f.Executable = true
	default:
		return f, fmt.Errorf("expected the mode 0444 or 0555, found %q", cut(fields[1]))
	}
	if f.Size, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
		return f, fmt.Errorf("expected a size in bytes, found %q", cut(fields[2]))
	}
	f.Path = fields[3]
	return f, nil
}

// Module returns the version of the module golang.org/toolchain that a stock SDK is.
func (m *Manifest) Module() string {
	return sdkmodule.SDK{Version: strings.TrimPrefix(m.Version, "go"), Platform: m.Platform}.ModuleVersion()
}

// H1 returns the sum of the module that has these files, as go.sum, the checksum database and go_sdk.lock.json have it
// (golang.org/x/mod/sumdb/dirhash). It is that of the SDK's module if the SDK is stock.
func (m *Manifest) H1() string {
	prefix := sdkmodule.Path + "@" + m.Module() + "/"
	lines := make([]string, len(m.Files))
	for i, f := range m.Files {
		lines[i] = prefix + zipName(f.Path) + "\x00" + f.Digest.String()
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		name, digest, _ := strings.Cut(line, "\x00")
		fmt.Fprintf(hash, "%s  %s\n", digest, name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(hash.Sum(nil))
}

// A go.mod in a module zip would begin another module.
func zipName(name string) string {
	if dir, base := path.Split(name); base == "go.mod" {
		return dir + "_go.mod"
	}
	return name
}

func fileName(zipName string) string {
	if dir, base := path.Split(zipName); base == "_go.mod" {
		return dir + "go.mod"
	}
	return zipName
}
