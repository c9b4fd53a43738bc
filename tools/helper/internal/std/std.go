// Package std compiles the standard library with changed files, and compiles
// again only what the changes reach.
//
// Export data has the lines of declarations and of what can be inlined. A change
// that moves lines reaches most packages that import the changed one, as what they
// inline from it says where that is from.
//
// The work is done by the builder of rules_go, and by the go command that it runs,
// just as for the standard library without changes. This program stands in for both.
// Each of these processes is started by the one above it:
//
//	helper std build                       lays out what the builder needs (build.go)
//	└─ builder stdlib                      copies the source of the SDK; it runs under the name
//	   │                                   of the helper, and so puts that in front of tools
//	   └─ helper, by the name go           makes the changes in the copy, and becomes the
//	      │                                go command (gocommand.go)
//	      ├─ helper filterbuildid compile  takes an archive of the standard library without
//	      │  └─ compile                    changes, or runs the compiler (toolexec.go, compile.go)
//	      ├─ helper filterbuildid asm      runs the assembler, if the archive was not taken
//	      │  └─ asm
//	      └─ helper cc                     becomes the builder, in front of the C compiler
//
// An archive is taken where neither the package nor the export data of a package that it
// imports has changed: the compiler would make what it made before. What all processes
// know is the plan (plan.go); what one learns, it leaves to the others as a mark (marks.go).
// The builder runs for the changed packages alone, and once more for the whole standard
// library if the export data of one has changed; at once for all of it if one is new, or
// vendored.
//
// helper std list starts nothing but the builder (list.go).
package std

import (
	"os"
	"path/filepath"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
)

// StandsIn tells whether this process was started in place of the go command, or in
// place of the builder in front of a tool.
func StandsIn() bool { return os.Getenv(planVariable) != "" }

// StandIn does what the go command would do, after making the changes, or what the
// builder would do, but for tools that need not run. It returns the exit code.
func StandIn(args []string) int {
	p, err := readPlan(os.Getenv(planVariable))
	if err == nil {
		err = p.standIn(args)
	}
	return standin.Exit(err)
}

func (p *plan) standIn(args []string) error {
	if filepath.Base(args[0]) == filepath.Base(goCommand) {
		return p.asGoCommand(args)
	}
	if len(args) < 3 || args[1] != "filterbuildid" {
		// The builder calls itself in front of the C compiler, too, by a name that it knows.
		return standin.Become(p.Builder, args)
	}
	return p.asToolexec(args)
}
