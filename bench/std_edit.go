package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// benchStdEdit measures the time from an edit of a patch of net/http to the program
// with it, for an overlay and for the patches of rules_go's go_sdk.download.
func benchStdEdit(ctx context.Context, s *session) error {
	edit := stdEdits[0]
	overlay, goroot, err := stdWorkspace(ctx, s)
	if err != nil {
		return err
	}
	progress("packing an SDK for go_sdk.download")
	download, err := downloadWorkspace(s, goroot)
	if err != nil {
		return err
	}
	progress("building without overlays")
	if _, err := overlay.build(ctx, "//std:app", noOverlays); err != nil {
		return err
	}
	build := func(ctx context.Context, b *bazel, round int, flags ...string) (sample, error) {
		if err := settle(ctx); err != nil {
			return nil, err
		}
		sample, err := b.build(ctx, append(flags, "//std:app", noCache)...)
		if err != nil {
			return nil, err
		}
		return sample, checkPrints(ctx, filepath.Join(b.dir, "bazel-bin/std/app_/app"), edit.text(round)+"\n")
	}
	return s.compare(ctx, &Comparison{
		Name:      "std_edit/" + edit.name,
		Title:     "From an edit to the program: " + edit.title,
		Reference: "go_sdk with patches",
		Metrics:   []Metric{metricTime, metricActions},
	}, []contender{
		{"go_sdk with patches", func(ctx context.Context, round int) (sample, error) {
			patch, err := edit.patch(ctx, s, goroot, round)
			if err != nil {
				return nil, err
			}
			if err := os.WriteFile(filepath.Join(download.dir, sdkPatch), []byte(patch), 0o644); err != nil {
				return nil, err
			}
			return build(ctx, download, round)
		}},
		{"overlay", func(ctx context.Context, round int) (sample, error) {
			if err := edit.overlay(overlay, goroot, round); err != nil {
				return nil, err
			}
			return build(ctx, overlay, round, edit.flag())
		}},
	})
}

// sdkPatch is the file that go_sdk.download applies.
const sdkPatch = "sdk.patch"

// patch returns the edit as a patch of the SDK.
func (e stdEdit) patch(ctx context.Context, s *session, goroot string, round int) (string, error) {
	edited, err := e.edited(goroot, round)
	if err != nil {
		return "", err
	}
	file := filepath.Join(s.dir, "edited.go")
	if err := os.WriteFile(file, []byte(edited), 0o644); err != nil {
		return "", err
	}
	return diff(ctx, "src/"+e.importPath+"/"+e.file, e.source(goroot), file)
}

// downloadWorkspace makes a workspace without go_overlay. Its SDK is the Go of the
// machine as well, packed as if it came from go.dev.
func downloadWorkspace(s *session, goroot string) (*bazel, error) {
	archive := "go.tar.gz"
	digest, err := packSDK(goroot, filepath.Join(s.dir, archive))
	if err != nil {
		return nil, err
	}
	return s.workspace("download", map[string]string{
		"BUILD.bazel": "",
		"MODULE.bazel": fmt.Sprintf(`module(name = "bench")

bazel_dep(name = "rules_go", version = "%[8]s")

go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.download(
    name = "go_sdk",
    patch_strip = 1,
    patches = ["//:%[1]s"],
    sdks = {"%[2]s_%[3]s": ["%[4]s", "%[5]s"]},
    strip_prefix = "",
    urls = ["file://%[6]s/{}"],
    version = "%[7]s",
)
`, sdkPatch, runtime.GOOS, runtime.GOARCH, archive, digest, filepath.ToSlash(s.dir), strings.TrimPrefix(runtime.Version(), "go"), s.rulesGo),
		"std/BUILD.bazel": stdRule,
		"std/main.go":     stdMain,
	})
}

// packSDK packs a GOROOT, and returns the SHA-256 of the archive.
func packSDK(goroot, path string) (digest string, err error) {
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := sha256.New()
	compressed := gzip.NewWriter(io.MultiWriter(file, hash))
	archive := tar.NewWriter(compressed)
	if err := errors.Join(archive.AddFS(os.DirFS(goroot)), archive.Close(), compressed.Close()); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
