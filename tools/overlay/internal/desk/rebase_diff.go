package desk

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/linediff"
	"github.com/go-overlay/go_overlay/tools/internal/shell"
	"github.com/go-overlay/go_overlay/tools/internal/unified"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/merge"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// diffFiles are files with diffs, by their paths: several overlays may have parts of one.
type diffFiles map[string]*diffFile

// A diffFile is one as it is, and as it will be.
type diffFile struct{ original, text string }

func (d diffFiles) load(path string) (*diffFile, error) {
	if file := d[path]; file != nil {
		return file, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d[path] = &diffFile{string(content), string(content)}
	return d[path], nil
}

// changes returns what is to be written, in the order of paths.
func (d diffFiles) changes() []userfiles.Change {
	var changes []userfiles.Change
	for path, file := range d {
		if file.text != file.original {
			changes = append(changes, userfiles.Change{Path: path, Content: []byte(file.text), Original: []byte(file.original)})
		}
	}
	slices.SortFunc(changes, func(a, b userfiles.Change) int { return strings.Compare(a.Path, b.Path) })
	return changes
}

// A diffPart is what a diff of an overlay says of a file.
type diffPart struct {
	*unified.FileDiff
	label string // of the file with the diff
	path  string // of that
	index int    // in that
}

// parts returns the parts of an overlay's diffs that are about a file of the package, in the order in which they are applied.
func (d diffFiles) parts(desk *Desk, o workspace.Overlay, name string) ([]diffPart, error) {
	var parts []diffPart
	for _, label := range o.Attrs["patches"].Keys {
		if !slices.Contains(strings.Split(o.Attrs["patches"].Dict[label], "\n"), name) {
			continue
		}
		path := workspace.SourcePath(desk.Workspace, label)
		if path == "" {
			return nil, fmt.Errorf("the diff %s is no file of the workspace's sources", label)
		}
		file, err := d.load(path)
		if err != nil {
			return nil, err
		}
		all, err := unified.Parse(file.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", desk.rel(path), err)
		}
		before := len(parts)
		for i, part := range all {
			if slices.Contains(part.Names(number(o, "patch_strip", 1)), name) {
				parts = append(parts, diffPart{part, label, path, i})
			}
		}
		if len(parts) == before {
			return nil, fmt.Errorf("%s has nothing for it; correct the names in patches", desk.rel(path))
		}
	}
	return parts, nil
}

// apply returns a text with the part applied; the error says which hunks do not fit.
func (p diffPart) apply(text []byte, fuzz int) ([]byte, error) {
	if p.Unusable != nil {
		return nil, p.Unusable
	}
	patched, _, failures := p.Apply(string(text), fuzz)
	if len(failures) > 0 {
		return nil, fmt.Errorf("%s", strings.TrimSuffix(unified.Describe(failures), "\n"))
	}
	return []byte(patched), nil
}

// patched returns what the diffs of an overlay make of a file.
func (r *rebase) patched(o workspace.Overlay, name string, text []byte) ([]byte, error) {
	parts, err := r.diffs.parts(r.desk, o, name)
	for _, part := range parts {
		if err == nil {
			text, err = part.apply(text, number(o, "patch_fuzz", 0))
		}
	}
	return text, err
}

// patch does to a file, of those of a package, what the diffs of an overlay do. What does not fit, or is renamed, is left to the build.
func (r *rebase) patch(files map[string][]byte, o workspace.Overlay, name string, text []byte) {
	parts, err := r.diffs.parts(r.desk, o, name)
	if err != nil || slices.ContainsFunc(parts, func(part diffPart) bool { return part.Renamed || part.Copied }) {
		return
	}
	if text, err = r.patched(o, name, text); err != nil {
		return
	}
	files[name] = text
	if parts[len(parts)-1].Deletes() {
		delete(files, name)
	}
}

// isNew tells whether a diff of the overlay makes a file.
func (r *rebase) isNew(name string) bool {
	parts, err := r.diffs.parts(r.desk, r.overlay, name)
	return err == nil && slices.ContainsFunc(parts, func(part diffPart) bool { return part.Creates() || part.Renamed || part.Copied })
}

// checkDiffs makes sure that the diffs of a file fit it as it is now, if it has some.
func (r *rebase) checkDiffs(f *carried) {
	if f.Kind != workspace.Patch || f.Path == "" {
		return
	}
	var err error
	if f.patched, err = r.patched(r.overlay, f.Name, f.upstream); err != nil {
		f.stays = true
		r.tell(f, "%s does not fit the file as it is now: %v", r.desk.rel(f.Path), err)
	}
}

// mergeDiffs carries the diffs of a file. Those that fit stay as they are. Otherwise the texts that they make, one after
// another, are merged, and the diffs are made anew.
func (r *rebase) mergeDiffs(ctx context.Context, f *carried, o RebaseOptions) error {
	fuzz := number(r.overlay, "patch_fuzz", 0)
	parts, err := r.diffs.parts(r.desk, r.overlay, f.Name)
	if err != nil {
		return err
	}
	patched, err := r.patched(r.overlay, f.Name, f.upstream)
	if err == nil {
		f.patched = patched
		return nil
	}
	for _, part := range parts {
		if part.Creates() || part.Deletes() || part.Renamed || part.Copied {
			return fmt.Errorf("%s makes, deletes or renames it, and does not fit any more: %w\nport it by hand, then: overlay accept %s",
				r.desk.rel(part.path), err, r.overlay.Label)
		}
	}
	misfit := err
	old, err := r.oldBase(ctx, f, o)
	if old == nil {
		if err == nil {
			r.said(f, "%s does not fit the file as it is now: %v\nport it by hand, then: overlay accept %s", r.desk.rel(parts[0].path), misfit, r.overlay.Label)
		}
		return err
	}
	was, now := old.Content, f.upstream
	remade := make([]remadePart, len(parts))
	for i, part := range parts {
		next, err := part.apply(was, fuzz)
		if err != nil {
			return fmt.Errorf("%s fits neither the file as it is now nor as it was: %w\nport it by hand, then: overlay accept %s", r.desk.rel(part.path), err, r.overlay.Label)
		}
		merged, conflicts, err := merge.Three(ctx, was, next, now, r.names(f))
		if err != nil {
			return err
		}
		if conflicts > 0 {
			f.stays = true
			r.tell(f, "%s with upstream's, and a diff can't have both texts: %v\n"+
				"to resolve them, make files of it: overlay convert -to files %[3]s && overlay rebase %[3]s; then accept the outcome, and: overlay save %[3]s",
				conflicting(conflicts, "the changes of "+r.desk.rel(part.path)), misfit, shell.Word(r.overlay.Label))
			return nil
		}
		remade[i] = remadePart{part, linediff.Exact(string(now), string(merged)), now, merged}
		if remade[i].hunks == "" && !bytes.Equal(now, merged) {
			return fmt.Errorf("%s: no diff can say what becomes of it", r.desk.rel(part.path))
		}
		was, now = next, merged
	}
	if bytes.Equal(now, f.upstream) {
		f.gone = true
		return nil
	}
	if i := slices.IndexFunc(remade, func(part remadePart) bool { return part.hunks == "" }); i >= 0 {
		f.stays = true
		r.tell(f, "upstream has all that %s changes in it; take that out of the diff, and the name out of patches, then: overlay rebase %s", r.desk.rel(parts[i].path), r.overlay.Label)
		return nil
	}
	if taken, all := merge.TakenOver(old.Content, was, f.upstream); len(taken) > 0 {
		r.said(f, "upstream has taken over %d of its %d changes", len(taken), all)
	}
	return r.rewrite(f, remade)
}

// A remadePart is one with the hunks that it is to have, and the texts that they are between.
type remadePart struct {
	diffPart
	hunks         string
	before, after []byte
}

// rewrite puts the hunks into the diffs of a file.
func (r *rebase) rewrite(f *carried, parts []remadePart) error {
	original := map[string]string{}
	for _, part := range parts {
		file := r.diffs[part.path]
		if _, ok := original[part.path]; !ok {
			original[part.path] = file.text
		}
		all, err := unified.Parse(file.text) // Lines have moved with those of the part before.
		if err != nil {
			return err
		}
		file.text = withHunks(file.text, all[part.index], part.hunks, part.before, part.after)
	}
	patched, err := r.patched(r.overlay, f.Name, f.upstream)
	if err != nil || !bytes.Equal(patched, parts[len(parts)-1].after) {
		for path, text := range original {
			r.diffs[path].text = text
		}
		return fmt.Errorf("the diff that was made anew does not make what was merged (%v); port it by hand, then: overlay accept %s", err, r.overlay.Label)
	}
	f.patched = patched
	for i, part := range parts {
		if i == 0 || part.path != parts[i-1].path {
			r.said(f, "%s is made anew", filepath.ToSlash(r.desk.rel(part.path)))
		}
	}
	return nil
}

var (
	hunkHeader = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@`)
	headerLine = regexp.MustCompile(`^(?:index|old mode|new mode|new file mode|deleted file mode) `)
	blobs      = regexp.MustCompile(`^index ([0-9a-f]+)\.\.([0-9a-f]+)`)
)

// withHunks returns a diff in which one part has other hunks, and names the contents before and after them by git's hashes, if it did.
func withHunks(diff string, part *unified.FileDiff, hunks string, before, after []byte) string {
	lines := unified.SplitLines(diff)
	start, end := hunksOf(lines, part)
	for i := part.Line - 1; i < start; i++ {
		if m := blobs.FindStringSubmatchIndex(lines[i]); m != nil {
			length := min(m[3]-m[2], 40)
			lines[i] = "index " + blobHash(before)[:length] + ".." + blobHash(after)[:length] + lines[i][m[1]:]
		}
	}
	return strings.Join(lines[:start], "") + hunks + strings.Join(lines[end:], "")
}

// withoutPart returns a diff without one part.
func withoutPart(diff string, part *unified.FileDiff) string {
	lines := unified.SplitLines(diff)
	end := part.Line
	if len(part.Hunks) > 0 {
		_, end = hunksOf(lines, part)
	} else { // An empty file is made without hunks, and those that come next are of another part.
		for end < len(lines) && headerLine.MatchString(lines[end]) {
			end++
		}
	}
	return strings.Join(lines[:part.Line-1], "") + strings.Join(lines[end:], "")
}

// hunksOf returns between which lines of a diff the hunks of a part are. It has to have some.
func hunksOf(lines []string, part *unified.FileDiff) (start, end int) {
	start = part.Line - 1
	for start < len(lines) && !hunkHeader.MatchString(lines[start]) {
		start++
	}
	end = start
	for end < len(lines) {
		counts := hunkHeader.FindStringSubmatch(lines[end])
		if counts == nil {
			break
		}
		end++
		for old, new := count(counts[1]), count(counts[2]); end < len(lines) && (old > 0 || new > 0 || strings.HasPrefix(lines[end], `\ `)); end++ {
			switch lines[end][0] {
			case '-':
				old--
			case '+':
				new--
			case '\\':
			default: // An editor may have taken the blank of an empty line.
				old--
				new--
			}
		}
	}
	return start, end
}

// count returns how many lines a range of a hunk's header has.
func count(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return 1
}

// blobHash returns the hash by which git calls a content.
func blobHash(content []byte) string {
	sum := sha1.Sum(append([]byte(fmt.Sprintf("blob %d\x00", len(content))), content...))
	return hex.EncodeToString(sum[:])
}
