package goroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
)

// A tree is a GOROOT that is being written.
type tree struct {
	out     string
	link    func(target, source string) error // or nil, without hard links
	files   []treeFile
	folders []string

	masked  bool   // whether something takes permissions from what is created
	written []bool // by the index of the file
	made    int    // number of folders that are there
}

func (t *tree) path(name string) string {
	return t.out + string(filepath.Separator) + filepath.FromSlash(name)
}

func (t *tree) write(ctx context.Context) error {
	if err := t.makeFolders(); err != nil {
		return err
	}
	// What takes the time is done in the kernel, by as many as the machine has cores.
	var (
		next   atomic.Int64
		failed atomic.Bool
		wait   sync.WaitGroup
	)
	// Those that follow each other are in one folder, which is locked for each: enough
	// of them to be in another one than the others, few enough to end at the same time.
	const batch = 32
	errs := make([]error, runtime.GOMAXPROCS(0))
	work := func() error {
		for {
			end := int(next.Add(batch))
			for i := end - batch; i < min(end, len(t.files)); i++ {
				if failed.Load() || ctx.Err() != nil {
					return nil
				}
				if err := t.writeFile(t.files[i]); err != nil {
					failed.Store(true)
					return fmt.Errorf("%s: %w", t.files[i].name, err)
				}
				t.written[i] = true
			}
			if end >= len(t.files) {
				return nil
			}
		}
	}
	for i := range errs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			errs[i] = work()
		}()
	}
	wait.Wait()
	if ctx.Err() != nil {
		errs = append(errs, interrupt.Err)
	}
	return errors.Join(errs...)
}

// makeFolders also finds out whether permissions are what is asked for. The process
// has one umask, and what a folder makes of them holds for the folders in it.
func (t *tree) makeFolders() error {
	const mode = 0o755
	t.masked = true // Without a folder there are only few files.
	for i, folder := range t.folders {
		folder := t.path(folder)
		if err := os.Mkdir(folder, mode); err != nil {
			return err
		}
		t.made++
		if i == 0 {
			info, err := os.Stat(folder)
			if err != nil {
				return err
			}
			t.masked = info.Mode().Perm()&mode != mode
		}
		if t.masked {
			if err := os.Chmod(folder, mode); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove removes what was written.
func (t *tree) remove() error {
	var errs []error
	for i, file := range t.files {
		if t.written[i] {
			errs = append(errs, os.Remove(t.path(file.name)))
		}
	}
	for i := t.made - 1; i >= 0; i-- {
		errs = append(errs, os.Remove(t.path(t.folders[i])))
	}
	return errors.Join(errs...)
}

// writeFile leaves nothing behind if it fails.
func (t *tree) writeFile(file treeFile) error {
	info, err := os.Stat(file.source)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: expected a file, found %s", file.source, info.Mode())
	}
	mode := fs.FileMode(0o444)
	if gosdk.IsProgram(file.name) || info.Mode()&0o111 != 0 {
		mode = 0o555
	}
	target := t.path(file.name)
	if file.isLocal {
		return t.writeLocal(file.source, target, mode)
	}
	if t.link != nil && !file.changed && mayLink(info, mode) {
		err := t.link(target, file.source)
		if err == nil || !files.CannotShare(err) {
			return err
		}
	}
	return t.copy(file.source, target, mode)
}

// mayLink tells whether a source can be a file of the tree itself. An empty one is
// as soon copied, and file systems limit how many links a file has.
func mayLink(source fs.FileInfo, mode fs.FileMode) bool {
	return source.Size() > 0 && source.Mode()&^0o111 == 0o444 && source.Mode()&mode == mode
}

// toolchainLine is the one of go.env that says which toolchain the go command changes to.
var toolchainLine = regexp.MustCompile(`(?m)^GOTOOLCHAIN=.*\n?`)

// writeLocal writes go.env with a line by which the go command never changes to another toolchain, which would not have the changes, unless the
// environment tells it to.
func (t *tree) writeLocal(source, target string, mode fs.FileMode) error {
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	content = append(toolchainLine.ReplaceAll(content, nil), "GOTOOLCHAIN=local\n"...)
	if err := os.WriteFile(target, content, mode); err != nil {
		os.Remove(target) // If it is there, it is not whole.
		return err
	}
	if t.masked {
		return os.Chmod(target, mode)
	}
	return nil
}

func (t *tree) copy(source, target string, mode fs.FileMode) (err error) {
	r, err := os.Open(source)
	if err != nil {
		return err
	}
	defer r.Close() // It was only read.
	w, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, w.Close()); err != nil {
			err = errors.Join(err, os.Remove(target))
		}
	}()
	if t.masked {
		if err := w.Chmod(mode); err != nil {
			return err
		}
	}
	return files.CopyContent(w, r)
}
