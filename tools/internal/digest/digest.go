// Package digest has digests of files in the form in which overlays record what they were
// written against.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Prefix is what a digest begins with.
const Prefix = "sha256:"

// Of returns the digest of content.
func Of[Text string | []byte](content Text) string {
	sum := sha256.Sum256([]byte(content))
	return Prefix + hex.EncodeToString(sum[:])
}

// Is tells whether text has the form that Of returns.
func Is(text string) bool {
	digits, ok := strings.CutPrefix(text, Prefix)
	return ok && len(digits) == 2*sha256.Size && strings.Trim(digits, "0123456789abcdef") == ""
}
