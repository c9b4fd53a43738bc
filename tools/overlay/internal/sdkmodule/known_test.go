//go:build go1.24

package sdkmodule_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule/fakeproxy"
)

// TestKnown checks that a sum that the caller knows is verified, and is not held against what is downloaded later.
func TestKnown(t *testing.T) {
	s := fakeproxy.New(t, "1.26.8")
	g, err := sdkmodule.NewGoCommand("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := context.Background()
	sdk := sdkmodule.SDK{Version: "1.26.8", Platform: gosdk.Host}
	if err := g.ReadEnv(ctx); err != nil {
		t.Fatal(err)
	}
	sum, _ := s.Sums(sdk)
	if zip, err := g.DownloadKnown(ctx, sdk, sum); err != nil || zip.H1 != sum || zip.Unverified != "" {
		t.Errorf("got %+v, %v", zip, err)
	}
	if s.Asked > 0 {
		t.Error("the database was asked")
	}
	other := "h1:" + strings.Repeat("B", 43) + "="
	_, err = g.DownloadKnown(ctx, sdk, other)
	if mismatch := (*sdkmodule.MismatchError)(nil); !errors.As(err, &mismatch) || mismatch.Want != other || mismatch.Found != sum {
		t.Errorf("got %v", err)
	}
	if zip, err := g.Download(ctx, sdk); err != nil || zip.H1 != sum || zip.Unverified != "" {
		t.Errorf("later: got %+v, %v", zip, err)
	}
}
