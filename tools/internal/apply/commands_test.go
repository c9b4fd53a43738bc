package apply

import (
	"os/exec"
	"runtime"
	"testing"
)

func TestCommandsSuitTheShell(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for _, test := range []struct{ command, want string }{
		{
			buildozer("hash.go", "sha256:0", "//overlays:uuid"),
			"<dict_set base hash.go:sha256:0><//overlays:uuid>",
		},
		{
			buildozer("it's a name.go", "sha256:0", "@@gazelle++go_deps+x//a b:it's $HOME"),
			`<dict_set base it's\ a\ name.go:sha256:0><@@gazelle++go_deps+x//a b:it's $HOME>`,
		},
		{
			copyFrom("external/gazelle++go_deps+x/hash.go", "_base/hash.go"),
			"<-f></root of it/external/gazelle++go_deps+x/hash.go><_base/hash.go>",
		},
		{
			copyFrom(`external/x/a "b" $c.go`, "~base/a `b`.go"),
			"<-f></root of it/external/x/a \"b\" $c.go><~base/a `b`.go>",
		},
	} {
		script := `bazel() { echo "/root of it"; }; cp() { printf '<%s>' "$@"; }; buildozer() { printf '<%s>' "$@"; }; ` + test.command
		got, err := exec.Command("sh", "-c", script).CombinedOutput()
		if err != nil || string(got) != test.want {
			t.Errorf("%s\ngot  %s (%v)\nwant %s", test.command, got, err, test.want)
		}
	}
}
