package modulefile

import (
	"fmt"
	"go/version"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// An sdk is an SDK repository of rules_go, to be wrapped.
type sdk struct {
	repo         string // apparent name
	version      string // Starlark; empty if only the SDK knows it
	goos, goarch string // Starlark; empty: those of the host
	host         bool   // whether it is that of the machine
	isDefault    bool   // whether it has to be marked as the default
	elsewhere    bool   // whether its repository is none of go_sdk's
}

func (s sdk) wrap(proxy string) string {
	arguments := []string{fmt.Sprintf("sdk = \"@%s//:ROOT\"", s.repo)}
	if s.isDefault {
		arguments = slices.Insert(arguments, 0, "default = True")
	}
	if s.goos != "" {
		arguments = slices.Insert(arguments, len(arguments)-1, "goarch = "+s.goarch, "goos = "+s.goos)
	}
	if s.host {
		arguments = append(arguments, `sdk_type = "host"`)
	}
	if s.version != "" {
		arguments = append(arguments, "version = "+s.version)
	}
	if len(arguments) == 1 {
		return fmt.Sprintf("%s.wrap(%s)\n", proxy, arguments[0])
	}
	return fmt.Sprintf("%s.wrap(\n    %s,\n)\n", proxy, strings.Join(arguments, ",\n    "))
}

// sdkClasses are the tags of go_sdk that declare SDKs, in the order in which rules_go
// tries them.
var sdkClasses = []string{"wrap", "from_file", "download", "host"}

// declaresSDK returns whether go_sdk has a tag that declares an SDK that builds use.
func (w *wiring) declaresSDK() bool {
	return slices.ContainsFunc(w.tags(w.goSDKs()), func(t tag) bool { return slices.Contains(sdkClasses, t.name) })
}

// goSDKs returns the uses of go_sdk. Toolchains of an isolated extension are not those
// that rules_go registers.
func (w *wiring) goSDKs() []*proxy {
	return slices.DeleteFunc(w.proxies(goSDK), func(p *proxy) bool { return p.isolated })
}

// sdks returns the SDKs of the module's go_sdk tags in the order in which rules_go
// tries them. Those that are not visible are made so.
func (w *wiring) sdks() ([]sdk, error) {
	uses := w.goSDKs()
	tags := w.tags(uses)
	var found []sdk
	for _, class := range sdkClasses {
		for _, t := range tags {
			if t.name != class {
				continue
			}
			if class == "wrap" {
				w.wraps = []sdk{{repo: "NAME", version: `"…"`, elsewhere: true}}
				return nil, w.manual("go_sdk.wrap makes an SDK repository that has no name, which can't be wrapped; wrap the SDK repository that it is made of")
			}
			s, err := w.sdk(t, uses)
			if err != nil {
				return nil, err
			}
			found = append(found, s)
		}
	}
	for _, p := range uses {
		if repos := w.hidden[p]; len(repos) > 0 {
			w.addToUseRepo(p.variable, repos...)
		}
	}
	return found, nil
}

// sdk returns the SDK of a tag.
func (w *wiring) sdk(t tag, uses []*proxy) (sdk, error) {
	start, _ := t.call.Span()
	what := fmt.Sprintf("go_sdk.%s in line %d", t.name, start.Line)
	if t.src != w.main {
		what += " of " + t.src.path
	}
	if t.loop {
		return sdk{}, w.manual(what + " is part of an expression, so that it can't be told which SDKs there are")
	}
	s := sdk{host: t.name == "host"}
	// A version that go.mod has must not be written again: both would have to change.
	// Nor is it known what Go the machine has.
	if t.name == "download" {
		s.version, _ = w.starlark(t, "version")
	}
	if t.name != "host" {
		var known, known2 bool
		s.goos, known = w.starlark(t, "goos")
		s.goarch, known2 = w.starlark(t, "goarch")
		if !known || !known2 || (s.goos == "") != (s.goarch == "") {
			return sdk{}, w.manual("the goos and goarch of " + what + " are not both plain strings")
		}
	}
	w.dev = w.dev || t.proxy.dev

	name := ""
	if x := argument(t.call, -1, "name"); x != nil {
		var ok bool
		if name, ok = t.src.str(x); !ok {
			return sdk{}, w.manual("the name of " + what + " is no plain string")
		}
	}
	visible := w.visible(uses)
	if name != "" && visible[name] != "" {
		s.repo = visible[name]
		return s, nil
	}
	if !t.plain || t.proxy.variable == "" {
		return sdk{}, w.manual(fmt.Sprintf("the SDK of %s is in no use_repo, and the command writes only to %s", what, w.main.path))
	}
	if name == "" {
		for repo := range visible {
			if strings.HasPrefix(repo, "main__") {
				return sdk{}, w.manual(fmt.Sprintf("%s has no name, and use_repo names @%s by what rules_go calls it; give it a name, and use that", what, repo))
			}
		}
		name = w.freeRepo(t, s)
		t.call.List = slices.Insert(t.call.List, 0, build.Expr(&build.AssignExpr{
			LHS: &build.Ident{Name: "name"},
			Op:  "=",
			RHS: &build.StringExpr{Value: name},
		}))
		w.replace(t.call)
		w.note("Gives the Go SDK of go_sdk.%s the name %s, by which all Go code is compiled anew, once.", t.name, name)
	}
	w.hidden[t.proxy] = append(w.hidden[t.proxy], name)
	s.repo = name
	return s, nil
}

// starlark returns an argument as it is to be written into MODULE.bazel; empty if the
// tag has none. Only there its variables are known.
func (w *wiring) starlark(t tag, name string) (text string, known bool) {
	x := argument(t.call, -1, name)
	if x == nil {
		return "", true
	}
	if value, ok := t.src.str(x); ok {
		if _, isVariable := x.(*build.Ident); isVariable && t.src == w.main {
			return x.(*build.Ident).Name, true
		}
		if value == "" {
			return "", true
		}
		return fmt.Sprintf("%q", value), true
	}
	return "", false
}

// freeRepo returns a name for an SDK that no repository has.
func (w *wiring) freeRepo(t tag, s sdk) string {
	taken := map[string]bool{"go_default_sdk": true}
	for _, repos := range w.hidden {
		for _, repo := range repos {
			taken[repo] = true
		}
	}
	for _, u := range w.useRepos {
		for repo, name := range u.names {
			taken[repo], taken[name] = true, true
		}
	}
	for _, dep := range w.deps {
		taken[dep.repo] = true
	}
	for _, other := range w.tags(w.proxies(goSDK)) {
		if name, ok := other.src.str(argument(other.call, -1, "name")); ok {
			taken[name] = true
		}
	}
	candidates := []string{"go_sdk"}
	number, _ := t.src.str(argument(t.call, -1, "version"))
	if number != "" {
		candidates = append(candidates, "go_sdk_"+number)
	}
	if s.goos != "" {
		goos, _ := t.src.str(argument(t.call, -1, "goos"))
		goarch, _ := t.src.str(argument(t.call, -1, "goarch"))
		candidates = []string{"go_sdk_" + goos + "_" + goarch, "go_sdk_" + number + "_" + goos + "_" + goarch}
	}
	for i := 0; ; i++ {
		if i == len(candidates) {
			candidates = append(candidates, fmt.Sprintf("go_sdk_%d", i))
		}
		if !taken[candidates[i]] {
			return candidates[i]
		}
	}
}

// addSDK declares an SDK where the module has none, if that is asked for.
func (w *wiring) addSDK() (sdk, error) {
	dep, ok := w.deps["rules_go"]
	if !ok || dep.repo == "" {
		return sdk{}, w.manual("it declares no Go SDK, and has no bazel_dep of rules_go")
	}
	if !w.options.AddSDK || w.goVersion() == "" {
		return sdk{}, w.manual("it declares no Go SDK, so that builds use the one that rules_go or another module chooses, which can't be wrapped by its name; declare one of the version that you want")
	}
	proxy, isNew := w.proxyFor(goSDK)
	s := sdk{version: fmt.Sprintf("%q", w.goVersion())}
	s.repo = w.freeRepo(tag{src: w.main, call: &build.CallExpr{}}, s)
	text := fmt.Sprintf("%s.download(\n    name = %q,\n    version = %s,\n)\n", proxy, s.repo, s.version)
	w.note("Declares the Go SDK @%s, of version %s.", s.repo, w.goVersion())
	if isNew {
		for i, statement := range w.main.tree.Stmt {
			if _, ok := plainCall(statement, "bazel_dep"); ok {
				w.after = max(w.after, w.withOverrides(i))
			}
		}
		file := "@" + dep.repo + "//go:extensions.bzl"
		use := fmt.Sprintf("%s = use_extension(%q, \"go_sdk\")\n", proxy, file)
		if w.dev {
			use = fmt.Sprintf("%s = use_extension(%q, \"go_sdk\", dev_dependency = True)\n", proxy, file)
		}
		w.insert(w.after, use+text+useRepoCall(proxy, s.repo), true)
		return s, nil
	}
	w.insert(w.lastTag(proxy), text, false)
	w.addToUseRepo(proxy, s.repo)
	return s, nil
}

// goVersion returns the version of an SDK that the workspace asks for; empty if it asks
// for a version of the language, such as 1.26, which no SDK has since 1.21.
func (w *wiring) goVersion() string {
	v := "go" + w.options.GoVersion
	if !version.IsValid(v) || version.Lang(v) == v && version.Compare(v, "go1.21") >= 0 {
		return ""
	}
	return w.options.GoVersion
}

// chooseDefault marks the SDK that rules_go would take: among several, go_overlay wants
// to be told.
func (w *wiring) chooseDefault(sdks []sdk) error {
	platforms := map[string]bool{}
	versions := map[string]bool{}
	for _, s := range sdks {
		platforms[s.goos+" "+s.goarch] = true
		versions[s.version] = true
	}
	if len(sdks) == 1 {
		return nil
	}
	switch {
	case len(platforms) == len(sdks) && !platforms[" "] && len(versions) == 1:
		// One for each platform that builds run on.
	case sdks[0].goos == "":
		sdks[0].isDefault = true
	case !platforms[" "]:
		marked := map[string]bool{}
		for i, s := range sdks {
			platform := s.goos + " " + s.goarch
			sdks[i].isDefault = !marked[platform]
			marked[platform] = true
		}
	default:
		w.wraps = sdks
		return w.manual("it declares SDKs for some platforms and one for any, so that it can't be told which is to be the default; wrap them, with default = True at those that builds use")
	}
	return nil
}
