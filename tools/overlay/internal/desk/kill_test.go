package desk

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
)

// A killedVerb is a command line that is killed, in a workspace.
type killedVerb struct {
	args     []string
	files    string // of the workspace
	packages []string
	upgrade  map[string]string // files that change after all is committed

	patches bool // whether it is about a module that MODULE.bazel patches
}

// Texts that take a moment to write.
var (
	bulk      = strings.Repeat("// A line.\n", 20_000)
	oldText   = "package p\n\nfunc A() int { return 1 }\n\n" + bulk + "\nfunc B() int { return 2 }\n"
	newText   = strings.Replace(oldText, "return 2", "return 20", 1)
	changed   = strings.Replace(oldText, "return 1", "return 10", 1)
	conflicts = strings.Replace(oldText, "return 2", "return 22", 1)
)

const loadLine = "load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\", \"go_overlay_set\")\n"

func killedOverlay(name, base string, sources ...string) string {
	return fmt.Sprintf("\ngo_overlay(\n    name = %q,\n    srcs = [\"%s\"],\n    base = {%s},\n    importpath = \"example.com/m/%s\",\n)\n",
		name, strings.Join(sources, `", "`), base, name)
}

func killedVerbs() map[string]killedVerb {
	base := fmt.Sprintf("\"a.go\": %q", digest.Of([]byte(oldText)))
	set := "\ngo_overlay_set(\n    name = \"overlays\",\n    overlays = [\":one\", \":two\"],\n)\n"
	sources := "-- one/a.go --\n" + oldText + "-- two/a.go --\n" + oldText
	two := moduleFiles + sources + "-- overlays/_src/one/a.go --\n" + changed + "-- overlays/_src/two/a.go --\n" + conflicts +
		"-- overlays/BUILD.bazel --\n" + loadLine + killedOverlay("one", base, "_src/one/a.go") + killedOverlay("two", base, "_src/two/a.go") + set
	diff := func(name, text string) string {
		var out strings.Builder
		writeDiff(&out, "a.go", []byte(oldText), []byte(text))
		return "-- overlays/_src/" + name + "/" + name + ".patch --\n" + out.String()
	}
	patched := func(name string) string {
		return strings.Replace(killedOverlay(name, base, "SOURCE"), "srcs = [\"SOURCE\"]", fmt.Sprintf("patches = {\"_src/%s/%[1]s.patch\": [\"a.go\"]}", name), 1)
	}
	diffs := moduleFiles + sources + diff("one", changed) + diff("two", conflicts) + "-- overlays/BUILD.bazel --\n" + loadLine + patched("one") + patched("two") + set
	return map[string]killedVerb{
		"edit":    {[]string{"edit", "-no-editor", "example.com/m/one/a.go"}, moduleFiles + sources, []string{"one", "two"}, nil, false},
		"rebase":  {[]string{"rebase"}, two, []string{"one", "two"}, map[string]string{"one/a.go": newText, "two/a.go": newText}, false},
		"drop":    {[]string{"drop", "one", "two"}, two, []string{"one", "two"}, nil, false},
		"save":    {[]string{"save", "one", "two"}, two, []string{"one", "two"}, nil, false},
		"convert": {[]string{"convert", "-to", "files", "one", "two"}, diffs, []string{"one", "two"}, nil, false},
		"import":  {[]string{"import", "MODULE.bazel"}, importFiles, nil, nil, true},
		// What is written is not what is there: the diff is made anew.
		"import misfit": {[]string{"import", "MODULE.bazel"}, misfitFiles(), nil, nil, true},
	}
}

// saysDone is what verbs that delete files say once more when all but that is done: files that nothing names any more may be left.
var saysDone = map[string]string{
	"drop":    "the workspace declares no overlay",
	"save":    "it replaces no file, so there is nothing to make a diff of",
	"convert": "it has no diff",
}

// TestKilledVerbs kills the command at any time, half of the times while it writes. Each file of the user is then as it was or as
// it becomes, whole, no BUILD file has what is not there, and the same command line does the rest. 70 kills of each are in
// the second tier.
func TestKilledVerbs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	if runtime.GOOS == "windows" {
		t.Skip("who was killed is not told from who has failed")
	}
	kills := 4
	if os.Getenv("GO_OVERLAY_ALL_TESTS") != "" {
		kills = 70
	}
	program := buildOverlay(t)
	for name, verb := range killedVerbs() {
		t.Run(name, func(t *testing.T) {
			k := newKilled(t, filepath.Join(t.TempDir(), "workspace"), program, verb)
			seen := map[string]int{}
			for killed := 0; killed < kills; {
				k.restore(t)
				cmd := k.command(t)
				ended := make(chan error, 1)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				go func() { ended <- cmd.Wait() }()
				wait := time.Duration(rand.Int64N(int64(k.took)))
				if killed%2 > 0 {
					for i := 0; i < 10_000 && !k.isWriting(); i++ {
						time.Sleep(100 * time.Microsecond)
					}
					wait = time.Duration(rand.IntN(8_000)) * time.Microsecond
				}
				time.Sleep(wait)
				cmd.Process.Kill()
				<-ended
				if cmd.ProcessState.Exited() {
					seen["too late"]++
					if seen["too late"] > 20*kills {
						t.Fatal("is never killed")
					}
					continue
				}
				killed++
				seen[k.check(t)]++
				k.again(t)
			}
			t.Logf("%d kills: %v", kills, seen)
		})
	}
}

func buildOverlay(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "overlay.exe")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// A killed is a workspace in which a command line is killed.
type killed struct {
	killedVerb
	desk          *Desk
	program       string
	temporary     string            // folder for what a killed program leaves outside of the workspace
	before, after map[string]string // files, by their paths
	took          time.Duration
}

func newKilled(t *testing.T, root, program string, verb killedVerb) *killed {
	t.Helper()
	k := &killed{killedVerb: verb, program: program, temporary: t.TempDir()}
	if verb.patches {
		k.desk, _, _ = importDeskIn(t, root, verb.files, true)
	} else {
		k.desk, _, _ = fakeDeskIn(t, root, verb.files)
	}
	commitAll(t, k.desk)
	for name, content := range verb.upgrade {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	k.before, _ = k.files(t)
	cmd := k.command(t)
	start := time.Now()
	out, _ := cmd.CombinedOutput()
	k.took = time.Since(start)
	k.after, _ = k.files(t)
	if fmt.Sprint(k.before) == fmt.Sprint(k.after) {
		t.Fatalf("nothing has changed: %s", out)
	}
	return k
}

// command returns one that a fake Bazel tells what is declared now.
func (k *killed) command(t *testing.T) *exec.Cmd {
	t.Helper()
	var rules []rule
	for _, pkg := range k.packages {
		rules = append(rules, rule{"go_library", "//" + pkg + ":" + pkg, map[string]any{"importpath": "example.com/m/" + pkg, "srcs": []string{"//" + pkg + ":a.go"}}})
	}
	if k.patches { // They are, until go_deps makes the repository anew.
		rules = libraryRules(true)
	}
	setRules(t, k.desk, append(rules, declaredRules(t, k.desk, "overlays")...)...)
	cmd := exec.Command(k.program, k.args...)
	cmd.Dir = k.desk.Workspace.Root
	cmd.Env = append(cmd.Environ(), "BAZEL="+k.desk.Workspace.Program, "TMPDIR="+k.temporary)
	return cmd
}

var leftover = regexp.MustCompile(`^\.go_overlay-[0-9]+\.tmp$`)

// files returns those of the user, and the others.
func (k *killed) files(t *testing.T) (files map[string]string, temporary []string) {
	t.Helper()
	files = map[string]string{}
	err := filepath.WalkDir(k.desk.Workspace.Root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case leftover.MatchString(entry.Name()):
			temporary = append(temporary, path)
			return nil
		}
		name, err := filepath.Rel(k.desk.Workspace.Root, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, temporary
}

// isWriting tells whether there is a temporary file, or files are coming and going.
func (k *killed) isWriting() bool {
	is := false
	filepath.WalkDir(k.desk.Workspace.Root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == ".git" {
			return fs.SkipDir
		}
		is = is || err != nil || leftover.MatchString(entry.Name())
		return nil
	})
	return is
}

// restore makes the files what they were before.
func (k *killed) restore(t *testing.T) {
	t.Helper()
	root := k.desk.Workspace.Root
	now, temporary := k.files(t)
	for name := range now {
		if _, ok := k.before[name]; !ok {
			temporary = append(temporary, filepath.Join(root, name))
		}
	}
	for _, path := range temporary {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		for folder := filepath.Dir(path); folder != root && os.Remove(folder) == nil; {
			folder = filepath.Dir(folder)
		}
	}
	for name, content := range k.before {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if now[name] == content {
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// check makes sure that each file is an old or a new one, and that builds find what is named. It returns how much is done.
func (k *killed) check(t *testing.T) string {
	t.Helper()
	now, temporary := k.files(t)
	names := map[string]bool{}
	for _, files := range []map[string]string{k.before, k.after, now} {
		for name := range files {
			names[name] = true
		}
	}
	var done, left []string
	for name := range names {
		was, hadOld := k.before[name]
		becomes, hasNew := k.after[name]
		is, ok := now[name]
		isOld, isNew := ok == hadOld && is == was, ok == hasNew && is == becomes
		switch {
		case isOld && isNew:
		case isOld:
			left = append(left, name)
		case isNew:
			done = append(done, name)
		default:
			t.Fatalf("%s is neither the old nor the new file: %d bytes, %.20q", name, len(is), is)
		}
	}
	// Sources are there before BUILD files name them, and as long as they do.
	isSource := func(name string) bool {
		return strings.HasPrefix(name, "overlays/_src/") || strings.HasSuffix(name, ".patch")
	}
	isGone := func(name string) bool { _, ok := k.after[name]; return !ok }
	for _, name := range done {
		for _, other := range left {
			if !isSource(name) && isSource(other) && !isGone(other) || isSource(name) && isGone(name) && !isSource(other) {
				t.Errorf("done %v, left %v: %s is before %s", done, left, name, other)
			}
		}
	}
	switch {
	case len(left) == 0:
		return "all done"
	case len(done) > 0:
		return "in part"
	case len(temporary) > 0:
		return "written to temporary files"
	}
	return "nothing done"
}

// again runs the command line once more, which does the rest.
func (k *killed) again(t *testing.T) {
	t.Helper()
	cmd := k.command(t)
	out, err := cmd.CombinedOutput()
	now, _ := k.files(t)
	if done := saysDone[k.args[0]]; done != "" && strings.Contains(string(out), done) {
		for name, content := range now {
			if _, ok := k.after[name]; !ok && strings.HasPrefix(name, "overlays/_src/") && k.before[name] == content {
				delete(now, name)
			}
		}
	}
	if fmt.Sprint(now) != fmt.Sprint(k.after) {
		t.Errorf("once more, it does not do the rest: %v\n%s", err, out)
	}
}
