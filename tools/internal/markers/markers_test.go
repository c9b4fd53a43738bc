package markers

import (
	"strings"
	"testing"
)

func TestFirst(t *testing.T) {
	const conflict = "<<<<<<< a\nx\n||||||| b\n=======\ny\n>>>>>>> c\n"
	merge := strings.Replace(conflict, "||||||| b\n", "", 1)
	for _, test := range []struct {
		name, content string
		line          int
	}{
		{"empty", "", 0},
		{"at the start", conflict, 1},
		{"further down", "a\n\n" + conflict, 3},
		{"carriage returns", strings.ReplaceAll("a\n"+conflict, "\n", "\r\n"), 2},
		{"no names", "<<<<<<<\n|||||||\n=======\n>>>>>>>", 1},
		{"text that looks like it", "/*\nTitle\n=======\n<<<<<<< a\n*/\n" + conflict, 6},
		{"one is missing", strings.Replace(conflict, "=======\n", "", 1), 0},
		{"without base", "package p\n" + merge, 2},
		{"without base, of C", "char *s = `a`;\n" + merge + "`", 2},
		{"without base, after a comment and strings", "package p\n\n/*\nTitle\n=======\n*/\nvar s = `\n=======\n` + \"`\"\n" + merge, 10},
		{"without base, in a comment", "/*\n" + merge + "*/\npackage p\n", 0},
		{"without base, in a string", "package p\n\nvar s = `\r\n" + merge + "`\n", 0},
		{"in a string, and after it", "package p\n\nvar s = `\n" + merge + "`\n" + merge, 10},
		{"in a string", "package p\n\nvar s = `\n" + conflict + "`\n", 4},
		{"underlines", "package p\n\n/*\nTitle\n=======\n\n>>>>>>> quoted\n*/\n", 0},
		{"another order", ">>>>>>> c\n=======\n||||||| b\n<<<<<<< a\n", 0},
		{"in a line", strings.ReplaceAll(conflict, "=======", " ======="), 0},
		{"longer", strings.ReplaceAll(conflict, "=======", "========"), 0},
		{"shift", "x <<<<<<< a\n" + conflict[10:], 0},
	} {
		if line, found := First([]byte(test.content)); line != test.line || found != (test.line > 0) {
			t.Errorf("%s: got %d, %v, want %d", test.name, line, found, test.line)
		}
	}
}
