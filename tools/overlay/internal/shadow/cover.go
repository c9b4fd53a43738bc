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

// setFlags has GOFLAGS name the JSON of -overlay. The go command gives files to the tool cover as they are without -overlay; hence, where
// it counts what runs, tools are run by a program that gives cover the right ones.
func (p *preparing) setFlags() error {
	flags := []string{}
	for _, flag := range splitFlags(p.g.GOFLAGS) {
		if name, _, _ := cutFlag(flag); name != "overlay" {
			flags = append(flags, flag)
		}
	}
	p.args.without("overlay")
	flags = append(flags, "-overlay="+p.JSON)
	if len(p.ToolExec) > 0 && p.args.covers(p.g) {
		program := append(append([]string{}, p.ToolExec...), p.JSON)
		users := p.args.flag("toolexec")
		if users == "" {
			users = p.g.goflag("toolexec")
		}
		p.args.without("toolexec")
		flags = deleteFlag(flags, "toolexec")
		quoted := make([]string, 0, len(program))
		for _, word := range program {
			q, err := joinFlags([]string{word})
			if err != nil {
				return err
			}
			quoted = append(quoted, q)
		}
		// As an argument, as quotes in quotes are not for GOFLAGS.
		p.args.insert("-toolexec=" + strings.TrimSpace(strings.Join(quoted, " ")+" "+users))
	}
	p.Args = p.args.List()
	text, err := joinFlags(flags)
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

// RunTool runs a tool for the go command, with its arguments, and exchanges the files of cover for those of the JSON of -overlay. An
// exit of it is an *exec.ExitError.
func RunTool(json string, command []string) error {
	if len(command) == 0 {
		return errors.New("expected the tool to run, as the go command names it")
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if !isCover(command) {
		return cmd.Run()
	}
	if command[len(command)-1] == "-V=full" {
		cmd.Stdout = nil
		out, err := cmd.Output()
		os.Stdout.Write(coverVersion(out))
		return err
	}
	args, err := exchanged(json, command)
	if err != nil {
		return err
	}
	cmd.Args = args
	return cmd.Run()
}

// isCover tells whether a command is one of the tool cover. Programs of the user may be before it.
func isCover(command []string) bool {
	for _, word := range command {
		if strings.HasPrefix(word, "-") {
			break
		}
		if strings.TrimSuffix(filepath.Base(word), ".exe") == "cover" {
			return true
		}
	}
	return false
}

// coverVersion gives cover a version of its own, by which the go command tells what it has compiled of other files from what it would
// compile now.
func coverVersion(version []byte) []byte {
	line := strings.TrimSpace(string(version))
	if strings.Contains(line, " devel ") { // It ends with a hash that the go command looks for.
		return version
	}
	return []byte(line + " overlay\n")
}

// exchanged returns arguments with paths exchanged for those of a JSON of -overlay.
func exchanged(file string, args []string) ([]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	args = append([]string{}, args...)
	for i, arg := range args {
		if by := overlay.Replace[arg]; by != "" {
			args[i] = by
		}
	}
	return args, nil
}
