package upstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/redact"
)

// mayDownload tells whether something may be downloaded, and notes why not.
func (s *search) mayDownload() bool {
	const place = "the module proxy"
	switch {
	case s.Offline:
		s.note("%s: not asked, for this runs offline", place)
	case s.Go == "":
		s.note("%s: not asked, for there is no go command", place)
	default:
		var env struct{ GOPROXY, GOSUMDB string }
		err := s.runGo(&env, "env", "-json", "GOPROXY", "GOSUMDB")
		if err == nil {
			err = redact.CheckURLs(env.GOPROXY, env.GOSUMDB)
		}
		if err == nil {
			return true
		}
		s.failed(place, err)
	}
	return false
}

// download downloads a version of a module. Got is whether there is one with the package.
func (s *search) download(module, version string) (found Found, got, ok bool) {
	id := module + "@" + version
	folder, err := s.fetch(id)
	place := id + " of the module proxy"
	if err != nil {
		s.failed(place, err)
		return Found{}, false, false
	}
	found, ok = s.read(s.pathOf(folder, module), place)
	found.Module, found.Version = module, version
	return found, isFolder(inSlashes(folder, s.folderIn(module))), ok
}

// fetch has the go command download a version of a module, MODULE@VERSION, and returns its folder.
func (s *search) fetch(id string) (folder string, err error) {
	s.progress("downloading " + id)
	var result struct{ Dir, Error string }
	err = s.runGo(&result, "mod", "download", "-json", id)
	if result.Error != "" {
		err = redact.Error(errors.New(result.Error))
	}
	return result.Dir, err
}

// downloadAny downloads versions of modules that are not in the caches, the newest first.
func (s *search) downloadAny(modules []string) (Found, bool) {
	left := s.MaxDownloads
	for _, module := range modules {
		s.progress("asking for the versions of " + module)
		var list struct{ Versions []string }
		if err := s.runGo(&list, "list", "-m", "-versions", "-retracted", "-json", module); err != nil {
			s.failed("the versions of "+module, err)
			if s.ctx.Err() != nil {
				return Found{}, false
			}
			continue
		}
		versions := slices.DeleteFunc(list.Versions, func(version string) bool {
			return slices.ContainsFunc(s.ModuleCaches, func(cache string) bool { return isFolder(folderOf(cache, module, version)) })
		})
		newestFirst(versions)
		for i, version := range versions {
			if left == 0 {
				s.note("%s: %d more versions, of which %s is the newest, were not downloaded, for %d were already", module, len(versions)-i, version, s.MaxDownloads)
				return Found{}, false
			}
			left--
			if found, _, ok := s.download(module, version); ok || s.ctx.Err() != nil {
				return found, ok
			}
		}
	}
	return Found{}, false
}

func (s *search) progress(doing string) {
	if s.Progress != nil {
		s.Progress(doing)
	}
}

// runGo runs the go command, which writes JSON. It does not matter where.
func (s *search) runGo(result any, args ...string) (err error) {
	folder, err := os.MkdirTemp("", "overlay_go-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if folder, err = filepath.Abs(folder); err != nil { // TMPDIR may be relative.
		return err
	}
	// Which modules are in the folders above must not matter.
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module go_overlay_rebase\n\ngo 1.17\n"), 0o666); err != nil {
		return err
	}
	cmd := exec.CommandContext(s.ctx, s.Go, args...)
	cmd.Dir = folder
	cmd.Env = append(cmd.Environ(), s.Env...)
	// Flags of the user's could be anything.
	cmd.Env = append(cmd.Env, "GO111MODULE=on", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "GOWORK=off")
	if len(s.ModuleCaches) > 0 {
		cmd.Env = append(cmd.Env, "GOMODCACHE="+s.ModuleCaches[0])
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second // Where that does not help, it is killed.
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	// What it could not do may be in JSON.
	jsonErr := json.Unmarshal(stdout.Bytes(), result)
	if said := strings.TrimSpace(stderr.String()); err != nil && said != "" {
		err = errors.New(said)
	}
	if err == nil && jsonErr != nil {
		err = fmt.Errorf("go %s: expected JSON: %w", strings.Join(args, " "), jsonErr)
	}
	return redact.Error(err)
}
