package apply

import (
	"slices"
	"strings"
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
	found := digestOf(beneath.content)
	accepted := slices.DeleteFunc(slices.Clone(s.Base), func(digest string) bool { return digest == "" })
	// Where there is a copy and no digest, pinning a digest would contradict the copy.
	byDigest := s.BaseFile == nil || len(accepted) > 0
	var copied string
	if s.BaseFile != nil {
		var ok bool
		if copied, ok = a.read(*s.BaseFile, s.Overlay); !ok {
			return
		}
		if len(accepted) > 0 && !slices.Contains(accepted, digestOf(copied)) {
			a.report(wrongCopy{
				edit:     e,
				expected: accepted,
				copied:   digestOf(copied),
				found:    found,
				beneath:  beneath,
			})
			return
		}
		if len(accepted) == 0 {
			accepted = []string{digestOf(copied)}
		}
	}
	if slices.Contains(accepted, found) {
		return
	}
	a.report(drift{
		edit:     e,
		expected: accepted,
		byDigest: byDigest,
		found:    found,
		copied:   copied,
		beneath:  beneath,
		lineEnds: slices.Contains(accepted, digestOf(otherLineEnds(beneath.content))),
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
}

func (a *applier) checkDigests(e edit) bool {
	good := true
	for _, digest := range e.step.Base {
		if digest != "" && !isDigest(digest) {
			good = false
			a.report(malformedDigest{e, digest})
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
