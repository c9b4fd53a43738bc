package apply

import (
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/digest"
	"github.com/go-overlay/go_overlay/tools/internal/markers"
)

// checkBase checks that an overlay is laid over what it was written against. What
// it replaces could have got a security fix since, which would be lost silently.
func (a *applier) checkBase(c *change, s *step, beneath version) {
	if !s.pinned() {
		return
	}
	e := edit{c, s}
	if !beneath.present {
		a.report(baseOfNothing{e})
		return
	}
	if !a.checkDigests(e) {
		return
	}
	found := digest.Of(beneath.content)
	accepted := slices.DeleteFunc(slices.Clone(s.Base), func(digest string) bool { return digest == "" })
	// Where there is a copy and no digest, pinning a digest would contradict the copy.
	byDigest := s.BaseFile == nil || len(accepted) > 0
	var copied string
	if s.BaseFile != nil {
		var ok bool
		if copied, ok = a.read(*s.BaseFile, s.Overlay); !ok {
			return
		}
		if len(accepted) > 0 && !slices.Contains(accepted, digest.Of(copied)) {
			a.report(wrongCopy{
				edit:     e,
				expected: accepted,
				copied:   digest.Of(copied),
				found:    found,
				beneath:  beneath,
			})
			return
		}
		if len(accepted) == 0 {
			accepted = []string{digest.Of(copied)}
		}
	}
	if slices.Contains(accepted, found) {
		return
	}
	conflictLine := 0
	if s.File != nil && s.Kind == replace {
		if content, ok := a.read(*s.File, s.Overlay); ok {
			conflictLine, _ = markers.First([]byte(content))
		}
	}
	a.report(drift{
		edit:     e,
		conflict: conflictLine,
		expected: accepted,
		byDigest: byDigest,
		found:    found,
		copied:   copied,
		beneath:  beneath,
		lineEnds: slices.Contains(accepted, digest.Of(otherLineEnds(beneath.content))),
	})
}

// A baseOfNothing is of a file that nothing beneath the overlay has: its diff creates it, say.
type baseOfNothing struct{ edit }

// A malformedDigest is in base.
type malformedDigest struct {
	edit
	digest string
}

// A wrongCopy is one that an overlay keeps of another file than its digests say.
type wrongCopy struct {
	edit
	expected []string // digests
	copied   string   // digest of the copy
	found    string   // digest of what lies beneath
	beneath  version
}

// A drift is a file that is not what an overlay was written against.
type drift struct {
	edit
	expected []string // digests; none if the overlay asks for the right one
	byDigest bool     // whether a digest has to be written to accept the file
	found    string   // digest
	copied   string   // content of the copy that the overlay keeps, if it does
	beneath  version
	lineEnds bool // whether only the ends of lines differ
	conflict int  // line of the overlay file on which a merge has left a conflict, or 0
}

func (a *applier) checkDigests(e edit) bool {
	good := true
	for _, text := range e.step.Base {
		if text != "" && !digest.Is(text) {
			good = false
			a.report(malformedDigest{e, text})
		}
	}
	return good
}

// otherLineEnds returns text with LF where its lines end with CRLF, or else with
// CRLF where they end with LF.
func otherLineEnds(text string) string {
	if lf := strings.ReplaceAll(text, "\r\n", "\n"); lf != text {
		return lf
	}
	return strings.ReplaceAll(text, "\n", "\r\n")
}
