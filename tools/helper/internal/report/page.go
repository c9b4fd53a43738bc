package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/record"
)

const pageTemplate = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Overlays in {{label .Target}}</title>
<style>
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
</style>
</head>
<body>
<h1>Overlays in {{label .Target}}</h1>
{{if .Packages -}}
<p>{{summary .}}. The packages below are not compiled from their own files alone.</p>
<table>
<thead><tr><th>Package</th><th>File</th><th>Change</th><th>Base → result</th><th>Overlay</th><th>Reason</th><th>Upstream</th><th>Expires</th></tr></thead>
<tbody>
{{range $package := .Packages}}{{range $i, $group := groups .}}{{range $j, $overlay := .Overlays -}}
<tr>
	{{- if not (or $i $j)}}<td{{template "rowspan" rows $package}}>{{template "package" $package}}</td>{{end}}
	{{- if not $j}}{{template "of file" $group}}{{end}}
	{{- template "overlay" .}}</tr>
{{end}}{{end}}{{end -}}
</tbody>
</table>
{{else -}}
<p><strong>There are no overlays:</strong> every Go package is compiled from its own files.</p>
{{end -}}
</body>
</html>

{{- define "rowspan"}}{{if ne . 1}} rowspan="{{.}}"{{end}}{{end}}

{{- define "package" -}}
	<code>{{.ImportPath}}</code>
	{{- range .Targets}}<small><code>{{label .}}</code></small>{{end}}
	{{- range .LeftOut}}<small>left out of <code>{{.Diff}}</code>: <code>{{.File}}</code> ({{.Why}})</small>{{end}}
{{- end}}

{{- define "of file"}}{{$rows := len .Overlays -}}
	<td{{template "rowspan" $rows}}>{{template "file" .File}}</td><td{{template "rowspan" $rows}}>{{template "change" .File}}</td><td{{template "rowspan" $rows}}>{{template "digests" .File}}</td>
{{- end}}

{{- define "file"}}{{with . -}}
	<code>{{.Name}}</code>
	{{- range .Notes}}<small>{{.}}</small>{{end}}
{{- else}}no files{{end}}{{end}}

{{- define "change"}}{{with . -}}
	{{.Change}}{{with .LeftOut}}<small><strong>left out by Go:</strong> {{.}}</small>{{end}}
{{- else}}–{{end}}{{end}}

{{- define "digests"}}{{with . -}}
	{{template "digest" .Base}} → {{template "digest" .Result}}
{{- else}}–{{end}}{{end}}

{{- define "digest"}}{{with .}}<code title="{{.}}">{{short .}}</code>{{else}}none{{end}}{{end}}

{{- define "overlay" -}}
	<td><code>{{label .Label}}</code>
	{{- with .BaseVersion}}<small>written against <code>{{.}}</code></small>{{end}}
	{{- range .Deps}}<small>adds the dependency <code>{{label .}}</code></small>{{end}}
	{{- range .Cdeps}}<small>adds the C library <code>{{label .}}</code></small>{{end}}
	{{- range .GcGoopts}}<small>compiles with <code>{{.}}</code></small>{{end}}
	{{- range .Cppopts}}<small>preprocesses C with <code>{{.}}</code></small>{{end}}
	{{- range .Copts}}<small>compiles C with <code>{{.}}</code></small>{{end}}
	{{- range .Cxxopts}}<small>compiles C++ with <code>{{.}}</code></small>{{end}}
	{{- range .Clinkopts}}<small>links with <code>{{.}}</code></small>{{end}}
	{{- range .DeleteOpts}}<small>deletes the option <code>{{.}}</code></small>{{end}}
	{{- range $name, $value := .XDefs}}<small>sets <code>{{$name}} = {{$value}}</code></small>{{end}}
	{{- if .Cgo}}<small>compiles with cgo</small>{{end -}}
	</td><td>{{.Reason}}</td><td>
	{{- if isLink .Upstream}}<a href="{{.Upstream}}" rel="noreferrer">{{.Upstream}}</a>{{else}}{{.Upstream}}{{end -}}
	</td><td>{{.Expires}}</td>
{{- end}}
`

// page returns a report as a page of HTML that needs nothing else.
func page(r Report) (string, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"groups":  groupsOf,
		"isLink":  isLink,
		"label":   record.DisplayLabel,
		"rows":    rows,
		"short":   shortDigest,
		"summary": summary,
	}).Parse(pageTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, r)
	return b.String(), err
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

// A group is a file and the overlays that change it, one in each row.
type group struct {
	File     *record.File // or nil for overlays that change none
	Overlays []record.Overlay
}

// groupsOf returns the rows of a package. Overlays that change no file come last.
func groupsOf(p Package) []group {
	byLabel := map[string]record.Overlay{}
	for _, o := range p.Overlays {
		byLabel[o.Label] = o
	}
	var groups []group
	used := map[string]bool{}
	for i, file := range p.Files {
		g := group{File: &p.Files[i]}
		for _, label := range file.Overlays {
			o, ok := byLabel[label]
			if !ok {
				o.Label = label
			}
			used[label] = true
			g.Overlays = append(g.Overlays, o)
		}
		if len(g.Overlays) > 0 {
			groups = append(groups, g)
		}
	}
	var rest group
	for _, o := range p.Overlays {
		if !used[o.Label] {
			rest.Overlays = append(rest.Overlays, o)
		}
	}
	if len(rest.Overlays) > 0 {
		groups = append(groups, rest)
	}
	return groups
}

// rows returns how many rows a package has.
func rows(p Package) int {
	n := 0
	for _, g := range groupsOf(p) {
		n += len(g.Overlays)
	}
	return n
}

// shortDigest shortens a digest. All of it appears when one points at it.
func shortDigest(full string) string {
	short := strings.TrimPrefix(full, "sha256:")
	return short[:min(len(short), 12)]
}

// isLink tells whether a URL is one of the web. Others, which could be scripts, stay text.
func isLink(url string) bool {
	lower := strings.ToLower(url)
	return strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")
}
