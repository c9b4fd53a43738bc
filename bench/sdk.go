package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
)

// sdkVersion is the version of the SDK that is fetched.
const sdkVersion = "1.26.8"

// benchSDK measures the time that it takes to have a Go SDK, from GOPROXY to files
// that are checked and can be used: with go_toolchains.sdk, in an empty repository
// cache, and with go mod download, in an empty module cache.
func benchSDK(ctx context.Context, s *session) error {
	module := toolchainModule(sdkVersion)
	platform := runtime.GOOS + "_" + runtime.GOARCH
	repo := "go_sdk_" + sdkVersion + "_" + platform
	goCache := filepath.Join(s.dir, "modules")
	repositoryCache := filepath.Join(s.dir, "repositories")

	// Beside being measured, the go command says what to put into the lock file.
	progress("fetching %s", module)
	lock, err := lockEntry(ctx, module, goCache)
	if err != nil {
		return err
	}
	b, err := s.workspace("sdk", sdkFiles(s, platform, repo, lock), "common --repository_cache="+repositoryCache)
	if err != nil {
		return err
	}
	base, err := b.info(ctx, "output_base")
	if err != nil {
		return err
	}
	external := filepath.Join(base, "external")
	fetch := func(ctx context.Context) error {
		_, err := output(b.command(ctx, "fetch", "--force", "--repo=@"+repo))
		return err
	}
	// The server loads the rules, and what it needs for them.
	if err := fetch(ctx); err != nil {
		return err
	}
	fetched := func(fetch func(context.Context) error) func(context.Context, int) (sample, error) {
		return func(ctx context.Context, _ int) (sample, error) {
			if err := removeSDKs(ctx, external, repo, goCache, repositoryCache); err != nil {
				return nil, err
			}
			seconds, err := timed(func() error { return fetch(ctx) })
			return sample{metricTime.Name: seconds}, err
		}
	}
	return s.compare(ctx, &Comparison{
		Name:      "sdk",
		Title:     "Fetching Go SDK " + sdkVersion,
		Reference: "go mod download",
		Metrics:   []Metric{metricTime},
	}, []contender{
		{"go mod download", fetched(func(ctx context.Context) error {
			_, err := output(goModDownload(ctx, goCache, module))
			return err
		})},
		{"go_toolchains.sdk", fetched(fetch)},
	})
}

// toolchainModule is the module that an SDK for this machine is.
func toolchainModule(version string) string {
	return fmt.Sprintf("golang.org/toolchain@v0.0.1-go%s.%s-%s", version, runtime.GOOS, runtime.GOARCH)
}

// lockFile is one that has an SDK.
func lockFile(platform, entry string) string {
	return fmt.Sprintf(`{"lock_version": 1, "sdks": {%q: {%q: %s}}}`, sdkVersion, platform, entry)
}

// lockEntry returns the entry of the lock file of SDKs for a module, as JSON.
func lockEntry(ctx context.Context, module, cache string) (string, error) {
	out, err := output(goModDownload(ctx, cache, "-json", module))
	if err != nil {
		return "", err
	}
	var download struct{ Zip, Sum string }
	if err := json.Unmarshal([]byte(out), &download); err != nil {
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

func goModDownload(ctx context.Context, cache string, args ...string) *exec.Cmd {
	cmd := command(ctx, os.TempDir(), "go", append([]string{"mod", "download"}, args...)...)
	cmd.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOTOOLCHAIN=local")
	return cmd
}

// sdkFiles are those of a workspace that has a Go SDK.
func sdkFiles(s *session, platform, repo, lock string) map[string]string {
	return map[string]string{
		"BUILD.bazel":      "",
		"go_sdk.lock.json": lockFile(platform, lock),
		"MODULE.bazel": fmt.Sprintf(`bazel_dep(name = "go_overlay")
bazel_dep(name = "rules_go", version = %q)

local_path_override(
    module_name = "go_overlay",
    path = %q,
)

go_toolchains = use_extension("@go_overlay//toolchains:extensions.bzl", "go_toolchains")
go_toolchains.config(lock_file = "//:go_sdk.lock.json")
go_toolchains.sdk(version = %q)
use_repo(go_toolchains, %q)
`, s.rulesGo, s.root, sdkVersion, repo),
	}
}

// removeSDKs removes what was fetched, and waits until the disk has nothing to do.
func removeSDKs(ctx context.Context, external, repo string, caches ...string) error {
	repos, err := filepath.Glob(filepath.Join(external, "*"+repo))
	if err != nil {
		return err
	}
	if len(repos) != 1 {
		return fmt.Errorf("%s: found %v, expected one repository %s", external, repos, repo)
	}
	for _, dir := range append(repos, caches...) {
		if err := bazeltest.RemoveAll(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	// The repository is still known to Bazel, which is to fetch it all the same: with an empty folder.
	if err := os.Mkdir(repos[0], 0o755); err != nil {
		return err
	}
	return settle(ctx)
}
