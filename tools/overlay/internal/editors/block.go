package editors

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// A block edits a text by a part of it that is its own, between two comments, at the end.
type block struct {
	comment string // what comments begin with
	content func(Need) string
	// foreign matches what else the text may not have, and why says so.
	foreign *regexp.Regexp
	why     string
}

const (
	blockBegin = " overlay ide: begin"
	blockEnd   = " overlay ide: end"
)

func (b block) text(need Need) string {
	return b.comment + blockBegin + "\n" + b.content(need) + b.comment + blockEnd + "\n"
}

// find returns where the block is in a text of lines that end in \n.
func (b block) find(text string) (start, end int, ok bool, err error) {
	begin, last := b.comment+blockBegin+"\n", b.comment+blockEnd+"\n"
	start = lineIndex(text, begin)
	if start < 0 {
		if end := lineIndex(text, last); end >= 0 {
			return 0, 0, false, &damage{lineOf(text, end), fmt.Sprintf("%q without a line %q before it", strings.TrimSpace(last), strings.TrimSpace(begin))}
		}
		return 0, 0, false, nil
	}
	length := lineIndex(text[start:], last)
	if length < 0 {
		return 0, 0, false, &damage{lineOf(text, start), fmt.Sprintf("%q without a line %q after it", strings.TrimSpace(begin), strings.TrimSpace(last))}
	}
	return start, start + length + len(last), true, nil
}

// lineIndex returns where a text has a line, or -1.
func lineIndex(text, line string) int {
	if strings.HasPrefix(text, line) {
		return 0
	}
	if i := strings.Index(text, "\n"+line); i >= 0 {
		return i + 1
	}
	return -1
}

func (b block) set(text string, need Need) (string, []string, error) {
	return b.edit(text, func(text string) (string, []string, error) {
		start, end, ok, err := b.find(text)
		switch {
		case err != nil:
			return "", nil, err
		case ok && text[start:end] == b.text(need):
			return text, nil, nil
		case ok:
			return text, []string{fmt.Sprintf("line %d begins what overlay ide has written, and was changed since; it stays. Take it out, and run the command again, for what it would be now", lineOf(text, start))}, nil
		}
		if at := b.foreign.FindStringIndex(text); at != nil {
			return text, []string{fmt.Sprintf("line %d %s", lineOf(text, at[0]), b.why)}, nil
		}
		if text != "" {
			text += "\n"
		}
		return text + b.text(need), nil, nil
	})
}

func (b block) undo(text string, need Need) (string, []string, error) {
	return b.edit(text, func(text string) (string, []string, error) {
		start, end, ok, err := b.find(text)
		switch {
		case err != nil || !ok:
			return text, nil, err
		case text[start:end] != b.text(need):
			return text, []string{fmt.Sprintf("line %d begins what overlay ide has written, and was changed since, so it stays", lineOf(text, start))}, nil
		}
		return strings.TrimSuffix(text[:start], "\n") + text[end:], nil, nil
	})
}

// edit has a text edited as one whose lines end in \n, also the last one.
func (b block) edit(text string, do func(string) (string, []string, error)) (string, []string, error) {
	newline := newlineOf(text)
	unix := strings.ReplaceAll(text, "\r\n", "\n")
	if unix != "" && !strings.HasSuffix(unix, "\n") {
		unix += "\n"
	}
	changed, left, err := do(unix)
	if err != nil || changed == unix {
		return text, left, err
	}
	return strings.ReplaceAll(changed, "\n", newline), left, nil
}

// quoted returns a string as TOML and Lua have it, and JSON, too.
func quoted(s string) string {
	content, err := json.Marshal(s)
	if err != nil {
		panic(err) // Strings can be written.
	}
	return string(content)
}

// list returns strings between brackets.
func list(values []string, prefix, brackets string) string {
	var all []string
	for _, value := range values {
		all = append(all, quoted(prefix+value))
	}
	return brackets[:1] + strings.Join(all, ", ") + brackets[1:]
}

// filters returns what gopls leaves out: what it does by default, and more.
func filters(need Need) []string {
	all := []string{strings.TrimPrefix(defaultFilter, "-")}
	return append(all, need.Without...)
}

var helix = Editor{
	Name: "helix", Title: "Helix", Marks: []string{".helix"}, File: ".helix/languages.toml",
	Text: func(need Need) string { return helixBlock.content(need) },
	edit: helixBlock,
}

var helixBlock = block{
	comment: "#",
	content: func(need Need) string {
		text := "[language-server.gopls.environment]\n"
		for _, name := range names(need.Env) {
			text += name + " = " + quoted(inFolder(need.Env[name], "")) + "\n"
		}
		if len(need.Without)+len(need.Workspace) > 0 {
			text += "\n[language-server.gopls.config]\n"
		}
		if len(need.Without) > 0 {
			text += `"build.directoryFilters" = ` + list(filters(need), "-", "[]") + "\n"
		}
		if len(need.Workspace) > 0 {
			text += `"build.workspaceFiles" = ` + list(need.Workspace, "", "[]") + "\n"
		}
		return text
	},
	foreign: regexp.MustCompile(`(?m)^\s*\[*\s*"?language-server\b.*gopls|^\s*gopls\b`),
	why:     "has settings of gopls already, and TOML allows no second table: add what overlay ide helix prints by hand",
}

var neovim = Editor{
	Name: "neovim", Title: "Neovim", Marks: []string{".nvim.lua"}, File: ".nvim.lua",
	Note: "It needs Neovim 0.11 or newer, with the option exrc, and :trust for the file.",
	Text: func(need Need) string { return neovimBlock.content(need) },
	edit: neovimBlock,
}

var neovimBlock = block{
	comment: "--",
	content: func(need Need) string {
		text := "vim.lsp.config('gopls', {\n  cmd_env = {\n"
		for _, name := range names(need.Env) {
			value := quoted(need.Env[name])
			if rest, ok := strings.CutPrefix(need.Env[name], Folder); ok {
				value = "vim.fn.getcwd() .. " + quoted("/"+rest)
			}
			text += "    " + name + " = " + value + ",\n"
		}
		text += "  },\n"
		if len(need.Without)+len(need.Workspace) > 0 {
			text += "  settings = {\n    gopls = {\n"
			if len(need.Without) > 0 {
				text += `      ["build.directoryFilters"] = ` + list(filters(need), "-", "{}") + ",\n"
			}
			if len(need.Workspace) > 0 {
				text += `      ["build.workspaceFiles"] = ` + list(need.Workspace, "", "{}") + ",\n"
			}
			text += "    },\n  },\n"
		}
		return text + "})\n"
	},
	foreign: regexp.MustCompile(`(?m)^return\b`),
	why:     "ends the file by return, after which nothing may stand: add what overlay ide neovim prints by hand, before it",
}
