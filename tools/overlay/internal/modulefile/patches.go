package modulefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// A Patched is a tag that has an extension patch Go code: go_deps.module_override, or go_sdk.download and from_file.
type Patched struct {
	Tag     string   // go_deps.module_override
	Place   string   // MODULE.bazel:12
	Module  string   // path of the module; empty for an SDK
	Version string   // of an SDK, or empty
	Patches []string // labels, those of the workspace without its name
	Strip   int      // patch_strip
	Comment string   // before the tag, without #

	Commands bool   // whether it has commands change files, too
	Manual   string // why it can't be edited, or empty

	index int // among the tags of its module
}

// Patches returns the tags that have patches, in their order.
func Patches(content []byte, o Options) ([]Patched, error) {
	m, err := read(content, o)
	if err != nil {
		return nil, err
	}
	var found []Patched
	for i, t := range m.allTags {
		isModule := t.name == "module_override" && contains(m.proxies(goDeps), t.proxy)
		isSDK := (t.name == "download" || t.name == "from_file") && contains(m.proxies(goSDK), t.proxy)
		patches := argument(t.call, -1, "patches")
		if patches == nil || !isModule && !isSDK {
			continue
		}
		start, _ := t.call.Span()
		p := Patched{Place: fmt.Sprintf("%s:%d", t.src.path, start.Line), index: i}
		switch {
		case t.loop:
			p.Manual = "it is part of an expression, such as a comprehension"
		case !t.plain:
			p.Manual = "it is in a file that MODULE.bazel includes, and the command writes only to that"
		}
		var ok bool
		if isModule {
			p.Tag = "go_deps." + t.name
			p.Commands = argument(t.call, -1, "patch_cmds") != nil
			if p.Module, ok = t.src.str(argument(t.call, -1, "path")); !ok {
				p.Manual = "its path is no plain string"
			}
		} else {
			p.Tag = "go_sdk." + t.name
			p.Version, _ = t.src.str(argument(t.call, -1, "version"))
		}
		if list, ok := patches.(*build.ListExpr); ok {
			for _, x := range list.List {
				label, ok := t.src.str(x)
				if !ok {
					p.Manual = "its patches are not all plain strings"
				}
				p.Patches = append(p.Patches, m.ownLabel(label))
			}
		} else {
			p.Manual = "its patches are no plain list"
		}
		if strip := argument(t.call, -1, "patch_strip"); strip != nil {
			number, ok := strip.(*build.LiteralExpr)
			if ok {
				p.Strip, err = strconv.Atoi(number.Token)
			}
			if !ok || err != nil {
				p.Manual = "its patch_strip is no plain number"
			}
		}
		for _, comment := range t.call.Comment().Before {
			p.Comment += strings.TrimSpace(strings.TrimLeft(comment.Token, "#")) + "\n"
		}
		p.Comment = strings.TrimSpace(p.Comment)
		if len(p.Patches) > 0 || p.Manual != "" {
			found = append(found, p)
		}
	}
	return found, nil
}

// ownLabel writes a label of the workspace's own repository without the name of that.
func (m *module) ownLabel(label string) string {
	if m.repo != "" && strings.HasPrefix(label, "@"+m.repo+"//") {
		label = strings.TrimPrefix(label, "@"+m.repo)
	}
	if label != "" && !strings.Contains(label, ":") && !strings.Contains(label, "//") {
		return ":" + label
	}
	return label
}

// WithPatches returns the content of a MODULE.bazel in which a tag that [Patches] found has other patches. Without any,
// the tag goes if it says nothing else, with its comment.
func WithPatches(content []byte, o Options, p Patched, labels []string) ([]byte, error) {
	m, err := read(content, o)
	if err != nil {
		return nil, err
	}
	t := m.allTags[p.index]
	e := &edits{src: m.main}
	if len(labels) > 0 {
		list := &build.ListExpr{}
		for _, label := range labels {
			list.List = append(list.List, &build.StringExpr{Value: label})
		}
		for _, x := range t.call.List {
			if assign, ok := x.(*build.AssignExpr); ok && isNamed(assign, "patches") {
				assign.RHS = list
			}
		}
		e.replace(t.call)
		return e.apply(), nil
	}
	t.call.List = slices.DeleteFunc(t.call.List, func(x build.Expr) bool {
		assign, ok := x.(*build.AssignExpr)
		return ok && (isNamed(assign, "patches") || isNamed(assign, "patch_strip"))
	})
	if p.Module != "" && len(t.call.List) == 1 {
		e.remove(t.top)
	} else {
		e.replace(t.call)
	}
	return e.apply(), nil
}

func isNamed(assign *build.AssignExpr, name string) bool {
	key, ok := assign.LHS.(*build.Ident)
	return ok && key.Name == name
}
