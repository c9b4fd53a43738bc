package programs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// TestInstall checks how the go command installs the command, and what it costs the module
// of a user. The proxy has v0.0.1 of tools/, v0.1.0 of the library in the script, and
// nothing else.
func TestInstall(t *testing.T) {
	if err := bazeltest.DependOn(tools); err != nil {
		t.Fatal(err)
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:               []string{"testdata/install.txtar"},
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			proxy := filepath.Join(env.WorkDir, "proxy")
			for name, value := range map[string]string{
				"GOCACHE":     strings.TrimSpace(string(cache)),
				"GOENV":       "off",
				"GOFLAGS":     "-mod=mod -modcacherw",
				"GONOPROXY":   "none",
				"GOPATH":      filepath.Join(env.WorkDir, "gopath"),
				"GOPROXY":     "file://" + filepath.ToSlash(proxy),
				"GOSUMDB":     "off",
				"GOTOOLCHAIN": "local",
			} {
				env.Setenv(name, value)
			}
			return errors.Join(
				publish(proxy, module.Version{Path: "github.com/go-overlay/go_overlay/tools", Version: "v0.0.1"}, tools),
				publish(proxy, module.Version{Path: "golang.org/x/mod", Version: "v0.1.0"}, filepath.Join(env.WorkDir, "library")),
			)
		},
	})
}

// publish makes a folder a version of a module that a proxy has.
func publish(proxy string, version module.Version, folder string) error {
	versions := filepath.Join(proxy, filepath.FromSlash(version.Path), "@v")
	if err := os.MkdirAll(versions, 0o777); err != nil {
		return err
	}
	goMod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return err
	}
	file := filepath.Join(versions, version.Version)
	archive, err := os.Create(file + ".zip")
	if err != nil {
		return err
	}
	return errors.Join(
		zip.CreateFromDir(archive, version, folder),
		archive.Close(),
		os.WriteFile(file+".mod", goMod, 0o666),
		os.WriteFile(file+".info", []byte(`{"Version": "`+version.Version+`"}`), 0o666),
		os.WriteFile(filepath.Join(versions, "list"), []byte(version.Version+"\n"), 0o666),
	)
}
