package unified

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// devNull is what a diff calls the side of a file that does not exist.
const devNull = "/dev/null"

// parseSide reads what follows --- or +++ in a file's header: a name and maybe a
// time. The name is "" for a file that does not exist; whether the time is one that
// may say so, too, is told apart.
func parseSide(text string) (name string, epoch bool, err error) {
	name, rest, err := parseName(text)
	switch {
	case err != nil:
		return "", false, err
	case name == "":
		return "", false, errors.New("expected a file name")
	case name == devNull:
		return "", false, nil
	}
	return name, isEpoch(rest), nil
}

// timeBehind is a time as diff writes it, where its tab has become blanks.
var timeBehind = regexp.MustCompile(`\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [-+]\d{4})?|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\s*$`)

// parseName splits text into a name, which may be quoted, and what follows it.
func parseName(text string) (name, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		return unquote(text)
	}
	name, rest, tab := strings.Cut(text, "\t")
	if !tab {
		if at := timeBehind.FindStringIndex(name); at != nil {
			name, rest = name[:at[0]], name[at[0]:]
		}
	}
	return slashed(name), rest, nil
}

// slashed returns a name with slashes in the place of the backslashes of Windows,
// if it has no slash.
func slashed(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return strings.ReplaceAll(name, `\`, "/")
}

// isEpoch tells whether text is the time zero of Unix, in whatever time zone:
// `diff -N` writes it, instead of /dev/null, for a file that does not exist. So does
// svn, in words.
func isEpoch(text string) bool {
	if strings.TrimSpace(text) == "(nonexistent)" {
		return true
	}
	at, err := time.Parse("2006-01-02 15:04:05 -0700", strings.TrimSpace(text))
	return err == nil && at.Unix() == 0
}

// unquoted returns the name that text is, quoted or not.
func unquoted(text string) string {
	if name, _, err := unquote(text); strings.HasPrefix(text, `"`) && err == nil {
		return name
	}
	return text
}

// namesAround splits the two names of a line "diff --git a/x b/y", of which the
// second ends with a known one.
func namesAround(text, newEnd string) (oldName, newName string, ok bool) {
	rest, ok := strings.CutSuffix(text, newEnd)
	if !ok {
		return "", "", false
	}
	at := strings.LastIndex(rest, " ")
	if at < 0 {
		return "", "", false
	}
	return rest[:at], text[at+1:], at > 0
}

// unquote reads a name in double quotes, as C would read it, from the start of
// text. Git writes names so that hold unusual characters.
func unquote(text string) (name, rest string, err error) {
	errMalformed := errors.New("malformed quoted file name")
	const plain, meaning = `abtnvfr"\`, "\a\b\t\n\v\f\r\"\\"
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] == '"' {
			return b.String(), text[i+1:], nil
		}
		if text[i] != '\\' {
			b.WriteByte(text[i])
			continue
		}
		i++
		if i == len(text) {
			break
		}
		if k := strings.IndexByte(plain, text[i]); k >= 0 {
			b.WriteByte(meaning[k])
			continue
		}
		octal := 0
		for k := i; k < i+3; k++ {
			if k >= len(text) || text[k] < '0' || text[k] > '7' {
				return "", "", errMalformed
			}
			octal = octal*8 + int(text[k]-'0')
		}
		if octal > 0xff {
			return "", "", errMalformed
		}
		b.WriteByte(byte(octal))
		i += 2
	}
	return "", "", errMalformed
}

// parseGitNames reads the two names of a line "diff --git a/x b/x". They are
// needed for files without hunks only, whose names are equal but for a prefix.
func parseGitNames(text string) (oldName, newName string, ok bool) {
	if strings.HasPrefix(text, `"`) {
		oldName, rest, err := unquote(text)
		if err != nil || !strings.HasPrefix(rest, " ") {
			return "", "", false
		}
		newName, _, err := parseName(rest[1:])
		return oldName, newName, err == nil
	}
	if oldName, quoted, found := strings.Cut(text, ` "`); found {
		newName, _, err := unquote(`"` + quoted)
		return oldName, newName, err == nil
	}
	// Names may hold blanks: it is the blank with the same name on either side.
	for i := range len(text) {
		if text[i] != ' ' {
			continue
		}
		oldName, newName = text[:i], text[i+1:]
		if oldName == newName || samePath(oldName, newName) {
			return oldName, newName, true
		}
	}
	return "", "", false
}

func samePath(a, b string) bool {
	a, aOK := Strip(a, 1)
	b, bOK := Strip(b, 1)
	return aOK && bOK && a == b
}
