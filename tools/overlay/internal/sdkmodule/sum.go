package sdkmodule

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// SHA256 returns the digest of a file, in hex.
func SHA256(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// maxSize is what the go command takes of a module, packed or not.
const maxSize = 500 << 20

// H1 returns the sum of the files of a module zip, as go.sum has it: what H1 returns for the same
// zip as dirhash.HashZip of golang.org/x/mod. It hashes several files at once, in little memory.
func H1(path string) (string, error) {
	sum, err := h1(path)
	if err != nil {
		return "", fmt.Errorf("the module zip %s: %w", path, err)
	}
	return sum, nil
}

func h1(path string) (string, error) {
	r, err := zip.OpenReader(path)
	if err != nil {
		return "", err
	}
	defer r.Close()
	files := slices.Clone(r.File)
	slices.SortFunc(files, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var size uint64
	for i, file := range files {
		if strings.ContainsAny(file.Name, "\n") {
			return "", fmt.Errorf("it has a file %q, and no name may have a line break", file.Name)
		}
		if i > 0 && files[i-1].Name == file.Name {
			return "", fmt.Errorf("it has two files %q", file.Name)
		}
		if size += file.UncompressedSize64; size > maxSize || file.UncompressedSize64 > maxSize {
			return "", fmt.Errorf("unpacked, it is larger than the %d MB that the go command allows", maxSize>>20)
		}
	}
	digests, errs := make([][sha256.Size]byte, len(files)), make([]error, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				digests[i], errs[i] = digest(files[i])
			}
		}()
	}
	workers.Wait()
	all := sha256.New()
	for i, file := range files {
		if errs[i] != nil {
			return "", fmt.Errorf("%s: %w", file.Name, errs[i])
		}
		fmt.Fprintf(all, "%x  %s\n", digests[i], file.Name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(all.Sum(nil)), nil
}

func digest(file *zip.File) (sum [sha256.Size]byte, err error) {
	r, err := file.Open()
	if err != nil {
		return sum, err
	}
	hash := sha256.New()
	_, err = io.Copy(hash, r)
	r.Close() // It was only read.
	hash.Sum(sum[:0])
	return sum, err
}
