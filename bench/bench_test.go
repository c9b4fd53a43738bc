package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// TestMeasure checks the orders of rounds, and that the first is not counted.
func TestMeasure(t *testing.T) {
	var order []string
	var contenders []contender
	for i, name := range []string{"a", "b", "c"} {
		contenders = append(contenders, contender{name, func(_ context.Context, round int) (sample, error) {
			order = append(order, fmt.Sprint(name, round))
			return sample{"time": float64(10*i + round)}, nil
		}})
	}
	c := &Comparison{Name: "test", Reference: "a"}
	if err := c.measure(t.Context(), 2, contenders); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, " "), "b0 c0 a0 a1 c1 b1 c2 a2 b2"; got != want {
		t.Errorf("order is %s, want %s", got, want)
	}
	for i, want := range [][]float64{{1, 2}, {11, 12}, {21, 22}} {
		if got := c.Subjects[i].Samples["time"]; !reflect.DeepEqual(got, want) {
			t.Errorf("samples of %s are %v, want %v", c.Subjects[i].Name, got, want)
		}
	}
	if got, want := c.ratios(&c.Subjects[1], "time"), []float64{11, 6}; !reflect.DeepEqual(got, want) {
		t.Errorf("ratios are %v, want %v", got, want)
	}
}

func TestMeasureError(t *testing.T) {
	broken := errors.New("broken")
	c := &Comparison{Name: "test", Reference: "a"}
	err := c.measure(t.Context(), 1, []contender{{"a", func(context.Context, int) (sample, error) { return nil, broken }}})
	if !errors.Is(err, broken) || err.Error() != "test: a: broken" {
		t.Errorf("got %v", err)
	}
}

// TestWholeRounds checks that an error leaves the rounds before, and nothing of its own.
func TestWholeRounds(t *testing.T) {
	broken := errors.New("broken")
	for fails, want := range [][]float64{nil, nil, {1}, {1, 2}} {
		var contenders []contender
		for _, name := range []string{"a", "b", "c"} {
			contenders = append(contenders, contender{name, func(_ context.Context, round int) (sample, error) {
				if round == fails && name == "c" {
					return nil, broken
				}
				return sample{"time": float64(round)}, nil
			}})
		}
		var out strings.Builder
		s := &session{stdout: &out, rounds: 5}
		c := &Comparison{Name: "test", Title: "A test", Reference: "a", Metrics: []Metric{metricTime}}
		if err := s.compare(t.Context(), c, contenders); !errors.Is(err, broken) {
			t.Errorf("round %d: got error %v", fails, err)
		}
		if isPrinted := strings.Contains(out.String(), "A test"); isPrinted != (want != nil) || len(s.comparisons) == 1 != isPrinted {
			t.Errorf("round %d: has %d comparisons, and printed %q", fails, len(s.comparisons), &out)
		}
		for _, subject := range c.Subjects {
			if got := subject.Samples["time"]; !reflect.DeepEqual(got, want) {
				t.Errorf("round %d: samples of %s are %v, want %v", fails, subject.Name, got, want)
			}
		}
	}
}

// testComparison has a subject beside the reference, which took as long in each round.
func testComparison(reference, subject []float64, actions float64) *Comparison {
	var counts []float64
	for range subject {
		counts = append(counts, actions)
	}
	return &Comparison{
		Name:      "edit",
		Title:     "An edit",
		Reference: "limit",
		Metrics:   []Metric{metricTime, metricActions},
		Subjects: []Subject{
			{Name: "limit", Samples: map[string][]float64{"time": reference}},
			{Name: "overlay", Samples: map[string][]float64{"time": subject, "actions": counts}},
		},
	}
}

// testLimits are of a testComparison.
var testLimits = []Limit{
	{"ed*", "overlay", metricTime, 1.15, "limit"},
	{"edit", "overlay", metricActions, 3, ""},
	{"edit", "limit", metricActions, 3, ""},
	{"edit", "overlay", metricTime, 0, "another"},
	{"editor", "overlay", metricTime, 0, ""},
}

var (
	steady = []float64{1, 1, 1, 1, 1, 1}
	slower = []float64{1.1, 1.12, 1.1, 1.13, 1.1, 1.11}
)

func TestPrint(t *testing.T) {
	var out strings.Builder
	if err := testComparison(steady, slower, 4).print(&out, testLimits); err != nil {
		t.Fatal(err)
	}
	want := `An edit (edit)

  time, s  median        min   max  × limit        min   max
    limit       1  ± 0%    1     1                          
  overlay   1.105  ± 2%  1.1  1.13    1.105  ± 2%  1.1  1.13

  actions  median        min  max  × limit    min  max
    limit                                             
  overlay       4  ± 0%    4    4                     
time of overlay is to be at most 1.15 × limit: 1.105, kept.
actions of overlay is to be at most 3: 4, MISSED.
actions of limit is to be at most 3: not measured.
time of overlay is to be at most 0 × another: not measured.

`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestPrintFew(t *testing.T) {
	var out strings.Builder
	if err := testComparison([]float64{1}, []float64{2}, 4).print(&out, testLimits); err != nil {
		t.Fatal(err)
	}
	if want := "(±: need >= 6 samples for confidence interval at level 0.95)\n"; strings.Count(out.String(), want) != 2 {
		t.Errorf("does not say %q for each metric:\n%s", want, &out)
	}
}

func TestFormat(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 1.23456: "1.235", 123.456: "123.5", 1234567: "1234567"} {
		if got := format(value); got != want {
			t.Errorf("%v: got %s, want %s", value, got, want)
		}
	}
}

// compareWritten compares what is read of what is written, of a machine with 2 CPUs and
// of another.
func compareWritten(t *testing.T, w io.Writer, old, new *Comparison, cpus int, limits []Limit) error {
	t.Helper()
	dir := t.TempDir()
	oldFile, newFile := filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt")
	if err := errors.Join(
		writeResults(oldFile, environment{cpus: 2, commit: "a"}, []*Comparison{old}),
		writeResults(newFile, environment{cpus: cpus, commit: "b"}, []*Comparison{new}),
	); err != nil {
		t.Fatal(err)
	}
	return compareFiles(w, oldFile, newFile, limits, 5)
}

func TestCompare(t *testing.T) {
	times := func(values []float64, factor float64) []float64 {
		var products []float64
		for _, value := range values {
			products = append(products, factor*value)
		}
		return products
	}
	few := func(values []float64) []float64 { return values[:3] }
	base := testComparison(steady, steady, 4)
	varying := testComparison(steady, steady, 4)
	varying.Subjects[1].Samples["actions"] = []float64{4, 4, 4, 4, 4, 5}
	counted := func(reference float64) *Comparison {
		c := testComparison(steady, steady, 4)
		c.Subjects[0].Samples["actions"] = times(steady, reference)
		return c
	}
	other := testComparison(steady, times(steady, 0.5), 4)
	other.Reference = "overlay"
	for _, test := range []struct {
		name     string
		old, new *Comparison
		cpus     int // of the new machine; the old one has 2
		worse    bool
		says     string
	}{
		{"same", base, base, 2, false, "3 compared, 0 worse."},
		{"slower", base, testComparison(steady, slower, 4), 2, true, "Edit/subject=overlay  time/limit  1  1.105  +10.50%  (p=0.002 n=6)  WORSE\n3 compared, 1 worse."},
		{"faster", testComparison(steady, slower, 4), base, 2, false, "3 compared, 0 worse."},
		{"within the threshold", base, testComparison(steady, []float64{1.02, 1.03, 1.02, 1.02, 1.02, 1.03}, 4), 2, false, "3 compared, 0 worse."},
		{"by chance", testComparison(steady, []float64{1, 2, 1, 2, 1, 2}, 4), testComparison(steady, []float64{2, 1, 2, 1, 2, 2}, 4), 2, false, "~"},
		{"slower machine", base, testComparison(times(steady, 2), times(steady, 2), 4), 4, false, "not compared, as the environments differ in cpu-count (2, 4)."},
		{"slower reference", base, testComparison(slower, steady, 4), 2, true, "Edit/subject=limit  sec/op  1  1.105  +10.50%"},
		{"slower reference of another machine", base, testComparison(slower, steady, 4), 4, false, "2 compared, 0 worse."},
		{"another reference", base, other, 2, false, "not measured any more"},
		{"more actions", base, testComparison(steady, steady, 5), 4, true, "+25.00%"},
		{"fewer actions of the reference", counted(4), counted(2), 4, false, "3 compared, 0 worse."},
		{"varying actions", base, varying, 2, false, "exact distribution expected, but values range from 4 to 5"},
		{"too few to tell", testComparison(few(steady), few(steady), 4), testComparison(few(steady), []float64{2, 2.1, 2.2}, 4), 2, false, "need >= 4 samples"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			err := compareWritten(t, &out, test.old, test.new, test.cpus, nil)
			if errors.Is(err, errWorse) != test.worse || (err != nil) != test.worse {
				t.Errorf("got error %v, want one: %t", err, test.worse)
			}
			if strings.Contains(out.String(), "WORSE") != test.worse {
				t.Errorf("says WORSE: %t, want %t:\n%s", !test.worse, test.worse, &out)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("does not say %q:\n%s", test.says, &out)
			}
		})
	}
}

// TestCompareGone checks that what is not measured any more does not pass silently.
func TestCompareGone(t *testing.T) {
	gone := testComparison(steady, steady, 4)
	gone.Subjects[0].Name, gone.Subjects[1].Name = "one", "two"
	other := testComparison(steady, steady, 4)
	other.Name = "other"
	for _, new := range []*Comparison{gone, other} {
		var out strings.Builder
		err := compareWritten(t, &out, testComparison(steady, steady, 4), new, 2, nil)
		if err == nil || err.Error() != "the files have nothing in common" {
			t.Errorf("got error %v", err)
		}
		if want := "not measured any more"; strings.Count(out.String(), want) != 3 {
			t.Errorf("does not say %q three times:\n%s", want, &out)
		}
	}
}

// TestCompareLimits checks that a limit counts for the new results, if nothing got worse, too.
func TestCompareLimits(t *testing.T) {
	actions := func(actions float64) *Comparison { return testComparison(steady, steady, actions) }
	const missedActions = "Edit/subject=overlay: actions of overlay is to be at most 3: 4, MISSED.\n"
	const missedTime = "Edit/subject=overlay: time of overlay is to be at most 1.15 × limit: 1.2, MISSED.\n"
	slow := testComparison(steady, []float64{1.2, 1.2, 1.2, 1.2, 1.2, 1.2}, 3)
	for _, test := range []struct {
		old, new *Comparison
		worse    bool
		missed   string
	}{
		{actions(3), actions(3), false, ""},
		{actions(4), actions(3), false, ""},
		{actions(4), actions(4), false, missedActions},
		{actions(3), actions(4), true, missedActions},
		{slow, slow, false, missedTime},
	} {
		var out strings.Builder
		err := compareWritten(t, &out, test.old, test.new, 2, testLimits)
		if errors.Is(err, errWorse) != test.worse || errors.Is(err, errMissed) != (test.missed != "") {
			t.Errorf("got error %v, want one of something worse: %t, of a limit: %q", err, test.worse, test.missed)
		}
		if _, after, _ := strings.Cut(out.String(), " worse.\n"); after != test.missed {
			t.Errorf("says %q of limits, want %q", after, test.missed)
		}
	}
}

// TestDifferences checks that each field counts whose change changes times, and no other.
func TestDifferences(t *testing.T) {
	projection, err := new(benchproc.ProjectionParser).Parse(".config", nil)
	if err != nil {
		t.Fatal(err)
	}
	differences := func(environments ...environment) string {
		var keys []benchproc.Key
		for _, e := range environments {
			keys = append(keys, projection.Project(&benchfmt.Result{Config: e.config()}))
		}
		return strings.Join(configDifferences(keys), ", ")
	}
	old := environment{commit: "a", goVersion: "go1", bazel: "7", rulesGo: "0.50", os: "linux", arch: "amd64", cpus: 2}
	same := old
	same.commit, same.date = "b", time.Now()
	if got := differences(old, same); got != "" {
		t.Errorf("another commit: got %s", got)
	}
	other := environment{goVersion: "go2", bazel: "8", rulesGo: "0.60", os: "darwin", arch: "arm64", cpus: 4}
	want := "goos (linux, darwin), goarch (amd64, arm64), cpu-count (2, 4), go (go1, go2), bazel (7, 8), rules_go (0.50, 0.60)"
	if got := differences(old, other, old); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestResults(t *testing.T) {
	c := &Comparison{
		Name:      "std_edit/http",
		Reference: "go_sdk with patches",
		Metrics:   []Metric{metricTime, metricActions, metricUpload},
		Subjects: []Subject{
			{"go_sdk with patches", map[string][]float64{"time": {2, 4}, "up": {0.5, 0}}},
			{"overlay", map[string][]float64{"time": {1, 1}, "actions": {3, 3}, "up": {12.5, 25}}},
		},
	}
	env := environment{
		date: time.Date(2026, 11, 27, 21, 12, 0, 0, time.UTC), commit: "42b330c", goVersion: "go1.26.8",
		bazel: "7.6.1", rulesGo: "0.60.0", os: "linux", arch: "amd64", cpus: 2,
	}
	var out strings.Builder
	if err := printResults(&out, env, []*Comparison{c}); err != nil {
		t.Fatal(err)
	}
	const want = `# 2026-11-27T21:12:00Z, go_overlay 42b330c

Unit sec/op better=lower
Unit time/go_sdk_with_patches better=lower
Unit actions/op better=lower
Unit actions/op assume=exact
Unit actions/go_sdk_with_patches better=lower
Unit actions/go_sdk_with_patches assume=exact
Unit up-MB/op better=lower
Unit up/go_sdk_with_patches better=lower
goos: linux
goarch: amd64
cpu-count: 2
go: go1.26.8
bazel: 7.6.1
rules_go: 0.60.0

BenchmarkStd_edit/http/subject=go_sdk_with_patches 1 2 sec/op 0.5 up-MB/op
BenchmarkStd_edit/http/subject=overlay 1 1 sec/op 0.5 time/go_sdk_with_patches 3 actions/op 12.5 up-MB/op
BenchmarkStd_edit/http/subject=go_sdk_with_patches 1 4 sec/op 0 up-MB/op
BenchmarkStd_edit/http/subject=overlay 1 1 sec/op 0.25 time/go_sdk_with_patches 3 actions/op 25 up-MB/op
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	got, err := readText(t, out.String())
	if err != nil {
		t.Fatal(err)
	}
	const overlay = "Std_edit/http/subject=overlay"
	for unit, want := range map[string][]float64{
		"sec/op":                   {1, 1},
		"time/go_sdk_with_patches": {0.5, 0.25},
		"actions/op":               {3, 3},
		"up-MB/op":                 {12.5, 25},
	} {
		if got := got.values[series{overlay, unit}]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read %v, want %v", unit, got, want)
		}
	}
	if got.isReference(overlay) || !got.isReference("Std_edit/http/subject=go_sdk_with_patches") {
		t.Error("which is the reference is lost")
	}
}

// readText reads what a file says.
func readText(t *testing.T, text string) (*results, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "results.txt")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	config, err := new(benchproc.ProjectionParser).Parse(".config", nil)
	if err != nil {
		t.Fatal(err)
	}
	return readResults(file, config)
}

func TestReadError(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"version\": 1\n}\n":                "results.txt: has no results in Go's benchmark format",
		"BenchmarkA 1 2 sec/op\nBenchmarkA 1 3\n": "results.txt:2: missing units",
	} {
		if _, err := readText(t, text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}

// TestMetrics checks that units can be told from those of ratios, and are one field each.
func TestMetrics(t *testing.T) {
	for _, metric := range []Metric{
		metricTime, metricGoList, metricGoBuild, metricActions, metricCreated, metricHeap, metricDownload, metricUpload,
		metricFiles, metricAll, metricBytes,
	} {
		if isRatioUnit(metric.GoUnit) || len(strings.Fields(metric.GoUnit)) != 1 {
			t.Errorf("%s has the unit %q", metric.Name, metric.GoUnit)
		}
		if unit := metric.ratioUnit("no overlays"); !isRatioUnit(unit) || len(strings.Fields(unit)) != 1 {
			t.Errorf("ratios of %s have the unit %q", metric.Name, unit)
		}
	}
}

// TestBenchstat checks that benchstat compares two files as they are.
func TestBenchstat(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(
		writeResults(filepath.Join(dir, "old.txt"), environment{commit: "a"}, []*Comparison{testComparison(steady, steady, 4)}),
		writeResults(filepath.Join(dir, "new.txt"), environment{commit: "b"}, []*Comparison{testComparison(steady, slower, 5)}),
	); err != nil {
		t.Fatal(err)
	}
	out, err := output(command(t.Context(), "", "go", "run", "golang.org/x/perf/cmd/benchstat",
		"old="+filepath.Join(dir, "old.txt"), "new="+filepath.Join(dir, "new.txt")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`sec/op +│ +sec/op +vs base`,
		`time/limit +│ +time/limit +vs base`,
		`Edit/subject=overlay +1\.000 ± 0% +1\.105 ± 2% +\+10\.50% \(p=0\.002 n=6\)`,
		`Edit/subject=overlay +4\.000 ± 0% +5\.000 ± 0% +\+25\.00% \(n=6\)`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("does not say %s:\n%s", want, out)
		}
	}
}

func TestChart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chart.svg")
	if err := writeChart(file, []*Comparison{testComparison(steady, slower, 4)}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "An edit", "time, s", "limit", "1.105 (1.10 ×)", "actions"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("chart does not say %q", want)
		}
	}
}

func TestBuildMetrics(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.json")
	if err := os.WriteFile(file, []byte(`{"id":{"started":{}},"started":{}}
{"id":{"buildMetrics":{}},"buildMetrics":{"actionSummary":{"actionsCreated":"12","actionsExecuted":"9","runnerCount":[{"name":"total","count":9},{"name":"disk cache hit","count":2},{"name":"internal","count":4},{"name":"linux-sandbox","count":2,"execKind":"Local"},{"name":"worker","count":1}]},"timingMetrics":{"analysisPhaseTimeInMs":"345"}}}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	metrics, err := bazeltest.ReadBuildMetrics(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := executed(metrics); got != 3 {
		t.Errorf("%d actions were executed, want 3", got)
	}
	if metrics.ActionSummary.ActionsCreated != 12 || metrics.TimingMetrics.AnalysisPhaseTimeInMs != 345 {
		t.Errorf("metrics are %+v", metrics)
	}
}

func TestMeter(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, strings.Repeat("x", 2_000_000))
	}))
	defer server.Close()
	meter, err := newMeter(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer meter.close()
	response, err := http.Post(meter.url(), "text/plain", strings.NewReader(strings.Repeat("x", 1_000_000)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	// Headers count, but are small.
	if down, up := meter.megabytes(); down < 2 || down > 2.01 || up < 1 || up > 1.01 {
		t.Errorf("%v MB down and %v MB up, want 2 and 1", down, up)
	}
}

func TestRsyncBytes(t *testing.T) {
	got, err := rsyncBytes(`Number of files: 13,046 (reg: 11,518, dir: 1,528)
Total file size: 215,325,034 bytes
Total bytes sent: 3,912,345
Total bytes received: 655

sent 3,912,345 bytes  received 655 bytes  7,826,000.00 bytes/sec`)
	if err != nil || got != 3_913_000 {
		t.Errorf("got %d, %v, want 3913000", got, err)
	}
	if _, err := rsyncBytes("Total bytes sent: 1"); err == nil || !strings.HasPrefix(err.Error(), "rsync --stats: expected ") {
		t.Errorf("without all of it: got error %v", err)
	}
}

// TestPrograms checks that the patches of the examples say what is edited.
func TestPrograms(t *testing.T) {
	for _, p := range programs {
		patched, err := p.patched("..")
		if err != nil {
			t.Fatal(err)
		}
		edited, err := p.edit([]byte(patched), 7)
		if err != nil {
			t.Fatal(err)
		}
		if want := p.in(7, p.marker); !strings.Contains(string(edited), want) {
			t.Errorf("edited patch of %s does not say %q", p.name, want)
		}
	}
}

// TestStdEdits checks that the Go of the machine has what is edited, and that what a
// compiler writes shows the text of the edit, of a body as well as of the API.
func TestStdEdits(t *testing.T) {
	goroot, err := output(command(t.Context(), "", "go", "env", "GOROOT"))
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range stdEdits {
		edited, err := edit.edited(goroot, 7)
		if err != nil {
			t.Fatal(err)
		}
		if want := edit.name + " edited in round 7"; !strings.Contains(edited, want) {
			t.Errorf("%s: edited file does not say %q", edit.name, want)
		}
	}
	for _, source := range []string{`func F(print func(string)) { print("%s") }`, `const Round = "%s"`} {
		b := &bazel{dir: t.TempDir()}
		edit := stdEdit{name: "test", importPath: "a/b", new: "package b; " + source}
		if err := edit.check(b, 7); err == nil || !strings.HasSuffix(err.Error(), "a/b.a: there is none") {
			t.Errorf("without an archive: got error %v", err)
		}
		archive := filepath.Join(b.dir, "bazel-out/k8/bin/external/rules_go+/go_overlay/stdlib_/pkg/linux_amd64/a/b.a")
		file := filepath.Join(b.dir, "b.go")
		if err := errors.Join(appendTo(file, fmt.Sprintf(edit.new, edit.text(7))), os.MkdirAll(filepath.Dir(archive), 0o755)); err != nil {
			t.Fatal(err)
		}
		if _, err := output(command(t.Context(), "", "go", "tool", "compile", "-p=a/b", "-o="+archive, file)); err != nil {
			t.Fatal(err)
		}
		if err := edit.check(b, 7); err != nil {
			t.Error(err)
		}
		if err := edit.check(b, 8); err == nil || !strings.Contains(err.Error(), `says "test edited in round 8"`) {
			t.Errorf("of another round: got error %v", err)
		}
	}
}

// TestUsage checks that mistakes are found before anything is measured.
func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"nonesuch"},
		{"-runs", "0", "edit"},
		{"edit", "all"},
		{"compare", "old.txt"},
		{"compare", "-threshold", "-1", "old.txt", "new.txt"},
	} {
		if err := run(t.Context(), &strings.Builder{}, args); err == nil || !strings.HasPrefix(err.Error(), "usage: ") {
			t.Errorf("%v: got error %v, want usage", args, err)
		}
	}
}

// TestWithoutBazel checks that what needs no Bazel does not ask for one.
func TestWithoutBazel(t *testing.T) {
	root := t.TempDir()
	if err := appendTo(filepath.Join(root, "examples/MODULE.bazel"), `bazel_dep(name = "rules_go", version = "0.60.0")`); err != nil {
		t.Fatal(err)
	}
	env, err := readEnvironment(t.Context(), root, false)
	if err != nil || env.bazel != "" || env.rulesGo != "0.60.0" {
		t.Errorf("%+v, %v", env, err)
	}
	if _, err := readEnvironment(t.Context(), root, true); err == nil {
		t.Error("there is a Bazel where none is")
	}
	for _, name := range withoutBazel {
		if benchmarks[name] == nil {
			t.Errorf("there is no benchmark %s", name)
		}
	}
}
