package upstream

import (
	"cmp"
	"context"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const toolchain = "golang.org/toolchain"

// Std finds a file of the standard library: in the SDKs, then in those that module caches
// have as golang.org/toolchain; its recorded version is downloaded if it is not among them.
func (o Options) Std(ctx context.Context, text Text) (Found, error) {
	text.Version = strings.TrimPrefix(text.Version, "go")
	s, err := o.search(ctx, text)
	if err != nil {
		return Found{}, err
	}
	type sdk struct{ version, module, root string }
	var sdks []sdk
	for _, root := range o.SDKs {
		sdks = append(sdks, sdk{version: versionOf(root), root: root})
	}
	for _, cache := range o.ModuleCaches {
		for _, module := range cachedVersions(cache, toolchain) {
			root := folderOf(cache, toolchain, module)
			sdks = append(sdks, sdk{versionOf(root), toolchain + "@" + module, root})
		}
	}
	isRecorded := func(s sdk) int {
		if s.version == text.Version {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(sdks, func(a, b sdk) int {
		return cmp.Or(isRecorded(a)-isRecorded(b), version.Compare("go"+b.version, "go"+a.version))
	})
	hasRecorded := false
	for _, sdk := range sdks {
		place := fmt.Sprintf("the SDK %s in %s", sdk.version, sdk.root)
		hasRecorded = hasRecorded || sdk.version == text.Version
		if found, ok := s.read(inSlashes(sdk.root, "src", text.ImportPath, text.File), place); ok {
			found.Version = sdk.version
			return found, nil
		}
	}
	const record = "Record the version of Go that the overlay was made for, as base_version = \"1.…\" in its go_overlay, and run this again."
	if text.Version == "" {
		return Found{}, s.notFound(record)
	}
	if hasRecorded {
		return Found{}, s.notFound(fmt.Sprintf("base_version = %q has another text. %s\n"+
			"If the SDK has patches, the overlay was made for what they make of it.", text.Version, record))
	}
	module := fmt.Sprintf("v0.0.1-go%s.%s-%s", text.Version, s.Platform.GOOS, s.Platform.GOARCH)
	if s.mayDownload() {
		if found, ok := s.downloadSDK(module); ok {
			return found, nil
		}
	}
	return Found{}, s.notFound(fmt.Sprintf("Get the recorded version where it can be downloaded, and run this again:\n  go mod download %s@%s", toolchain, module))
}

// downloadSDK downloads the recorded version.
func (s *search) downloadSDK(module string) (Found, bool) {
	inSDK := *s
	inSDK.text.ImportPath = toolchain + "/src/" + s.text.ImportPath
	found, _, ok := inSDK.download(toolchain, module)
	s.searched, s.errs = inSDK.searched, inSDK.errs
	found.Module, found.Version = "", s.text.Version
	return found, ok
}

// versionOf returns the version of an SDK as it says itself, or an empty string.
func versionOf(root string) string {
	content, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return strings.TrimPrefix(strings.TrimSpace(line), "go")
}
