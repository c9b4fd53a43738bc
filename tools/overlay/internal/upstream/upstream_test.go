package upstream

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
)

// write makes files in a folder, by their names with slashes.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := inSlashes(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cache makes a module cache.
func cache(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, files)
	// The go command makes folders read-only.
	t.Cleanup(func() {
		filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				return os.Chmod(path, 0o755)
			}
			return err
		})
	})
	return folder
}

// proxy makes a module proxy of MODULE@VERSION and their files, and the go command use it.
func proxy(t *testing.T, modules map[string]map[string]string) Options {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	folder := t.TempDir()
	files, lists := map[string]string{}, map[string]string{}
	for id, content := range modules {
		module, version, _ := strings.Cut(id, "@")
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		goMod := "module " + module + "\n"
		if content["go.mod"] != "" { // that of a fork
			goMod = content["go.mod"]
		}
		content["go.mod"] = goMod
		for name, text := range content {
			f, err := w.Create(id + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte(text))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		at := Escape(module) + "/@v/" + Escape(version)
		files[at+".info"] = fmt.Sprintf(`{"Version": %q, "Time": "2024-01-01T00:00:00Z"}`, version)
		files[at+".mod"] = goMod
		files[at+".zip"] = b.String()
		lists[Escape(module)+"/@v/list"] += version + "\n"
	}
	write(t, folder, files)
	write(t, folder, lists)
	url := "file://" + filepath.ToSlash(folder)
	if !strings.HasPrefix(filepath.ToSlash(folder), "/") {
		url = "file:///" + filepath.ToSlash(folder) // on Windows
	}
	return Options{
		ModuleCaches: []string{cache(t, nil)},
		Go:           goCommand,
		Env: []string{
			"GOENV=off", "GOPROXY=" + url, "GOPRIVATE=", "GONOPROXY=", "GONOSUMDB=*", "GOSUMDB=sum.example", "GOVCS=*:off",
		},
	}
}

func notFound(t *testing.T, err error, want ...string) {
	t.Helper()
	if got := (*NotFoundError)(nil); !errors.As(err, &got) {
		t.Fatalf("got %v, want a NotFoundError", err)
	}
	for _, want := range want {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got:\n%v\nwant:\n%s", err, want)
		}
	}
}

func TestModuleInCaches(t *testing.T) {
	first := cache(t, map[string]string{
		"github.com/!burnt!sushi/toml@v1.9.0/internal/tz.go":           "nine",
		"github.com/!burnt!sushi/toml@v1.10.0/internal/tz.go":          "ten",
		"github.com/!burnt!sushi/toml@v1.10.0-!r!c1/internal/tz.go":    "candidate",
		"github.com/!burnt!sushi/toml@v1.8.0/internal/tz.go":           "nine",
		"github.com/!burnt!sushi/toml/v2@v2.0.0/internal/tz.go":        "two",
		"github.com/!burnt!sushi@v1.0.0/toml/internal/tz.go":           "outer",
		"github.com/!burnt!sushi/tomlx@v1.0.0/internal/tz.go":          "neighbour",
		"github.com/old/thing@v3.0.0+incompatible/thing.go":            "old",
		"cache/download/github.com/!burnt!sushi/toml/@v/v1.9.0.info":   "{}",
		"github.com/!burnt!sushi/toml@v1.7.0/README.md":                "no package",
		"github.com/!burnt!sushi/toml@v1.7.0/internal/another/file.go": "",
	})
	second := cache(t, map[string]string{"github.com/!burnt!sushi/toml@v1.11.0/internal/tz.go": "eleven"})
	o := Options{ModuleCaches: []string{first, filepath.Join(first, "missing"), second}}
	const toml = "github.com/BurntSushi/toml"
	for _, test := range []struct{ content, importPath, recorded, module, version string }{
		{"ten", toml + "/internal", "", toml, "v1.10.0"},
		{"nine", toml + "/internal", "", toml, "v1.9.0"},
		{"nine", toml + "/internal", "v1.8.0", toml, "v1.8.0"},
		{"nine", toml + "/internal", "v1.10.0", toml, "v1.9.0"},
		{"candidate", toml + "/internal", "v1.10.0-RC1", toml, "v1.10.0-RC1"},
		{"eleven", toml + "/internal", "", toml, "v1.11.0"},
		{"two", toml + "/v2/internal", "", toml + "/v2", "v2.0.0"},
		{"outer", toml + "/internal", "v1.0.0", "github.com/BurntSushi", "v1.0.0"},
		{"old", "github.com/old/thing", "", "github.com/old/thing", "v3.0.0+incompatible"},
	} {
		file := "tz.go"
		if test.content == "old" {
			file = "thing.go"
		}
		text := Text{ImportPath: test.importPath, File: file, Digest: digest.Of(test.content), Version: test.recorded}
		for _, module := range []string{"", test.module} {
			found, err := o.Module(context.Background(), module, text)
			if err != nil || string(found.Content) != test.content || found.Module != test.module || found.Version != test.version || found.Commit != "" {
				t.Errorf("%+v: got %q of %s@%s, %v", test, found.Content, found.Module, found.Version, err)
			}
			if content, err := os.ReadFile(found.Place); err != nil || string(content) != test.content {
				t.Errorf("%+v: %q is in its place, %v", test, content, err)
			}
		}
	}

	text := Text{ImportPath: toml + "/internal", File: "tz.go", Digest: digest.Of("neighbour")}
	_, err := o.Module(context.Background(), toml, text)
	notFound(t, err, toml+"/internal/tz.go, as it was", text.Digest,
		"\n  "+toml+"@v1.10.0 in "+first+": the file differs\n", toml+"@v1.7.0 in "+first+": has no such file\n", toml+"@v1.11.0 in "+second,
		"no go command", "go mod download "+toml+"@VERSION", `base_version = "v…"`)
	o.Offline = true
	text.Version = "v1.12.0"
	_, err = o.Module(context.Background(), toml, text)
	notFound(t, err, "offline", "\n  go mod download "+toml+"@v1.12.0")
	text.Version = "v1.9.0"
	_, err = o.Module(context.Background(), toml, text)
	notFound(t, err, `base_version = "v1.9.0" has another text`)
	if _, err = o.Module(context.Background(), "github.com/BurntSushi/tom", text); err == nil || !strings.Contains(err.Error(), "not in a package of the module") {
		t.Errorf("wrong module: got %v", err)
	}
	for _, wrong := range []string{"", "abc", "sha256:", "sha256:12", digest.Of("")[7:]} {
		if _, err = o.Module(context.Background(), "", Text{ImportPath: "a", File: "b", Digest: wrong}); err == nil || !strings.Contains(err.Error(), "64 hex digits") {
			t.Errorf("digest %q: got %v", wrong, err)
		}
	}
}

func TestModuleDownloads(t *testing.T) {
	file := func(content string) map[string]string { return map[string]string{"sub/a.go": content} }
	const module = "example.com/Things"
	o := proxy(t, map[string]map[string]string{
		module + "@v1.0.0":  file("0"),
		module + "@v1.1.0":  file("1"),
		module + "@v1.2.0":  file("2"),
		module + "@v1.10.0": file("10"),
	})
	var did []string
	o.Progress = func(doing string) { did = append(did, doing) }
	text := func(content, version string) Text {
		return Text{ImportPath: module + "/sub", File: "a.go", Digest: digest.Of(content), Version: version}
	}
	offline := o
	offline.Offline = true
	_, err := offline.Module(context.Background(), "", text("0", "v1.0.0"))
	notFound(t, err, "has no version of a module", "offline")
	if len(did) > 0 {
		t.Errorf("offline: %q", did)
	}

	// The recorded version, of a module that has to be guessed.
	found, err := o.Module(context.Background(), "", text("0", "v1.0.0"))
	if err != nil || string(found.Content) != "0" || found.Module != module || found.Version != "v1.0.0" {
		t.Fatalf("recorded: got %+v, %v", found, err)
	}
	if want := []string{"downloading " + module + "/sub@v1.0.0", "downloading " + module + "@v1.0.0"}; !slices.Equal(did, want) {
		t.Errorf("recorded: %q", did)
	}
	if found, err = offline.Module(context.Background(), "", text("0", "")); err != nil || found.Version != "v1.0.0" {
		t.Errorf("now in the cache: got %+v, %v", found, err)
	}

	// From the newest to the oldest, as far as is allowed.
	did = nil
	o.MaxDownloads = 2
	_, err = o.Module(context.Background(), "", text("1", ""))
	notFound(t, err, "1 more versions, of which v1.1.0 is the newest, were not downloaded", module+"@v1.10.0 of the module proxy: the file differs")
	if want := []string{"asking for the versions of " + module, "downloading " + module + "@v1.10.0", "downloading " + module + "@v1.2.0"}; !slices.Equal(did, want) {
		t.Errorf("none recorded: %q", did)
	}
	if found, err = o.Module(context.Background(), "", text("1", "")); err != nil || found.Version != "v1.1.0" {
		t.Errorf("those in the cache don't count: got %+v, %v", found, err)
	}

	_, err = o.Module(context.Background(), "", text("1", "v1.3.0"))
	if err != nil {
		t.Errorf("the cache has it as another version: %v", err)
	}
	_, err = o.Module(context.Background(), "", text("none", "v1.3.0"))
	notFound(t, err, module+"@v1.3.0 of the module proxy: ", "go mod download "+module+"@v1.3.0")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = o.Module(ctx, "", text("none", "")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	o.Env = append(o.Env, "GOPROXY=https://user:pass%ZZ@proxy.invalid")
	_, err = o.Module(context.Background(), "", text("none", ""))
	notFound(t, err, "GOPROXY is no URL")
	if strings.Contains(err.Error(), "pass%") {
		t.Errorf("a password is in the error: %v", err)
	}
}

// TestReplaced checks that a module is looked for where go.mod has it from, and where it was from before that.
func TestReplaced(t *testing.T) {
	const module, fork = "example.com/things", "example.com/forks/things"
	file := func(content string) map[string]string {
		return map[string]string{"sub/a.go": content, "go.mod": "module " + module + "\n"}
	}
	o := proxy(t, map[string]map[string]string{
		module + "@v1.0.0": file("0"),
		fork + "@v1.0.0":   file("fork 0"),
		fork + "@v1.1.0":   file("fork 1"),
	})
	o.Replaced = map[string]string{module: fork}
	for _, offline := range []bool{false, true} { // The second time, all are in the cache.
		o.Offline = offline
		for _, test := range []struct{ content, recorded, module, version string }{
			{"fork 1", "v1.1.0", fork, "v1.1.0"},
			{"fork 0", "v1.0.0", fork, "v1.0.0"},
			{"0", "v1.0.0", module, "v1.0.0"},
			{"fork 1", "", fork, "v1.1.0"},
			{"0", "", module, "v1.0.0"},
		} {
			text := Text{ImportPath: module + "/sub", File: "a.go", Digest: digest.Of(test.content), Version: test.recorded}
			found, err := o.Module(context.Background(), "", text)
			if err != nil || string(found.Content) != test.content || found.Module != test.module || found.Version != test.version {
				t.Errorf("%+v: got %+v, %v", test, found, err)
			}
		}
	}
	o.Offline = false
	_, err := o.Module(context.Background(), "", Text{ImportPath: module + "/sub", File: "a.go", Digest: digest.Of("none"), Version: "v1.2.0"})
	notFound(t, err, fork+"@v1.2.0 of the module proxy", module+"@v1.2.0 of the module proxy", "go mod download "+fork+"@v1.2.0")
}

func TestStd(t *testing.T) {
	platform := gosdk.Platform{GOOS: "plan9", GOARCH: "386"}
	const file = "src/net/http/request.go"
	sdk := func(version, content string) map[string]string {
		return map[string]string{"VERSION": "go" + version + "\ntime 2024-01-01T00:00:00Z\n", file: content}
	}
	o := proxy(t, map[string]map[string]string{
		toolchain + "@v0.0.1-go1.24.1.plan9-386": sdk("1.24.1", "24"),
	})
	o.Platform = platform
	root := t.TempDir()
	write(t, root, sdk("1.26.8", "26"))
	o.SDKs = []string{root}
	write(t, o.ModuleCaches[0], map[string]string{
		"golang.org/toolchain@v0.0.1-go1.22.0.linux-amd64/VERSION": "go1.22.0",
		"golang.org/toolchain@v0.0.1-go1.22.0.linux-amd64/" + file: "22",
		"golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64/VERSION": "go1.22.1",
		"golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64/" + file: "22",
	})
	text := func(content, version string) Text {
		return Text{ImportPath: "net/http", File: "request.go", Digest: digest.Of(content), Version: version}
	}
	offline := o
	offline.Offline = true
	_, err := offline.Std(context.Background(), text("24", "1.24.1"))
	notFound(t, err, "the SDK 1.26.8 in "+root+": the file differs", "offline", "\n  go mod download golang.org/toolchain@v0.0.1-go1.24.1.plan9-386")
	for _, test := range []struct{ content, recorded, version string }{
		{"26", "", "1.26.8"},
		{"22", "", "1.22.1"},
		{"22", "1.22.0", "1.22.0"},
		{"22", "1.26.8", "1.22.1"},
		{"24", "go1.24.1", "1.24.1"},
		{"24", "", "1.24.1"}, // now in the cache
	} {
		found, err := o.Std(context.Background(), text(test.content, test.recorded))
		if err != nil || string(found.Content) != test.content || found.Version != test.version || found.Module != "" {
			t.Errorf("%+v: got %+v, %v", test, found, err)
		}
	}
	_, err = o.Std(context.Background(), text("20", "1.22.0"))
	notFound(t, err, `base_version = "1.22.0" has another text`)
	_, err = o.Std(context.Background(), text("20", ""))
	notFound(t, err, `base_version = "1.…"`)
	_, err = o.Std(context.Background(), text("20", "1.20.1"))
	notFound(t, err, "toolchain@v0.0.1-go1.20.1.plan9-386 of the module proxy: ")
}

func runGit(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd, err := git.Command(context.Background(), folder, args...)
	if err != nil {
		t.Skip(err)
	}
	git.Isolated(cmd, filepath.Dir(folder))
	cmd.Env = append(cmd.Env, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	output, err := git.Output(context.Background(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(output))
}

func TestFirstParty(t *testing.T) {
	folder := t.TempDir()
	runGit(t, folder, "init", "-q", "-b", "main")
	body := "package p\n\n" + strings.Repeat("// line\n", 20)
	commits := map[string]string{}
	commit := func(name, file, content string) {
		write(t, folder, map[string]string{file: content})
		runGit(t, folder, "add", "-A")
		runGit(t, folder, "commit", "-q", "-m", name)
		commits[name] = runGit(t, folder, "rev-parse", "HEAD")
	}
	commit("first", "p/old name.go", body+"// 1\n")
	commit("second", "p/old name.go", body+"// 2\n")
	if err := os.Remove(filepath.Join(folder, "p", "old name.go")); err != nil {
		t.Fatal(err)
	}
	commit("renamed", "p/new.go", body+"// 2\n")
	commit("back", "p/new.go", body+"// 1\n")
	runGit(t, folder, "checkout", "-q", "-b", "side")
	commit("side", "p/new.go", body+"// side\n")
	runGit(t, folder, "checkout", "-q", "-b", "lost", "main")
	commit("lost", "p/new.go", body+"// lost\n")
	runGit(t, folder, "merge", "-q", "-s", "ours", "-m", "merge", "side")
	commits["merge"] = runGit(t, folder, "rev-parse", "HEAD")
	commit("last", "p/new.go", body+"// last\n")
	runGit(t, folder, "branch", "-q", "-f", "main")
	runGit(t, folder, "checkout", "-q", "-b", "another")
	commit("another", "p/new.go", body+"// another\n")
	runGit(t, folder, "checkout", "-q", "main")

	for name, value := range map[string]string{
		"GIT_CONFIG_COUNT": "0",
		"GIT_DIR":          filepath.Join(folder, "elsewhere"),
	} {
		t.Setenv(name, value)
	}
	for name, setting := range map[string]string{"color.ui": "always", "log.showRoot": "false", "log.showSignature": "true", "format.pretty": "oneline", "diff.noprefix": "true", "log.decorate": "full"} {
		runGit(t, folder, "config", name, setting)
	}
	text := func(content string) Text { return Text{File: "//p:new.go", Digest: digest.Of(content)} }
	for _, test := range []struct{ content, commit string }{
		{body + "// last\n", "last"},
		{body + "// lost\n", "merge"},
		{body + "// side\n", "side"},
		{body + "// 1\n", "back"},
		{body + "// 2\n", "renamed"},
		{body + "// another\n", "another"},
		{strings.ReplaceAll(body+"// lost\n", "\n", "\r\n"), "merge"},
	} {
		found, err := Options{}.FirstParty(context.Background(), folder, "p/new.go", text(test.content))
		if err != nil || string(found.Content) != test.content || found.Commit != commits[test.commit] {
			t.Errorf("%s: got %q of %s, %v, want %s", test.commit, found.Content, found.Commit, err, commits[test.commit])
		}
		if found.Place != folder || found.Version != "" {
			t.Errorf("%s: got %+v", test.commit, found)
		}
	}
	if found, err := (Options{Offline: true}).FirstParty(context.Background(), filepath.Join(folder, "p"), "new.go", text(body+"// 1\n")); err != nil || found.Commit != commits["back"] {
		t.Errorf("in a folder: got %+v, %v", found, err)
	}

	_, err := Options{}.FirstParty(context.Background(), folder, "p/new.go", text("never"))
	notFound(t, err, "//p:new.go, as it was", "the history of the current branch in "+folder+": ", "versions of p/new.go, which all differ", "git fetch --unshallow")
	_, err = Options{}.FirstParty(context.Background(), folder, "p/missing.go", text("never"))
	notFound(t, err, "0 versions of p/missing.go")
	outside := t.TempDir()
	_, err = Options{}.FirstParty(context.Background(), outside, "new.go", text("never"))
	notFound(t, err, "not a git repository")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = (Options{}).FirstParty(ctx, folder, "p/new.go", text("never")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	t.Setenv("PATH", outside)
	_, err = Options{}.FirstParty(context.Background(), folder, "p/new.go", text("never"))
	notFound(t, err, "install git")
	if missing := (*git.MissingError)(nil); !errors.As(err, &missing) {
		t.Errorf("no git: got %v", err)
	}
}

func TestVersions(t *testing.T) {
	want := []string{"v2.0.0+incompatible", "v1.10.0", "v1.10.0-rc.10", "v1.10.0-rc.2", "v1.10.0-rc", "v1.10.0-1", "v1.9.3", "v1.9.3-0.20240101000000-abcdefabcdef", "v1.9.2", "v0.0.0-20240101000000-abcdefabcdef", "v0.0.0-20230101000000-abcdefabcdef"}
	got := slices.Clone(want)
	slices.Reverse(got)
	newestFirst(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for text, want := range map[string]string{"github.com/BurntSushi": "github.com/!burnt!sushi", "v1.0.0-RC1": "v1.0.0-!r!c1", "": ""} {
		if got := Escape(text); got != want || unescape(got) != text {
			t.Errorf("%q: got %q, and back %q", text, got, unescape(got))
		}
	}
}
