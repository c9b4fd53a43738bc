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
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/internal/bazeltest"
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
		Limits: []Limit{
			{Subject: "overlay", Metric: "time", Max: 1.15, OfReference: true},
			{Subject: "overlay", Metric: "actions", Max: 3},
			{Subject: "limit", Metric: "actions", Max: 3},
		},
		Subjects: []Subject{
			{Name: "limit", Samples: map[string][]float64{"time": reference}},
			{Name: "overlay", Samples: map[string][]float64{"time": subject, "actions": counts}},
		},
	}
}

var (
	steady = []float64{1, 1, 1, 1, 1, 1}
	slower = []float64{1.1, 1.12, 1.1, 1.13, 1.1, 1.11}
)

func TestPrint(t *testing.T) {
	var out strings.Builder
	if err := testComparison(steady, slower, 4).print(&out); err != nil {
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

`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestPrintFew(t *testing.T) {
	var out strings.Builder
	if err := testComparison([]float64{1}, []float64{2}, 4).print(&out); err != nil {
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

// unlimited returns a comparison that has no limits any more.
func unlimited(c *Comparison) *Comparison {
	c.Limits = nil
	return c
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
	comparison := func(reference, subject []float64, actions float64) *Comparison {
		return unlimited(testComparison(reference, subject, actions))
	}
	base := comparison(steady, steady, 4)
	varying := comparison(steady, steady, 4)
	varying.Subjects[1].Samples["actions"] = []float64{4, 4, 4, 4, 4, 5}
	other := comparison(steady, times(steady, 0.5), 4)
	other.Reference = "overlay"
	for _, test := range []struct {
		name     string
		old, new *Comparison
		cpus     int // of the new machine; the old one has 2
		worse    bool
		says     string
	}{
		{"same", base, base, 2, false, "~"},
		{"slower", base, comparison(steady, slower, 4), 2, true, "+10.50%"},
		{"faster", comparison(steady, slower, 4), base, 2, false, "-9.50%"},
		{"within the threshold", base, comparison(steady, []float64{1.02, 1.03, 1.02, 1.02, 1.02, 1.03}, 4), 2, false, "+2.00%"},
		{"by chance", comparison(steady, []float64{1, 2, 1, 2, 1, 2}, 4), comparison(steady, []float64{2, 1, 2, 1, 2, 2}, 4), 2, false, "~"},
		{"slower machine", base, comparison(times(steady, 2), times(steady, 2), 4), 4, false, "not compared, as the environments differ in cpus (2, 4)."},
		{"slower reference", base, comparison(slower, steady, 4), 2, true, "edit: limit, time "},
		{"slower reference of another machine", base, comparison(slower, steady, 4), 4, false, "-9.50%"},
		{"another reference", base, other, 2, false, "not measured any more"},
		{"more actions", base, comparison(steady, steady, 5), 4, true, "+25.00%"},
		{"varying actions", base, varying, 2, false, "exact distribution expected, but values range from 4 to 5"},
		{"too few to tell", comparison(few(steady), few(steady), 4), comparison(few(steady), []float64{2, 2.1, 2.2}, 4), 2, false, "need >= 4 samples"},
		{"too few for intervals", base, comparison(few(steady), few(steady), 4), 2, false, "need >= 6 samples for confidence interval"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			err := compareReports(&out,
				&Report{Environment: Environment{CPUs: 2}, Comparisons: []*Comparison{test.old}},
				&Report{Environment: Environment{CPUs: test.cpus}, Comparisons: []*Comparison{test.new}}, 5)
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
	base := unlimited(testComparison(steady, steady, 4))
	gone := unlimited(testComparison(steady, steady, 4))
	gone.Subjects = nil
	other := unlimited(testComparison(steady, steady, 4))
	other.Name = "other"
	for _, new := range []*Comparison{gone, other} {
		var out strings.Builder
		err := compareReports(&out, &Report{Comparisons: []*Comparison{base}}, &Report{Comparisons: []*Comparison{new}}, 5)
		if err == nil || err.Error() != "the reports have nothing in common" {
			t.Errorf("got error %v", err)
		}
		if want := "not measured any more"; strings.Count(out.String(), want) != 3 {
			t.Errorf("does not say %q three times:\n%s", want, &out)
		}
	}
}

// TestCompareLimits checks that a limit of the new report counts, if nothing got worse, too.
func TestCompareLimits(t *testing.T) {
	missed := &Report{Comparisons: []*Comparison{testComparison(steady, steady, 4)}}
	kept := &Report{Comparisons: []*Comparison{testComparison(steady, steady, 3)}}
	const says = "edit: actions of overlay is to be at most 3: 4, MISSED.\n"
	for _, test := range []struct {
		old, new      *Report
		worse, missed bool
	}{
		{kept, kept, false, false},
		{missed, kept, false, false},
		{missed, missed, false, true},
		{kept, missed, true, true},
	} {
		var out strings.Builder
		err := compareReports(&out, test.old, test.new, 5)
		if errors.Is(err, errWorse) != test.worse || errors.Is(err, errMissed) != test.missed {
			t.Errorf("got error %v, want one of something worse: %t, of a limit: %t", err, test.worse, test.missed)
		}
		if strings.Contains(out.String(), says) != test.missed || strings.Contains(out.String(), "kept") {
			t.Errorf("says %q: %t, want %t:\n%s", says, !test.missed, test.missed, &out)
		}
	}
}

// TestDifferences checks that each field counts whose change changes times, and no other.
func TestDifferences(t *testing.T) {
	old := Environment{Commit: "a", Go: "go1", Bazel: "7", RulesGo: "0.50", OS: "linux", Arch: "amd64", CPUs: 2}
	new := old
	new.Commit, new.Date = "b", time.Now()
	if got := old.differences(new); got != nil {
		t.Errorf("another commit: got %v", got)
	}
	new = Environment{Go: "go2", Bazel: "8", RulesGo: "0.60", OS: "darwin", Arch: "arm64", CPUs: 4}
	want := "os (linux, darwin), arch (amd64, arm64), cpus (2, 4), go (go1, go2), bazel (7, 8), rules_go (0.50, 0.60)"
	if got := strings.Join(old.differences(new), ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	want := &Report{Version: reportVersion, Comparisons: []*Comparison{testComparison(steady, slower, 4)}}
	if err := want.write(file); err != nil {
		t.Fatal(err)
	}
	got, err := readReport(file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}

	want.Version++
	if err := want.write(file); err != nil {
		t.Fatal(err)
	}
	if _, err := readReport(file); err == nil || !strings.Contains(err.Error(), "has version 2 of the schema, expected 1") {
		t.Errorf("of another version: got error %v", err)
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
		{"compare", "old.json"},
		{"compare", "-threshold", "-1", "old.json", "new.json"},
	} {
		if err := run(t.Context(), &strings.Builder{}, args); err == nil || !strings.HasPrefix(err.Error(), "usage: ") {
			t.Errorf("%v: got error %v, want usage", args, err)
		}
	}
}
