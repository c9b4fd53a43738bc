package shadow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
)

// Folder returns the folder of the user's cache for what the go command compiles: the one that GO_OVERLAY_SHADOW names, or else one of
// the user's caches.
func Folder() (string, error) {
	if named := os.Getenv("GO_OVERLAY_SHADOW"); named != "" {
		return filepath.Abs(named)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "go_overlay", "shadow"), nil
}

// unused is how long what nobody has used stays.
const unused = 30 * 24 * time.Hour

// left is after which time what has a temporary name is left over of a command that was killed.
const left = 24 * time.Hour

// touch notes that something is used.
func touch(path string) {
	now := time.Now()
	os.Chtimes(path, now, now) // If it can't be noted, it will be made again some day.
}

// takeFolder makes an entry if there is none, notes that it is used, and lets one command at a time write it. Where there are no
// locks, it does without.
func takeFolder(ctx context.Context, folder string) (unlock func(), err error) {
	for {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return nil, err
		}
		before, err := os.Stat(folder)
		if err != nil {
			return nil, err
		}
		unlock, err := lock.Folder(ctx, folder)
		if errors.Is(err, errors.ErrUnsupported) {
			touch(folder)
			return func() {}, nil
		}
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// Clean may have been faster.
		if after, err := os.Stat(folder); err == nil && os.SameFile(before, after) {
			touch(folder)
			return unlock, nil
		}
		unlock()
	}
}

// Clean removes what has not been used for long, and what killed commands have left. It looks at once a day.
func Clean(ctx context.Context, cache string) {
	stamp := filepath.Join(cache, "cleaned")
	if info, err := os.Stat(stamp); err == nil && time.Since(info.ModTime()) < 24*time.Hour {
		return
	}
	if os.WriteFile(stamp, nil, 0o666) != nil {
		return // There is nothing, or nothing can be removed.
	}
	touch(stamp)
	for _, kind := range []string{"work", "goroot", "in_force", "debug"} {
		entries, err := os.ReadDir(filepath.Join(cache, kind))
		if err != nil {
			continue
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil {
				continue
			}
			limit := unused
			if strings.HasSuffix(entry.Name(), ".tmp") {
				limit = left
			}
			if time.Since(info.ModTime()) >= limit {
				removeUnused(ctx, filepath.Join(cache, kind, entry.Name()), limit)
			}
		}
	}
}

// removeUnused removes an entry, unless somebody has begun to use it.
func removeUnused(ctx context.Context, path string, limit time.Duration) {
	unlock, err := lock.Folder(ctx, path)
	if err == nil {
		defer unlock()
	}
	info, err := os.Stat(path)
	if err != nil || time.Since(info.ModTime()) < limit {
		return
	}
	// Under another name first, so that nobody finds a part of it.
	removed := path + ".removed.tmp"
	if os.Rename(path, removed) == nil {
		removeTree(removed)
	}
}
