// Package markers finds the conflicts that a merge has left to people, by git's markers.
package markers

import (
	"go/scanner"
	"go/token"
	"strings"
)

// First finds the first conflict that nobody has resolved: git's markers at the starts of lines, in their order, with the
// base between them or, as git has them by default, without. A comment or a raw string may have single ones, and of
// Go files also all of a conflict without a base: a merge of files that are Go hardly leaves one inside of either. The
// line is that of the first marker, counted from 1.
func First(content []byte) (line int, found bool) {
	const start, base, separator, end = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
	expected := "" // of the conflict that line begins, or nothing
	hasBase := false
	for i, text := range strings.Split(string(content), "\n") {
		text = strings.TrimSuffix(text, "\r")
		switch {
		case isMarker(text, start):
			line, expected, hasBase = i+1, separator, false
		case expected == separator && isMarker(text, base):
			hasBase = true
		case expected == separator && isMarker(text, separator):
			expected = end
		case expected == end && isMarker(text, end):
			if hasBase || !isQuoted(content, line) {
				return line, true
			}
			expected = ""
		}
	}
	return 0, false
}

// isQuoted tells whether a line of a Go file begins in a comment or a string.
func isQuoted(content []byte, line int) bool {
	file := token.NewFileSet().AddFile("", -1, len(content))
	var s scanner.Scanner
	s.Init(file, content, func(token.Position, string) {}, scanner.ScanComments)
	isGo := false
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF || !isGo && tok != token.PACKAGE && tok != token.COMMENT {
			return false
		}
		isGo = isGo || tok == token.PACKAGE
		// //line comments are no matter.
		first := file.PositionFor(pos, false).Line
		if first >= line {
			return false
		}
		if (tok == token.COMMENT || tok == token.STRING) && first+strings.Count(text, "\n") >= line {
			return true
		}
	}
}

func isMarker(line, form string) bool {
	rest, ok := strings.CutPrefix(line, form)
	return ok && (rest == "" || rest[0] == ' ' && form != "=======")
}
