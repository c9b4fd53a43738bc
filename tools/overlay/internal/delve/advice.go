package delve

import (
	"os/exec"
	"strings"
)

// refusal returns what Delve says if it can't begin with a program. It stops that before its first instruction.
func refusal(path string, p Program) string {
	p.Args = nil
	cmd := exec.Command(path, arguments(p, []string{"--allow-non-terminal-interactive=true"})...)
	cmd.Stdin = strings.NewReader("exit\n")
	said, _ := cmd.CombinedOutput()
	return string(said)
}

// adviceFor returns what to do about a refusal of Delve's, or an empty string.
func adviceFor(said string, p Program) string {
	switch {
	case strings.Contains(said, "operation not permitted"), strings.Contains(said, "ptrace_scope"):
		advice := "This machine does not let Delve trace a process, which it does by ptrace. In a container, this allows it:\n" +
			"  docker run --cap-add=SYS_PTRACE …"
		if p.PID != 0 {
			advice += "\nOutside of one, for a process that Delve has not started, this does, unless the process is another user's:\n" +
				"  sudo sysctl kernel.yama.ptrace_scope=0"
		}
		return advice
	case strings.Contains(said, "Delve is too old for Go version"):
		return "This installs a newer one:\n  " + Install
	case strings.Contains(said, "Delve must be built with Go version"):
		return "This builds it so:\n  GOTOOLCHAIN=latest " + Install
	case strings.Contains(said, "is too old for this version of Delve"):
		return "Name an older Delve by -dlv, or try it with this one:\n  overlay debug -dlv-flag --check-go-version=false …"
	}
	return ""
}
