package sdkmodule

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// TestDatabaseHas checks what is taken for a verification.
func TestDatabaseHas(t *testing.T) {
	const database, sum = "sums.example", "h1:sum="
	sdk := SDK{Version: "1.26.8", Platform: gosdk.Platform{GOOS: "linux", GOARCH: "amd64"}}
	name := Path + "@" + sdk.ModuleVersion()
	for _, tt := range []struct {
		path, content string
		want          bool
	}{
		{database + "/lookup/" + name, "1\n" + Path + " " + sdk.ModuleVersion() + " " + sum + "\n", true},
		{database + "/path/lookup/" + name, "1\n" + Path + " " + sdk.ModuleVersion() + " " + sum + "\n", true},
		{database + "/lookup/" + name + "-other", "1\n" + Path + " " + sdk.ModuleVersion() + " " + sum + "\n", false},
		{database + "/lookup/" + name, "1\n" + Path + " " + sdk.ModuleVersion() + "/go.mod " + sum + "\n", false},
		{database + "/lookup/" + name, "1\n" + Path + " " + sdk.ModuleVersion() + " " + sum + "more\n", false},
	} {
		g := &GoCommand{dir: t.TempDir()}
		if got, err := g.databaseHas(sdk, sum); err != nil || got {
			t.Errorf("an empty cache: got %v, %v", got, err)
		}
		path := filepath.Join(g.cache(), "cache", "download", "sumdb", filepath.FromSlash(tt.path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(tt.content), 0o666)); err != nil {
			t.Fatal(err)
		}
		if got, err := g.databaseHas(sdk, sum); err != nil || got != tt.want {
			t.Errorf("%s with %q: got %v, %v", tt.path, tt.content, got, err)
		}
	}
}
