package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/linediff"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// A realModule is one that people use, with versions that follow each other, releases of the same minor version
// aside. The files have changed from each to the next.
type realModule struct {
	path     string
	versions [3]string
	files    []string
	isSecond bool // whether it is in the second tier
}

var realModules = []realModule{
	{"google.golang.org/grpc", [3]string{"v1.73.0", "v1.74.2", "v1.75.0"},
		[]string{"stream.go", "balancer/endpointsharding/endpointsharding.go", "xds/internal/clients/xdsclient/xdsclient.go"}, true},
	{"go.uber.org/zap", [3]string{"v1.24.0", "v1.25.0", "v1.26.0"}, []string{"field.go", "logger.go", "zapcore/json_encoder.go"}, false},
	{"golang.org/x/net", [3]string{"v0.30.0", "v0.31.0", "v0.32.0"}, []string{"http2/server.go", "http2/transport.go"}, true},
	{"k8s.io/client-go", [3]string{"v0.33.0", "v0.34.0", "v0.35.0"},
		[]string{"tools/cache/controller.go", "tools/cache/reflector.go", "util/workqueue/queue.go"}, false},
	{"github.com/gin-gonic/gin", [3]string{"v1.8.1", "v1.9.0", "v1.9.1"}, []string{"context.go", "gin.go"}, true},
	{"github.com/gorilla/websocket", [3]string{"v1.5.0", "v1.5.1", "v1.5.3"}, []string{"client.go", "conn.go"}, true},
	{"github.com/jackc/pgx/v5", [3]string{"v5.5.5", "v5.6.0", "v5.7.0"}, []string{"pgconn/config.go", "pgtype/pgtype.go", "rows.go"}, true},
	{"github.com/prometheus/client_golang", [3]string{"v1.16.0", "v1.17.0", "v1.18.0"}, []string{"prometheus/histogram.go", "prometheus/labels.go"}, true},
	{"github.com/spf13/cobra", [3]string{"v1.6.1", "v1.7.0", "v1.8.0"}, []string{"command.go", "completions.go"}, true},
	{"github.com/stretchr/testify", [3]string{"v1.8.4", "v1.9.0", "v1.10.0"}, []string{"assert/assertions.go", "mock/mock.go"}, true},
}

// TestRealModules carries overlays of real modules over two upgrades each, by old bases from the module proxy: the same changes as files and
// as diffs. Every result is that of git merge-file: the merged file, with a digest that moves if it type-checks; or the conflicts.
// In the second tier, there are more modules, and the go command compiles what was carried.
func TestRealModules(t *testing.T) {
	if testing.Short() {
		t.Skip("downloads modules")
	}
	isSecond := os.Getenv("GO_OVERLAY_ALL_TESTS") != ""
	sources := moduleCacheOf(t)
	total := map[string]int{}
	for _, m := range realModules {
		if m.isSecond && !isSecond {
			continue
		}
		t.Run(m.path, func(t *testing.T) {
			count := map[string]int{}
			var folders []string
			for _, version := range m.versions {
				folders = append(folders, download(t, sources, m.path+"@"+version))
			}
			cache := moduleCacheOf(t) // Nothing of the module is in it, nor of others.
			t.Setenv("GOMODCACHE", cache)
			mustLackBases(t, m, folders)
			run := func(name string, start func(*testing.T) *real) {
				t.Run(name, func(t *testing.T) {
					r := start(t)
					for to := 1; to < len(folders) && len(r.overlays) > 0; to++ {
						r.upgrade(t, to)
					}
					for _, o := range r.overlays {
						if isSecond && strings.HasSuffix(o.name, "random 1") {
							r.compile(t, o)
						}
					}
				})
			}
			for _, file := range m.files {
				texts := versionsOf(t, folders, file)
				for _, edit := range edits(t, texts) {
					run(file+"/"+edit.name, func(t *testing.T) *real { return newReal(t, m, folders, file, texts, edit, count) })
				}
			}
			for _, pkg := range m.packages() {
				run("diffs/"+pkg, func(t *testing.T) *real { return newRealDiffs(t, m, folders, pkg, isSecond, count) })
			}
			for _, version := range m.versions[:2] {
				if _, err := os.Stat(filepath.Join(cache, filepath.FromSlash(m.path+"@"+version))); err != nil {
					t.Errorf("an old base was not had from the module proxy: %v", err)
				}
			}
			t.Log(count)
			for what, n := range count {
				total[what] += n
			}
		})
	}
	t.Log("all: ", total)
	for _, what := range []string{"files clean", "files conflicts", "files gone", "diff clean", "diff conflicts", "diff gone", "diff made anew"} {
		if total[what] == 0 {
			t.Errorf("no overlay has ended as: %s", what)
		}
	}
}

// packages returns the folders that the files are in.
func (m realModule) packages() []string {
	var folders []string
	for _, file := range m.files {
		folders = append(folders, path.Dir(file))
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// moduleCacheOf returns the folder of a new module cache.
func moduleCacheOf(t *testing.T) string {
	t.Helper()
	cache := filepath.Join(t.TempDir(), "mod")
	t.Cleanup(func() { // What the go command has downloaded is read-only.
		cmd := exec.Command("go", "clean", "-modcache")
		cmd.Env = append(cmd.Environ(), "GOMODCACHE="+cache, "GOFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	return cache
}

// download returns the folder of a version of a module.
func download(t *testing.T, cache, id string) string {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", id)
	cmd.Dir = t.TempDir() // It is in no module.
	cmd.Env = append(cmd.Environ(), "GOMODCACHE="+cache, "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	var result struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &result); err != nil || jsonErr != nil || result.Error != "" {
		t.Fatalf("%s: %v, %v, %s", id, err, jsonErr, result.Error)
	}
	return result.Dir
}

func versionsOf(t *testing.T, folders []string, file string) []string {
	t.Helper()
	var texts []string
	for _, folder := range folders {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(texts, string(content)) {
			t.Fatalf("%s has not changed", file)
		}
		texts = append(texts, string(content))
	}
	return texts
}

// mustLackBases checks that offline, with an empty cache, nothing is carried, for the old base is not known.
func mustLackBases(t *testing.T, m realModule, folders []string) {
	t.Helper()
	file := m.files[0]
	texts := versionsOf(t, folders, file)
	r := newReal(t, m, folders, file, texts, edits(t, texts)[0], map[string]int{})
	before := r.state(t)
	r.lay(t, 1)
	done, err := r.desk.Rebase(context.Background(), nil, RebaseOptions{Offline: true})
	if said := r.said.String(); err != nil || done.Problems != 1 || done.Changed || r.state(t) != before || !strings.Contains(said, "is nowhere to be found") {
		t.Errorf("got %+v, %v: %s", done, err, said)
	}
}

// A real is a workspace with overlays of a package of a real module.
type real struct {
	module   realModule
	folders  []string // of the versions
	pkg      string   // folder of the package in the module
	form     Form     // of the overlays
	overlays []*realOverlay
	count    map[string]int

	desk *Desk
	said *bytes.Buffer
	at   int // version
}

// A realOverlay is one of which something is left.
type realOverlay struct {
	name    string // of its edits
	label   string
	version int    // that is recorded
	diff    string // path in the workspace, if it is one
	files   []*realFile
}

// A realFile is a file of the package that an overlay changes.
type realFile struct {
	name  string   // in the package
	path  string   // in the workspace, of what replaces it, if something does
	texts []string // of the versions
	text  string   // what the overlay makes of it
	base  int      // version that is recorded
}

// newReal makes an overlay of the oldest version of a file.
func newReal(t *testing.T, m realModule, folders []string, file string, texts []string, e edit, count map[string]int) *real {
	t.Helper()
	r := &real{module: m, folders: folders, pkg: path.Dir(file), form: Files, count: count}
	r.desk, r.said, _ = fakeDesk(t, moduleFiles)
	r.lay(t, 0)
	edited, err := r.desk.Edit(context.Background(), m.path+"/"+file, EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f := &realFile{name: path.Base(file), texts: texts, text: e.text}
	if f.path, err = filepath.Rel(r.desk.Workspace.Root, edited.Path); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r.desk, f.path); got != texts[0] {
		t.Fatal("what is to be edited is not what the package has")
	}
	r.overlays = []*realOverlay{{name: e.name, label: edited.Replaces, files: []*realFile{f}}}
	r.mustRecord(t)
	r.write(t, r.overlays[0])
	commitAll(t, r.desk)
	return r
}

// lay has the workspace depend on a version of the module, as go_deps lays it out.
func (r *real) lay(t *testing.T, version int) {
	t.Helper()
	r.at = version
	root := filepath.Join(filepath.Dir(r.desk.Workspace.Root), "external", "module")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(r.folders[version], filepath.FromSlash(r.pkg)))
	if err != nil {
		t.Fatal(err)
	}
	var repository txtar.Archive
	add := func(name, content string) {
		repository.Files = append(repository.Files, txtar.File{Name: name, Data: []byte(content)})
	}
	add("REPO.bazel", "")
	add("_gazelle_generated/BUILD.bazel", fmt.Sprintf("purl = \"pkg:golang/%s@%s?x\"\n", r.module.path, r.module.versions[version]))
	label := strings.TrimSuffix("@@module//"+r.pkg, "/.")
	var srcs []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.folders[version], filepath.FromSlash(r.pkg), name))
		if err != nil {
			t.Fatal(err)
		}
		add(path.Join(r.pkg, name), string(content))
		srcs = append(srcs, strings.Replace("@@module//"+r.pkg, "//.", "//", 1)+":"+name)
	}
	if err := txtar.Write(&repository, root); err != nil {
		t.Fatal(err)
	}
	rules := []rule{{"go_library", label + ":lib", map[string]any{"importpath": path.Join(r.module.path, r.pkg), "srcs": srcs}}}
	setRules(t, r.desk, append(rules, declaredRules(t, r.desk, "overlays")...)...)
}

// write has an overlay make of the package what it is to make, as people do by hand.
func (r *real) write(t *testing.T, o *realOverlay) {
	t.Helper()
	if r.form == Diff {
		r.writeDiff(t, o)
		return
	}
	for _, f := range o.files {
		r.writeFile(t, f.path, f.text)
	}
}

func (r *real) writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.desk.Workspace.Root, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// made returns what the overlay, as it is in the workspace, makes of a file of the package.
func (r *real) made(t *testing.T, o *realOverlay, f *realFile, base string) (string, error) {
	t.Helper()
	if r.form == Diff {
		return r.patched(t, o, f, base)
	}
	return read(t, r.desk, f.path), nil
}

// state is all that a command could have changed.
func (r *real) state(t *testing.T) string {
	t.Helper()
	all := read(t, r.desk, "overlays/BUILD.bazel")
	for _, o := range r.overlays {
		if r.form == Diff {
			all += read(t, r.desk, o.diff)
			continue
		}
		for _, f := range o.files {
			all += read(t, r.desk, f.path)
		}
	}
	return all
}

// mustRecord checks which versions the overlays are declared to be made for.
func (r *real) mustRecord(t *testing.T) {
	t.Helper()
	declared := declaredRules(t, r.desk, "overlays")
	for _, o := range r.overlays {
		rule := declared[slices.IndexFunc(declared, func(rule rule) bool { return rule.label == o.label })]
		for _, f := range o.files {
			got := rule.attrs["base"].(map[string]string)[f.name]
			if want := digest.Of([]byte(f.texts[f.base])); got != want {
				t.Fatalf("%s: the digest of %s is %s, want %s of %s\n%s", o.name, f.name, got, want, r.module.versions[f.base], r.said)
			}
		}
		if got, want := rule.attrs["base_version"], r.module.versions[o.version]; got != want {
			t.Fatalf("%s: base_version is %v, want %s\n%s", o.name, got, want, r.said)
		}
	}
}

// upgrade carries the overlays to the next version. Where that has conflicts, people resolve them.
func (r *real) upgrade(t *testing.T, to int) {
	t.Helper()
	r.lay(t, to)
	r.said.Reset()
	diffs := map[*realOverlay]string{}
	for _, o := range r.overlays {
		if r.form == Diff {
			diffs[o] = read(t, r.desk, o.diff)
		}
	}
	done, err := r.desk.Rebase(context.Background(), nil, RebaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	said := r.said.String()
	var left []*realOverlay // to people
	outcomes := map[*realFile]string{}
	for _, o := range r.overlays {
		isIll := strings.Contains(said, o.label+": with it, package "+path.Join(r.module.path, r.pkg)+" does not type-check")
		clean := 0
		for _, f := range o.files {
			outcomes[f] = r.outcome(t, o, f, to, isIll)
			r.count[string(r.form)+" "+outcomes[f]]++
			if outcomes[f] == "clean" {
				clean++
				f.base = to
			}
		}
		if clean == len(o.files) {
			o.version = to
		} else {
			left = append(left, o)
		}
		if r.form == Diff && clean == 0 && !isIll && read(t, r.desk, o.diff) != diffs[o] {
			t.Errorf("%s: the diff is left to people, and has changed: %s", o.name, said)
		}
	}
	if done.Problems != len(left) {
		t.Errorf("got %d problems, want %d: %s", done.Problems, len(left), said)
	}
	r.mustRecord(t)
	r.resolve(t, left, outcomes, to)
	if len(r.overlays) == 0 {
		return
	}
	if r.form == Files && to < len(r.folders)-1 { // Else no conflicts would be written into the file.
		commitAll(t, r.desk)
	}

	// Once more, there is nothing to do.
	r.lay(t, to)
	before := r.state(t)
	if done, err := r.desk.Rebase(context.Background(), nil, RebaseOptions{}); err != nil || done.Changed || done.Problems > 0 || r.state(t) != before {
		t.Errorf("got %+v, %v, %s", done, err, r.said)
	}
}

// resolve is what people do where overlays are left to them: they take out what nothing is left of, and port the rest.
func (r *real) resolve(t *testing.T, left []*realOverlay, outcomes map[*realFile]string, to int) {
	t.Helper()
	for _, o := range left {
		o.files = slices.DeleteFunc(o.files, func(f *realFile) bool { return outcomes[f] == "gone" })
	}
	r.overlays = slices.DeleteFunc(r.overlays, func(o *realOverlay) bool { return len(o.files) == 0 })
	if len(r.overlays) == 0 || len(left) == 0 {
		return
	}
	if r.form == Diff {
		r.declare(t)
	}
	var labels []string
	for _, o := range left {
		if len(o.files) == 0 {
			continue
		}
		for _, f := range o.files {
			if outcomes[f] != "clean" {
				f.text, f.base = resolved(t, f.texts[to]), to
			}
		}
		o.version = to
		r.write(t, o)
		labels = append(labels, o.label)
	}
	r.lay(t, to)
	if len(labels) == 0 {
		return
	}
	if _, err := r.desk.Accept(context.Background(), labels, RebaseOptions{}); err != nil {
		t.Fatal(err)
	}
	r.mustRecord(t)
}

// outcome checks what has become of a file.
func (r *real) outcome(t *testing.T, o *realOverlay, f *realFile, to int, isIll bool) string {
	t.Helper()
	want, conflicts := mergeFile(t, f.texts[f.base], f.text, f.texts[to])
	isGone := conflicts == 0 && want == f.texts[to]
	from := to
	if isGone || conflicts > 0 && r.form == Diff { // It stays as it is.
		want, from = f.text, f.base
	}
	var told string // of the file
	for _, line := range strings.SplitAfter(r.said.String(), "\n") {
		if strings.HasPrefix(line, o.label+": "+f.name+": ") {
			told += line
		}
	}
	got, err := r.made(t, o, f, f.texts[from])
	if err == nil && withoutNames(got) != withoutNames(want) {
		err = errors.New(linediff.Unified(want, got, 1000))
	}
	if err != nil {
		t.Fatalf("%s: %s of %s to %s is not what git makes of it, with %d conflicts: %s%v",
			o.name, f.name, r.module.versions[f.base], r.module.versions[to], conflicts, told, err)
	}
	switch {
	case isGone:
		next := "it out of the overlay: overlay drop " + o.label + "\n"
		if len(o.files) > 1 {
			next = "/" + f.name + "\n" // overlay drop IMPORTPATH/FILE
		}
		if !strings.Contains(told, "nothing is left of it") || !strings.HasSuffix(told, next) {
			t.Errorf("%s: nothing is left of %s: got %s", o.name, f.name, told)
		}
		return "gone"
	case conflicts > 0:
		number, _, _ := strings.Cut(conflicting(conflicts, "its changes"), "its")
		if !strings.Contains(told, ": "+number) || !strings.Contains(told, "with upstream's") {
			t.Errorf("%s: %d conflicts in %s: got %s", o.name, conflicts, f.name, told)
		}
		return "conflicts"
	}
	f.text = got
	if isIll {
		return "does not type-check"
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", got, 0); err != nil || !strings.Contains(told, "carried from ") {
		t.Errorf("%s: %s: got %v, %s", o.name, f.name, err, told)
	}
	if strings.Contains(told, ".patch is made anew\n") {
		r.count["diff made anew"]++
	}
	return "clean"
}

// compile has the go command compile the package with what an overlay makes of its files. The module is the main one, as it may be
// read-only, but overlaid only outside of the module cache in use.
func (r *real) compile(t *testing.T, o *realOverlay) {
	t.Helper()
	folder := t.TempDir()
	replace := map[string]string{}
	for _, f := range o.files {
		text, err := r.made(t, o, f, f.texts[r.at])
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, f.name)
		replace[filepath.Join(r.folders[r.at], filepath.FromSlash(r.pkg), f.name)] = file
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, content, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", list, "./"+r.pkg)
	cmd.Dir = r.folders[r.at]
	cmd.Env = append(cmd.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	r.count[string(r.form)+" compiled"]++
}

// mergeFile returns what git makes of three texts.
func mergeFile(t *testing.T, base, overlay, upstream string) (merged string, conflicts int) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"base": base, "overlay": overlay, "upstream": upstream} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("git", "merge-file", "-p", "--diff3", "overlay", "base", "upstream")
	cmd.Dir = folder
	out, err := cmd.Output()
	exit := (*exec.ExitError)(nil)
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 127) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// withoutNames takes from markers whose texts they are.
func withoutNames(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		for _, marker := range []string{"<<<<<<<", "|||||||", ">>>>>>>"} {
			if strings.HasPrefix(line, marker+" ") {
				lines[i] = marker + "\n"
			}
		}
	}
	return strings.Join(lines, "")
}

// An edit is what somebody makes of a file.
type edit struct{ name, text string }

// edits are changes of the oldest version of a file: near those that upstream makes next, and far from them.
func edits(t *testing.T, texts []string) []edit {
	t.Helper()
	lines, next := strings.SplitAfter(texts[0], "\n"), strings.SplitAfter(texts[1], "\n")
	theirs := linediff.Changes(lines, next)
	var bodies []body
	for _, b := range bodiesOf(t, texts[0]) {
		b.near(theirs)
		bodies = append(bodies, b)
	}
	slices.SortStableFunc(bodies, func(a, b body) int { return b.distance - a.distance })
	far, near := bodies[0], bodies[len(bodies)-1]
	all := []edit{
		{"far", with(lines, far.start)},
		{"near", with(lines, near.start)},
		{"beside", with(lines, far.start, near.nearest)},
	}

	// What upstream changes, too, but in another way; and in the same way, alone and beside something else.
	first := theirs[max(0, slices.IndexFunc(theirs, func(c linediff.Change) bool { return c.OldStart < c.OldEnd }))]
	other := slices.Insert(slices.Clone(lines), first.OldStart, "// An overlay was here.\n")
	taken := slices.Concat(lines[:first.OldStart], next[first.NewStart:first.NewEnd], lines[first.OldEnd:])
	all = append(all,
		edit{"other", strings.Join(other, "")},
		edit{"taken over", strings.Join(taken, "")},
		edit{"all taken over", strings.Join(next, "")},
		edit{"partly taken over", with(taken, moved(far.start, first))})

	// Anywhere.
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 2 {
		var starts []int
		for _, j := range random.Perm(len(bodies))[:min(4+8*i, len(bodies))] {
			starts = append(starts, bodies[j].start)
		}
		all = append(all, edit{fmt.Sprint("random ", i), with(lines, starts...)})
	}
	return all
}

// moved returns where a line is after a change.
func moved(line int, by linediff.Change) int {
	if line >= by.OldEnd {
		return line + by.NewEnd - by.NewStart - (by.OldEnd - by.OldStart)
	}
	return line
}

// resolved is what somebody makes of a file to resolve conflicts.
func resolved(t *testing.T, text string) string {
	t.Helper()
	return with(strings.SplitAfter(text, "\n"), bodiesOf(t, text)[0].start)
}

// with adds a statement in front of lines, counted from 0.
func with(lines []string, at ...int) string {
	var b strings.Builder
	for i, line := range lines {
		if slices.Contains(at, i) {
			b.WriteString("\t_ = \"an overlay was here\"\n")
		}
		b.WriteString(line)
	}
	return b.String()
}

// A body is one of a function that has several lines.
type body struct {
	start      int   // line of its first statement, counted from 0
	statements []int // lines of all
	nearest    int   // that of statements that is the nearest to a change
	distance   int   // of start from that
}

func (b *body) near(changes []linediff.Change) {
	away := func(line int) int {
		least := 1 << 30
		for _, c := range changes {
			least = min(least, max(c.OldStart-line, line-c.OldEnd, 0))
		}
		return least
	}
	b.distance, b.nearest = away(b.start), b.start
	for _, line := range b.statements {
		if away(line) < away(b.nearest) {
			b.nearest = line
		}
	}
}

func bodiesOf(t *testing.T, text string) []body {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []body
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil || len(f.Body.List) < 2 {
			continue
		}
		b := body{}
		for _, statement := range f.Body.List {
			// One that begins in the line of another can have nothing in front of it.
			if line := fset.Position(statement.Pos()).Line - 1; line > fset.Position(f.Body.Lbrace).Line-1 && !slices.Contains(b.statements, line) {
				b.statements = append(b.statements, line)
			}
		}
		if len(b.statements) > 0 {
			b.start = b.statements[0]
			bodies = append(bodies, b)
		}
	}
	return bodies
}
