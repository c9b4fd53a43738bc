// Package e2e builds with go_overlay in real workspaces, with a real Bazel.
//
// Each script of testdata is a small workspace and what a user does in it, for
// testscript. A script runs Bazel as
//
//	exec bazelw build //:app
//
// and has commands of its own:
//
//	executed [MNEMONIC=COUNT ...]
//
// checks which actions the last Bazel command executed, other than by taking
// them from a cache, and
//
//	examples
//
// copies the folder examples of this repository into the script's,
//
//	workspace NAME
//
// lays out a workspace that several scripts use, from testdata/workspaces,
//
//	states original|overlaid FILE [-KIND ...]
//
// checks that a file, such as a binary or stdout, says of each kind of change of
// the workspace kinds, but for the named ones, that it is in that state,
//
//	declared FUNCTION FILE BINARY
//
// checks in which file the debug information of a binary has a function,
//
//	editor WHAT ...
//
// is an editor, see the package tests/editor, and
//
//	sdkstore STORE VERSION PLATFORM FOLDER
//
// adds an unpacked module zip of an SDK to an SDK store,
//
//	stops LAUNCH FILE TEXT
//
// checks where a debugger stops, see the package tests/editor,
//
//	comparable FILE...
//
// sorts the actions of files written by bazelw aquery, whose order is arbitrary.
//
// The condition [rules_go_VERSION] holds with that version, [ptrace] where debuggers work, [runs_386] where 32-bit programs run, and [all] where the
// second tier of the tests is run, too.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/go-overlay/go_overlay/tests/editor"
	"github.com/go-overlay/go_overlay/tests/scratch"
	"github.com/go-overlay/go_overlay/tests/tiers"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"
)

// Versions of rules_go that are supported.
const (
	oldestRulesGo  = "0.59.0"
	betweenRulesGo = "0.62.0"
	newestRulesGo  = "0.65.0"
)

// bookkeeping are actions in which Bazel itself writes files and links. They
// cost nothing.
var bookkeeping = []string{
	"BazelWorkspaceStatusAction",
	"ExecutableSymlink",
	"FileWrite",
	"RepoMappingManifest",
	"SourceSymlinkManifest",
	"Symlink",
	"SymlinkTree",
}

// TestCore runs the core with the oldest and the newest rules_go. Between them, and with
// the oldest in the first tier, it is enough to see that what is on is compiled, and that
// off is off. Short tests are one build of every kind of change.
func TestCore(t *testing.T) {
	all := testscript.Params{Dir: "testdata/core"}
	some := testscript.Params{Files: []string{"testdata/core/kinds.txtar", "testdata/core/off_is_off.txtar"}}
	for _, test := range []struct {
		rulesGoVersion       string
		firstTier, bothTiers testscript.Params
	}{
		{oldestRulesGo, some, all},
		{betweenRulesGo, testscript.Params{}, some},
		{newestRulesGo, all, all},
	} {
		t.Run("rules_go_"+test.rulesGoVersion, func(t *testing.T) {
			if test.rulesGoVersion != newestRulesGo {
				tiers.TakesMinutes(t)
			}
			scripts := test.firstTier
			if scripts.Dir == "" && len(scripts.Files) == 0 {
				tiers.InSecond(t)
			}
			if testing.Short() {
				scripts = testscript.Params{Files: []string{"testdata/core/kinds.txtar"}}
			} else if tiers.Second() {
				scripts = test.bothTiers
			}
			runScripts(t, scripts, test.rulesGoVersion)
		})
	}
}

// TestNewest runs what need not be tried with every version of rules_go.
func TestNewest(t *testing.T) {
	tiers.TakesMinutes(t)
	runScripts(t, testscript.Params{Dir: "testdata/newest"}, newestRulesGo)
}

// TestReal patches modules in the ways in which people have patched them.
func TestReal(t *testing.T) {
	tiers.TakesMinutes(t)
	runScripts(t, testscript.Params{Dir: "testdata/real"}, newestRulesGo)
}

// runScripts runs scripts with a version of rules_go.
func runScripts(t *testing.T, scripts testscript.Params, rulesGoVersion string) {
	w := sharedWorld(t, rulesGoVersion)
	scripts.RequireExplicitExec = true
	scripts.Setup = func(env *testscript.Env) error {
		name := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
		return w.setup(env, bazeltest.ProfilesEnv(t.Name()+"/"+name))
	}
	scripts.Cmds = map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"comparable": sortActions,
		"examples":   w.examples,
		"declared":   declared,
		"editor":     editor.Command(),
		"executed":   executed,
		"sdkstore":   installSDK,
		"states":     states,
		"stops":      editor.Stops,
		"workspace":  w.workspace,
	}
	scripts.Condition = func(condition string) (bool, error) {
		if version, ok := strings.CutPrefix(condition, "rules_go_"); ok {
			return version == w.rulesGoVersion, nil
		}
		switch condition {
		case "runs_386": // "386" alone is testscript's: whether the test is compiled for that
			return runs386()
		case "all":
			return tiers.Second(), nil
		case "ptrace":
			return editor.MayTrace()
		default:
			return false, fmt.Errorf("there is no condition %q", condition)
		}
	}
	testscript.Run(t, scripts)
}

// runs386 tells whether this machine runs programs for linux/386.
var runs386 = sync.OnceValues(func() (bool, error) {
	dir, err := os.MkdirTemp("", "go_overlay_e2e_386")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "main")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return false, err
	}
	build := exec.Command("go", "build", "-o", program, source)
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=386", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return false, fmt.Errorf("%v: %w\n%s", build, err, out)
	}
	err = exec.Command(program).Run()
	if errors.Is(err, syscall.ENOEXEC) {
		return false, nil
	}
	return err == nil, err
})

// world is what the scripts share.
type world struct {
	root           string // of this repository
	cache          string // folder that outlives the test
	outputUserRoot string // of the Bazel servers, which do not
	rulesGoVersion string
	folders        folders // of scripts
}

// worlds are those that tests have used, by version of rules_go.
var worlds = map[string]*world{}

func TestMain(m *testing.M) { os.Exit(scratch.Run(m, os.TempDir(), "go_overlay_e2e")) }

// sharedWorld returns a world that others use, too, with a full cache.
func sharedWorld(t *testing.T, rulesGoVersion string) *world {
	if w := worlds[rulesGoVersion]; w != nil {
		return w
	}
	w, err := newWorld(rulesGoVersion)
	if err != nil {
		t.Fatal(err)
	}
	worlds[rulesGoVersion] = w
	w.fillCache(t)
	return w
}

func newWorld(rulesGoVersion string) (*world, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	if err := bazeltest.DependOn(root); err != nil {
		return nil, err
	}
	cache, err := bazeltest.Cache()
	if err != nil {
		return nil, err
	}
	build := exec.Command("go", "-C", filepath.Join(root, "tools"), "build", "-o", command(), "./overlay")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", build, err, out)
	}
	outputUserRoot, err := os.MkdirTemp(scratch.Dir, "rules_go_"+rulesGoVersion)
	return &world{
		root:           root,
		cache:          cache,
		outputUserRoot: outputUserRoot,
		rulesGoVersion: rulesGoVersion,
	}, err
}

// command is the path of the command overlay, which scripts have on PATH.
func command() string { return filepath.Join(scratch.Dir, "bin", "overlay") }

// setup moves a script to a folder that is complete: what the script does not bring, it gets.
// The variables are added to its environment.
func (w *world) setup(env *testscript.Env, variables []string) error {
	folder, err := w.folders.take()
	if err != nil {
		return err
	}
	env.Defer(func() {
		if err := w.folders.giveBack(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
	// What a script builds has to be what it would build alone, but for what comes from the disk cache.
	if err := w.complete(folder); err != nil {
		return err
	}
	if out, err := w.bazel(folder, "clean").CombinedOutput(); err != nil {
		return fmt.Errorf("bazelw clean: %w\n%s", err, out)
	}
	if err := moveAll(env.WorkDir, folder); err != nil {
		return err
	}
	env.Cd = folder
	for _, name := range os.Environ() {
		key, _, _ := strings.Cut(name, "=")
		// Bazel, Go and the way to the module proxy have to be as the user set them up.
		if key != "WORK" && key != "PWD" {
			env.Vars = append(env.Vars, name)
		}
	}
	env.Vars = append(env.Vars, variables...)
	env.Setenv("PATH", strings.Join([]string{w.root, filepath.Dir(command()), os.Getenv("PATH")}, string(os.PathListSeparator)))
	env.Setenv("RULES_GO_VERSION", w.rulesGoVersion)
	env.Setenv("WORK", folder)
	env.Setenv("TMPDIR", os.TempDir()) // A Bazel server goes on to use that of its first command.
	return nil
}

// complete writes the files of a workspace that it lacks.
func (w *world) complete(dir string) error {
	for name, content := range map[string]string{
		".bazelrc":      w.bazelrc(),
		"MODULE.bazel":  w.moduleFile(),
		"BUILD.bazel":   "",
		".bazelversion": "7.7.1\n",
	} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fillCache has the standard library compiled, and all else that most scripts build,
// if no test has done it before: those that run at a time would each do it.
func (w *world) fillCache(t *testing.T) {
	filled := filepath.Join(w.cache, "filled_with_rules_go_"+w.rulesGoVersion)
	if _, err := os.Stat(filled); err == nil {
		return
	}
	dir, err := w.folders.take()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.complete(dir), w.layOut(dir, "kinds")); err != nil {
		t.Fatal(err)
	}
	out, err := w.bazel(dir, "build", "--@go_overlay//go_overlay:active=//overlays", "//:kinds").CombinedOutput()
	if err := errors.Join(err, w.folders.giveBack(dir)); err != nil {
		t.Logf("the cache is not filled: %v\n%s", err, out)
		return // The scripts will find what is wrong.
	}
	if err := os.WriteFile(filled, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// bazel is a command of Bazel in a workspace.
func (w *world) bazel(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(w.root, "bazelw"), args...)
	cmd.Dir = dir
	return cmd
}

// shutDown ends the Bazel server of a workspace.
func (w *world) shutDown(dir string) error {
	if out, err := w.bazel(dir, "shutdown").CombinedOutput(); err != nil {
		return fmt.Errorf("%s: bazelw shutdown: %w\n%s", dir, err, out)
	}
	return nil
}

func (w *world) bazelrc() string {
	return bazeltest.Bazelrc(w.outputUserRoot, w.cache) + `
# A server lives for minutes: to compile its own code well does not pay.
startup --host_jvm_args=-XX:TieredStopAtLevel=1
# Third-party modules come from the user's module cache.
common --repo_env=GO_REPOSITORY_USE_HOST_CACHE=1
# Files of modules and SDKs don't change between two commands of a script. To look after all of them takes
# most of the time of a command that has little to do.
common --noexperimental_check_external_repository_files
# For the command "executed".
build --build_event_json_file=bep.json
build --experimental_record_metrics_for_all_mnemonics
test --test_output=errors
`
}

func (w *world) moduleFile() string {
	return fmt.Sprintf(`module(name = "e2e")

bazel_dep(name = "gazelle", version = "0.54.0")
bazel_dep(name = "go_overlay")
bazel_dep(name = "platforms", version = "1.0.0")
bazel_dep(name = "rules_go", version = %[1]q)

local_path_override(
    module_name = "go_overlay",
    path = %[2]q,
)

go_sdk = use_extension("@rules_go//go:extensions.bzl", "go_sdk")
go_sdk.host(name = "go_sdk")
use_repo(go_sdk, "go_sdk")

go_toolchains = use_extension("@go_overlay//toolchains:extensions.bzl", "go_toolchains")
go_toolchains.wrap(
    sdk = "@go_sdk//:ROOT",
    sdk_type = "host",
)
use_repo(go_toolchains, "go_overlay_toolchains")

register_toolchains("@go_overlay_toolchains//:all")

go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.from_file(go_mod = "//:go.mod")
use_repo(go_deps, "com_github_google_uuid")
`, w.rulesGoVersion, w.root)
}

// examples copies the folder examples into the script's.
func (w *world) examples(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: examples")
	}
	ts.Check(bazeltest.CopyExamples(w.root, ts.MkAbs(".")))
}

// workspace is the command of this name.
func (w *world) workspace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: workspace NAME")
	}
	ts.Check(w.layOut(ts.MkAbs("."), args[0]))
}

// layOut writes the files of a workspace that several scripts use.
func (w *world) layOut(dir, name string) error {
	archive, err := txtar.ParseFile(filepath.Join(w.root, "tests/e2e/testdata/workspaces", name+".txtar"))
	if err != nil {
		return err
	}
	for _, file := range archive.Files {
		path := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		data := file.Data
		// What the workspace needs beside what every workspace has.
		if more, ok := strings.CutSuffix(path, ".more"); ok {
			path = more
			has, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			data = append(has, data...)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// kinds are the kinds of change in the workspace of this name.
var kinds = []string{
	"add",
	"asm",
	"c",
	"delete",
	"dep",
	"embed_added",
	"embed_replaced",
	"extra",
	"gc_goopts",
	"generated",
	"header",
	"importmap",
	"layers",
	"nonroot",
	"patch",
	"rename",
	"replace",
	"uuid",
	"x_defs",
}

// states checks the state of the kinds of change.
func states(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: states original|overlaid FILE [-KIND ...]")
	}
	want, other := "overlaid", "original"
	if args[0] == other {
		want, other = other, want
	}
	content := ts.ReadFile(args[1])
	remaining := slices.Clone(kinds)
	for _, arg := range args[2:] {
		index := slices.Index(remaining, strings.TrimPrefix(arg, "-"))
		if index < 0 {
			ts.Fatalf("there is no kind %q", arg)
		}
		remaining = slices.Delete(remaining, index, index+1)
	}
	for _, kind := range remaining {
		if !strings.Contains(content, kind+" "+want) {
			ts.Logf("%s does not contain %q", args[1], kind+" "+want)
			defer ts.Fatalf("kinds are not %s", want)
		}
		if strings.Contains(content, kind+" "+other) {
			ts.Logf("%s contains %q", args[1], kind+" "+other)
			defer ts.Fatalf("kinds are not %s", want)
		}
	}
}

// declared checks where a function is declared.
func declared(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: declared FUNCTION FILE BINARY")
	}
	file, err := declarationFile(ts.MkAbs(args[2]), args[0])
	ts.Check(err)
	if file != args[1] {
		ts.Fatalf("%s is declared in %s, want %s", args[0], file, args[1])
	}
}

// executed checks which actions the last Bazel command executed.
func executed(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! executed")
	}
	want := map[string]int{}
	for _, arg := range args {
		mnemonic, count, ok := strings.Cut(arg, "=")
		n, err := strconv.Atoi(count)
		if !ok || err != nil {
			ts.Fatalf("usage: executed [MNEMONIC=COUNT ...], got %q", arg)
		}
		want[mnemonic] = n
	}
	got, err := executedActions(ts.MkAbs("bep.json"))
	ts.Check(err)
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		ts.Fatalf("executed actions are %s, want %s", g, w)
	}
}

// sortActions is the command comparable: it sorts the actions in outputs of aquery. It leaves out the checksum
// of the configuration, which is another one if a flag is set to its default.
func sortActions(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: comparable FILE...")
	}
	for _, arg := range args {
		actions := strings.Split(ts.ReadFile(arg), "\n\n")
		for i, action := range actions {
			lines := strings.Split(action, "\n")
			lines = slices.DeleteFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, "# Configuration:")
			})
			actions[i] = strings.Join(lines, "\n")
		}
		slices.Sort(actions)
		ts.Check(os.WriteFile(ts.MkAbs(arg), []byte(strings.Join(actions, "\n\n")), 0o644))
	}
}

// executedActions counts, by mnemonic, the actions of a build that are not
// bookkeeping. Its input is a file of the build event protocol.
func executedActions(path string) (map[string]int, error) {
	metrics, err := bazeltest.ReadBuildMetrics(path)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, data := range metrics.ActionSummary.ActionData {
		if data.ActionsExecuted > 0 && !slices.Contains(bookkeeping, data.Mnemonic) {
			counts[data.Mnemonic] = int(data.ActionsExecuted)
		}
	}
	return counts, nil
}
