package gazelle

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestModule checks that MODULE.bazel has the versions that Go compiles the tests with.
func TestModule(t *testing.T) {
	content := map[string]string{}
	for _, file := range []string{"MODULE.bazel", "../go.mod", "../go.sum"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content[file] = string(data)
	}
	gazelle := regexp.MustCompile(`bazel_dep\(name = "gazelle", version = "(.*)"\)`).FindStringSubmatch(content["MODULE.bazel"])
	if gazelle == nil || !strings.Contains(content["../go.mod"], "github.com/bazelbuild/bazel-gazelle v"+gazelle[1]+"\n") {
		t.Errorf("MODULE.bazel has gazelle %q, and go.mod another version", gazelle)
	}
	tags := regexp.MustCompile(`(?s)go_deps\.module\(\s*path = "(.*?)",\s*sum = "(.*?)",\s*version = "(.*?)",\s*\)`).FindAllStringSubmatch(content["MODULE.bazel"], -1)
	for _, tag := range tags {
		if !strings.Contains(content["../go.sum"], tag[1]+" "+tag[3]+" "+tag[2]+"\n") || !strings.Contains(content["../go.mod"], tag[1]+" "+tag[3]) {
			t.Errorf("MODULE.bazel has %s %s, which go.mod and go.sum have not", tag[1], tag[3])
		}
	}
	if len(tags) == 0 {
		t.Error("found no go_deps.module")
	}
}
