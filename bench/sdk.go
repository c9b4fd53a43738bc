package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/go-overlay/go_overlay/tests/workspace"
)

// sdkVersion is the version of the SDK that is fetched.
const sdkVersion = "1.26.8"

func benchSDK(root, dir string, runs int) error {
	module := fmt.Sprintf("golang.org/toolchain@v0.0.1-go%s.%s-%s", sdkVersion, runtime.GOOS, runtime.GOARCH)
	platform := runtime.GOOS + "_" + runtime.GOARCH
	repo := "go_sdk_" + sdkVersion + "_" + platform
	s := &subject{root: root, dir: filepath.Join(dir, "sdk")}
	goCache := filepath.Join(dir, "modules")
	repositoryCache := filepath.Join(dir, "repositories")

	// Beside being measured, the go command says what to put into the lock file.
	fmt.Fprintf(os.Stderr, "fetching %s\n", module)
	lock, err := lockEntry(module, goCache)
	if err != nil {
		return err
	}
	if err := s.declareSDK(platform, repo, lock); err != nil {
		return err
	}
	defer s.shutDown()
	info, err := s.bazel("info", "output_base").Output()
	if err != nil {
		return fmt.Errorf("bazelw info: %w", err)
	}
	external := filepath.Join(string(info[:len(info)-1]), "external")
	fetch := func() error {
		out, err := s.bazel("fetch", "--force", "--repo=@"+repo, "--repository_cache="+repositoryCache).CombinedOutput()
		if err != nil {
			return fmt.Errorf("bazelw fetch: %w\n%s", err, out)
		}
		return nil
	}
	// The server loads the rules, and what it needs for them.
	if err := fetch(); err != nil {
		return err
	}

	c := &comparison{
		title:     "Fetch and lay-down of Go SDK " + sdkVersion,
		names:     [2]string{"go_overlay", "go mod download"},
		alternate: true,
	}
	fetchers := [2]func() error{fetch, func() error { return goModDownload(module, goCache).Run() }}
	for range runs {
		if err := c.run(func(subject int) (time.Duration, error) {
			if err := removeSDKs(external, repo, goCache, repositoryCache); err != nil {
				return 0, err
			}
			start := time.Now()
			err := fetchers[subject]()
			return time.Since(start), err
		}); err != nil {
			return err
		}
	}
	return c.print()
}

// lockEntry returns the entry of the lock file of SDKs for a module, as JSON.
func lockEntry(module, cache string) (string, error) {
	cmd := goModDownload(module, cache)
	cmd.Args = append(cmd.Args[:len(cmd.Args)-1], "-json", module)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download -json %s: %w\n%s", module, err, out)
	}
	var download struct{ Zip, Sum string }
	if err := json.Unmarshal(out, &download); err != nil {
		return "", fmt.Errorf("go mod download -json: %w", err)
	}
	zip, err := os.Open(download.Zip)
	if err != nil {
		return "", err
	}
	defer zip.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, zip); err != nil {
		return "", err
	}
	return fmt.Sprintf(`{"h1": %q, "sha256": "%x"}`, download.Sum, digest.Sum(nil)), nil
}

func goModDownload(module, cache string) *exec.Cmd {
	cmd := exec.Command("go", "mod", "download", module)
	cmd.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOTOOLCHAIN=local")
	cmd.Dir = os.TempDir()
	cmd.Stderr = os.Stderr
	return cmd
}

// declareSDK makes a workspace that has a Go SDK.
func (s *subject) declareSDK(platform, repo, lock string) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	for name, content := range map[string]string{
		".bazelrc":         workspace.Bazelrc(s.dir+".output", s.dir+".cache"),
		"BUILD.bazel":      "",
		"go_sdk.lock.json": fmt.Sprintf(`{"lock_version": 1, "sdks": {%q: {%q: %s}}}`, sdkVersion, platform, lock),
		"MODULE.bazel": fmt.Sprintf(`bazel_dep(name = "go_overlay")
bazel_dep(name = "rules_go", version = "0.65.0")

local_path_override(
    module_name = "go_overlay",
    path = %q,
)

go_toolchains = use_extension("@go_overlay//toolchains:extensions.bzl", "go_toolchains")
go_toolchains.config(lock_file = "//:go_sdk.lock.json")
go_toolchains.sdk(version = %q)
use_repo(go_toolchains, %q)
`, s.root, sdkVersion, repo),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// removeSDKs removes what was fetched, and waits until the disk has nothing to do.
func removeSDKs(external, repo string, caches ...string) error {
	repos, err := filepath.Glob(filepath.Join(external, "*"+repo))
	if err != nil || len(repos) != 1 {
		return fmt.Errorf("%s: found %v, %w, expected one repository %s", external, repos, err, repo)
	}
	for _, dir := range append(repos, caches...) {
		if err := workspace.RemoveAll(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	// The repository is still known to Bazel, which is to fetch it all the same: with an empty folder.
	if err := os.Mkdir(repos[0], 0o755); err != nil {
		return err
	}
	return settle()
}
