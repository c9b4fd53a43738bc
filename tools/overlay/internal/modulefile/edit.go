package modulefile

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/buildtools/build"
)

// edits are changes to the text of a source. Bytes that none of them is about stay.
type edits struct {
	src     *source
	changes []change
}

// A change puts text into the place of the bytes [start, end).
type change struct {
	start, end int
	text       string
	apart      bool // whether blank lines set it off
}

// insert puts lines behind a statement, or at the start of the file for -1; apart says
// whether blank lines set them off from others.
func (e *edits) insert(statement int, text string, apart bool) {
	at := 0
	if statement >= 0 {
		_, end := e.src.tree.Stmt[statement].Span()
		at = e.lineEnd(end.Byte)
	}
	e.changes = append(e.changes, change{at, at, text, apart})
}

// insertBefore puts lines before a statement and its comments.
func (e *edits) insertBefore(statement int, text string) {
	x := e.src.tree.Stmt[statement]
	start, _ := x.Span()
	if before := x.Comment().Before; len(before) > 0 {
		start = before[0].Start
	}
	at := bytes.LastIndexByte(e.src.content[:start.Byte], '\n') + 1
	e.changes = append(e.changes, change{at, at, text, false})
}

// replace prints a call anew, whose comments outside of it stay where they are.
func (e *edits) replace(call *build.CallExpr) {
	start, end := call.Span()
	bare := *call
	bare.Comments = build.Comments{}
	text := strings.TrimSuffix(format(&bare), "\n")
	e.changes = slices.DeleteFunc(e.changes, func(c change) bool { return c.start == start.Byte && c.end == end.Byte })
	e.changes = append(e.changes, change{start.Byte, end.Byte, text, false})
}

// remove takes out a statement with its comments, and one of two blank lines around it.
func (e *edits) remove(statement int) {
	x := e.src.tree.Stmt[statement]
	start, end := x.Span()
	if before := x.Comment().Before; len(before) > 0 {
		start = before[0].Start
	}
	from, to := bytes.LastIndexByte(e.src.content[:start.Byte], '\n')+1, e.lineEnd(end.Byte)
	isApart := from == 0 || bytes.HasSuffix(e.src.content[:from], []byte("\n\n")) || bytes.HasSuffix(e.src.content[:from], []byte("\n\r\n"))
	if next := e.lineEnd(to); isApart && len(bytes.TrimSpace(e.src.content[to:next])) == 0 {
		to = next
	}
	e.changes = append(e.changes, change{from, to, "", false})
}

// lineEnd returns where the line ends that has a byte, behind its newline.
func (e *edits) lineEnd(at int) int {
	if i := bytes.IndexByte(e.src.content[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(e.src.content)
}

func (e *edits) apply() []byte {
	if len(e.changes) == 0 {
		return e.src.content
	}
	newline := "\n"
	if bytes.Contains(e.src.content, []byte("\r\n")) {
		newline = "\r\n"
	}
	// Those of one place stay in the order in which they were made.
	sort.SliceStable(e.changes, func(i, j int) bool { return e.changes[i].start < e.changes[j].start })
	var out []byte
	done := 0
	for i, c := range e.changes {
		out = append(out, e.src.content[done:c.start]...)
		done = c.end
		lines := c.start == c.end
		if lines && len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, newline...)
		}
		if c.apart && len(out) > 0 && !bytes.HasSuffix(out, []byte(newline+newline)) {
			out = append(out, newline...)
		}
		out = append(out, strings.ReplaceAll(c.text, "\n", newline)...)
		last := i+1 == len(e.changes) || e.changes[i+1].start != c.start
		if rest := e.src.content[done:]; c.apart && last && len(rest) > 0 && !bytes.HasPrefix(rest, []byte(newline)) {
			out = append(out, newline...)
		}
	}
	return append(out, e.src.content[done:]...)
}

// proxyFor returns the variable of an extension that tags can be added to, or the
// name of one to be made.
func (w *wiring) proxyFor(extension string) (variable string, isNew bool) {
	for _, p := range w.proxies(extension) {
		if p.src != w.main || p.isolated || p.variable == "" {
			continue
		}
		if variable == "" || p.dev == w.dev {
			variable = p.variable
		}
	}
	if variable != "" {
		return variable, false
	}
	variable = extension
	for i := 1; w.main.names[variable] > 0; i++ {
		variable = "go_overlay_" + extension
		if i > 1 {
			variable += fmt.Sprintf("_%d", i)
		}
	}
	return variable, true
}

// addToUseRepo makes repositories of an extension visible.
func (w *wiring) addToUseRepo(variable string, repos ...string) {
	p := w.main.proxies[variable]
	for i := len(w.useRepos) - 1; i >= 0; i-- {
		if u := w.useRepos[i]; u.proxy == p && u.plain {
			// Positional arguments come first.
			at := 1
			for j, x := range u.call.List {
				if _, ok := x.(*build.StringExpr); ok {
					at = j + 1
				}
			}
			for _, repo := range repos {
				u.call.List = slices.Insert(u.call.List, at, build.Expr(&build.StringExpr{Value: repo}))
			}
			w.replace(u.call)
			return
		}
	}
	w.insert(w.lastTag(variable), useRepoCall(variable, repos...), false)
}

// useRepoCall returns a call of use_repo, as buildifier formats it.
func useRepoCall(variable string, repos ...string) string {
	call := &build.CallExpr{X: &build.Ident{Name: "use_repo"}, List: []build.Expr{&build.Ident{Name: variable}}, ForceCompact: true}
	for _, repo := range repos {
		call.List = append(call.List, &build.StringExpr{Value: repo})
	}
	return format(call)
}

func format(statement build.Expr) string {
	return string(build.Format(&build.File{Type: build.TypeModule, Stmt: []build.Expr{statement}}))
}
