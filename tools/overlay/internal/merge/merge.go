// Package merge carries an overlay from one version of a file to the next.
package merge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/git"
)

// truncated is the exit code of git merge-file for as many conflicts, or more.
const truncated = 127

// Three merges the changes from base to overlay and those from base to upstream. Where they
// conflict, the result has all three texts between git's markers, with the names of base,
// overlay and upstream; conflicts is how many these are. The result is that of git
// merge-file, whatever the user's settings for git are.
//
// The error is a *git.MissingError where there is no git.
func Three(ctx context.Context, base, overlay, upstream []byte, names [3]string) (result []byte, conflicts int, err error) {
	texts := [3][]byte{base, overlay, upstream}
	for i, name := range names {
		if strings.ContainsAny(name, "\r\n\x00") {
			return nil, 0, fmt.Errorf("merging: expected a name of one line for a marker, found %q", name)
		}
		// git looks for it in the first 8000 bytes only.
		if bytes.IndexByte(texts[i], 0) >= 0 {
			return nil, 0, fmt.Errorf("merging: %s is a binary file, of which lines can't be merged; take one of the versions whole", name)
		}
	}
	folder, err := os.MkdirTemp("", "overlay_merge-*")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if folder, err = filepath.Abs(folder); err != nil { // TMPDIR may be relative.
		return nil, 0, err
	}
	files := [3]string{"base", "overlay", "upstream"}
	for i, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file), texts[i], 0o600); err != nil {
			return nil, 0, err
		}
	}
	cmd, err := git.Command(ctx, folder, "merge-file", "-p", "-q", "--diff3",
		"-L", names[1], "-L", names[0], "-L", names[2], files[1], files[0], files[2])
	if err != nil {
		return nil, 0, err
	}
	git.Isolated(cmd, filepath.Dir(folder))
	result, err = git.Output(ctx, cmd)
	exit := (*git.ExitError)(nil)
	switch {
	case err == nil:
		return result, 0, nil
	case !errors.As(err, &exit) || exit.Code < 0 || exit.Code > truncated:
		return nil, 0, fmt.Errorf("merging %s: %w", names[1], err)
	case exit.Code == truncated:
		return result, max(truncated, bytes.Count(append([]byte("\n"), result...), marker("\n<<<<<<<", names[1]))), nil
	default:
		return result, exit.Code, nil
	}
}

// marker returns the line of a marker, with a name.
func marker(form, name string) []byte {
	if name == "" {
		return []byte(form)
	}
	return []byte(form + " " + name)
}

// Markers finds the first conflict that nobody has resolved: git's markers at the starts of lines, in their order, with the
// base between them or, as git has them by default, without. A comment or a raw string may have single ones, and of
// Go files also all of a conflict without a base: a merge of files that are Go hardly leaves one inside of either. The
// line is that of the first marker, counted from 1.
func Markers(content []byte) (line int, found bool) {
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
