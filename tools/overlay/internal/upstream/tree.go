package upstream

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// Tree returns the folder of a version of a module: in the module caches, or downloaded.
func (o Options) Tree(ctx context.Context, module, version string) (folder string, err error) {
	for _, cache := range o.ModuleCaches {
		if folder := folderOf(cache, module, version); isFolder(folder) {
			return folder, nil
		}
	}
	return o.downloadTree(ctx, module, version)
}

// SDKTree returns the folder of the SDK of a version of Go, 1.26.8: one of the SDKs, of golang.org/toolchain in the module caches,
// or downloaded.
func (o Options) SDKTree(ctx context.Context, version string) (folder string, err error) {
	version = strings.TrimPrefix(version, "go")
	for _, root := range o.SDKs {
		if versionOf(root) == version {
			return root, nil
		}
	}
	for _, cache := range o.ModuleCaches {
		for _, module := range cachedVersions(cache, toolchain) {
			if root := folderOf(cache, toolchain, module); versionOf(root) == version {
				return root, nil
			}
		}
	}
	platform := o.Platform
	if platform == (gosdk.Platform{}) {
		platform = gosdk.Host
	}
	return o.downloadTree(ctx, toolchain, fmt.Sprintf("v0.0.1-go%s.%s-%s", version, platform.GOOS, platform.GOARCH))
}

// downloadTree downloads a version of a module.
func (o Options) downloadTree(ctx context.Context, module, version string) (string, error) {
	s := &search{Options: o, ctx: ctx}
	id := module + "@" + version
	if !s.mayDownload() {
		return "", fmt.Errorf("%s is in no module cache (%s); next: go mod download %s", id, strings.Join(s.searched, "; "), id)
	}
	folder, err := s.fetch(id)
	if err != nil {
		return "", fmt.Errorf("%s is in no module cache, and can't be downloaded: %w\nwhere it can be: go mod download %s", id, err, id)
	}
	return folder, nil
}
