package programs

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tests/editor"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestTools has the real gopls show overlays where there is no Bazel, and the real Delve stop in them.
func TestTools(t *testing.T) { runPlain(t, "testdata/tools") }

// runPlain runs the scripts of a folder, which use modules and the caches of the go command as users have them.
func runPlain(t *testing.T, folder string) {
	testscript.Run(t, testscript.Params{
		Dir:                 folder,
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"editor": editor.Command(), "stops": editor.Stops},
		Condition: func(condition string) (bool, error) {
			if condition == "ptrace" {
				return editor.MayTrace()
			}
			return false, fmt.Errorf("there is no condition %q", condition)
		},
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"GOPROXY", "GOSUMDB", "GOCACHE", "GOMODCACHE", "GOPATH"} {
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(value)))
			}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/.cache")
			env.Setenv("GOTOOLCHAIN", "local")
			return nil
		},
	})
}
