package command

import (
	"errors"
	"flag"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
)

// parse returns the operands. Flags may stand before, among and after them; -- ends flags, and the first operand does if
// operands are the arguments of another program. With divided, the -- is an operand.
// The error is a [verbs.UsageError], or [flag.ErrHelp] if help is asked for.
func parse(flags *flag.FlagSet, args []string, passesOn, divided bool) (operands []string, err error) {
	for len(args) > 0 {
		if args[0] == "--" {
			if divided {
				return append(operands, args...), nil
			}
			return append(operands, args[1:]...), nil
		}
		if !isFlag(args[0]) && passesOn {
			return args, nil
		}
		if !isFlag(args[0]) {
			operands, args = append(operands, args[0]), args[1:]
			continue
		}
		n := 1 // The package flag would go on to an operand, and leave out a -- before it.
		if takesNext(flags, args[0]) && len(args) > 1 {
			n = 2
		}
		if err := flags.Parse(args[:n]); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, verbs.UsageError(err.Error() + nearFlag(flags, args[0]))
		}
		args = args[n:]
	}
	return operands, nil
}

// isFlag tells whether an argument is a flag. A single - usually means stdin.
func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// isHelp tells whether an argument is a flag that the package flag takes for a call for help.
func isHelp(arg string) bool {
	name, _, _ := flagName(arg)
	return isFlag(arg) && (name == "h" || name == "help")
}

// flagName returns what an argument that is a flag has before and after its =.
func flagName(arg string) (name, value string, hasValue bool) {
	return strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
}

// takesNext tells whether the argument after this flag is its value.
func takesNext(flags *flag.FlagSet, arg string) bool {
	name, _, hasValue := flagName(arg)
	f := flags.Lookup(name)
	return f != nil && !hasValue && !isBool(f)
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// nearFlag returns what is added to a message about a flag that doesn't exist.
func nearFlag(flags *flag.FlagSet, arg string) string {
	name, _, _ := flagName(arg)
	if flags.Lookup(name) != nil {
		return ""
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := suggest.Closest(name, names); near != "" {
		return "; did you mean -" + near + "?"
	}
	return ""
}
