package delve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A launch is an entry of configurations in a .vscode/launch.json. Other editors that speak the Debug Adapter Protocol
// with Delve have the same fields.
type launch struct {
	Name           string            `json:"name"`
	Type           string            `json:"type"`
	Request        string            `json:"request"`
	Mode           string            `json:"mode"`
	Program        string            `json:"program,omitempty"`
	Args           []string          `json:"args,omitempty"`
	Cwd            string            `json:"cwd,omitempty"`
	Env            map[string]string `json:"env,omitempty"`
	ProcessID      int               `json:"processId,omitempty"`
	Host           string            `json:"host,omitempty"`
	Port           int               `json:"port,omitempty"`
	SubstitutePath []substitution    `json:"substitutePath"`
}

// A substitution is a rule as editors see it: From is the path of the file that they have.
type substitution struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// LaunchJSON returns how VS Code debugs the program. If listen is the address of a Delve, it is told to use that.
func LaunchJSON(p Program, listen string) ([]byte, error) {
	l := launch{Name: "overlay debug " + p.Name, Type: "go", Request: "launch", Mode: "exec", SubstitutePath: []substitution{}}
	switch {
	case listen != "":
		host, port, err := net.SplitHostPort(listen)
		number := 0
		if err == nil {
			number, err = strconv.Atoi(port)
		}
		if err != nil {
			return nil, fmt.Errorf("-headless is %q; expected the address of a Delve, such as 127.0.0.1:2345", listen)
		}
		l.Request, l.Mode, l.Host, l.Port = "attach", "remote", host, number
	case p.PID != 0:
		l.Request, l.Mode, l.ProcessID = "attach", "local", p.PID
	default:
		l.Program, l.Args, l.Cwd, l.Env = p.Binary, p.Args, p.Dir, map[string]string{}
		for _, variable := range p.Env {
			key, value, _ := strings.Cut(variable, "=")
			l.Env[key] = value
		}
	}
	for _, r := range p.Rules {
		l.SubstitutePath = append(l.SubstitutePath, substitution{r.To, r.From})
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	err := encoder.Encode(l)
	return b.Bytes(), err
}
