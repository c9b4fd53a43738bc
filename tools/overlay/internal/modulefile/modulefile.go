// Package modulefile wires a workspace's MODULE.bazel for overlays: it depends on
// go_overlay, wraps the Go SDKs, registers their toolchains and chooses a set.
//
// What to write is decided on the syntax tree, and written into the text: all bytes
// that need no change stay, with comments and whatever format they have. What is
// there already is left alone, so that a second time changes nothing.
package modulefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

const (
	toolchainsRepo = "go_overlay_toolchains" // what go_toolchains makes

	// With the names of their variables, by convention.
	goDeps       = "go_deps"
	goSDK        = "go_sdk"
	goToolchains = "go_toolchains"
	overlays     = "overlays"
)

// Options say what a workspace needs.
type Options struct {
	// Path is the file's name in errors. Default: MODULE.bazel.
	Path string

	// Set is the label of the overlays that builds use by default; empty: none is chosen.
	// Where another one is chosen already, that is left. UsedSet tells which.
	Set string

	// GoOverlayVersion is what a bazel_dep of go_overlay gets, if there is none.
	GoOverlayVersion string

	// GoVersion is the version of Go that go.mod asks for, such as 1.26.8. It is written
	// only if AddSDK is set; errors have it in the lines to write by hand.
	GoVersion string

	// AddSDK says that a workspace which chooses no Go SDK gets one of version GoVersion.
	// Unasked that would be wrong: such a workspace is built by the Go that rules_go, or
	// another module, chooses.
	AddSDK bool

	// Include reads the file that an include() names by its label. Such files are read,
	// never written.
	Include func(label string) ([]byte, error)
}

// A ManualError says why a file can't be edited without guessing.
type ManualError struct {
	Path   string
	Reason string // a clause
	Lines  string // what to write instead
}

func (e *ManualError) Error() string {
	return fmt.Sprintf("%s: %s. Nothing was changed. Write by hand what is missing of these lines, and run the command again:\n\n%s",
		e.Path, e.Reason, indent(e.Lines))
}

func indent(lines string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(lines, "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// UsedSet returns the set that overlays.use names, by its label, and whether there is
// such a tag. The label is empty where it is no plain string. One of the module itself begins with //.
func UsedSet(content []byte, o Options) (set string, used bool, err error) {
	m, err := read(content, o)
	if err != nil {
		return "", false, err
	}
	for _, t := range m.tags(m.proxies(overlays)) {
		if t.name == "use" {
			set, _ := t.src.str(argument(t.call, -1, "set"))
			if m.repo != "" && strings.HasPrefix(set, "@"+m.repo+"//") {
				set = strings.TrimPrefix(set, "@"+m.repo)
			}
			return set, true, nil
		}
	}
	return "", false, nil
}

// HasOverride tells whether the module has a module_override of gazelle's go_deps for a Go module: there can be one for each.
func HasOverride(content []byte, o Options, goModule string) (bool, error) {
	m, err := read(content, o)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(m.allTags, func(t tag) bool {
		path, ok := t.src.str(argument(t.call, -1, "path"))
		return t.proxy.extension == "go_deps" && t.name == "module_override" && ok && path == goModule
	}), nil
}

// Repo returns the name that the workspace has for the repository of go_overlay, or will have.
func Repo(content []byte, o Options) (string, error) {
	m, err := read(content, o)
	if err != nil {
		return "", err
	}
	if dep := m.deps["go_overlay"]; dep.repo != "" {
		return dep.repo, nil
	}
	return "go_overlay", nil
}

// Wire returns the content of a MODULE.bazel with what it lacks, and a sentence for
// each thing that was added. Nothing is added to a file that has everything.
func Wire(content []byte, o Options) (wired []byte, notes []string, err error) {
	m, err := read(content, o)
	if err != nil {
		return nil, nil, err
	}
	w := &wiring{module: m, edits: edits{src: m.main}, options: o, hidden: map[*proxy][]string{}}
	if m.unread != "" && !w.complete() {
		return nil, nil, w.manual("what is not in it may be in " + m.unread + ", which it includes and which can't be read here")
	}
	for _, step := range []func() error{w.depend, w.wrap, w.register, w.use} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	wired = w.edits.apply()

	// A file that was edited has to be one that needs no edit.
	after, err := read(wired, o)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (as it would have been edited; nothing was changed)", err)
	}
	if again := (&wiring{module: after, options: o}); !again.complete() {
		return nil, nil, w.manual("it can't be edited: it would lack something still")
	}
	return wired, w.notes, nil
}

type wiring struct {
	*module
	edits
	options Options
	notes   []string

	dev   bool   // whether what is added holds only where the module is the root
	after int    // the statement behind which new ones go
	repo  string // apparent name of toolchainsRepo; empty before it has one

	hidden map[*proxy][]string // SDK repositories that are to be made visible
	wraps  []sdk               // what is known of the SDKs, for an error
}

func (w *wiring) note(format string, arguments ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, arguments...))
}

// label returns the label of a file of go_overlay.
func (w *wiring) label(file string) string {
	if w.name == "go_overlay" {
		return file
	}
	if dep := w.deps["go_overlay"]; dep.repo != "" {
		return "@" + dep.repo + file
	}
	return "@go_overlay" + file
}

func (w *wiring) sdkTags() []tag {
	return slices.DeleteFunc(w.tags(w.proxies(goToolchains)), func(t tag) bool { return t.name == "config" })
}

// registered returns whether toolchains that apply overlays are visible and registered.
func (w *wiring) registered() bool {
	repo, ok := w.visible(w.proxies(goToolchains))[toolchainsRepo]
	return ok && w.registration(repo) >= 0
}

// registration returns the statement that registers toolchains of a repository, or -1.
func (w *wiring) registration(repo string) int {
	for _, r := range w.registrations {
		if slices.ContainsFunc(r.labels, func(label string) bool { return strings.HasPrefix(label, "@"+repo+"//") }) {
			return r.top
		}
	}
	return -1
}

func (w *wiring) used() bool {
	return slices.ContainsFunc(w.tags(w.proxies(overlays)), func(t tag) bool { return t.name == "use" })
}

// complete returns whether there is nothing to do.
func (w *wiring) complete() bool {
	_, depends := w.deps["go_overlay"]
	return (depends || w.name == "go_overlay") && len(w.sdkTags()) > 0 && w.registered() && (w.options.Set == "" || w.used())
}

// depend adds the bazel_dep.
func (w *wiring) depend() error {
	rulesGo := w.deps["rules_go"]
	if dep, ok := w.deps["go_overlay"]; ok || w.name == "go_overlay" {
		if ok && dep.repo == "" {
			return w.manual("its bazel_dep of go_overlay has repo_name = None, so that nothing can be loaded from it; take that out")
		}
		w.dev = dep.dev
		return nil
	}
	if w.options.GoOverlayVersion == "" && !slices.Contains(w.overrides, "go_overlay") {
		return w.manual("it has no bazel_dep of go_overlay, and which version to depend on is not known")
	}
	dev := rulesGo.dev
	arguments := []string{`name = "go_overlay"`}
	if w.options.GoOverlayVersion != "" {
		arguments = append(arguments, fmt.Sprintf("version = %q", w.options.GoOverlayVersion))
	}
	if dev {
		arguments = append(arguments, "dev_dependency = True")
	}
	// bazel_dep is what buildifier leaves on one line.
	text := "bazel_dep(" + strings.Join(arguments, ", ") + ")\n"
	w.dev = dev
	w.note("Depends on go_overlay.")
	w.addDep(text, dev)
	return nil
}

// addDep adds a bazel_dep where it belongs by its name if they are in order, and else
// behind the last.
func (w *wiring) addDep(text string, dev bool) {
	var names []string
	var at []int
	for i, statement := range w.main.tree.Stmt {
		if call, ok := plainCall(statement, "bazel_dep"); ok && boolean(call, "dev_dependency") == dev {
			name, _ := w.main.str(argument(call, 0, "name"))
			names, at = append(names, name), append(at, i)
		}
	}
	if len(at) == 0 {
		last := -1
		for i, statement := range w.main.tree.Stmt {
			_, dep := plainCall(statement, "bazel_dep")
			_, module := plainCall(statement, "module")
			_, doc := statement.(*build.StringExpr)
			if dep || module || doc {
				last = w.withOverrides(i)
			}
		}
		w.insert(last, text, true)
		return
	}
	last := at[len(at)-1]
	if slices.IsSorted(names) {
		i, _ := slices.BinarySearch(names, "go_overlay")
		if i == 0 && len(w.main.tree.Stmt[at[0]].Comment().Before) == 0 {
			w.insertBefore(at[0], text)
			return
		}
		if i > 0 {
			last = at[i-1]
		}
	}
	behind := w.withOverrides(last)
	w.insert(behind, text, behind != last)
}

// withOverrides returns the last of the overrides that follow a statement, or it.
func (w *wiring) withOverrides(i int) int {
	for i+1 < len(w.main.tree.Stmt) && isOverride(w.main.tree.Stmt[i+1]) {
		i++
	}
	return i
}

// wrap wraps the SDKs of rules_go, unless SDKs are chosen already.
func (w *wiring) wrap() error {
	w.after = w.lastOf(w.proxies(goToolchains))
	if len(w.sdkTags()) > 0 {
		return nil
	}
	sdks, err := w.sdks()
	if err != nil {
		return err
	}
	if len(sdks) == 0 {
		sdk, err := w.addSDK()
		if err != nil {
			return err
		}
		sdks = append(sdks, sdk)
	}
	if err := w.chooseDefault(sdks); err != nil {
		return err
	}
	if w.version != "" && !w.dev {
		w.note("Only a root module may name and wrap SDKs. If others depend on this module, write dev_dependency = True " +
			"into use_extension of go_sdk, go_toolchains and overlays, and into register_toolchains.")
	}
	var tags strings.Builder
	proxy, isNew := w.proxyFor(goToolchains)
	for _, sdk := range sdks {
		tags.WriteString(sdk.wrap(proxy))
		w.note("Wraps the Go SDK @%s, so that what it compiles is overlaid.", sdk.repo)
	}
	if isNew {
		w.after = max(w.after, w.lastOf(w.proxies(goSDK)))
		w.insert(w.after, "# What the Go SDK compiles is overlaid.\n"+
			w.useExtension(proxy, "//toolchains:extensions.bzl", goToolchains)+
			tags.String()+
			useRepoCall(proxy, toolchainsRepo), true)
		w.repo = toolchainsRepo
		return nil
	}
	w.insert(w.lastTag(proxy), tags.String(), false)
	return nil
}

func (w *wiring) useExtension(proxy, file, name string) string {
	if w.dev {
		return fmt.Sprintf("%s = use_extension(%q, %q, dev_dependency = True)\n", proxy, w.label(file), name)
	}
	return fmt.Sprintf("%s = use_extension(%q, %q)\n", proxy, w.label(file), name)
}

// register makes the toolchains visible, and registers them.
func (w *wiring) register() error {
	if w.repo == "" {
		w.repo = w.visible(w.proxies(goToolchains))[toolchainsRepo]
	}
	if w.repo == "" {
		proxy, isNew := w.proxyFor(goToolchains)
		if isNew {
			return w.manual("its go_toolchains is in a file that it includes, and " + toolchainsRepo + " is in no use_repo of it")
		}
		w.addToUseRepo(proxy, toolchainsRepo)
		w.repo = toolchainsRepo
	}
	if at := w.registration(w.repo); at >= 0 {
		w.after = max(w.after, at)
		return nil
	}
	dev := w.dev
	for _, p := range w.proxies(goToolchains) {
		dev = dev || p.dev
	}
	call := fmt.Sprintf("register_toolchains(\"@%s//:all\")\n", w.repo)
	if dev {
		call = fmt.Sprintf("register_toolchains(\n    \"@%s//:all\",\n    dev_dependency = True,\n)\n", w.repo)
	}
	w.note("Registers the toolchains that apply overlays.")
	for _, r := range w.registrations {
		if r.top <= w.after {
			w.insertBefore(r.top, "# Before other toolchains of Go: the first that fits is used.\n"+call+"\n")
			return nil
		}
	}
	w.insert(w.after, call, true)
	return nil
}

// use chooses the set.
func (w *wiring) use() error {
	if w.options.Set == "" || w.used() {
		return nil
	}
	proxy, isNew := w.proxyFor(overlays)
	tag := fmt.Sprintf("%s.use(set = %q)\n", proxy, w.options.Set)
	w.note("Builds use the overlays of %s by default.", w.options.Set)
	if isNew {
		w.insert(w.after, "# The overlays that a build uses unless it is told otherwise.\n"+
			w.useExtension(proxy, "//go_overlay:extensions.bzl", overlays)+tag, true)
		return nil
	}
	w.insert(w.lastTag(proxy), tag, false)
	return nil
}

// manual returns the error with the lines to write by hand: all that are missing, as
// far as they are known.
func (w *wiring) manual(reason string) error {
	known := func(version string) string {
		if version == "" {
			return "…"
		}
		return version
	}
	var b strings.Builder
	if w.deps["go_overlay"].repo == "" && w.name != "go_overlay" {
		fmt.Fprintf(&b, "bazel_dep(name = \"go_overlay\", version = %q)\n", known(w.options.GoOverlayVersion))
	}
	sdks := w.wraps
	wrapped := len(w.sdkTags()) > 0
	if !wrapped && !w.declaresSDK() {
		rulesGo := w.deps["rules_go"].repo
		if rulesGo == "" {
			rulesGo = "rules_go"
			b.WriteString("bazel_dep(name = \"rules_go\", version = \"…\")\n")
		}
		version := fmt.Sprintf("%q", known(w.goVersion()))
		sdks = []sdk{{repo: "go_sdk", version: version}}
		fmt.Fprintf(&b, "\ngo_sdk = use_extension(\"@%s//go:extensions.bzl\", \"go_sdk\")\n"+
			"go_sdk.download(\n    name = \"go_sdk\",\n    version = %s,\n)\n", rulesGo, version)
	} else if !wrapped && len(sdks) == 0 {
		sdks = []sdk{{repo: "NAME", version: `"…"`}}
	}
	var names []string
	for _, s := range sdks {
		if !s.elsewhere {
			names = append(names, s.repo)
		}
	}
	if len(names) > 0 {
		if !strings.HasSuffix(b.String(), "\n)\n") {
			b.WriteString("\n")
		}
		b.WriteString(useRepoCall("go_sdk", names...))
	}
	if !wrapped || !w.registered() {
		fmt.Fprintf(&b, "\ngo_toolchains = use_extension(%q, \"go_toolchains\")\n", w.label("//toolchains:extensions.bzl"))
	}
	if !wrapped {
		for _, s := range sdks {
			b.WriteString(s.wrap("go_toolchains"))
		}
	}
	if !w.registered() {
		b.WriteString("use_repo(go_toolchains, \"go_overlay_toolchains\")\n\nregister_toolchains(\"@go_overlay_toolchains//:all\")\n")
	}
	if w.options.Set != "" && !w.used() {
		fmt.Fprintf(&b, "\noverlays = use_extension(%q, \"overlays\")\noverlays.use(set = %q)\n", w.label("//go_overlay:extensions.bzl"), w.options.Set)
	}
	return &ManualError{Path: w.main.path, Reason: reason, Lines: strings.TrimPrefix(b.String(), "\n")}
}
