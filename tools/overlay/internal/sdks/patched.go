package sdks

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// installPatched installs a release with what overlays make of it.
func (s *SDKs) installPatched(ctx context.Context, o InstallOptions) (*store.SDK, error) {
	release, err := s.release(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := checkRelease(o.Name, release, true); err != nil {
		return nil, err
	}
	stock, err := s.releaseAs(ctx, store.NameOf(release.Version, release.Platform), release, o.Unverified)
	if err != nil {
		return nil, err
	}
	d, err := desk.Open(s.Dir, s.Out, s.Err)
	if err != nil {
		return nil, err
	}
	changes, err := d.SDKChanges(ctx, stock.Tree, o.Overlays)
	if err != nil {
		return nil, err
	}
	source, err := store.FromFolder(stock.Tree)
	if err != nil {
		return nil, err
	}
	change(source, changes)
	name := o.Name
	if name == "" {
		name = stock.Name + "-" + changes.Name()
	}
	if err := s.checkName(name); err != nil {
		return nil, err
	}
	if _, err := checkRelease(name, release, true); err != nil {
		return nil, err
	}
	sdk, err := s.installSource(ctx, source, store.InstallOptions{Name: name})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.Err, "%s is Go %s with %s\n", name, release.Version, strings.Join(changes.Overlays, ", "))
	return sdk, nil
}

// change makes files of a source what overlays make of them.
func change(source *store.Source, changes *desk.SDKChanges) {
	for _, f := range changes.Files {
		source.Files = slices.DeleteFunc(source.Files, func(old store.SourceFile) bool { return old.Path == f.Name })
		if f.New == nil {
			continue
		}
		source.Files = append(source.Files, store.SourceFile{Path: f.Name, Size: int64(len(f.New)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(f.New)), nil
		}})
	}
}
