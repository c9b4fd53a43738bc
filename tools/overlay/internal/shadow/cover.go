package shadow

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// setFlags has GOFLAGS name the JSON of -overlay, if there is one, instead of the user's, and the copy of go.mod, if there is one. The go command gives
// files to the tool cover as they are without -overlay, and before Go 1.25 those of go:embed to the compiler; hence, where there are such, tools are run
// by a program that gives them the right ones.
func (p *preparing) setFlags() error {
	flags := deleteFlag(splitFlags(p.g.GOFLAGS), "overlay")
	p.args.without("overlay")
	if p.ModFile != "" {
		flags = append(deleteFlag(flags, "modfile"), "-modfile="+p.ModFile)
	}
	if p.JSON != "" {
		flags = append(flags, "-overlay="+p.JSON)
	}
	if p.JSON != "" && p.args.compilesByTools() && (p.args.covers(p.g) || p.g.Minor() < embedsOverlays) {
		if len(p.ToolExec) == 0 {
			return fmt.Errorf("%s would compile other files than those of overlays with -cover or go:embed", p.g.GOVERSION)
		}
		program := append(append([]string{}, p.ToolExec...), p.JSON)
		users := p.args.flag("toolexec")
		if users == "" {
			users = p.g.goflag("toolexec")
		}
		p.args.without("toolexec")
		flags = deleteFlag(flags, "toolexec")
		quoted := make([]string, 0, len(program))
		for _, word := range program {
			q, err := JoinFlags([]string{word})
			if err != nil {
				return err
			}
			quoted = append(quoted, q)
		}
		// As an argument, as quotes in quotes are not for GOFLAGS.
		p.args.insert("-toolexec=" + strings.TrimSpace(strings.Join(quoted, " ")+" "+users))
	}
	p.Args = p.args.List()
	text, err := JoinFlags(flags)
	if err != nil {
		return err
	}
	p.Env = withVariable(p.Env, "GOFLAGS", text)
	return nil
}

func deleteFlag(flags []string, name string) []string {
	var others []string
	for _, flag := range flags {
		if flagName, _, _ := cutFlag(flag); flagName != name {
			others = append(others, flag)
		}
	}
	return others
}

// embedsOverlays is the second number of the Go version from which on go:embed knows files of -overlay for sure.
const embedsOverlays = 25

// RunTool runs a tool for the go command, with its arguments, and exchanges the files of cover, and those that the compiler is to embed, for those
// of the JSON of -overlay. An exit of it is an *exec.ExitError.
func RunTool(file string, command []string) error {
	if len(command) == 0 {
		return errors.New("expected the tool to run, as the go command names it")
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	tool := toolOf(command)
	if tool != "cover" && tool != "compile" {
		return cmd.Run()
	}
	replace, err := readOverlay(file)
	if err != nil {
		return err
	}
	if command[len(command)-1] == "-V=full" {
		cmd.Stdout = nil
		out, err := cmd.Output()
		if tool == "cover" || goMinor(versionIn(out)) < embedsOverlays {
			out = ownVersion(out)
		}
		os.Stdout.Write(out)
		return err
	}
	if tool == "cover" {
		exchange(replace, cmd.Args[1:])
		return cmd.Run()
	}
	for i, arg := range cmd.Args {
		if arg == "-embedcfg" && i+1 < len(cmd.Args) {
			if cmd.Args[i+1], err = embedding(replace, cmd.Args[i+1]); err != nil {
				return err
			}
		}
	}
	return cmd.Run()
}

// toolOf returns the name of the tool that a command is one of: the first word that is in a folder of tools. A program of the user's, with
// flags, may be before it.
func toolOf(command []string) string {
	isTool := func(word string) bool { return strings.Contains(filepath.ToSlash(word), "/pkg/tool/") }
	for _, word := range command {
		if strings.HasPrefix(word, "-") || !isTool(word) {
			continue
		}
		if name := strings.TrimSuffix(filepath.Base(word), ".exe"); name == "cover" || name == "compile" {
			return name
		}
		return ""
	}
	return ""
}

// versionIn returns the Go version in what a tool says of itself: compile version go1.22.12.
func versionIn(out []byte) string {
	fields := strings.Fields(string(out))
	if len(fields) < 3 {
		return ""
	}
	return fields[2]
}

// ownVersion gives a tool a version of its own, by which the go command tells what it has compiled of other files from what it would
// compile now.
func ownVersion(version []byte) []byte {
	line := strings.TrimSpace(string(version))
	if strings.Contains(line, " devel ") { // It ends with a hash that the go command looks for.
		return version
	}
	return []byte(line + " overlay\n")
}

func readOverlay(file string) (map[string]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return overlay.Replace, nil
}

// exchange exchanges paths for those of an overlay.
func exchange(replace map[string]string, paths []string) {
	for i, path := range paths {
		if by := replace[path]; by != "" {
			paths[i] = by
		}
	}
}

// embedding writes what tells the compiler where files are that it embeds once more, with those of an overlay, and returns its path.
func embedding(replace map[string]string, file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var embed struct {
		Patterns map[string][]string
		Files    map[string]string
	}
	if err := json.Unmarshal(content, &embed); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	for name, path := range embed.Files {
		if by := replace[path]; by != "" {
			embed.Files[name] = by
		}
	}
	if content, err = json.Marshal(embed); err != nil {
		return "", err
	}
	// It is in a folder that the go command removes.
	overlaid := file + ".overlay"
	return overlaid, os.WriteFile(overlaid, content, 0o666)
}
