package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/verbs"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/command"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/desk"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/terminal"
)

var editVerb = command.Verb{
	Name:     "edit",
	Operands: "WHAT...",
	Summary:  "change a file of any Go package",
	Description: `
Copies the file that builds compile into the workspace, declares the copy as an overlay, with the
digest and the version of what it is a copy of, in the set that builds use, says what to
build, and opens it in your editor, on a terminal: the command that VISUAL or else EDITOR has. The next build compiles the copy as it is then: no command is needed after an
edit. Where the file is overlaid already, that overlay is opened. Of several WHATs, all become overlays, or none.

WHAT is one of

    github.com/google/uuid/version4.go       a file of a package, net/http/request.go too
    example.com/site/templates/index.html    a file that it embeds
    github.com/google/uuid.NewRandom         a symbol: net/http.(*Transport).dial
    external/…/version4.go:42                a line of a compile error, a stack trace, a debugger
    @com_github_google_uuid//:version4.go    a label, or the path of a file in the workspace
    overlays/_src/…/version4.go:42           an overlay file, or diff, by its own path

A new overlay comes into the folder that has others, or else into overlays/: the declaration into its
BUILD file, the copy below its folder _src, which the go command and gazelle pass by. The first one
also has MODULE.bazel wrap the Go SDK, and choose the set. Without Bazel, the declaration comes into overlays.json, and the copy into
overlays/_src.
`,
	Fails: "a file can't be overlaid; then nothing has changed, also of the others",
	Examples: []command.Example{
		{Command: "overlay edit github.com/google/uuid/version4.go", Text: "opens a copy, which builds compile from now on"},
		{Command: "overlay edit 'net/http.(*Transport).dial'", Text: "opens the file of the standard library that declares it"},
		{Command: "overlay edit -patch github.com/google/uuid/version4.go", Text: "does the same, and keeps the change as a diff"},
		{Command: "overlay edit -new trace.go github.com/google/uuid", Text: "gives the package a file more"},
		{Command: "overlay edit -delete github.com/google/uuid/sql.go", Text: "takes a file from the package"},
	},
	Setup: setupEdit,
}

func setupEdit(flags *flag.FlagSet) func(whats []string) error {
	var o desk.EditOptions
	flags.StringVar(&o.New, "new", "", "`NAME` of a file that the package is to gain; WHAT is the package")
	flags.BoolVar(&o.Delete, "delete", false, "the package is to lose the file")
	flags.StringVar(&o.Set, "set", "", "`LABEL` of the set for new overlays, which is made if there is none. By default the one that overlays.use in MODULE.bazel has, or use in overlays.json")
	flags.StringVar(&o.Reason, "reason", "", "`TEXT` for reports: why the overlay is there. One that is there already gets it, in the place of what it has")
	flags.BoolVar(&o.AsDiff, "patch", false, "keep the change as a diff: what you have edited is saved as one when the editor ends, or by overlay save")
	noEditor := flags.Bool("no-editor", false, "only print the path of the overlay file")
	return func(whats []string) error {
		o.GoOverlayVersion = version()
		if o.AsDiff && (o.New != "" || o.Delete) {
			return verbs.UsageError("-patch is about files that the package has; leave it out with -new and -delete")
		}
		var edited []desk.Edited
		err := atDesk(func(ctx context.Context, d *desk.Desk) error {
			files, err := d.EditAll(ctx, whats, o)
			for _, file := range files {
				if file.Path != "" && !slices.Contains(edited, file) {
					edited = append(edited, file)
					fmt.Println(d.Place(file))
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		opened := false
		if !*noEditor && len(edited) > 0 && terminal.Is(os.Stdout) {
			if opened, err = openEditor(edited); err != nil {
				return err
			}
		}
		if opened {
			if err := depend(edited); err != nil {
				return err
			}
		}
		var saved []string
		for _, file := range edited {
			if o.AsDiff && file.Replaces != "" && !slices.Contains(saved, file.Replaces) {
				saved = append(saved, file.Replaces)
			}
		}
		switch {
		case len(saved) == 0:
			return nil
		case opened:
			return convert(saved, desk.Diff)
		}
		fmt.Printf("when you have edited it: overlay save %s\n", shell.Words(saved))
		return nil
	}
}

// depend sets the deps of the overlays that have files which were edited.
func depend(edited []desk.Edited) error {
	files := []string{}
	for _, file := range edited {
		files = append(files, file.Path)
	}
	return atDesk(func(ctx context.Context, d *desk.Desk) error {
		_, err := d.Deps(ctx, nil, desk.DepsOptions{Files: files})
		return err
	})
}

// openDesk returns the desk of the folder that the user is in. bazel run starts in another one.
func openDesk() (*desk.Desk, error) { return desk.Open(userFolder(), os.Stdout, os.Stderr) }

func userFolder() string {
	if dir := os.Getenv("BUILD_WORKING_DIRECTORY"); dir != "" {
		return dir
	}
	return "."
}

// release is the version of one: others are in no registry.
var release = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// version returns the version of the module that the command is from, or an empty string.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	modules := append(slices.Clone(info.Deps), &info.Main)
	for _, module := range modules {
		if module.Path == "github.com/go-overlay/go_overlay/tools" && release.MatchString(module.Version) {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return ""
}
