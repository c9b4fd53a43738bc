package shadow

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Arguments are those of a go command, understood as far as overlays need it.
type Arguments struct {
	Dir  string // by the flag -C in front, in which the go command runs, or empty
	Verb string // build

	front    []string   // -C and the verb
	parts    []argument // of the verb
	operands []string   // of the verb, as far as they are told from its flags
}

// An argument is an operand, or a flag with its value.
type argument struct {
	texts       []string
	name, value string // of a flag
	hasValue    bool
}

// withValue are flags that take the next argument for their value, of all verbs that compile.
var withValue = []string{
	"C", "p", "covermode", "coverpkg", "asmflags", "buildmode", "compiler", "gccgoflags", "gcflags", "installsuffix", "ldflags", "mod", "modfile",
	"overlay", "pgo", "pkgdir", "tags", "toolexec", "o", "exec", "f", "reuse", "bench", "benchtime", "blockprofile", "blockprofilerate", "count",
	"coverprofile", "cpu", "cpuprofile", "fuzz", "fuzztime", "fuzzminimizetime", "list", "memprofile", "memprofilerate", "mutexprofile",
	"mutexprofilefraction", "outputdir", "debug-actiongraph", "debug-runtime-trace", "debug-trace", "parallel", "run", "skip", "shuffle", "timeout", "trace", "vet", "vettool", "test.run",
}

// ParseArguments reads the arguments of a go command.
func ParseArguments(args []string) *Arguments {
	a := &Arguments{}
	rest := args
	if len(rest) > 0 { // -C comes first of all.
		if name, value, ok := cutFlag(rest[0]); name == "C" && ok {
			a.Dir, a.front, rest = value, append(a.front, rest[0]), rest[1:]
		} else if name == "C" && len(rest) > 1 {
			a.Dir, a.front, rest = rest[1], append(a.front, rest[:2]...), rest[2:]
		}
	}
	if len(rest) > 0 {
		a.Verb, a.front, rest = rest[0], append(a.front, rest[0]), rest[1:]
	}
	for len(rest) > 0 {
		arg := rest[0]
		switch {
		case arg == "--" || arg == "-args" || arg == "--args":
			a.parts = append(a.parts, argument{texts: rest})
			if arg == "--" {
				a.operands = append(a.operands, rest[1:]...)
			}
			return a
		case len(arg) < 2 || arg[0] != '-':
			if a.Verb != "test" { // Of go test alone, flags may come after packages.
				a.parts = append(a.parts, argument{texts: rest})
				a.operands = append(a.operands, rest...)
				return a
			}
			a.parts = append(a.parts, argument{texts: rest[:1]})
			a.operands = append(a.operands, arg)
			rest = rest[1:]
		default:
			flag := argument{texts: rest[:1]}
			flag.name, flag.value, flag.hasValue = cutFlag(arg)
			if !flag.hasValue && slices.Contains(withValue, flag.name) && len(rest) > 1 {
				flag.texts, flag.value, flag.hasValue = rest[:2], rest[1], true
			}
			if flag.name == "C" && a.Dir == "" {
				a.Dir = flag.value
			}
			a.parts = append(a.parts, flag)
			rest = rest[len(flag.texts):]
		}
	}
	return a
}

// cutFlag returns the name and the value of a flag, and whether it has one.
func cutFlag(arg string) (name, value string, ok bool) {
	if !strings.HasPrefix(arg, "-") {
		return "", "", false
	}
	return strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
}

// List returns the arguments for the go command.
func (a *Arguments) List() []string {
	list := slices.Clone(a.front)
	for _, part := range a.parts {
		list = append(list, part.texts...)
	}
	return list
}

// flag returns the value of a flag, or "true" for one that has none, or an empty string.
func (a *Arguments) flag(name string) string {
	value := ""
	for _, part := range a.parts {
		if part.name == name {
			value = part.value
			if !part.hasValue {
				value = "true"
			}
		}
	}
	return value
}

// without takes a flag out.
func (a *Arguments) without(name string) {
	a.parts = slices.DeleteFunc(a.parts, func(part argument) bool { return part.name == name })
}

// insert puts a flag before all others.
func (a *Arguments) insert(flag string) {
	a.parts = append([]argument{{texts: []string{flag}}}, a.parts...)
}

// Compiles tells whether the verb compiles or reads packages, or tells about the go command, so that overlays are to be in force. The others, such
// as mod, get and work, change files of the repository, to which shadow modules must be unknown.
func (a *Arguments) Compiles() bool {
	if a.Verb == "env" {
		return a.flag("w") == "" && a.flag("u") == ""
	}
	return slices.Contains([]string{"build", "doc", "fix", "generate", "install", "list", "run", "test", "tool", "version", "vet"}, a.Verb)
}

// covers tells whether the verb may count what runs. The value of a flag that is not known may stand among the words: too much is harmless.
func (a *Arguments) covers(g *Go) bool {
	for _, flag := range append(a.List(), splitFlags(g.GOFLAGS)...) {
		if name, _, _ := cutFlag(flag); strings.HasPrefix(name, "cover") {
			return true
		}
	}
	return false
}

// compilesByTools tells whether the verb has the flag -toolexec.
func (a *Arguments) compilesByTools() bool {
	return slices.Contains([]string{"build", "fix", "generate", "install", "list", "run", "test", "vet"}, a.Verb)
}

// refuseVersions returns an error for what the go command compiles beside the repository.
func (a *Arguments) refuseVersions() error {
	if a.Verb != "install" && a.Verb != "run" || len(a.operands) == 0 {
		return nil
	}
	operand := a.operands[0]
	if _, version, ok := strings.Cut(operand, "@"); ok && version != "" && !strings.HasPrefix(operand, ".") && !filepath.IsAbs(operand) {
		return fmt.Errorf("go %s %s compiles what the repository knows nothing of, go.mod neither, so that no overlays are in it: run it without overlay, or leave out @%s",
			a.Verb, operand, version)
	}
	return nil
}
