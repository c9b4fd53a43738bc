// Package sdks has what the verbs of overlay sdk do, a file each: it finds out by sdksource which Go SDK is meant, and gets it, and by store
// what there is.
package sdks

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdksource"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

// SDKs are those of a store, as somebody sees them who works in a folder.
type SDKs struct {
	Store *store.Store
	Dir   string // of the user
	Out   io.Writer
	Err   io.Writer
}

// Open opens the store that the environment names.
func Open(dir string, out, errs io.Writer) (*SDKs, error) {
	folder, err := store.Folder()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(folder, func(text string) { fmt.Fprintln(errs, text) })
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return &SDKs{Store: s, Dir: dir, Out: out, Err: errs}, nil
}

// installed returns the SDK that a text means: a name, or part of a version, of which the newest counts that is installed; or if it is
// empty, what files of the folder ask for.
func (s *SDKs) installed(text string) (*store.SDK, error) {
	why := ""
	if text == "" {
		want, err := sdksource.Wanted(s.Dir)
		if errors.As(err, new(*sdksource.NothingWantedError)) {
			return nil, fmt.Errorf("%w, or current", err)
		} else if err != nil {
			return nil, err
		}
		text, why = want.Version, want.String()+": "
		if text, err = s.locked(text); err != nil {
			return nil, err
		}
	}
	sdk, err := s.find(text)
	if err != nil {
		return nil, fmt.Errorf("%s%w", why, err)
	}
	return sdk, nil
}

// locked returns the version of the lock file of the folder that part of one means, as install takes it, or the text if there is none.
func (s *SDKs) locked(text string) (string, error) {
	lock, _, err := s.lockFile()
	if err != nil || !sdksource.IsPartial(text) {
		return text, err
	}
	if version := sdksource.Newest(text, sdksource.VersionsFor(lock.SDKs(), gosdk.Host)); version != "" {
		return version, nil
	}
	return text, nil
}

// named returns the name of an SDK that a text means: itself, if one is called so, or else its [sdksource.Version].
func (s *SDKs) named(text string) string {
	if text == "current" {
		if name, err := s.Store.CurrentName(); err == nil {
			return name
		}
	}
	if version := sdksource.Version(text); version != text {
		if _, err := s.Store.Find(text); errors.As(err, new(*store.NotInstalledError)) {
			return version
		}
	}
	return text
}

func (s *SDKs) allNamed(texts []string) (names []string) {
	for _, text := range texts {
		names = append(names, s.named(text))
	}
	return names
}

func (s *SDKs) find(text string) (*store.SDK, error) {
	if text == "current" {
		name, err := s.Store.CurrentName()
		if err != nil {
			return nil, err
		}
		return s.Store.Find(name)
	}
	sdk, err := s.Store.Find(s.named(text))
	if !errors.As(err, new(*store.NotInstalledError)) || !sdksource.IsPartial(sdksource.Version(text)) {
		return sdk, err
	}
	all, listErr := s.Store.List()
	var names []string
	for _, sdk := range all {
		if sdk.Platform == gosdk.Host && sdk.Name == store.NameOf(sdk.Version, sdk.Platform) {
			names = append(names, sdk.Name)
		}
	}
	if name := sdksource.Newest(text, names); name != "" {
		return s.Store.Find(name)
	}
	return nil, errors.Join(err, listErr)
}

// findAll returns the names of the SDKs that texts mean.
func (s *SDKs) findAll(texts []string) (names []string, err error) {
	for _, text := range texts {
		sdk, err := s.find(text)
		if err != nil {
			return nil, err
		}
		names = append(names, sdk.Name)
	}
	return names, nil
}

// progress tells on a terminal how far something is. Without a total it tells what is done.
func (s *SDKs) progress(what string, total int64) (advance func(bytes int64), done func()) {
	p := terminal.StartProgress(s.Err)
	return counter(p, what, total), p.Done
}

// abs returns a path of the user's.
func (s *SDKs) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.Dir, path)
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const unit = 1000
	switch {
	case bytes < unit:
		return fmt.Sprintf("%d B", bytes)
	case bytes < unit*unit:
		return fmt.Sprintf("%.1f kB", float64(bytes)/unit)
	case bytes < unit*unit*unit:
		return fmt.Sprintf("%.1f MB", float64(bytes)/unit/unit)
	default:
		return fmt.Sprintf("%.2f GB", float64(bytes)/unit/unit/unit)
	}
}
