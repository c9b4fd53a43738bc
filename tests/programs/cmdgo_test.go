package programs

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tests/tiers"
	"github.com/rogpeppe/go-internal/goproxytest"
	"golang.org/x/tools/txtar"
	"rsc.io/script"
	"rsc.io/script/scripttest"
)

// TestScriptsOfGo runs the scripts by which the go command tests its flag -overlay, as the SDK has them, with overlay go in the place
// of go. They are all that have the flag, and are known by their names here, so that a new one is looked at.
//
// In the second tier, the oldest and the newest Go run theirs, too.
func TestScriptsOfGo(t *testing.T) {
	toolchains := []string{"local"}
	if tiers.Second() {
		toolchains = append(toolchains, "go1.22.12", "go1.27.3")
	}
	for _, toolchain := range toolchains {
		t.Run(toolchain, func(t *testing.T) { testScriptsOfGo(t, toolchain) })
	}
}

// scriptsOfGo are the scripts that have the flag, by toolchains.
var scriptsOfGo = map[string][]string{
	"local":     {"build_overlay", "build_trimpath", "build_trimpath_cgo", "list_overlay", "mod_overlay", "test_overlay", "work_overlay"},
	"go1.22.12": {"build_overlay", "build_trimpath", "build_trimpath_cgo", "list_overlay", "mod_overlay", "test_overlay"},
	"go1.27.3": {"build_overlay", "build_overlay_cgo", "build_overlay_gccgo", "build_trimpath", "build_trimpath_cgo", "list_overlay", "mod_overlay",
		"test_overlay", "work_overlay"},
}

// otherwise are scripts that do not hold, with the reason.
var otherwise = map[string]string{
	"go1.27.3/build_overlay_cgo": "its JSON names files that are not there, which is an error: see COMPARED.md",
}

func testScriptsOfGo(t *testing.T, toolchain string) {
	asked := exec.Command("go", "env", "GOROOT")
	asked.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
	out, err := asked.Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(out))
	testdata := filepath.Join(root, "src", "cmd", "go", "testdata")
	known := scriptsOfGo[toolchain]
	files, err := filepath.Glob(filepath.Join(testdata, "script", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if script, _, _ := strings.Cut(string(content), "\n-- "); strings.Contains(script, "-overlay") {
			names = append(names, strings.TrimSuffix(filepath.Base(file), ".txt"))
		}
	}
	if strings.Join(names, " ") != strings.Join(known, " ") {
		t.Errorf("the SDK has the scripts %q, expected %q", names, known)
	}
	proxy := goproxytest.NewTestServer(t, realModules(t, filepath.Join(testdata, "mod")), "")
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if reason := otherwise[toolchain+"/"+name]; reason != "" {
				t.Skip(reason)
			}
			runScriptOfGo(t, root, filepath.Join(testdata, "script", name+".txt"), proxy.URL)
		})
	}
}

// realModules returns a folder with those of the modules that real ones have been made from. Others have wrong names, on purpose.
func realModules(t *testing.T, folder string) string {
	t.Helper()
	real := t.TempDir()
	for _, pattern := range []string{"rsc.io_*", "golang.org_x_*"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no %s: %v", folder, pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(real, filepath.Base(file)), content, 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return real
}

// runScriptOfGo runs a script as script_test.go of the go command does.
func runScriptOfGo(t *testing.T, root, file, proxy string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	conditions := scripttest.DefaultConds()
	_, gcc := exec.LookPath("gcc")
	conditions["cgo"] = script.BoolCondition("a C compiler is there", gcc == nil)
	conditions["cross"] = script.BoolCondition("programs are for another platform", false)
	commands := scripttest.DefaultCmds()
	commands["go"] = commandGo()

	work := t.TempDir()
	// The module cache is read-only.
	t.Cleanup(func() { exec.Command("chmod", "-R", "u+w", work).Run() })
	gopath := filepath.Join(work, "gopath")
	goexe := ""
	if runtime.GOOS == "windows" {
		goexe = ".exe"
	}
	state, err := script.NewState(context.Background(), work, append(os.Environ(),
		"PATH="+filepath.Join(root, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"), "WORK="+work, "GOROOT="+root, "TESTGO_GOROOT="+root, "GOPATH="+gopath, "HOME="+filepath.Join(work, "home"), "XDG_CACHE_HOME="+filepath.Join(work, "cache"),
		"GOCACHE="+buildCache(t), "GOPROXY="+proxy, "GOSUMDB=off", "GOFLAGS=", "GO111MODULE=", "GOTOOLCHAIN=local",
		"GOEXE="+goexe, "goexe="+goexe, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "newline=\n"))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(gopath, "src")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := state.Chdir(folder); err != nil {
		t.Fatal(err)
	}
	if err := state.ExtractFiles(archive); err != nil {
		t.Fatal(err)
	}
	scripttest.Run(t, &script.Engine{Cmds: commands, Conds: conditions, Quiet: !testing.Verbose()}, state, file, bytes.NewReader(archive.Comment))
}

// commandGo returns the command go of scripts, which is overlay go.
func commandGo() script.Cmd {
	program := script.Program("overlay", nil, time.Second)
	return script.Command(*program.Usage(), func(s *script.State, args ...string) (script.WaitFunc, error) {
		return program.Run(s, append([]string{"go"}, args...)...)
	})
}

// buildCache returns the build cache of the go command.
func buildCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
