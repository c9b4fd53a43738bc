package sdks

import (
	"context"
	"fmt"
	"os"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/store"
)

// Export writes an SDK to a file.
func (s *SDKs) Export(ctx context.Context, text, target string, o store.ExportOptions) error {
	sdk, err := s.installed(text)
	if err != nil {
		return err
	}
	for _, other := range []*string{&o.Since, &o.Layer} {
		if *other != "" {
			base, err := s.find(*other)
			if err != nil {
				return err
			}
			*other = base.Name
		}
	}
	if target == "" {
		target = "go" + sdk.Name
		switch {
		case o.Since != "":
			target += "-since-" + o.Since + ".tar.zst"
		case o.Layer != "":
			target += "-layer.tar"
		default:
			target += ".tar.zst"
		}
	}
	if err := s.Store.Export(ctx, sdk.Name, s.abs(target), o); err != nil {
		return err
	}
	info, err := os.Stat(s.abs(target))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s has %s (%s)\n", target, sdk.Name, size(info.Size()))
	if err == nil && o.Layer == "" {
		_, err = fmt.Fprintf(s.Out, "next: overlay sdk install %s\n", shell.Word(target))
	}
	return err
}
