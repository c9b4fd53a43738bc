// Package userfiles changes files of a user's workspace, so that nothing of theirs is
// lost when the command is killed, the disk is full, or anything else fails: at any
// time each file is the old one or the new one, and whole.
//
// What is not kept of a file that gets new content: its owner, where another user runs
// the command, extended attributes, and that it is a hard link.
package userfiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/output"
)

// A Change is what is to be done to a file.
type Change struct {
	// Path is that of the file. If it is a link, what it leads to gets the content.
	Path string
	// Content is the new one. A file that has it already is left alone.
	Content []byte
	// Mode is the new one. 0 keeps that of the file; a new one gets 0o644.
	Mode fs.FileMode
	// Original is what the caller read before it decided on the change. nil says that
	// there was no file; what an empty file has is empty, but not nil.
	Original []byte
	// Delete removes the file instead: if it is a link, the link.
	Delete bool
	// Root is a folder. Folders below it that Delete leaves empty are removed, too,
	// but not Root itself. By default none is.
	Root string
}

// A ChangedError says that a file is not what it was when the caller read it.
type ChangedError struct {
	Path string
	How  string // changed, created or removed
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s has been %s meanwhile; run the command again", e.Path, e.How)
}

// A PartialError says that only the first changes could be made.
type PartialError struct {
	Done, Left []string // paths
	Err        error
}

func (e *PartialError) Error() string {
	text := fmt.Sprintf("%v\nchanged already: %s", e.Err, strings.Join(e.Done, ", "))
	if len(e.Left) > 0 {
		text += "\nnot changed: " + strings.Join(e.Left, ", ")
	}
	return text
}

func (e *PartialError) Unwrap() error { return e.Err }

// Apply makes changes in their order, each at once: if it is killed, the first ones are
// done, and the others not begun; temporary files may be left, and new folders. If a file is not the original, or anything else
// can be known to fail, nothing is changed. If one change fails, those before it stay,
// and the error is a [PartialError].
func Apply(changes ...Change) error {
	return apply(func(step) error { return nil }, changes)
}

// A step of Apply is what tests kill it before, or let fail.
type step string

const (
	stepCheck   step = "check"  // the originals
	stepClean   step = "clean"  // of temporary files of killed commands
	stepFolder  step = "folder" // is made
	stepWrite   step = "write"  // a temporary file
	stepSync    step = "sync"   // the temporary file, which has its content
	stepLast    step = "last"   // check of the originals
	stepChange  step = "change" // the file itself
	stepTidy    step = "tidy"   // what a change leaves
	stepFolders step = "sync folder"
)

// A change is a Change that is being made.
type change struct {
	Change
	target    string // where links lead
	folder    string // the target's
	temporary string // the name of the new content
}

func apply(at func(step) error, all []Change) (err error) {
	changes, err := prepare(at, all)
	if err != nil {
		return nothing(err)
	}
	var made []string // folders
	next := 0         // of the changes
	defer func() {
		if err == nil {
			return
		}
		for _, c := range changes {
			if c.temporary != "" {
				os.Remove(c.temporary)
			}
		}
		for i := len(made) - 1; i >= 0; i-- {
			os.Remove(made[i]) // If it is empty: others may have put something there.
		}
	}()

	for _, c := range changes {
		folders, err := makeFolders(at, c.folder)
		made = append(made, folders...)
		if err != nil {
			return nothing(fmt.Errorf("writing %s: %w", c.Path, err))
		}
	}
	if err := checkFolders(changes); err != nil {
		return nothing(err)
	}
	if err := at(stepClean); err != nil {
		return nothing(err)
	}
	for _, c := range changes {
		removeLeftovers(c.folder)
	}
	for i := range changes {
		c := &changes[i]
		if err := c.write(at); err != nil {
			return nothing(fmt.Errorf("writing %s: %w", c.Path, err))
		}
	}
	if err := at(stepLast); err != nil {
		return nothing(err)
	}
	for _, c := range changes {
		if _, err := c.checkOriginal(); err != nil {
			return nothing(err)
		}
	}

	for i := range changes {
		done, err := changes[i].make(at)
		if done {
			next = i + 1
		}
		if err == nil {
			continue
		}
		if next == 0 {
			return nothing(err)
		}
		partial := &PartialError{Err: err}
		for _, c := range changes[:next] {
			partial.Done = append(partial.Done, c.Path)
		}
		for _, c := range changes[next:] {
			partial.Left = append(partial.Left, c.Path)
		}
		return partial
	}
	return nil
}

// nothing adds to an error that nothing has been done.
func nothing(err error) error { return fmt.Errorf("%w\nno file has been changed", err) }

// prepare returns what there is to do, and an error if it is known that it can't be done.
// It changes nothing.
func prepare(at func(step) error, all []Change) ([]change, error) {
	if err := at(stepCheck); err != nil {
		return nil, err
	}
	var changes []change
	for _, c := range all {
		if c.Delete && c.Original == nil {
			return nil, fmt.Errorf("%s: to delete it, its content has to be known", c.Path)
		}
		target := c.Path
		if !c.Delete {
			var err error
			if target, err = FollowLinks(c.Path); err != nil {
				return nil, err
			}
		}
		next := change{Change: c, target: target, folder: filepath.Dir(target)}
		info, err := next.checkOriginal()
		if err != nil {
			return nil, err
		}
		if info != nil {
			if c.Mode == 0 {
				next.Mode = info.Mode().Perm()
			}
			if !c.Delete && bytes.Equal(c.Content, c.Original) && next.Mode == info.Mode().Perm() {
				continue
			}
			if err := next.checkWritable(info); err != nil {
				return nil, err
			}
		}
		changes = append(changes, next)
	}
	return changes, nil
}

// checkOriginal returns what the file is now, and nil if it is rightly missing.
func (c *change) checkOriginal() (fs.FileInfo, error) {
	info, err := os.Stat(c.target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if c.Original != nil {
			return nil, &ChangedError{c.Path, "removed"}
		}
		return nil, nil
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder, expected a file", c.Path)
	case !info.Mode().IsRegular(): // Reading one could wait forever.
		return nil, fmt.Errorf("%s is no regular file (%v)", c.Path, info.Mode())
	case c.Original == nil:
		return nil, &ChangedError{c.Path, "created"}
	}
	content, err := os.ReadFile(c.target)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(content, c.Original) {
		return nil, &ChangedError{c.Path, "changed"}
	}
	return info, nil
}

const anyWrite fs.FileMode = 0o222

// checkWritable returns an error for a file that can't be written to, though to rename
// another one over it, or to remove it, does not take that: who made it read-only did
// not want it changed. The mode is looked at first, as root may write to any.
func (c *change) checkWritable(info fs.FileInfo) error {
	if info, err := os.Lstat(c.target); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil // It is the link that is removed.
	}
	if info.Mode()&anyWrite == 0 {
		return fmt.Errorf("%s is read-only (%v); make it writable, and run the command again", c.Path, info.Mode())
	}
	file, err := os.OpenFile(c.target, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("%s can't be written to: %w", c.Path, err)
	}
	return file.Close()
}

// checkFolders returns an error for a folder that can't be written to, and for a file
// that two changes are for.
func checkFolders(changes []change) error {
	seen := map[string]string{}
	for _, c := range changes {
		info, err := os.Stat(c.folder)
		if err != nil {
			return err
		}
		if info.Mode()&anyWrite == 0 {
			return fmt.Errorf("%s can't be written: the folder %s is read-only (%v); make it writable, and run the command again", c.Path, c.folder, info.Mode())
		}
		if c.Delete { // What is written tells by itself.
			probe, err := output.WriteBeside(output.File{Path: c.target}, temporaryPattern, func(*os.File) error { return nil })
			if err == nil {
				err = os.Remove(probe)
			}
			if err != nil {
				return fmt.Errorf("deleting %s: %w", c.Path, err)
			}
		}
		folder, err := realPath(c.folder)
		if err != nil {
			return err
		}
		key := filepath.Join(folder, filepath.Base(c.target))
		if other, ok := seen[key]; ok {
			return fmt.Errorf("%s and %s are the same file, which can't be changed twice", other, c.Path)
		}
		seen[key] = c.Path
	}
	return nil
}

// makeFolders makes a folder and those above it, as far as they are missing, and
// returns those that it has made.
func makeFolders(at func(step) error, folder string) (made []string, err error) {
	if info, err := os.Stat(folder); err == nil && info.IsDir() {
		return nil, nil
	}
	if above := filepath.Dir(folder); above != folder {
		if made, err = makeFolders(at, above); err != nil {
			return made, err
		}
	}
	if err := at(stepFolder); err != nil {
		return made, err
	}
	if err := os.Mkdir(folder, 0o777); errors.Is(err, fs.ErrExist) {
		// Somebody else has made it, or it is a file.
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return made, fmt.Errorf("%s is in the way: a folder is needed there", folder)
		}
		return made, nil
	} else if err != nil {
		return made, err
	}
	made = append(made, folder)
	return made, syncFolder(filepath.Dir(folder))
}

// Temporary files have names that nobody gives to a file, and that the go command and
// patterns such as *.go pass over.
const temporaryPattern = ".go_overlay-*.tmp"

var temporaryName = regexp.MustCompile(`^\.go_overlay-[0-9]+\.tmp$`)

// removeLeftovers removes the temporary files of killed commands: nobody else would,
// and they would be in a workspace, where git shows them, for good. What is younger than
// an hour may be of a command that is running, where there are no locks, or in a
// workspace that has another lock; it needs its files for seconds. What can't be
// removed does no harm.
func removeLeftovers(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !temporaryName.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

// write writes the new content to a temporary file, and to the disk.
func (c *change) write(at func(step) error) error {
	if c.Delete {
		return nil
	}
	if err := at(stepWrite); err != nil {
		return err
	}
	var err error
	c.temporary, err = output.WriteBeside(output.File{Path: c.target, Content: c.Content, Mode: c.Mode}, temporaryPattern, func(f *os.File) error {
		if err := at(stepSync); err != nil {
			return err
		}
		return ignoreUnsupported(f.Sync())
	})
	return err
}

// make makes the change itself, and tells whether that was done, which it may be in
// spite of an error.
func (c *change) make(at func(step) error) (done bool, err error) {
	if err := at(stepChange); err != nil {
		return false, fmt.Errorf("writing %s: %w", c.Path, err)
	}
	// The time in which somebody else's change could be lost is as short as can be.
	if _, err := c.checkOriginal(); err != nil {
		return false, err
	}
	switch {
	case c.Delete:
		if err := os.Remove(c.target); err != nil {
			return false, fmt.Errorf("deleting %s: %w", c.Path, err)
		}
	case c.Original == nil:
		// Unlike a rename, a link never replaces a file.
		err := os.Link(c.temporary, c.target)
		if errors.Is(err, fs.ErrExist) {
			return false, &ChangedError{c.Path, "created"}
		}
		if err == nil {
			if err := at(stepTidy); err != nil {
				return true, fmt.Errorf("writing %s: %w", c.Path, err)
			}
			os.Remove(c.temporary)
		} else if err := os.Rename(c.temporary, c.target); err != nil { // Not every file system has links.
			return false, fmt.Errorf("writing %s: %w", c.Path, err)
		}
	default:
		if err := os.Rename(c.temporary, c.target); err != nil {
			return false, fmt.Errorf("writing %s: %w", c.Path, err)
		}
	}
	c.temporary = ""
	err = at(stepFolders)
	if err == nil {
		err = syncFolder(c.folder)
	}
	if err != nil {
		return true, fmt.Errorf("writing %s to the disk: %w", c.Path, err)
	}
	if c.Delete && c.Root != "" {
		return true, c.removeEmpty(at)
	}
	return true, nil
}

// removeEmpty removes the folder of a deleted file, which had a file until now, if it is
// empty, and then likewise the folders above it. One that stays does no harm.
func (c *change) removeEmpty(at func(step) error) error {
	root, err := realPath(c.Root)
	if err != nil {
		return nil
	}
	folder, err := realPath(c.folder)
	if err != nil {
		return nil
	}
	for {
		below, err := filepath.Rel(root, folder)
		if err != nil || !filepath.IsLocal(below) || below == "." {
			return nil
		}
		if err := at(stepTidy); err != nil {
			return fmt.Errorf("deleting %s: %w", c.Path, err)
		}
		if os.Remove(folder) != nil {
			return nil
		}
		folder = filepath.Dir(folder)
	}
}

// realPath returns the absolute path of a folder, without links.
func realPath(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// syncFolder writes to the disk which names a folder has. On Windows there is no such
// thing.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(folder)
	if errors.Is(err, fs.ErrPermission) {
		return nil // One may write to a folder that one can't read.
	}
	if err != nil {
		return err
	}
	return errors.Join(ignoreUnsupported(f.Sync()), f.Close())
}

// ignoreUnsupported returns an error unless it says that the file system knows no fsync.
func ignoreUnsupported(err error) error {
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// FollowLinks returns the path of what is to be replaced so that links to it stay.
// The file itself need not be there.
func FollowLinks(path string) (string, error) {
	for range 40 { // as many as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil // It is no link.
		}
		if !filepath.IsAbs(target) {
			// What .. leads to is up to the folder that the link is in.
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			target = dir + string(filepath.Separator) + target
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many links", path)
}
