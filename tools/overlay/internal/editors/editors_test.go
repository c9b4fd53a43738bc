package editors

import (
	"strings"
	"testing"
)

var need = Need{
	Env:       map[string]string{"GOPACKAGESDRIVER": Folder + "tools/driver.sh"},
	Workspace: []string{"**/BUILD", "**/*.bazel"},
	Without:   []string{"bazel-bin", "bazel-ws"},
}

// newCode is what VS Code has where there was nothing.
const newCode = `{
    "go.toolsEnvVars": {
        "GOPACKAGESDRIVER": "${workspaceFolder}/tools/driver.sh"
    },
    "gopls": {
        "build.directoryFilters": [
            "-**/node_modules",
            "-bazel-bin",
            "-bazel-ws"
        ],
        "build.workspaceFiles": [
            "**/BUILD",
            "**/*.bazel"
        ]
    }
}
`

// set sets twice what is needed, and takes it out again.
func set(t *testing.T, e Editor, before, want string) {
	t.Helper()
	got, left, err := e.Set(before, need)
	if err != nil || len(left) > 0 {
		t.Fatalf("Set: %v, %q", err, left)
	}
	if got != want {
		t.Errorf("Set makes of %q\n%q, want\n%q", before, got, want)
	}
	twice, left, err := e.Set(got, need)
	if err != nil || len(left) > 0 || twice != got {
		t.Errorf("Set a second time makes %q, leaves %q, fails by %v", twice, left, err)
	}
	after, left, err := e.Undo(got, need)
	if err != nil || len(left) > 0 || after != before {
		t.Errorf("Undo makes %q, leaves %q, fails by %v, want %q", after, left, err, before)
	}
	again, left, err := e.Undo(after, need)
	if err != nil || len(left) > 0 || again != before {
		t.Errorf("Undo a second time makes %q, leaves %q, fails by %v", again, left, err)
	}
}

// TestCode checks that the texts of users survive, and that they come back.
func TestCode(t *testing.T) {
	mine := newCode[1 : len(newCode)-len("\n}\n")]
	for _, test := range []struct{ name, before, want string }{
		{"no file", "", newCode},
		{"other settings", "{\n    \"a\": 1\n}\n", "{\n    \"a\": 1," + mine + "\n}\n"},
		{
			"comments and a trailing comma",
			"// Ours.\n{\n    // First.\n    \"a\": [1, 2], // of two\n    /* last */\n}",
			"// Ours.\n{\n    // First.\n    \"a\": [1, 2], // of two" + strings.TrimSuffix(mine, "}") + "},\n    /* last */\n}",
		},
		{
			"a comment after the last one",
			"{\n    \"a\": \"//\" // one\n}\n",
			"{\n    \"a\": \"//\", // one" + mine + "\n}\n",
		},
		{"CRLF", "{\r\n    \"a\": 1\r\n}\r\n", strings.ReplaceAll("{\n    \"a\": 1,"+mine+"\n}\n", "\n", "\r\n")},
		{"tabs", "{\n\t\"a\": 1\n}\n", strings.ReplaceAll("{\n    \"a\": 1,"+mine+"\n}\n", "    ", "\t")},
		{"two spaces", "{\n  \"a\": 1\n}\n", strings.ReplaceAll("{\n    \"a\": 1,"+mine+"\n}\n", "    ", "  ")},
		{"a byte order mark", "\ufeff{\n    \"a\": 1\n}\n", "\ufeff{\n    \"a\": 1," + mine + "\n}\n"},
		{
			"objects and lists with others",
			`{
    "gopls": {
        "directoryFilters": ["-node"], // short
        "build.workspaceFiles": [
            "**/WORKSPACE" // old
        ],
        "ui.semanticTokens": true
    },
    "go.toolsEnvVars": {"A": "b"}
}
`,
			`{
    "gopls": {
        "directoryFilters": ["-node", "-bazel-bin", "-bazel-ws"], // short
        "build.workspaceFiles": [
            "**/WORKSPACE", // old
            "**/BUILD",
            "**/*.bazel"
        ],
        "ui.semanticTokens": true
    },
    "go.toolsEnvVars": {"A": "b", "GOPACKAGESDRIVER": "${workspaceFolder}/tools/driver.sh"}
}
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) { set(t, vsCode, test.before, test.want) })
	}
}

// TestCodeEmpty checks what becomes of files that have no settings: they are not told from what is left of those that were written.
func TestCodeEmpty(t *testing.T) {
	for _, before := range []string{"\n", "{}", "{ }\n", "{\n}"} {
		got, _, err := vsCode.Set(before, need)
		if strings.TrimSpace(got) != strings.TrimSpace(newCode) || err != nil {
			t.Errorf("Set makes of %q %q, %v", before, got, err)
		}
		after, _, err := vsCode.Undo(got, need)
		if after != "" || err != nil {
			t.Errorf("Undo makes %q, %v", after, err)
		}
	}
	before := "// Only a comment."
	got, _, err := vsCode.Set(before, need)
	if want := before + "\n" + newCode; got != want || err != nil {
		t.Errorf("Set makes of a comment %q, %v", got, err)
	}
}

// TestCodeForeign checks that settings of other values stay, and are told.
func TestCodeForeign(t *testing.T) {
	before := "{\n    \"go.toolsEnvVars\": {\n        \"GOPACKAGESDRIVER\": \"other\"\n    }\n}\n"
	got, left, err := vsCode.Set(before, need)
	if err != nil || len(left) != 1 || !strings.Contains(left[0], "line 3 has another GOPACKAGESDRIVER") || !strings.Contains(got, `"other"`) {
		t.Errorf("Set makes %q, leaves %q, %v", got, left, err)
	}
	after, left, err := vsCode.Undo(got, need)
	if err != nil || len(left) != 1 || after != before {
		t.Errorf("Undo makes %q, leaves %q, %v", after, left, err)
	}
}

// TestCodeUndoChanged checks that what users have added to what was written stays.
func TestCodeUndoChanged(t *testing.T) {
	edited := strings.Replace(newCode, `            "-bazel-ws"`, "            \"-bazel-ws\", // the link\n            \"-third_party\"", 1)
	edited = strings.Replace(edited, `    "gopls": {`, "    \"gopls\": {\n        // Ours.", 1)
	after, left, err := vsCode.Undo(edited, need)
	want := `{
    "gopls": {
        // Ours.
        "build.directoryFilters": [
            "-**/node_modules",
            // the link
            "-third_party"
        ]
    }
}
`
	if err != nil || len(left) > 0 || after != want {
		t.Errorf("Undo makes\n%s, leaves %q, %v, want\n%s", after, left, err, want)
	}
}

// TestDamaged checks that damaged settings are errors with the line.
func TestDamaged(t *testing.T) {
	for _, test := range []struct {
		editor     Editor
		text, want string
	}{
		{vsCode, "{\n    \"a\": 1\n    \"b\": 2\n}", `.vscode/settings.json:3: expected a comma or }, found '"'`},
		{vsCode, "{\n    \"a\": 1,\n", `.vscode/settings.json:3: expected a name in "" or }, found the end of the file`},
		{vsCode, "{\n    a: 1,\n", `.vscode/settings.json:2: expected a name in "" or }, found 'a'`},
		{vsCode, "{\n    \"a\": hello\n}", `.vscode/settings.json:2: expected a value, found 'h'`},
		{vsCode, "{\n    \"a\" 1\n}", `.vscode/settings.json:2: expected a colon, found '1'`},
		{vsCode, "{\n    \"a\n}", `.vscode/settings.json:2: a string has no end`},
		{vsCode, "{\n/* \n}", `.vscode/settings.json:2: a comment has no end`},
		{vsCode, "{}\n]", `.vscode/settings.json:2: expected nothing more, found ']'`},
		{vsCode, "\n[]", `.vscode/settings.json:2: expected settings in { }`},
		{vsCode, "{\n    \"gopls\": 1\n}", `.vscode/settings.json:2: gopls is no object: expected settings in { }`},
		{vsCode, "{\"gopls\": {\n\"build.workspaceFiles\": 1}\n}", `.vscode/settings.json:2: build.workspaceFiles of gopls is no list: expected values in [ ]`},
		{vsCode, strings.Repeat("[", 2000), `.vscode/settings.json:1: more than 1000 values are in each other`},
		{helix, "a = 1\n# overlay ide: begin\nb = 1\n", `.helix/languages.toml:2: "# overlay ide: begin" without a line "# overlay ide: end" after it`},
		{neovim, "-- overlay ide: end\n", `.nvim.lua:1: "-- overlay ide: end" without a line "-- overlay ide: begin" before it`},
	} {
		for name, do := range map[string]func(string, Need) (string, []string, error){"Set": test.editor.Set, "Undo": test.editor.Undo} {
			if name == "Undo" && strings.Contains(test.text, "\n[]") {
				continue
			}
			if _, _, err := do(test.text, need); err == nil || err.Error() != test.want {
				t.Errorf("%s of %q: %v, want %s", name, test.text, err, test.want)
			}
		}
	}
}

const newHelix = `# overlay ide: begin
[language-server.gopls.environment]
GOPACKAGESDRIVER = "tools/driver.sh"

[language-server.gopls.config]
"build.directoryFilters" = ["-**/node_modules", "-bazel-bin", "-bazel-ws"]
"build.workspaceFiles" = ["**/BUILD", "**/*.bazel"]
# overlay ide: end
`

const newNeovim = `-- overlay ide: begin
vim.lsp.config('gopls', {
  cmd_env = {
    GOPACKAGESDRIVER = vim.fn.getcwd() .. "/tools/driver.sh",
  },
  settings = {
    gopls = {
      ["build.directoryFilters"] = {"-**/node_modules", "-bazel-bin", "-bazel-ws"},
      ["build.workspaceFiles"] = {"**/BUILD", "**/*.bazel"},
    },
  },
})
-- overlay ide: end
`

func TestBlocks(t *testing.T) {
	for _, test := range []struct {
		editor                 Editor
		others, text, foreign  string
		wantForeign, wantOther string
	}{
		{helix, "[[language]]\nname = \"go\"\n", newHelix, "a = 1\n[language-server.gopls]\ncommand = \"gopls\"\n", "line 2 has settings of gopls already", "GOPACKAGESDRIVER"},
		{neovim, "vim.o.number = true\n", newNeovim, "local a = 1\nreturn a\n", "line 2 ends the file by return", "cmd_env"},
	} {
		set(t, test.editor, "", test.text)
		set(t, test.editor, test.others, test.others+"\n"+test.text)
		crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
		set(t, test.editor, crlf(test.others), crlf(test.others+"\n"+test.text))
		got, left, err := test.editor.Set(test.foreign, need)
		if err != nil || got != test.foreign || len(left) != 1 || !strings.HasPrefix(left[0], test.wantForeign) {
			t.Errorf("Set makes of %q %q, leaves %q, %v", test.foreign, got, left, err)
		}
		changed := strings.Replace(test.text, test.wantOther, "OTHER", 1)
		for name, do := range map[string]func(string, Need) (string, []string, error){"Set": test.editor.Set, "Undo": test.editor.Undo} {
			got, left, err := do(changed, need)
			if err != nil || got != changed || len(left) != 1 || !strings.HasPrefix(left[0], "line 1 begins what overlay ide has written, and was changed since") {
				t.Errorf("%s makes of a changed block %q, leaves %q, %v", name, got, left, err)
			}
		}
	}
}

// TestWithoutBazel checks what editors need where the go command compiles.
func TestWithoutBazel(t *testing.T) {
	need := Need{Env: map[string]string{"GOWORK": "/cache/go.work", "GOTOOLCHAIN": "local"}, Go: map[string]string{"GOWORK": "/cache/go.work", "GOTOOLCHAIN": "local"}}
	for name, want := range map[string]string{
		"vscode": `{
    "go.toolsEnvVars": {
        "GOTOOLCHAIN": "local",
        "GOWORK": "/cache/go.work"
    }
}
`,
		"goland": "In Settings, Go, Go Modules, Environment, set:\nGOTOOLCHAIN=local\nGOWORK=/cache/go.work\n",
		"helix":  "[language-server.gopls.environment]\nGOTOOLCHAIN = \"local\"\nGOWORK = \"/cache/go.work\"\n",
		"neovim": "vim.lsp.config('gopls', {\n  cmd_env = {\n    GOTOOLCHAIN = \"local\",\n    GOWORK = \"/cache/go.work\",\n  },\n})\n",
	} {
		if got := Named(name).Text(need); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
