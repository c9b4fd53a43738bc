// Package programs tests the programs of tools/ as they are run: by their arguments, with
// signals. It is not beside them, for a module whose tests require libraries requires
// them of its users.
package programs

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/go-overlay/go_overlay/tests/scratch"
	"github.com/rogpeppe/go-internal/testscript"
)

// tools is the folder of the module that has the programs.
const tools = "../../tools"

var update = flag.Bool("update", false, "write what comes out to testdata")

func TestMain(m *testing.M) { os.Exit(scratch.Run(built{m}, os.TempDir(), "go_overlay_programs")) }

// built are tests that have the programs on PATH.
type built struct{ *testing.M }

func (b built) Run() int {
	bin := filepath.Join(scratch.Dir, "bin") + string(filepath.Separator)
	cmd := exec.Command("go", "-C", tools, "build", "-o", bin, "./helper", "./overlay")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %v\n%s", cmd, err, out)
		return 1
	}
	os.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return b.M.Run()
}

func TestScripts(t *testing.T) {
	if err := bazeltest.DependOn(tools); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"helper", "overlay"} {
		t.Run(program, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("testdata", program),
				RequireExplicitExec: true,
				UpdateScripts:       *update,
			})
		})
	}
}
