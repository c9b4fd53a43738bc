package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/suggest"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/editors"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
)

// IDEOptions are how editors are to be set up.
type IDEOptions struct {
	Write, Undo bool
}

// driverScript is what gopls runs to ask about packages. It is a file of the workspace, as settings are committed, and GOPACKAGESDRIVER
// is a program without arguments.
const (
	driverScript    = "tools/overlay_gopackagesdriver.sh"
	bazelDriverText = `#!/bin/sh
# Tells gopls which packages there are, as Bazel compiles them. Made by: overlay ide -write
if command -v overlay >/dev/null 2>&1; then
    exec overlay gopackagesdriver "$@"
fi
exec "${BAZEL:-bazel}" run --noshow_progress --ui_event_filters=-info -- @go_overlay//tools:overlay gopackagesdriver "$@"
`
	plainDriverText = `#!/bin/sh
# Tells gopls which packages there are, with overlays. Made by: overlay ide -write
exec overlay gopackagesdriver "$@"
`
)

// driverText returns the text of the script.
func (d *Desk) driverText() string {
	if d.plain {
		return plainDriverText
	}
	return bazelDriverText
}

// IDE prints what editors need so that they show what is compiled; or writes it into the settings that they have in the workspace, or takes
// it out. It returns how much is left to the user.
func (d *Desk) IDE(ctx context.Context, names []string, o IDEOptions) (problems int, err error) {
	chosen, err := d.chosenEditors(names, o)
	if err != nil {
		return 0, err
	}
	need, err := d.ideNeed(ctx, chosen)
	if err != nil {
		return 0, err
	}
	if !o.Undo && slices.ContainsFunc(chosen, func(e editors.Editor) bool { return e.File != "" }) {
		if err := checkGopls(ctx); err != nil && o.Write {
			return 0, err
		} else if err != nil {
			fmt.Fprintln(d.Err, err)
		}
	}
	noOverlays := false
	if !o.Undo {
		progress := d.StartProgress()
		progress.Say("asking %s for overlays", d.asked())
		l, _, broken, err := d.declared(ctx, nil)
		progress.Done()
		if err != nil {
			return 0, err
		}
		noOverlays = broken == nil && len(l.all) == 0
	}
	if o.Write || o.Undo {
		problems, err = d.setEditors(ctx, chosen, need, o)
	} else {
		d.printEditors(chosen, need, o)
	}
	if err == nil && noOverlays {
		fmt.Fprintln(d.Out, "no overlay is declared; gopls is told of packages as they are compiled without overlays, too")
	}
	return problems, err
}

// chosenEditors returns the editors of some names. Without names it is those that have settings in the workspace, or to print something,
// if none has, all.
func (d *Desk) chosenEditors(names []string, o IDEOptions) ([]editors.Editor, error) {
	var chosen []editors.Editor
	for _, name := range names {
		e := editors.Named(name)
		if e == nil {
			message := fmt.Sprintf("%q is no editor that is known: those are %s", name, strings.Join(editors.Names(), ", "))
			if near := suggest.Closest(name, editors.Names()); near != "" {
				message += "; did you mean " + near + "?"
			}
			return nil, errors.New(message)
		}
		if !slices.ContainsFunc(chosen, func(other editors.Editor) bool { return other.Name == e.Name }) {
			chosen = append(chosen, *e)
		}
	}
	if len(names) > 0 {
		return chosen, nil
	}
	for _, e := range editors.All {
		if slices.ContainsFunc(e.Marks, func(mark string) bool {
			_, err := os.Stat(filepath.Join(d.Workspace.Root, mark))
			return err == nil
		}) {
			chosen = append(chosen, e)
		}
	}
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case o.Write:
		return nil, fmt.Errorf("no editor has settings in %s: say which is meant, one of %s", d.Workspace.Root, strings.Join(editors.Names(), ", "))
	}
	return editors.All, nil
}

// ideNeed returns what gopls needs in the workspace; and, without Bazel, what the go command does for editors that ask it themselves.
func (d *Desk) ideNeed(ctx context.Context, chosen []editors.Editor) (editors.Need, error) {
	if d.plain {
		need := editors.Need{
			Env:       map[string]string{"GOPACKAGESDRIVER": editors.Folder + driverScript},
			Workspace: []string{overlaysjson.Name, "**/*.{patch,diff}"},
		}
		if !slices.ContainsFunc(chosen, func(e editors.Editor) bool { return e.File == "" }) {
			return need, nil
		}
		var err error
		need.Go, err = d.goEnvironment(ctx)
		return need, err
	}
	return editors.Need{
		Env: map[string]string{"GOPACKAGESDRIVER": editors.Folder + driverScript},
		// What decides which files are compiled. A diff doesn't, and what it makes gopls would not read again.
		Workspace: []string{"**/BUILD", "**/*.{bzl,bazel}"},
		Without:   []string{"bazel-bin", "bazel-out", "bazel-testlogs", "bazel-" + filepath.Base(d.Workspace.Root)},
	}, nil
}

// The oldest gopls that has all that is written.
const oldestGopls = 18 // v0.18.0

var goplsVersion = regexp.MustCompile(`gopls v0\.([0-9]+)\.[0-9]+`)

// checkGopls returns an error unless there is a gopls that takes what is written.
func checkGopls(ctx context.Context) error {
	const install = "go install golang.org/x/tools/gopls@latest"
	places := []string{"gopls"} // Where editors find it, too.
	for _, variable := range []string{"GOBIN", "GOPATH"} {
		if folder := os.Getenv(variable); folder != "" && variable == "GOBIN" {
			places = append(places, filepath.Join(folder, "gopls"))
		} else if folder != "" {
			places = append(places, filepath.Join(filepath.SplitList(folder)[0], "bin", "gopls"))
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		places = append(places, filepath.Join(home, "go", "bin", "gopls"))
	}
	for _, place := range places {
		program, err := exec.LookPath(place)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, program, "version").Output()
		if err != nil {
			return fmt.Errorf("%s version fails, so it can't be known whether it is new enough: %w", program, err)
		}
		match := goplsVersion.FindSubmatch(out)
		if match == nil {
			return nil // It is built from what has no version.
		}
		if minor, err := strconv.Atoi(string(match[1])); err == nil && minor < oldestGopls {
			return fmt.Errorf("%s is v0.%d, and v0.%d.0 is needed: older ones don't read packages again when BUILD files change (build.workspaceFiles)\n%s", program, minor, oldestGopls, install)
		}
		return nil
	}
	return fmt.Errorf("gopls is neither on PATH nor where the go command installs it; editors need v0.%d.0 or newer, as older ones don't read packages again when BUILD files change\n%s", oldestGopls, install)
}

// printEditors says what is to be set by hand.
func (d *Desk) printEditors(chosen []editors.Editor, need editors.Need, o IDEOptions) {
	hasScript := false
	for i, e := range chosen {
		if i > 0 {
			fmt.Fprintln(d.Out)
		}
		title := e.Title
		if e.File != "" {
			title += ", in " + e.File
			hasScript = true
		}
		fmt.Fprintf(d.Out, "# %s\n", title)
		if e.Note != "" {
			fmt.Fprintf(d.Out, "# %s\n", e.Note)
		}
		if text := e.Text(need); text != "" {
			fmt.Fprintf(d.Out, "\n%s", text)
		}
	}
	if hasScript {
		fmt.Fprintf(d.Out, "\n# For all of them, in %s, which has to be executable\n\n%s", driverScript, d.driverText())
	}
}

// A file that is edited.
type editedFile struct {
	path     string // in the workspace, with slashes
	original []byte // nil if there is none
	content  string
	mode     fs.FileMode
}

func (f editedFile) change(root string) (change userfiles.Change, ok bool) {
	change = userfiles.Change{Path: filepath.Join(root, filepath.FromSlash(f.path)), Content: []byte(f.content), Original: f.original, Mode: f.mode, Root: root}
	change.Delete = f.content == "" && f.original != nil
	return change, (change.Delete || f.content != "") && !(f.original != nil && string(f.original) == f.content)
}

func (d *Desk) readEdited(path string) (editedFile, error) {
	content, err := os.ReadFile(filepath.Join(d.Workspace.Root, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return editedFile{path: path}, nil
	}
	return editedFile{path: path, original: append([]byte{}, content...), content: string(content)}, err
}

// setEditors writes settings, or takes out what was written.
func (d *Desk) setEditors(ctx context.Context, chosen []editors.Editor, need editors.Need, o IDEOptions) (problems int, err error) {
	unlock, err := userfiles.Lock(ctx, d.Workspace.Root, userfiles.Wait)
	if err != nil {
		return 0, err
	}
	defer unlock()
	var out bytes.Buffer
	tell := func(format string, args ...any) {
		problems++
		fmt.Fprintf(&out, format+"\n", args...)
	}
	var changes []userfiles.Change
	settings := map[string]string{} // of all editors, as they will be
	for _, e := range editors.All {
		if e.File == "" {
			continue
		}
		file, err := d.readEdited(e.File)
		if err != nil {
			return 0, err
		}
		settings[e.Name] = file.content
		if !slices.ContainsFunc(chosen, func(other editors.Editor) bool { return other.Name == e.Name }) {
			continue
		}
		do, done, nothing := e.Set, "is set for "+e.Title, "has all that "+e.Title+" needs already"
		if o.Undo {
			do, done, nothing = e.Undo, "is without what was set for "+e.Title, "has nothing that was set for "+e.Title
		}
		var left []string
		if file.content, left, err = do(file.content, need); err != nil {
			return 0, err
		}
		settings[e.Name] = file.content
		for _, line := range left {
			tell("%s: %s", e.File, line)
		}
		if change, ok := file.change(d.Workspace.Root); ok {
			changes = append(changes, change)
			fmt.Fprintf(&out, "%s %s\n", e.File, done)
		} else if len(left) == 0 {
			fmt.Fprintf(&out, "%s %s\n", e.File, nothing)
		}
	}
	for _, e := range chosen {
		if e.File == "" {
			fmt.Fprintf(&out, "%s: %s\n%s", e.Title, e.Note, e.Text(need))
		}
	}
	change, err := d.setDriverScript(settings, o, tell)
	if err != nil {
		return 0, err
	}
	if o.Undo {
		changes = append(changes, change...)
	} else { // Who has the settings has the script.
		changes = append(change, changes...)
	}
	for range change {
		said := "is what gopls asks about packages"
		if o.Undo {
			said = "is removed"
		}
		fmt.Fprintf(&out, "%s %s\n", driverScript, said)
	}
	if err := userfiles.Apply(changes...); err != nil {
		return 0, err
	}
	_, err = d.Out.Write(out.Bytes())
	return problems, err
}

// setDriverScript returns the change of the script: it is there as long as settings name it.
func (d *Desk) setDriverScript(settings map[string]string, o IDEOptions, tell func(string, ...any)) ([]userfiles.Change, error) {
	file, err := d.readEdited(driverScript)
	if err != nil {
		return nil, err
	}
	named := false
	for _, text := range settings {
		named = named || strings.Contains(text, driverScript)
	}
	switch {
	case file.original != nil && file.content != d.driverText():
		if !o.Undo || !named {
			tell("%s has another text than is written, and stays as it is", driverScript)
		}
		return nil, nil
	case o.Undo == named:
		return nil, nil
	case o.Undo:
		file.content = ""
	default:
		file.content, file.mode = d.driverText(), 0o755
	}
	change, ok := file.change(d.Workspace.Root)
	if !ok {
		return nil, nil
	}
	return []userfiles.Change{change}, nil
}
