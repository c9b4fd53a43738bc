package unified

import (
	"regexp"
	"strings"
)

const byteOrderMark = "\ufeff"

// checkEncoding refuses diffs in which text is not bytes of ASCII.
func checkEncoding(diff string) error {
	head := diff[:min(len(diff), 64)]
	if strings.HasPrefix(head, "\xff\xfe") || strings.HasPrefix(head, "\xfe\xff") ||
		len(head) >= 4 && (head[1] == 0 && head[3] == 0 || head[0] == 0 && head[2] == 0) {
		return &SyntaxError{Line: 1, Problem: "the diff is in UTF-16, as PowerShell's > writes it; save it as UTF-8 " +
			"(git diff --output=FILE, or iconv -f UTF-16 -t UTF-8)"}
	}
	return nil
}

const onlyModes = "changes nothing but modes of files, which mean nothing here"

// Lines by which other things than unified diffs are known.
var (
	contextDiff  = regexp.MustCompile(`(?m)^\*{15}`)
	normalDiff   = regexp.MustCompile(`(?m)^\d+(,\d+)?[acd]\d+(,\d+)?\r?$`)
	encodedMail  = regexp.MustCompile(`(?mi)^content-transfer-encoding: (base64|quoted-printable)`)
	anyFileMode  = regexp.MustCompile(`(?m)^(old|new) mode \d`)
	hgOrGitEmpty = regexp.MustCompile(`(?m)^diff `)
)

// whatElse says what the text is, which is no unified diff.
func (p *parser) whatElse() string {
	text := strings.Join(p.lines, "")
	switch {
	case strings.TrimSpace(text) == "":
		return "expected a unified diff, found an empty file"
	case encodedMail.MatchString(text):
		return "this is a mail whose text is encoded (base64 or quoted-printable); decode it by git mailinfo"
	case contextDiff.MatchString(text):
		return "this is a context diff, expected a unified one"
	case anyFileMode.MatchString(text):
		return onlyModes
	case normalDiff.MatchString(text):
		return "this is a diff without context, expected a unified one"
	case hgOrGitEmpty.MatchString(text):
		return "expected the lines --- and +++ and hunks after a line that begins with diff, found none"
	}
	return "expected a unified diff, found none"
}
