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
		[]string{"stream.go", "balancer/endpointsharding/endpointsharding.go", "xds/internal/clients/xdsclient/xdsclient.go"}, false},
	{"go.uber.org/zap", [3]string{"v1.24.0", "v1.25.0", "v1.26.0"}, []string{"field.go", "logger.go", "zapcore/json_encoder.go"}, false},
	{"golang.org/x/net", [3]string{"v0.30.0", "v0.31.0", "v0.32.0"}, []string{"http2/server.go", "http2/transport.go"}, false},
	{"k8s.io/client-go", [3]string{"v0.33.0", "v0.34.0", "v0.35.0"},
		[]string{"tools/cache/controller.go", "tools/cache/reflector.go", "util/workqueue/queue.go"}, false},
	{"github.com/gin-gonic/gin", [3]string{"v1.8.1", "v1.9.0", "v1.9.1"}, []string{"context.go", "gin.go"}, true},
	{"github.com/gorilla/websocket", [3]string{"v1.5.0", "v1.5.1", "v1.5.3"}, []string{"client.go", "conn.go"}, true},
	{"github.com/jackc/pgx/v5", [3]string{"v5.5.5", "v5.6.0", "v5.7.0"}, []string{"pgconn/config.go", "pgtype/pgtype.go", "rows.go"}, true},
	{"github.com/prometheus/client_golang", [3]string{"v1.16.0", "v1.17.0", "v1.18.0"}, []string{"prometheus/histogram.go", "prometheus/labels.go"}, true},
	{"github.com/spf13/cobra", [3]string{"v1.6.1", "v1.7.0", "v1.8.0"}, []string{"command.go", "completions.go"}, true},
	{"github.com/stretchr/testify", [3]string{"v1.8.4", "v1.9.0", "v1.10.0"}, []string{"assert/assertions.go", "mock/mock.go"}, true},
}

// TestRealModules carries overlays of files of real modules over two upgrades each, by old bases from the module proxy. Every result
// is that of git merge-file: the merged file, with a digest that moves if it type-checks; or the conflicts.
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
			for _, file := range m.files {
				texts := versionsOf(t, folders, file)
				for _, edit := range edits(t, texts) {
					t.Run(file+"/"+edit.name, func(t *testing.T) {
						r := newReal(t, m, folders, file, texts, edit, count)
						for to := 1; to < len(folders) && !r.isGone; to++ {
							r.upgrade(t, to)
						}
						if isSecond && !r.isGone && edit.name == "random 1" {
							r.compile(t)
						}
					})
				}
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
	for _, what := range []string{"clean", "conflicts", "gone"} {
		if total[what] == 0 {
			t.Errorf("no overlay has ended as: %s", what)
		}
	}
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

// A real is an overlay of a file of a real module, in a workspace.
type real struct {
	module  realModule
	folders []string // of the versions
	file    string   // in the module
	texts   []string // of file
	edit    edit
	count   map[string]int

	desk   *Desk
	said   *bytes.Buffer
	path   string // of the overlay file, in the workspace
	at     int    // version
	isGone bool   // whether nothing is left of the overlay
}

// newReal makes an overlay of the oldest version.
func newReal(t *testing.T, m realModule, folders []string, file string, texts []string, e edit, count map[string]int) *real {
	t.Helper()
	r := &real{module: m, folders: folders, file: file, texts: texts, edit: e, count: count}
	r.desk, r.said, _ = fakeDesk(t, moduleFiles)
	r.lay(t, 0)
	edited, err := r.desk.Edit(context.Background(), m.path+"/"+file, EditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.path, err = filepath.Rel(r.desk.Workspace.Root, edited.Path); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r.desk, r.path); got != texts[0] {
		t.Fatal("what is to be edited is not what the package has")
	}
	r.mustRecord(t, 0)
	r.write(t, e.text)
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
	pkg := path.Dir(r.file)
	entries, err := os.ReadDir(filepath.Join(r.folders[version], filepath.FromSlash(pkg)))
	if err != nil {
		t.Fatal(err)
	}
	var repository txtar.Archive
	add := func(name, content string) {
		repository.Files = append(repository.Files, txtar.File{Name: name, Data: []byte(content)})
	}
	add("REPO.bazel", "")
	add("_gazelle_generated/BUILD.bazel", fmt.Sprintf("purl = \"pkg:golang/%s@%s?x\"\n", r.module.path, r.module.versions[version]))
	label := strings.TrimSuffix("@@module//"+pkg, "/.")
	var srcs []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.folders[version], filepath.FromSlash(pkg), name))
		if err != nil {
			t.Fatal(err)
		}
		add(path.Join(pkg, name), string(content))
		srcs = append(srcs, strings.Replace("@@module//"+pkg, "//.", "//", 1)+":"+name)
	}
	if err := txtar.Write(&repository, root); err != nil {
		t.Fatal(err)
	}
	rules := []rule{{"go_library", label + ":lib", map[string]any{"importpath": path.Join(r.module.path, pkg), "srcs": srcs}}}
	setRules(t, r.desk, append(rules, declaredRules(t, r.desk, "overlays")...)...)
}

// write is what people do to the overlay file, and commit.
func (r *real) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.desk.Workspace.Root, r.path), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	commitAll(t, r.desk)
}

// state is all that a command could have changed.
func (r *real) state(t *testing.T) string {
	t.Helper()
	return read(t, r.desk, "overlays/BUILD.bazel") + read(t, r.desk, r.path)
}

// mustRecord checks that the overlay is declared to be made for a version.
func (r *real) mustRecord(t *testing.T, version int) {
	t.Helper()
	build := read(t, r.desk, "overlays/BUILD.bazel")
	for _, want := range []string{
		fmt.Sprintf("{%q: %q}", path.Base(r.file), digest.Of([]byte(r.texts[version]))),
		fmt.Sprintf("base_version = %q", r.module.versions[version]),
	} {
		if !strings.Contains(build, want) {
			t.Fatalf("got %s, want %s\n%s", build, want, r.said)
		}
	}
}

// upgrade carries the overlay to the next version. Where that has conflicts, people resolve them.
func (r *real) upgrade(t *testing.T, to int) {
	t.Helper()
	from, overlay := to-1, read(t, r.desk, r.path)
	want, conflicts := mergeFile(t, r.texts[from], overlay, r.texts[to])
	r.lay(t, to)
	r.said.Reset()
	done, err := r.desk.Rebase(context.Background(), nil, RebaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, said := read(t, r.desk, r.path), r.said.String()
	isIll := strings.Contains(said, "does not type-check")
	switch {
	case conflicts == 0 && want == r.texts[to]:
		r.count["gone"]++
		r.isGone = true
		if r.mustRecord(t, from); got != overlay || !strings.Contains(said, "nothing is left of it") {
			t.Errorf("got %s", said)
		}
		return
	case withoutNames(got) != withoutNames(want):
		t.Fatalf("%s of %s to %s is not what git makes of it: %s\n%s", r.file, r.module.versions[from], r.module.versions[to], said, linediff.Unified(want, got, 1000))
	case conflicts > 0:
		r.count["conflicts"]++
		if conflicts > 1 && !strings.Contains(said, fmt.Sprintf(": %d of its changes conflict", conflicts)) || !strings.Contains(said, "conflict with upstream's") || done.Problems != 1 {
			t.Errorf("%d conflicts: got %s", conflicts, said)
		}
	case isIll:
		r.count["does not type-check"]++
		t.Log(said)
	default:
		r.count["clean"]++
		if _, err := parser.ParseFile(token.NewFileSet(), "", got, 0); err != nil || done.Problems > 0 {
			t.Errorf("got %v, %s", err, said)
		}
		r.mustRecord(t, to)
	}
	if conflicts > 0 || isIll {
		r.mustRecord(t, from)
		r.write(t, resolved(t, r.texts[to]))
		r.lay(t, to)
		if _, err := r.desk.Accept(context.Background(), []string{declaredRules(t, r.desk, "overlays")[0].label}, RebaseOptions{}); err != nil {
			t.Fatal(err)
		}
		r.mustRecord(t, to)
	}
	commitAll(t, r.desk)

	// Once more, there is nothing to do.
	r.lay(t, to)
	before := r.state(t)
	if done, err := r.desk.Rebase(context.Background(), nil, RebaseOptions{}); err != nil || done.Changed || done.Problems > 0 || r.state(t) != before {
		t.Errorf("got %+v, %v, %s", done, err, r.said)
	}
}

// compile has the go command compile the package with the overlay file in it. The module is the main one, as it may be
// read-only, but overlaid only outside of the module cache in use.
func (r *real) compile(t *testing.T) {
	t.Helper()
	content, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(r.folders[r.at], filepath.FromSlash(r.file)): filepath.Join(r.desk.Workspace.Root, r.path),
	}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(list, content, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", list, "./"+path.Dir(r.file))
	cmd.Dir = r.folders[r.at]
	cmd.Env = append(cmd.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	r.count["compiled"]++
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
