package desk

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

// fakeGopls puts a gopls of a version on PATH, or none if that is empty.
func fakeGopls(t *testing.T, version string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("programs of Windows are no scripts")
	}
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	t.Setenv("HOME", folder)
	t.Setenv("GOBIN", "")
	t.Setenv("GOPATH", "")
	if version == "" {
		return
	}
	script := "#!/bin/sh\necho golang.org/x/tools/gopls " + version + "\n"
	if err := os.WriteFile(filepath.Join(folder, "gopls"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func ide(t *testing.T, d *Desk, o IDEOptions, names ...string) (problems int) {
	t.Helper()
	problems, err := d.IDE(context.Background(), names, o)
	if err != nil {
		t.Fatal(err)
	}
	return problems
}

func exists(d *Desk, name string) bool {
	_, err := os.Stat(filepath.Join(d.Workspace.Root, name))
	return err == nil
}

// TestIDE checks that settings are written once, and taken out again, with the script when nothing needs it any more.
func TestIDE(t *testing.T) {
	fakeGopls(t, "v0.21.1")
	const others = "// Ours.\n{\n\t\"a\": 1, // one\n}\n"
	d, out, _ := fakeDesk(t, moduleFiles+"-- .vscode/settings.json --\n"+others)
	write, undo := IDEOptions{Write: true}, IDEOptions{Undo: true}
	if problems := ide(t, d, write, "vscode", "helix", "goland"); problems != 0 {
		t.Errorf("%d problems: %s", problems, out)
	}
	for _, want := range []string{
		".vscode/settings.json is set for VS Code\n", ".helix/languages.toml is set for Helix\n", "GoLand: ",
		"tools/overlay_gopackagesdriver.sh is what gopls asks about packages\n", "no overlay is declared; gopls is told",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("said is %q, want %q", out, want)
		}
	}
	settings := read(t, d, ".vscode/settings.json")
	for _, want := range []string{"// Ours.\n", "// one\n", `"GOPACKAGESDRIVER": "${workspaceFolder}/tools/overlay_gopackagesdriver.sh"`, `"-bazel-workspace"`} {
		if !strings.Contains(settings, want) {
			t.Errorf("settings are %s, want %s", settings, want)
		}
	}
	if strings.Contains(settings, d.Workspace.Root) {
		t.Errorf("settings have a path of the machine: %s", settings)
	}
	info, err := os.Stat(filepath.Join(d.Workspace.Root, driverScript))
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the script: %v, %v", info, err)
	}

	out.Reset()
	ide(t, d, write) // By the settings that are there.
	if want := ".vscode/settings.json has all that VS Code needs already\n"; !strings.Contains(out.String(), want) || read(t, d, ".vscode/settings.json") != settings {
		t.Errorf("said is %q, want %q", out, want)
	}

	ide(t, d, undo, "vscode")
	if got := read(t, d, ".vscode/settings.json"); got != others || !exists(d, driverScript) {
		t.Errorf("settings are %s, and the script is there: %v", got, exists(d, driverScript))
	}
	ide(t, d, undo)
	if exists(d, ".helix") || exists(d, "tools") || !exists(d, ".vscode") {
		t.Error("what was written for Helix, or the script, is there still, or what was not written is not")
	}
}

// TestIDEChanged checks that what users have changed stays, and is told.
func TestIDEChanged(t *testing.T) {
	fakeGopls(t, "v0.21.1")
	d, out, _ := fakeDesk(t, moduleFiles+"-- tools/overlay_gopackagesdriver.sh --\nmine\n-- .vscode/settings.json --\n"+`{"go.toolsEnvVars": {"GOPACKAGESDRIVER": "tools/gopackagesdriver.sh"}}`+"\n")
	for _, o := range []IDEOptions{{Write: true}, {Undo: true}} {
		out.Reset()
		if problems := ide(t, d, o, "vscode"); problems != 2 {
			t.Errorf("%d problems, want 2: %s", problems, out)
		}
		for _, want := range []string{".vscode/settings.json: line 1 has another GOPACKAGESDRIVER of go.toolsEnvVars", driverScript + " has another text than is written, and stays as it is\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("said is %q, want %q", out, want)
			}
		}
		if got := read(t, d, driverScript); got != "mine\n" {
			t.Errorf("the script is %s", got)
		}
	}
	if got, want := read(t, d, ".vscode/settings.json"), `{"go.toolsEnvVars": {"GOPACKAGESDRIVER": "tools/gopackagesdriver.sh"}}`+"\n"; got != want {
		t.Errorf("settings are %s, want %s", got, want)
	}
}

// TestIDEErrors checks that nothing is changed where something is wrong.
func TestIDEErrors(t *testing.T) {
	for _, test := range []struct {
		gopls, files, want string
		o                  IDEOptions
		names              []string
	}{
		{"", "", "gopls is neither on PATH nor where the go command installs it; editors need v0.18.0 or newer, as older ones don't read packages again when BUILD files change\ngo install golang.org/x/tools/gopls@latest", IDEOptions{Write: true}, []string{"vscode"}},
		{"v0.17.1", "", "/gopls is v0.17, and v0.18.0 is needed: ", IDEOptions{Write: true}, []string{"helix"}},
		{"v0.21.1", "", `"vscod" is no editor that is known: those are vscode, goland, neovim, helix; did you mean vscode?`, IDEOptions{Write: true}, []string{"vscod"}},
		{"v0.21.1", "", "no editor has settings in ", IDEOptions{Write: true}, nil},
		{"v0.21.1", "-- .vscode/settings.json --\n{\n  \"a\": 1\n  \"b\"\n}\n", `.vscode/settings.json:3: expected a comma or }, found '"'`, IDEOptions{Write: true}, []string{"helix", "vscode"}},
		{"v0.21.1", "-- .vscode/settings.json --\n{\n  \"a\": 1\n  \"b\"\n}\n", `.vscode/settings.json:3: expected a comma or }, found '"'`, IDEOptions{Undo: true}, nil},
	} {
		fakeGopls(t, test.gopls)
		d, _, _ := fakeDesk(t, moduleFiles+test.files)
		_, err := d.IDE(context.Background(), test.names, test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %s", err, test.want)
		}
		if exists(d, ".helix") || exists(d, "tools") {
			t.Errorf("%v: something is written", err)
		}
	}
}

// TestIDEPrints checks that a print changes nothing, and goes on without gopls.
func TestIDEPrints(t *testing.T) {
	fakeGopls(t, "")
	d, out, stderr := fakeDesk(t, moduleFiles)
	ide(t, d, IDEOptions{})
	for _, want := range []string{"# VS Code, in .vscode/settings.json\n", "# GoLand\n", "# Neovim, in .nvim.lua\n", "# Helix, in .helix/languages.toml\n", d.driverText()} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("said is %q, want %q", out, want)
		}
	}
	if want := "go install golang.org/x/tools/gopls@latest\n"; !strings.HasSuffix(stderr.String(), want) {
		t.Errorf("said on stderr is %q, want %q", stderr, want)
	}
	if exists(d, ".vscode") || exists(d, "tools") {
		t.Error("something is written")
	}
}

// TestIDEWithoutBazel checks that gopls asks the same script, and GoLand has what the go command needs, where that compiles.
func TestIDEWithoutBazel(t *testing.T) {
	path := os.Getenv("PATH")
	t.Setenv("GOFLAGS", "")
	fakeGopls(t, "v0.21.1")
	t.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+path)
	t.Setenv("GO_OVERLAY_SHADOW", t.TempDir())
	root := t.TempDir()
	if err := txtar.Write(txtar.Parse([]byte(`-- go.mod --
module example.com/m
-- m.go --
package m
-- overlays/_src/m.go --
package m

const Overlaid = true
-- overlays.json --
{"overlays": [{"name": "m", "importpath": "example.com/m", "srcs": ["overlays/_src/m.go"]}]}
`)), root); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	d, err := Open(root, &out, &said)
	if err != nil {
		t.Fatal(err)
	}
	ide(t, d, IDEOptions{Write: true}, "vscode", "goland")
	if got := read(t, d, ".vscode/settings.json"); !strings.Contains(got, `"GOPACKAGESDRIVER": "${workspaceFolder}/`+driverScript+`"`) || !strings.Contains(got, "overlays.json") {
		t.Errorf("settings are %s", got)
	}
	if got := read(t, d, driverScript); strings.Contains(got, "azel") || !strings.Contains(got, "exec overlay gopackagesdriver") {
		t.Errorf("the script is %s", got)
	}
	if !strings.Contains(out.String(), "GOFLAGS=-overlay=") {
		t.Errorf("GoLand is told %s", out.String())
	}
}
