// Package programs tests the programs of tools/ as they are run: by their arguments, with
// signals. It is not beside them, for a module whose tests require libraries requires
// them of its users.
package programs

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

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

// start starts a program that is to be interrupted. It returns what that prints on stderr,
// to be read when it is done.
func start(t *testing.T, cmd *exec.Cmd) (stderr *bytes.Buffer, done <-chan error) {
	t.Helper()
	stderr = new(bytes.Buffer)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return stderr, ended
}

// awaitFile waits for a program to make a file.
func awaitFile(t *testing.T, path string, stderr *bytes.Buffer, done <-chan error) {
	t.Helper()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case err := <-done:
			t.Fatalf("ended too soon: %v\n%s", err, stderr)
		case <-time.After(time.Millisecond):
		}
	}
}
