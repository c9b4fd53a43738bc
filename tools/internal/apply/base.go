package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/linediff"
)

// maxDiffLines bounds the diff of a message: more is read better elsewhere.
const maxDiffLines = 40

// checkBase checks that an overlay is laid over what it was written against. What
// it replaces could have got a security fix since, which would be lost silently.
func (a *applier) checkBase(c *change, s *step, beneath version) {
	if !s.pinned() || !beneath.present {
		return
	}
	if !a.checkDigests(c, s) {
		return
	}
	found := digestOf(beneath.content)
	accepted := slices.DeleteFunc(slices.Clone(s.Base), func(digest string) bool { return digest == "" })
	var copied string
	if s.BaseFile != nil {
		var ok bool
		if copied, ok = a.read(*s.BaseFile, s.Overlay); !ok {
			return
		}
		if len(accepted) > 0 && !slices.Contains(accepted, digestOf(copied)) {
			a.reportWrongCopy(c, s, accepted, copied, beneath)
			return
		}
		if len(accepted) == 0 {
			accepted = []string{digestOf(copied)}
		}
	}
	if slices.Contains(accepted, found) {
		return
	}
	a.reportDrift(c, s, drift{
		expected: accepted,
		found:    found,
		copied:   copied,
		beneath:  beneath,
	})
}

// A drift is a file that is not what an overlay was written against.
type drift struct {
	expected []string // digests; none if the overlay asks for the right one
	found    string   // digest
	copied   string   // content of the copy that the overlay keeps, if it does
	beneath  version
}

func (a *applier) checkDigests(c *change, s *step) bool {
	good := true
	for _, digest := range s.Base {
		if digest == "" || isDigest(digest) {
			continue
		}
		good = false
		a.report(s.Overlay, ` %s, but has the digest %q for it in base, expected %s and 64 hexadecimal digits (0-9, a-f).
With an empty digest, base = {%q: ""}, the build tells the right one.`,
			a.does(c, s), digest, digestPrefix, c.Name)
	}
	return good
}

func (a *applier) reportWrongCopy(c *change, s *step, accepted []string, copied string, beneath version) {
	a.report(s.Overlay, ` %s, but the copy that it keeps of that file is not the one that base says:
  expected  %s
  found     %s  %s
Replace the copy by the file that base says, or take one of the two out. The package now has:
  %s  %s`,
		a.does(c, s),
		strings.Join(accepted, "\n            "),
		digestOf(copied), a.paths[*s.BaseFile],
		digestOf(beneath.content), a.whereabouts(beneath))
}

func (a *applier) reportDrift(c *change, s *step, d drift) {
	var b strings.Builder
	if len(d.expected) == 0 {
		fmt.Fprintf(&b, " %s, but its base is not pinned yet, so that nobody would be told when upstream changes the file:\n", a.does(c, s))
		b.WriteString("  expected  a digest\n")
	} else {
		fmt.Fprintf(&b, " %s, but was written against another version of it:\n", a.does(c, s))
		fmt.Fprintf(&b, "  expected  %s\n", strings.Join(d.expected, "\n            "))
	}
	fmt.Fprintf(&b, "  found     %s  %s\n", d.found, a.whereabouts(d.beneath))
	if crlf := otherLineEnds(d.beneath.content); slices.Contains(d.expected, digestOf(crlf)) {
		b.WriteString("Only the ends of lines differ: LF and CRLF. Git may have converted them (core.autocrlf, .gitattributes).\n")
	} else if s.BaseFile != nil {
		b.WriteString("What has changed (- in the copy that the overlay keeps, + now):\n")
		for _, line := range strings.Split(strings.TrimSuffix(linediff.Unified(d.copied, d.beneath.content, maxDiffLines), "\n"), "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	b.WriteString(a.wayToAccept(c, s, d))
	a.report(s.Overlay, "%s", b.String())
}

// otherLineEnds returns text with LF where its lines end with CRLF, or else with
// CRLF where they end with LF.
func otherLineEnds(text string) string {
	if lf := strings.ReplaceAll(text, "\r\n", "\n"); lf != text {
		return lf
	}
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// wayToAccept says how to pin the base to what was found.
func (a *applier) wayToAccept(c *change, s *step, d drift) string {
	var b strings.Builder
	if len(d.expected) == 0 {
		b.WriteString("Pin it with\n")
	} else {
		b.WriteString("Look at what has changed and port the overlay to it. Then accept the file as it is now:\n")
	}
	// Where there is a copy and no digest, pinning a digest would contradict the copy.
	hasDigests := slices.ContainsFunc(s.Base, func(digest string) bool { return digest != "" })
	if s.BaseFile != nil {
		if d.beneath.path != "" {
			fmt.Fprintf(&b, "  %s\n", copyFrom(d.beneath.path, a.paths[*s.BaseFile]))
		} else {
			fmt.Fprintf(&b, "  replace the copy %s by %s\n", a.paths[*s.BaseFile], a.whereabouts(d.beneath))
		}
	}
	if s.BaseFile == nil || hasDigests {
		fmt.Fprintf(&b, "  %s\n", buildozer(c.Name, d.found, a.label(s.Overlay)))
		b.WriteString("To accept several versions, separate their digests by spaces.\n")
	}
	return b.String()
}

// whereabouts says where a version is to be found.
func (a *applier) whereabouts(v version) string {
	if v.by == upstream {
		return v.path
	}
	return "(" + a.origin(v, "") + ")"
}
