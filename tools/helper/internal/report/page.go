package report

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 110em; padding: 0 1em; color: #222; background: #fff; }
h1 { font-size: 1.4em; }
code { font: 0.93em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: 0.35em 0.6em; text-align: left; vertical-align: top; }
th { background: #eee; }
small { color: #555; display: block; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818; }
  th, td { border-color: #555; }
  th { background: #333; }
  small { color: #aaa; }
  a { color: #8bf; }
}
`

// page returns a report as a page of HTML that needs nothing else.
func page(r Report) string {
	var b strings.Builder
	title := "Overlays in " + record.DisplayLabel(r.Target)
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%s</title>
<style>%s</style>
</head>
<body>
<h1>%s</h1>
`, html.EscapeString(title), style, html.EscapeString(title))
	if len(r.Packages) == 0 {
		b.WriteString("<p><strong>There are no overlays:</strong> every Go package is compiled from its own files.</p>\n")
	} else {
		fmt.Fprintf(&b, "<p>%s. The packages below are not compiled from their own files alone.</p>\n", summary(r))
		writeTable(&b, r)
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

func summary(r Report) string {
	overlays, files := map[string]bool{}, 0
	importPaths := map[string]bool{}
	for _, p := range r.Packages {
		importPaths[p.ImportPath] = true
		files += len(p.Files)
		for _, o := range p.Overlays {
			overlays[o.Label] = true
		}
	}
	return fmt.Sprintf("%s, %s, %s",
		plural(len(importPaths), "overlaid package"), plural(files, "changed file"), plural(len(overlays), "overlay"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func writeTable(b *strings.Builder, r Report) {
	b.WriteString("<table>\n<thead><tr><th>Package</th><th>File</th><th>Change</th><th>Base → result</th>" +
		"<th>Overlay</th><th>Reason</th><th>Upstream</th><th>Expires</th></tr></thead>\n<tbody>\n")
	for _, p := range r.Packages {
		groups := groupsOf(p)
		rows := 0
		for _, g := range groups {
			rows += len(g.overlays)
		}
		for i, g := range groups {
			for j, o := range g.overlays {
				b.WriteString("<tr>")
				if i == 0 && j == 0 {
					cell(b, rows, packageCell(p))
				}
				if j == 0 {
					for _, content := range g.cells {
						cell(b, len(g.overlays), content)
					}
				}
				for _, content := range overlayCells(o) {
					cell(b, 1, content)
				}
				b.WriteString("</tr>\n")
			}
		}
	}
	b.WriteString("</tbody>\n</table>\n")
}

// cell writes a cell. The content is HTML.
func cell(b *strings.Builder, rows int, content string) {
	if rows == 1 {
		fmt.Fprintf(b, "<td>%s</td>", content)
	} else {
		fmt.Fprintf(b, `<td rowspan="%d">%s</td>`, rows, content)
	}
}

// A group is a file and the overlays that change it, one in each row.
type group struct {
	cells    []string // file, change, digests
	overlays []record.Overlay
}

// groupsOf returns the rows of a package. Overlays that change no file, or whose
// files are not known, come last.
func groupsOf(p Package) []group {
	byLabel := map[string]record.Overlay{}
	for _, o := range p.Overlays {
		byLabel[o.Label] = o
	}
	var groups []group
	used := map[string]bool{}
	for _, file := range p.Files {
		g := group{cells: []string{fileCell(file), changeCell(file), digestsCell(file)}}
		for _, label := range file.Overlays {
			o, ok := byLabel[label]
			if !ok {
				o.Label = label
			}
			used[label] = true
			g.overlays = append(g.overlays, o)
		}
		if len(g.overlays) > 0 {
			groups = append(groups, g)
		}
	}
	rest := group{cells: []string{"no files", "–", "–"}}
	if p.Unrecorded {
		rest.cells[0] = "not recorded"
	}
	for _, o := range p.Overlays {
		if !used[o.Label] {
			rest.overlays = append(rest.overlays, o)
		}
	}
	if len(rest.overlays) > 0 {
		groups = append(groups, rest)
	}
	return groups
}

func packageCell(p Package) string {
	content := code(p.ImportPath)
	for _, target := range p.Targets {
		content += note(code(record.DisplayLabel(target)))
	}
	if p.Unrecorded {
		content += note("compiled anew (for a test), from the same overlays")
	}
	for _, l := range p.LeftOut {
		content += note("left out of " + code(l.Diff) + ": " + code(l.File) + " (" + text(l.Why) + ")")
	}
	return content
}

func fileCell(file record.File) string {
	content := code(file.Name)
	for _, n := range file.Notes {
		content += note(text(n))
	}
	return content
}

// changeCell says what happened to a file, and whether anything came of it.
func changeCell(file record.File) string {
	content := text(string(file.Change))
	if file.LeftOut != "" {
		content += note("<strong>left out by Go:</strong> " + text(file.LeftOut))
	}
	return content
}

func digestsCell(file record.File) string {
	return digest(file.Base) + " → " + digest(file.Result)
}

// digest shortens a digest. All of it appears when one points at it.
func digest(full string) string {
	if full == "" {
		return "none"
	}
	short := strings.TrimPrefix(full, "sha256:")
	if len(short) > 12 {
		short = short[:12]
	}
	return fmt.Sprintf(`<code title="%s">%s</code>`, text(full), text(short))
}

func overlayCells(o record.Overlay) []string {
	label := code(record.DisplayLabel(o.Label))
	for _, dep := range o.Deps {
		label += note("adds the dependency " + code(record.DisplayLabel(dep)))
	}
	for _, dep := range o.Cdeps {
		label += note("adds the C library " + code(record.DisplayLabel(dep)))
	}
	for _, opts := range []struct {
		does string
		opts []string
	}{
		{"compiles with ", o.GcGoopts},
		{"preprocesses C with ", o.Cppopts},
		{"compiles C with ", o.Copts},
		{"compiles C++ with ", o.Cxxopts},
		{"links with ", o.Clinkopts},
		{"deletes the option ", o.DeleteOpts},
	} {
		for _, opt := range opts.opts {
			label += note(opts.does + code(opt))
		}
	}
	var names []string
	for name := range o.XDefs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		label += note("sets " + code(name+" = "+o.XDefs[name]))
	}
	if o.Cgo {
		label += note("compiles with cgo")
	}
	return []string{label, text(o.Reason), link(o.Upstream), text(o.Expires)}
}

// link makes a link of a URL of the web. Others, which could be scripts, stay text.
func link(url string) string {
	lower := strings.ToLower(url)
	if !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") {
		return text(url)
	}
	return fmt.Sprintf(`<a href="%s" rel="noreferrer">%s</a>`, text(url), text(url))
}

func code(s string) string { return "<code>" + text(s) + "</code>" }

// note puts HTML under what a cell is about.
func note(content string) string { return "<small>" + content + "</small>" }

// text escapes s for HTML, within quotes as well.
func text(s string) string { return html.EscapeString(s) }
