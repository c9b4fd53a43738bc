package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

func TestContains(t *testing.T) {
	const why = "its name is for another platform (linux/amd64)"
	file := func(name string, change record.Change, leftOut string) record.File {
		return record.File{Name: name, Change: change, LeftOut: leftOut, Overlays: []string{"@@//:x"}}
	}
	for _, test := range []struct {
		name  string
		files []record.File
		want  string // a line
	}{
		{"all is there", []record.File{file("a.go", record.Added, "")}, "exit 0"},
		{"options only", nil, "exit 0"},
		{"an added file is not", []record.File{file("a.go", record.Replaced, ""), file("b_windows.go", record.Added, why)},
			"  Go leaves b_windows.go (added) out of package example.com/p: " + why + "."},
		{"nothing is there", []record.File{file("b_windows.go", record.Replaced, why)},
			"  Go leaves b_windows.go (replaced) out of package example.com/p: " + why + "."},
		{"other platforms have more of it", []record.File{file("a.go", record.Patched, ""), file("b_windows.go", record.Patched, why)}, "exit 0"},
		{"each platform has its own", []record.File{file("a.go", record.Added, ""), {Name: "b.go", Change: record.Added, LeftOut: why, Instead: "a.go", Overlays: []string{"@@//:x"}}}, "exit 0"},
		{"another overlay's", []record.File{{Name: "a.go", Change: record.Added, LeftOut: why, Overlays: []string{"@@//:other"}}}, "exit 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path, out := filepath.Join(dir, "record.json"), filepath.Join(dir, "test.sh")
			data, err := record.Marshal(record.Record{ImportPath: "example.com/p", Files: test.files})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
			// A package that is compiled twice is told of once.
			o := ContainsOptions{Target: "@@//:app", Overlays: []string{"@@//:x"}, Records: []string{path, path}, Out: out}
			if err := Contains(o); err != nil {
				t.Fatal(err)
			}
			script, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count("\n"+string(script), "\n"+test.want+"\n") != 1 {
				t.Errorf("got:\n%s\nwant once: %s", script, test.want)
			}
			if test.want != "exit 0" && !strings.Contains(string(script), "\nexit 1\n") {
				t.Errorf("the test does not fail:\n%s", script)
			}
		})
	}
}
