//go:build linux

package remote

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"github.com/go-overlay/go_overlay/tests/scratch"
	"github.com/go-overlay/go_overlay/tests/tiers"
)

// A variant is a way to build the examples.
type variant struct {
	name string
	args []string // the first is Bazel's command
	ours []string // mnemonics of the actions of ours
}

// firstTier are what machines share by way of caches.
var firstTier = []variant{
	{
		"overlays",
		[]string{"test", "//patch_std:app", "//machines:all"},
		[]string{"GoHelperBuild", "GoOverlay", "GoOverlayGoroot", "GoOverlayReport", "GoOverlayReportTest", "GoOverlayStdlib"},
	},
}

// secondTier are those that compile the helper, or the standard library, once more.
var secondTier = []variant{
	{
		"none",
		[]string{"build", "--@go_overlay//go_overlay:active=@go_overlay//go_overlay:none", "//hotfix:app"},
		nil,
	},
	{
		"deps",
		[]string{"test", "//hotfix:report_test"},
		[]string{"GoHelperBuild", "GoOverlay", "GoOverlayReportTest"},
	},
	{
		"mapped",
		[]string{"test", "--experimental_output_paths=strip", "//patch_std:app", "//hotfix:report_test", "//machines:report"},
		[]string{"GoHelperBuild", "GoOverlay", "GoOverlayReport", "GoOverlayReportTest", "GoOverlayStdlib"},
	},
	{
		"tools",
		[]string{"build", "//patch_compiler:app"},
		[]string{"GoHelperBuild", "GoOverlay", "GoOverlaySdkCompile", "GoOverlaySdkRebuild", "GoOverlayStdlib"},
	},
}

// machinesPackage is a package of the workspace with what the examples lack: a tree of a
// whole GOROOT, a report, and a set that needs no standard library of its own.
var machinesPackage = map[string]string{
	"BUILD.bazel": `load("@go_overlay//go_overlay:defs.bzl", "go_overlay", "go_overlay_binary", "go_overlay_report", "go_overlay_report_test", "go_overlay_set")
load("@go_overlay//toolchains:defs.bzl", "go_goroot")
load("@rules_go//go:def.bzl", "go_binary")

go_binary(
    name = "app",
    srcs = ["main.go"],
    deps = ["@com_github_google_uuid//:uuid"],
)

go_overlay_report(
    name = "report",
    target = ":app",
)

go_overlay_binary(
    name = "pinned",
    overlays = ":set",
    target = ":app",
)

go_overlay_report_test(
    name = "report_test",
    overlays = [":set"],
    target = ":pinned",
)

go_overlay_set(
    name = "set",
    overlays = [":diff"],
)

go_overlay(
    name = "diff",
    importpath = "github.com/google/uuid",
    delete = [
        "null.go",
        "sql.go",
    ],
    new_srcs = ["more.go"],
    patches = {"doc.patch": ["doc.go"]},
)

go_goroot(
    name = "goroot",
    overlays = ":added",
    sdk = "@go_sdk_linux_` + runtime.GOARCH + `//:ROOT",
)

go_overlay(
    name = "added",
    importpath = "strings",
    new_srcs = ["added.go"],
)
`,
	"added.go": "package strings\n\nconst Added = true\n",
	"more.go":  "package uuid\n\nconst More = true\n",
	"doc.patch": `--- a/doc.go
+++ b/doc.go
@@ -10,3 +10,5 @@
 // A UUID is a 16 byte (128 bit) array.  UUIDs may be used as keys to
 // maps or compared directly.
 package uuid
+
+const Patched = true
`,
	"main.go": "package main\n\nimport \"github.com/google/uuid\"\n\nfunc main() { println(uuid.NewString()) }\n",
}

// TestRemote has the faults after the machines: what they don't change is there then.
func TestRemote(t *testing.T) {
	tiers.TakesMinutes(t)
	one := addMachine(t, "one", "go_overlay")
	another := addMachine(t, "another", "src/of/others/go_overlay")
	disk := filepath.Join(another.dir, "disk")
	t.Run("machines", func(t *testing.T) { testMachines(t, one, another, filepath.Join(scratch.Dir, "machines"), disk) })
	t.Run("faults", func(t *testing.T) { testFaults(t, one, another, filepath.Join(scratch.Dir, "faults"), disk) })
}

// testMachines has one machine build on a server that executes actions, and another
// one, which differs in whatever it may, build by itself and fill caches. Both have
// to come to the same bytes; and each has to find everything in the caches that the
// other one has filled.
func testMachines(t *testing.T, one, another *machine, dir, diskCache string) {
	for _, m := range []*machine{one, another} {
		for name, content := range machinesPackage {
			m.write(t, "machines/"+name, content)
		}
	}
	casd, err := bazeltest.StartCasd(filepath.Join(dir, "casd"), bazeltest.CasdOptions{Jobs: runtime.NumCPU()})
	if err != nil {
		t.Fatal(err)
	}
	defer casd.Stop()
	nginx := startNginx(t, filepath.Join(dir, "nginx"))
	// Everything is installed now that this user may install.
	user, err := another.becomeAnother()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the other machine builds as %s", user)
	disk := "--disk_cache=" + diskCache

	variants := firstTier
	if tiers.Second() {
		variants = append(slices.Clone(firstTier), secondTier...)
	}
	built := map[string][]bazeltest.Spawn{}
	for _, v := range variants {
		var remote []bazeltest.Spawn
		t.Run("remotely/"+v.name, func(t *testing.T) {
			remote = one.mustBuild(t, v.args, "--remote_executor="+casd.URL)
			checkExecutedRemotely(t, remote)
		})
		t.Run("locally/"+v.name, func(t *testing.T) {
			local := another.mustBuild(t, v.args, "--remote_cache="+nginx.URL, disk)
			checkSame(t, v.name, remote, local)
			checkPortable(t, another, local)
			checkOurs(t, local, v.ours...)
			built[v.name] = local
		})
		if remote == nil || built[v.name] == nil {
			t.FailNow() // It can't be compared.
		}
	}
	if mapped, ok := built["mapped"]; ok {
		checkMapped(t, mapped)
	}

	// Now each builds what the other one has built. What it has built by itself is gone; repositories, which it
	// has fetched by itself, are not.
	for _, cache := range []struct {
		name    string
		machine *machine
		flag    string
	}{
		{"casd", another, "--remote_cache=" + casd.URL},
		{"nginx", one, "--remote_cache=" + nginx.URL},
		{"disk", one, disk},
	} {
		for _, v := range variants {
			downloads := []string{"minimal"}
			if v.name == "overlays" && cache.name == "nginx" {
				downloads = append(downloads, "toplevel")
			}
			for _, outputs := range downloads {
				t.Run(cache.name+"/"+v.name+"/"+outputs, func(t *testing.T) {
					found := cache.machine.mustBuild(t, v.args, cache.flag, "--remote_download_outputs="+outputs)
					checkAllHits(t, built[v.name], found)
				})
			}
		}
	}
}

// write writes a file of the workspace.
func (m *machine) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(m.workspace, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// mustBuild builds a variant.
func (m *machine) mustBuild(t *testing.T, variant []string, args ...string) []bazeltest.Spawn {
	t.Helper()
	spawns, err := m.build(t.Context(), variant[0], append(slices.Clone(variant[1:]), args...)...)
	if err != nil {
		t.Fatal(err)
	}
	return spawns
}

func checkExecutedRemotely(t *testing.T, spawns []bazeltest.Spawn) {
	t.Helper()
	for _, s := range spawns {
		if s.Runner != "remote" && s.Runner != "remote cache hit" {
			t.Errorf("not executed remotely: %v", s)
		}
	}
}

// differing are actions, none of ours, whose results depend on where they are executed, by
// mnemonic, with the reason.
var differing = map[string]string{
	// Its build information says CGO_ENABLED=1 where PATH is set for actions, and leads to a C compiler. A cache has
	// one result for all.
	"GoToolchainBinaryBuild": "is built by go build, which looks for a C compiler",
	"TestRunner":             "logs have times",
}

// checkSame makes sure that actions had the same results.
func checkSame(t *testing.T, name string, one, another []bazeltest.Spawn) {
	t.Helper()
	results, others := resultsOf(one), resultsOf(another)
	for key, want := range results {
		got := others[key]
		delete(others, key)
		mnemonic, _, _ := strings.Cut(key, " ")
		if len(got) == 0 {
			t.Errorf("%s: only one machine has %s", name, key)
		} else if differing[mnemonic] == "" && !maps.Equal(got, want) {
			t.Errorf("%s: results differ of %s:\n%v\n%v", name, key, want, got)
		}
	}
	for key := range others {
		t.Errorf("%s: only one machine has %s", name, key)
	}
}

// key tells an action from all others of a build.
func key(s bazeltest.Spawn) string {
	return s.Mnemonic + " " + strings.Join(s.ListedOutputs, " ")
}

// resultsOf returns what actions made, by their keys: mostly one result, but several
// runs of a test, for one.
func resultsOf(spawns []bazeltest.Spawn) map[string]map[string]bool {
	results := map[string]map[string]bool{}
	for _, s := range spawns {
		if results[key(s)] == nil {
			results[key(s)] = map[string]bool{}
		}
		results[key(s)][fmt.Sprint(s.ActualOutputs)] = true
	}
	return results
}

// isOurs tells whether an action is one of go_overlay.
func isOurs(s bazeltest.Spawn) bool {
	return strings.HasPrefix(s.Mnemonic, "GoOverlay") || s.Mnemonic == "GoHelperBuild"
}

// checkOurs makes sure that the actions of ours are of all these kinds, and no others.
func checkOurs(t *testing.T, spawns []bazeltest.Spawn, want ...string) {
	t.Helper()
	var got []string
	for _, s := range spawns {
		if isOurs(s) {
			got = append(got, s.Mnemonic)
		}
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("actions of ours: got %q, want %q", got, want)
	}
}

var outputFolder = regexp.MustCompile(`bazel-out/[^/]+/`)

// checkMapped makes sure that no action of ours sees the name of a configuration. That
// which compiles the standard library with cgo does, as rules_go's does.
func checkMapped(t *testing.T, spawns []bazeltest.Spawn) {
	t.Helper()
	for _, s := range spawns {
		if !isOurs(s) || s.Mnemonic == "GoOverlayStdlib" {
			continue
		}
		for _, text := range s.CommandArgs { // Outputs have their real names in the log.
			for _, folder := range outputFolder.FindAllString(text, -1) {
				if folder != "bazel-out/cfg/" {
					t.Errorf("%v: not mapped: %s", s, text)
				}
			}
		}
	}
}

// checkAllHits makes sure that all that was built once was found in a cache.
func checkAllHits(t *testing.T, built, found []bazeltest.Spawn) {
	t.Helper()
	for _, s := range found {
		if !s.CacheHit {
			t.Errorf("not in the cache: %v", s)
		}
	}
	want := slices.Sorted(maps.Keys(resultsOf(built)))
	if got := slices.Sorted(maps.Keys(resultsOf(found))); !slices.Equal(got, want) {
		t.Errorf("actions that were looked for: got %q, want %q", got, want)
	}
}

// checkPortable makes sure that no result says on which machine it was made.
func checkPortable(t *testing.T, m *machine, spawns []bazeltest.Spawn) {
	t.Helper()
	root, err := m.bazel(t.Context(), "info", "execution_root")
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{m.dir}
	if len(host) >= 6 { // Shorter ones may be part of anything.
		secrets = append(secrets, host)
	}
	scanned := 0
	for _, s := range spawns {
		if s.Mnemonic == "TestRunner" {
			continue // Its log has what tests print.
		}
		for _, output := range s.ActualOutputs {
			content, err := os.ReadFile(filepath.Join(strings.TrimSpace(root), output.Path))
			if os.IsNotExist(err) && s.CacheHit {
				continue // It is not needed here.
			}
			if err != nil {
				t.Error(err)
				continue
			}
			scanned++
			for _, secret := range secrets {
				if bytes.Contains(content, []byte(secret)) {
					t.Errorf("%s of %v contains %q", output.Path, s, secret)
				}
			}
		}
	}
	if scanned == 0 {
		t.Error("no result was found")
	}
}

// TestMain has a folder that all users may read. The machine's folder for temporary files
// will not do: Bazel's sandbox hides what is in it.
func TestMain(m *testing.M) { os.Exit(scratch.Run(m, "/var/tmp", "go_overlay_remote")) }

func addMachine(t *testing.T, name, checkout string) *machine {
	m, err := newMachine("../..", filepath.Join(scratch.Dir, name), checkout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.remove(); err != nil {
			t.Error(err)
		}
	})
	return m
}
