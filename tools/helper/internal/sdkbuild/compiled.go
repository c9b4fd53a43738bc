package sdkbuild

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Compile compiles what the commands of an SDK consist of, and writes it to the file
// Options.Out, for Options.Compiled.
func Compile(ctx context.Context, o Options) error {
	return inCopy(ctx, o, func(g goCommand, version goVersion) error {
		commands, err := g.released(version, o)
		if err != nil {
			return err
		}
		if err := g.build(commands); err != nil {
			return err
		}
		return packCompiled(o.Out, g.cache())
	})
}

// packCompiled writes a file with those packages in the cache of a go command that
// another one can use.
func packCompiled(file, cache string) (err error) {
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed)
	})
	packed := map[string]bool{}
	// It visits the files in the order of their names.
	err = fs.WalkDir(os.DirFS(cache), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "-a") {
			return err
		}
		index, dataName, err := readIndex(filepath.Join(cache, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(cache, filepath.FromSlash(dataName)))
		if err != nil || !isCompiled(data) {
			return err
		}
		if err := pack(archive, name, []byte(index)); err != nil || packed[dataName] {
			return err
		}
		packed[dataName] = true
		return pack(archive, dataName, data)
	})
	if err == nil && len(packed) == 0 {
		err = errors.New("the go command of the SDK left nothing that was compiled in its cache")
	}
	return errors.Join(err, archive.Close())
}

// readIndex reads a file of a cache that says which other one has what came out of
// an action. It returns the content without the time, and the name of that file.
func readIndex(file string) (content, data string, err error) {
	index, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	// The version of the form, digest of the action, digest and size of the data, time.
	fields := strings.Fields(string(index))
	if len(fields) != 5 || fields[0] != "v1" || len(fields[2]) < 2 {
		return "", "", fmt.Errorf("the go command of the SDK has a cache of a form that is not known: %q", index)
	}
	content = fmt.Sprintf("v1 %s %s %20s %20d\n", fields[1], fields[2], fields[3], 0)
	return content, path.Join(fields[2][:2], fields[2]+"-d"), nil
}

// isCompiled tells whether something in a cache is a package or a profile for it,
// which no path and no time decides about.
func isCompiled(data []byte) bool {
	return bytes.HasPrefix(data, []byte("!<arch>\n")) || bytes.HasPrefix(data, []byte("GO PREPROFILE "))
}

func pack(archive *zip.Writer, name string, content []byte) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// unpackCompiled puts what was packed into the cache of a go command.
func unpackCompiled(cache, file string) error {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer archive.Close() // It was only read.
	for _, packed := range archive.File {
		if !filepath.IsLocal(packed.Name) {
			return fmt.Errorf("%q is not the name of a file in a cache", packed.Name)
		}
		target := filepath.Join(cache, filepath.FromSlash(packed.Name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := unpack(target, packed); err != nil {
			return err
		}
	}
	return nil
}

func unpack(target string, packed *zip.File) (err error) {
	r, err := packed.Open()
	if err != nil {
		return err
	}
	defer r.Close() // It was only read.
	w, err := os.Create(target)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
