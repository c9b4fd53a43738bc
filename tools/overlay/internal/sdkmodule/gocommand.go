package sdkmodule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/redact"
)

// DatabaseIsOff says why nothing can be verified.
const DatabaseIsOff = `GOSUMDB is off, so nothing tells whether what is served is what the Go project has published.
Set GOSUMDB to a checksum database (GOSUMDB="NAME URL" is one that another server passes on; see go help environment),
or run this where one can be reached, and copy the lock file. With -unverified, what is served now is taken.`

const databaseNotAsked = `the go command did not ask the checksum database, as it need not if GOPROXY is file://... and GONOSUMDB or GOPRIVATE match ` + Path + `.
Set GONOSUMDB=none, or run this where the checksum database can be reached, and copy the lock file. With -unverified, what is served now is taken.`

// A Zip is the module zip of an SDK.
type Zip struct {
	Path       string
	H1         string // its sum
	Unverified string // why it is not verified, or an empty string
}

// A MismatchError says that what is served has another sum than a lock file has.
type MismatchError struct{ Want, Found string }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("expected the sum %s, found %s", e.Want, e.Found)
}

// ErrNoGo says that there is no go command.
var ErrNoGo = errors.New("put go on PATH, or set GO_OVERLAY_GO to its path")

// A GoCommand runs the go command in a temporary folder.
type GoCommand struct {
	path     string
	dir      string   // the folder
	env      []string // besides that of the user
	database string   // GOSUMDB

	// ModCache is the module cache of the user, which is not the one that this uses.
	ModCache string
	// Proxy has the user's settings of GOPROXY.
	Proxy Proxy
	// Progress, if it is not nil, is called with how many bytes of a zip are there.
	Progress func(done int64)
}

// NewGoCommand finds the go command. Its folder is made in another one, by default that for temporary
// files. The caller has to close it. The error is [ErrNoGo] where there is none.
func NewGoCommand(parent string) (*GoCommand, error) {
	path, env, err := findGo()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "go_sdk_lock-*")
	if err != nil {
		return nil, err
	}
	// TMPDIR may be relative; the go command runs in the folder, and wants whole paths of caches.
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	g := &GoCommand{path: path, dir: dir}
	// Which modules are in the folders above must not matter.
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module go_sdk_lock\n\ngo 1.17\n"), 0o666); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	g.env = append(env,
		"GO111MODULE=on",
		// Flags of the user's could be anything; and this one leaves no read-only folders.
		"GOFLAGS=-modcacherw",
		"GOMODCACHE="+g.cache(),
		"GOTOOLCHAIN=local",
		"GOWORK=off",
	)
	return g, nil
}

// findGo returns the path of the go command, and what has to be in its environment.
func findGo() (path string, env []string, err error) {
	named := os.Getenv("GO_OVERLAY_GO")
	if named == "" {
		path, err = exec.LookPath("go")
		if err != nil {
			return "", nil, fmt.Errorf("SDKs are downloaded by the go command: %w (%w)", ErrNoGo, err)
		}
		return path, nil, nil
	}
	// It runs in another folder.
	path, err = filepath.Abs(named)
	if err == nil {
		_, err = exec.LookPath(path)
	}
	if err != nil {
		return "", nil, fmt.Errorf("GO_OVERLAY_GO is %q, but has to be the path of a go command; without it, go on PATH is used (%w)", named, err)
	}
	// A go command that is all there is of its SDK does not know where its
	// settings are, such as what GOPROXY is by default.
	goroot := filepath.Dir(filepath.Dir(path))
	if _, err := os.Stat(filepath.Join(goroot, "go.env")); err == nil {
		env = append(env, "GOROOT="+goroot)
	}
	return path, env, nil
}

// Close removes the folder.
func (g *GoCommand) Close() error { return os.RemoveAll(g.dir) }

// cache is the module cache.
func (g *GoCommand) cache() string { return filepath.Join(g.dir, "cache") }

// run returns what the go command writes to stdout. The error is what it says.
func (g *GoCommand) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir = g.dir
	cmd.Env = append(cmd.Environ(), g.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second // Where that does not help, it is killed.
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if said := strings.TrimSpace(stderr.String()); err != nil && said != "" {
		err = errors.New(said)
	}
	return stdout.Bytes(), redact.Error(err)
}

// ReadEnv reads those of the user's settings that matter here.
func (g *GoCommand) ReadEnv(ctx context.Context) error {
	users := *g
	users.env = append(slices.Clone(g.env), "GOMODCACHE="+os.Getenv("GOMODCACHE"))
	stdout, err := users.run(ctx, "env", "-json", "GOPROXY", "GONOPROXY", "GOSUMDB", "GOMODCACHE")
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	var env struct{ GOPROXY, GONOPROXY, GOSUMDB, GOMODCACHE string }
	if err := json.Unmarshal(stdout, &env); err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	g.database, g.ModCache = env.GOSUMDB, env.GOMODCACHE
	g.Proxy = Proxy{GOPROXY: env.GOPROXY, GONOPROXY: env.GONOPROXY}
	return redact.CheckURLs(env.GOPROXY, env.GOSUMDB)
}

// DatabaseIsOff tells whether nothing can be verified.
func (g *GoCommand) DatabaseIsOff() bool { return g.database == "off" }

// List returns the SDKs that the proxy lists.
func (g *GoCommand) List(ctx context.Context) ([]SDK, error) {
	// Without -retracted, the newest would be asked for what it retracts.
	stdout, err := g.run(ctx, "list", "-m", "-versions", "-retracted", "-json", Path)
	if err != nil {
		return nil, err
	}
	var result struct{ Versions []string }
	if err := json.Unmarshal(stdout, &result); err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return fromModuleVersions(result.Versions), nil
}

// Download downloads an SDK with the verification of the go command. The zip is there until the
// next download, or the end: several SDKs at once would be gigabytes.
func (g *GoCommand) Download(ctx context.Context, s SDK) (Zip, error) {
	if err := g.reset(); err != nil {
		return Zip{}, err
	}
	if g.DatabaseIsOff() {
		zip, err := g.downloadWithSums(ctx, s, unknownSum)
		zip.Unverified = DatabaseIsOff
		return zip, err
	}
	return g.downloadVerified(ctx, s)
}

// DownloadKnown downloads an SDK whose sum is known. The error is a [MismatchError] if it has another one.
func (g *GoCommand) DownloadKnown(ctx context.Context, s SDK, sum string) (Zip, error) {
	if err := g.reset(); err != nil {
		return Zip{}, err
	}
	return g.downloadWithSums(ctx, s, sum)
}

// VerifyCached lets the go command verify the zip that the module cache of the user has of an SDK,
// without a download of it. What the user's go command knows of the checksum database, this one is
// told, too, so that the network may not be needed. The error may be gone with a download.
func (g *GoCommand) VerifyCached(ctx context.Context, s SDK) (Zip, error) {
	if err := g.reset(); err != nil {
		return Zip{}, err
	}
	if g.DatabaseIsOff() {
		return Zip{}, errors.New(DatabaseIsOff)
	}
	if err := g.seed(s); err != nil {
		return Zip{}, err
	}
	// There are settings with which it would not ask the database, but what the cache has of
	// the answer must not be taken for one.
	asking := *g
	asking.env = append(slices.Clone(g.env), "GONOSUMDB=none", "GIT_HTTP_USER_AGENT=")
	return asking.downloadVerified(ctx, s)
}

// seed copies into the module cache what that of the user has of an SDK. Its sum is computed anew, in a
// half of the time that the go command takes, which asks the database for it.
func (g *GoCommand) seed(s SDK) error {
	target := filepath.Join(g.cache(), "cache", "download")
	name := filepath.Join(filepath.FromSlash(Path), "@v", s.ModuleVersion())
	if err := os.MkdirAll(filepath.Dir(filepath.Join(target, name)), 0o777); err != nil {
		return err
	}
	if err := Share(filepath.Join(target, name+".zip"), CachedZip(g.ModCache, s)); err != nil {
		return err
	}
	sum, err := H1(filepath.Join(target, name+".zip"))
	if err != nil {
		return err
	}
	// The user's cache may lack the others: GOTOOLCHAIN does not need them.
	info := fmt.Sprintf(`{"Version":%q}`, s.ModuleVersion())
	err = errors.Join(
		os.WriteFile(filepath.Join(target, name+".ziphash"), []byte(sum), 0o666),
		os.WriteFile(filepath.Join(target, name+".info"), []byte(info), 0o666),
		os.WriteFile(filepath.Join(target, name+".mod"), []byte("module "+Path+"\n"), 0o666))
	if err != nil {
		return err
	}
	source := filepath.Join(g.ModCache, "cache", "download")
	lookup := lookupName(s)
	return filepath.WalkDir(filepath.Join(source, "sumdb"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(source, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "lookup":
			// Of all others there may be many.
			if copied := filepath.Join(path, lookup); isFile(copied) {
				if err := copyTo(filepath.Join(target, name, lookup), copied); err != nil {
					return err
				}
			}
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		return copyTo(filepath.Join(target, name), path)
	})
}

// downloadVerified downloads an SDK for which there is no go.sum.
func (g *GoCommand) downloadVerified(ctx context.Context, s SDK) (Zip, error) {
	zip, err := g.downloadOnce(ctx, s)
	if err != nil {
		return Zip{}, err
	}
	asked, err := g.databaseHas(s, zip.H1)
	if err == nil && !asked {
		zip.Unverified = databaseNotAsked
	}
	return zip, err
}

// reset removes what an earlier download has left.
func (g *GoCommand) reset() error {
	err := os.Remove(g.goSum())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(g.cache()))
}

func (g *GoCommand) goSum() string { return filepath.Join(g.dir, "go.sum") }

func (g *GoCommand) downloadOnce(ctx context.Context, s SDK) (Zip, error) {
	// The go command unpacks what it downloads, unless this has been done: the folder that it looks
	// for is enough. That spares 240 MB, and half of the time.
	if err := os.MkdirAll(filepath.Join(g.cache(), filepath.FromSlash(Path)+"@"+s.ModuleVersion()), 0o777); err != nil {
		return Zip{}, err
	}
	stop := g.watch()
	stdout, err := g.run(ctx, "mod", "download", "-json", Path+"@"+s.ModuleVersion())
	stop()
	var result struct{ Path, Version, Error, Zip, Sum string }
	if len(stdout) > 0 {
		if err := json.Unmarshal(stdout, &result); err != nil {
			return Zip{}, fmt.Errorf("go mod download: %w", err)
		}
	}
	switch {
	case result.Error != "":
		return Zip{}, redact.Error(errors.New(result.Error))
	case err != nil:
		return Zip{}, err
	case result.Path != Path || result.Version != s.ModuleVersion() || !strings.HasPrefix(result.Sum, "h1:"):
		return Zip{}, fmt.Errorf("go mod download: expected %s@%s, found %s", Path, s.ModuleVersion(), stdout)
	}
	return Zip{Path: result.Zip, H1: result.Sum}, nil
}

// watch reports the progress of a download, until it is stopped.
func (g *GoCommand) watch() (stop func()) {
	if g.Progress == nil {
		return func() {}
	}
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			partial, _ := filepath.Glob(filepath.Join(g.cache(), "cache", "download", filepath.FromSlash(Path), "@v", "*.zip*tmp*"))
			for _, path := range partial {
				if info, err := os.Stat(path); err == nil {
					g.Progress(info.Size())
				}
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// downloadWithSums downloads an SDK where the checksum database is not to be asked, as there is none,
// or nothing that it could tell. The go command does so with a go.sum only. What else has to be in
// there it tells by its complaints: about the go.mod first, then about the zip, unless its sum is known.
func (g *GoCommand) downloadWithSums(ctx context.Context, s SDK, sum string) (Zip, error) {
	sums := map[string]string{"": sum, "/go.mod": unknownSum}
	mismatch := regexp.MustCompile(`(?m)^verifying ` + regexp.QuoteMeta(Path+"@"+s.ModuleVersion()) +
		`(/go\.mod)?: checksum mismatch\s+downloaded: (h1:\S+)\s+go\.sum:\s+(h1:\S+)`)
	for {
		var goSum strings.Builder
		for suffix, sum := range sums {
			fmt.Fprintf(&goSum, "%s %s%s %s\n", Path, s.ModuleVersion(), suffix, sum)
		}
		if err := os.WriteFile(g.goSum(), []byte(goSum.String()), 0o666); err != nil {
			return Zip{}, err
		}
		zip, err := g.downloadOnce(ctx, s)
		if err == nil {
			return zip, nil
		}
		// Only a sum that is unknown still can be learned: this comes to an end.
		found := mismatch.FindStringSubmatch(err.Error())
		switch {
		case found == nil:
			return Zip{}, err
		case found[3] == unknownSum:
			sums[found[1]] = found[2]
		case found[3] == sum && sum != unknownSum:
			return Zip{}, &MismatchError{Want: sum, Found: found[2]}
		default:
			return Zip{}, err
		}
	}
}

// unknownSum is in a go.sum instead of a sum.
const unknownSum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// databaseHas tells whether the module cache has an answer of the checksum
// database with the sum of an SDK. The go command keeps those whose signature
// and place in the database's tree are right.
func (g *GoCommand) databaseHas(s SDK, sum string) (bool, error) {
	name := filepath.Join("lookup", lookupName(s))
	line := fmt.Sprintf("\n%s %s %s\n", Path, s.ModuleVersion(), sum)
	has := false
	err := filepath.WalkDir(filepath.Join(g.cache(), "cache", "download", "sumdb"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, string(filepath.Separator)+name) {
			return err
		}
		data, err := os.ReadFile(path)
		has = has || strings.Contains(string(data), line)
		return err
	})
	return has, err
}

// lookupName is the name of the answer of a checksum database, in the folder that the go command keeps
// them in.
func lookupName(s SDK) string { return filepath.FromSlash(Path) + "@" + s.ModuleVersion() }
