package buildinfo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// overlays are the packages of a program that overlays have changed, sorted, each once.
type overlays []overlaid

// newOverlays returns those of packages with overlays that a program has, or was built by.
func newOverlays(packages []overlaid, linked map[string]bool) overlays {
	var o overlays
	for _, pkg := range packages {
		if (pkg.Path == "" || linked[pkg.Path]) && len(labels(pkg.Record)) > 0 {
			o = append(o, pkg)
		}
	}
	slices.SortFunc(o, func(a, b overlaid) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(content(a.Record), content(b.Record)))
	})
	return o
}

// labels returns the overlays that have changed a package: not those of which Go has left out all.
func labels(r record.Record) []string {
	var found []string
	for _, overlay := range r.Overlays {
		taken := changesOptions(overlay) || slices.ContainsFunc(r.Files, func(file record.File) bool {
			return file.LeftOut == "" && slices.Contains(file.Overlays, overlay.Label)
		})
		if taken {
			found = append(found, overlay.Label)
		}
	}
	return found
}

func changesOptions(overlay record.Overlay) bool {
	return marshal(compiled(overlay)) != marshal(record.Overlay{})
}

// compiled returns the part of an overlay that changes what is compiled, beside files.
func compiled(overlay record.Overlay) record.Overlay {
	overlay.Label = ""
	overlay.BaseVersion, overlay.Reason, overlay.Upstream, overlay.Expires = "", "", "", ""
	overlay.Deps = nil // Only files import them.
	return overlay
}

// content returns what overlays make of a package, as text that is the same for the same changes, whatever
// they are called and whoever declares them.
func content(r record.Record) string {
	c := record.Record{ImportPath: r.ImportPath}
	for _, overlay := range r.Overlays {
		if changesOptions(overlay) {
			c.Overlays = append(c.Overlays, compiled(overlay))
		}
	}
	for _, file := range r.Files {
		if file.LeftOut != "" {
			continue
		}
		c.Files = append(c.Files, record.File{
			Name:   file.Name,
			Change: file.Change,
			Base:   file.Base,
			Result: file.Result,
		})
	}
	return marshal(c)
}

func marshal(value any) string {
	data, err := record.Marshal(value)
	if err != nil {
		panic(err) // These are strings in structs.
	}
	return string(data)
}

// digest returns one digest of all changes.
func (o overlays) digest() string {
	var contents []string
	for _, overlay := range o {
		contents = append(contents, content(overlay.Record))
	}
	slices.Sort(contents)
	return digest.Of(strings.Join(slices.Compact(contents), ""))
}

func hexOf(d string) string { return strings.TrimPrefix(d, digest.Prefix) }

// value returns the value of the setting: the digest and the labels, with spaces in between.
func (o overlays) value() string {
	var shown []string
	for _, overlay := range o {
		for _, label := range labels(overlay.Record) {
			shown = append(shown, escape(record.DisplayLabel(label)))
		}
	}
	slices.Sort(shown)
	return strings.Join(append([]string{o.digest()}, slices.Compact(shown)...), " ")
}

// escape writes a label without spaces, and what else ends a value, as in a URL.
func escape(label string) string {
	var b strings.Builder
	for _, c := range []byte(label) {
		if c <= ' ' || c == '%' || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
