package apply

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

const digestPrefix = "sha256:"

// digestOf returns the digest of content as overlays and records have it.
func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return digestPrefix + hex.EncodeToString(sum[:])
}

// isDigest tells whether text has the form that digestOf returns.
func isDigest(text string) bool {
	digits, ok := strings.CutPrefix(text, digestPrefix)
	return ok && len(digits) == 2*sha256.Size && strings.Trim(digits, "0123456789abcdef") == ""
}
