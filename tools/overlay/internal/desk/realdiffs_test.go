package desk

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

// newRealDiffs makes overlays of the oldest version of a package, as many as each of its files has edits. Each is a diff of all of
// these files, with another kind of edit in each, so that it ends for them in different ways. In the first tier, there are half as many.
func newRealDiffs(t *testing.T, m realModule, folders []string, pkg string, isSecond bool, count map[string]int) *real {
	t.Helper()
	r := &real{module: m, folders: folders, pkg: pkg, form: Diff, count: count}
	for _, file := range m.files {
		if path.Dir(file) != pkg {
			continue
		}
		texts := versionsOf(t, folders, file)
		all := edits(t, texts)
		n := 0
		for i := range all {
			if i%2 == 0 && !isSecond {
				continue
			}
			if n == len(r.overlays) {
				r.overlays = append(r.overlays, &realOverlay{})
			}
			o := r.overlays[n]
			n++
			edit := all[(i+len(o.files))%len(all)]
			o.name = strings.TrimPrefix(o.name+", "+edit.name, ", ")
			o.files = append(o.files, &realFile{name: path.Base(file), texts: texts, text: edit.text})
		}
	}
	r.desk, r.said, _ = fakeDesk(t, moduleFiles+"-- overlays/BUILD.bazel --\n")
	for _, o := range r.overlays {
		name := strings.NewReplacer(", ", "_and_", " ", "_").Replace(o.name)
		o.label, o.diff = "//overlays:"+name, "overlays/"+name+".patch"
		r.write(t, o)
	}
	r.declare(t)
	return r
}

// declare writes the BUILD file with the overlays.
func (r *real) declare(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString("load(\"@go_overlay//go_overlay:defs.bzl\", \"go_overlay\")\n")
	for _, o := range r.overlays {
		fmt.Fprintf(&b, "\ngo_overlay(\n    name = %q,\n    base = {\n", strings.TrimPrefix(o.label, "//overlays:"))
		var names []string
		for _, f := range o.files {
			fmt.Fprintf(&b, "        %q: %q,\n", f.name, digest.Of([]byte(f.texts[f.base])))
			names = append(names, fmt.Sprintf("%q", f.name))
		}
		fmt.Fprintf(&b, "    },\n    base_version = %q,\n    importpath = %q,\n    patch_strip = %d,\n    patches = {%q: [%s]},\n)\n",
			r.module.versions[o.version], path.Join(r.module.path, r.pkg), r.strip(), path.Base(o.diff), strings.Join(names, ", "))
	}
	r.writeFile(t, "overlays/BUILD.bazel", b.String())
}

// strip is how many elements the names in diffs have before those of the package's files: git writes them from the module's folder.
func (r *real) strip() int {
	if r.pkg == "." {
		return 1
	}
	return 2 + strings.Count(r.pkg, "/")
}

// writeDiff writes a diff between the files that an overlay is recorded to be made for, and what it makes of them.
func (r *real) writeDiff(t *testing.T, o *realOverlay) {
	t.Helper()
	var b strings.Builder
	for _, f := range o.files {
		writeDiff(&b, path.Join(r.pkg, f.name), []byte(f.texts[f.base]), []byte(f.text))
	}
	r.writeFile(t, o.diff, b.String())
}

// patched returns what the diff of an overlay makes of a file.
func (r *real) patched(t *testing.T, o *realOverlay, f *realFile, base string) (string, error) {
	t.Helper()
	parts, err := unified.Parse(read(t, r.desk, o.diff))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(parts, func(part *unified.FileDiff) bool { return slices.Contains(part.Names(r.strip()), f.name) })
	text, _, failures := parts[i].Apply(base, 0)
	if len(failures) > 0 {
		return "", fmt.Errorf("%s", unified.Describe(failures))
	}
	return text, nil
}
