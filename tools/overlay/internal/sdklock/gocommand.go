package sdklock

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/redact"
)

const databaseIsOff = `GOSUMDB is off, so nothing tells whether what is served is what the Go project has published.
Set GOSUMDB to a checksum database (GOSUMDB="NAME URL" is one that another server passes on; see go help environment),
or run this where one can be reached, and copy the lock file. With -unverified, what is served now is taken.`

const databaseNotAsked = `the go command did not ask the checksum database, as it need not if GOPROXY is file://... and GONOSUMDB or GOPRIVATE match ` + toolchain + `.
Set GONOSUMDB=none, or run this where the checksum database can be reached, and copy the lock file. With -unverified, what is served now is taken.`

// A goCommand runs the go command in a temporary folder.
type goCommand struct {
	path     string
	dir      string   // the folder
	env      []string // besides that of the user
	database string   // GOSUMDB
}

// newGoCommand finds the go command. The caller has to close it.
func newGoCommand() (*goCommand, error) {
	path, env, err := findGo()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "go_sdk_lock-*")
	if err != nil {
		return nil, err
	}
	// TMPDIR may be relative; the go command runs in the folder, and wants whole paths of caches.
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	g := &goCommand{path: path, dir: dir}
	// Which modules are in the folders above must not matter.
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module go_sdk_lock\n\ngo 1.17\n"), 0o666); err != nil {
		return nil, errors.Join(err, g.close())
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
			return "", nil, fmt.Errorf("SDKs are downloaded by the go command: put go on PATH, or set GO_OVERLAY_GO to its path (%w)", err)
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

func (g *goCommand) close() error { return os.RemoveAll(g.dir) }

// cache is the module cache.
func (g *goCommand) cache() string { return filepath.Join(g.dir, "cache") }

// run returns what the go command writes to stdout. The error is what it says.
func (g *goCommand) run(ctx context.Context, args ...string) ([]byte, error) {
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

// readEnv reads those of the user's settings that matter here.
func (g *goCommand) readEnv(ctx context.Context) error {
	stdout, err := g.run(ctx, "env", "-json", "GOPROXY", "GOSUMDB")
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	var env struct{ GOPROXY, GOSUMDB string }
	if err := json.Unmarshal(stdout, &env); err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	g.database = env.GOSUMDB
	return redact.CheckURLs(env.GOPROXY, env.GOSUMDB)
}

// databaseIsOff tells whether nothing can be verified.
func (g *goCommand) databaseIsOff() bool { return g.database == "off" }

// unknownSum is in a go.sum instead of a sum.
const unknownSum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// download downloads an SDK. unverified is why it is not verified, or "".
func (g *goCommand) download(ctx context.Context, s sdk) (e entry, unverified string, err error) {
	// Several SDKs at once would be gigabytes.
	defer func() { err = errors.Join(err, os.RemoveAll(g.cache())) }()
	if g.databaseIsOff() {
		e, err = g.downloadUnverified(ctx, s)
		return e, databaseIsOff, err
	}
	if e, err = g.downloadOnce(ctx, s); err != nil {
		return entry{}, "", err
	}
	asked, err := g.databaseHas(s, e.H1)
	if err == nil && !asked {
		unverified = databaseNotAsked
	}
	return e, unverified, err
}

// downloadOnce downloads an SDK with the verification of the go command.
func (g *goCommand) downloadOnce(ctx context.Context, s sdk) (entry, error) {
	stdout, err := g.run(ctx, "mod", "download", "-json", toolchain+"@"+s.moduleVersion())
	var result struct{ Path, Version, Error, Zip, Sum string }
	if len(stdout) > 0 {
		if err := json.Unmarshal(stdout, &result); err != nil {
			return entry{}, fmt.Errorf("go mod download: %w", err)
		}
	}
	switch {
	case result.Error != "":
		return entry{}, redact.Error(errors.New(result.Error))
	case err != nil:
		return entry{}, err
	case result.Path != toolchain || result.Version != s.moduleVersion() || !strings.HasPrefix(result.Sum, "h1:"):
		return entry{}, fmt.Errorf("go mod download: expected %s@%s, found %s", toolchain, s.moduleVersion(), stdout)
	}
	sum, err := sha256Sum(result.Zip)
	return entry{H1: result.Sum, SHA256: sum}, err
}

// downloadUnverified downloads an SDK where there is no checksum database. The
// go command does so with a go.sum only. What has to be in there it tells by its
// complaints: about the go.mod first, then about the zip.
func (g *goCommand) downloadUnverified(ctx context.Context, s sdk) (entry, error) {
	sums := map[string]string{"": unknownSum, "/go.mod": unknownSum}
	mismatch := regexp.MustCompile(`(?m)^verifying ` + regexp.QuoteMeta(toolchain+"@"+s.moduleVersion()) +
		`(/go\.mod)?: checksum mismatch\s+downloaded: (h1:\S+)\s+go\.sum:\s+` + regexp.QuoteMeta(unknownSum))
	for {
		var goSum strings.Builder
		for suffix, sum := range sums {
			fmt.Fprintf(&goSum, "%s %s%s %s\n", toolchain, s.moduleVersion(), suffix, sum)
		}
		if err := os.WriteFile(filepath.Join(g.dir, "go.sum"), []byte(goSum.String()), 0o666); err != nil {
			return entry{}, err
		}
		e, err := g.downloadOnce(ctx, s)
		if err == nil {
			return e, nil
		}
		// Only a sum that is unknown still can be learned: this comes to an end.
		found := mismatch.FindStringSubmatch(err.Error())
		if found == nil {
			return entry{}, err
		}
		sums[found[1]] = found[2]
	}
}

// databaseHas tells whether the module cache has an answer of the checksum
// database with the sum of an SDK. The go command keeps those whose signature
// and place in the database's tree are right.
func (g *goCommand) databaseHas(s sdk, sum string) (bool, error) {
	name := filepath.Join("lookup", filepath.FromSlash(toolchain)+"@"+s.moduleVersion())
	line := fmt.Sprintf("\n%s %s %s\n", toolchain, s.moduleVersion(), sum)
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

func sha256Sum(path string) (string, error) {
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
