package unified

import (
	"fmt"
	"strings"
	"testing"
)

const (
	abc  = "a\nb\nc\n"
	long = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
)

func TestApply(t *testing.T) {
	tests := []struct {
		name, content, hunks string
		fuzz                 int
		want                 string // content, or part of an error
		placed               string // line, offset and fuzz of each hunk
	}{
		{name: "as stated", content: abc, hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", want: "a\nx\nc\n", placed: "1+0/0"},
		{name: "several hunks, of which the second states the old line", content: long,
			hunks: "@@ -1,2 +1,4 @@\n 1\n+x\n+y\n 2\n@@ -8,2 +10,1 @@\n 8\n-9\n", want: "1\nx\ny\n2\n3\n4\n5\n6\n7\n8\n", placed: "1+0/0 8+0/0"},
		{name: "offset, which the next hunk starts from", content: "0\n" + long + "0\n4\n5\n6\n7\n8\n9\n0\n",
			hunks: "@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n@@ -4,7 +4,7 @@\n 4\n 5\n 6\n-7\n+y\n 8\n 9\n 0\n", want: "0\n1\nx\n3\n4\n5\n6\ny\n8\n9\n0\n4\n5\n6\n7\n8\n9\n0\n", placed: "2+1/0 5+0/0"},
		{name: "stated line before others", content: "a\nb\nc\nd\na\nb\nc\nd\n", hunks: "@@ -1,4 +1,4 @@\n-a\n+x\n b\n c\n d\n", want: "x\nb\nc\nd\na\nb\nc\nd\n", placed: "1+0/0"},
		{name: "several places", content: "a\nb\nc\na\nb\nc\n", hunks: "@@ -2,3 +2,3 @@\n a\n-b\n+x\n c\n", want: "fits at several places, lines 1, 4, and not"},
		{name: "nowhere", content: abc, hunks: "@@ -1,2 +1,2 @@\n x\n-y\n+z\n", want: "Nothing in the file looks like it"},
		{name: "nearly", content: long, hunks: "@@ -2,4 +2,4 @@\n 2\n 3\n-x\n+y\n 5\n", want: "It nearly fits at line 2, where 3 of the 4 lines that it expects are."},
		{name: "nearly, but for a line between", content: long, hunks: "@@ -2,3 +2,3 @@\n 2\n 4\n-5\n+y\n", want: "  line 3:\n    +3"},
		{name: "nearly, after a hunk", content: long, hunks: "@@ -1 +1 @@\n-1\n+x\n@@ -7,2 +7,2 @@\n 7\n-x\n+y\n", want: "It nearly fits at line 7, where 1 of the 2 lines that it expects are."},
		{name: "already applied", content: "a\nx\nc\n", hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", want: "is already applied, at line 1:"},
		{name: "already applied elsewhere", content: "0\n0\na\nx\nc\n", hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", fuzz: 2, want: "is already applied, at line 3:"},
		{name: "already applied where it is stated, though the like is elsewhere", content: "a\nx\nc\na\nb\nc\n", hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", want: "is already applied at line 1, which it states, but fits at line 4, too"},
		{name: "deleted already", content: "a\nc\n", hunks: "@@ -1,3 +1,2 @@\n a\n-b\n c\n", want: "is already applied, at line 1:"},
		{name: "appended already", content: "a\nb\nx\n", hunks: "@@ -1,2 +1,3 @@\n a\n b\n+x\n", want: "is already applied"},
		{name: "appended already, and something more", content: "a\nb\nx\nc\n", hunks: "@@ -1,2 +1,3 @@\n a\n b\n+x\n", want: "is already applied"},
		{name: "put before the first line already", content: "x\na\nb\n", hunks: "@@ -1,2 +1,3 @@\n+x\n a\n b\n", want: "is already applied"},
		{name: "put before the first line already, and something more", content: "0\nx\na\nb\n", hunks: "@@ -1,2 +1,3 @@\n+x\n a\n b\n", want: "is already applied"},
		{name: "appended", content: "a\na\na\n", hunks: "@@ -2,2 +2,3 @@\n a\n a\n+a\n", want: "a\na\na\na\n", placed: "2+0/0"},
		{name: "fuzz not allowed", content: abc, hunks: "@@ -1,3 +1,3 @@\n x\n-b\n+y\n c\n", want: "patch_fuzz = 1 would accept it at line 1"},
		{name: "fuzz not enough", content: long, hunks: "@@ -2,4 +2,4 @@\n x\n x\n-4\n+y\n 5\n", fuzz: 1, want: "patch_fuzz = 2 would accept it at line 2"},
		{name: "fuzz at the start", content: abc, hunks: "@@ -1,3 +1,3 @@\n x\n-b\n+y\n c\n", fuzz: 2, want: "a\ny\nc\n", placed: "1+0/1"},
		{name: "fuzz at the end", content: abc, hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+y\n x\n", fuzz: 1, want: "a\ny\nc\n", placed: "1+0/1"},
		{name: "fuzz at both ends and an offset", content: long, hunks: "@@ -1,3 +1,3 @@\n x\n-5\n+y\n x\n", fuzz: 1, want: "1\n2\n3\n4\ny\n6\n7\n8\n9\n", placed: "4+3/1"},
		{name: "fuzz at several places", content: "a\nb\na\nb\n", hunks: "@@ -6,2 +6,2 @@\n-a\n+y\n x\n", fuzz: 1, want: "fits at several places with patch_fuzz = 1, lines 1, 3"},
		{name: "fuzz never ignores removed lines", content: abc, hunks: "@@ -1,3 +1,2 @@\n a\n-x\n c\n", fuzz: 9, want: "does not fit"},
		{name: "fuzz never ignores all", content: abc, hunks: "@@ -1,2 +1,3 @@\n x\n+n\n y\n", fuzz: 9, want: "does not fit"},
		{name: "backwards", content: "c\nd\ne\n0\n1\na\nb\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n@@ -3,3 +3,3 @@\n c\n-d\n+y\n e\n", want: "fits at line 1 only, which the hunks before it have passed"},
		{name: "CRLF in both", content: "a\r\nb\r\n", hunks: "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+x\r\n", want: "a\r\nx\r\n", placed: "1+0/0"},
		{name: "CRLF in the file", content: "a\r\nb\r\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", want: "fits at line 1 but for the ends of lines"},
		{name: "CRLF in the diff", content: "a\nb\n", hunks: "@@ -1,2 +1,2 @@\r\n a\r\n-b\r\n+x\r\n", want: "-b\\r\n"},
		{name: "no newline at the end, in both", content: "a\nb", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+x\n\\ No newline at end of file\n", want: "a\nx", placed: "1+0/0"},
		{name: "no newline at the end, put there", content: "a\nb", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n", want: "a\nb\n", placed: "1+0/0"},
		{name: "no newline at the end, taken away", content: "a\nb\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n", want: "a\nb", placed: "1+0/0"},
		{name: "no newline at the end, in the file only", content: "a\nb", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", want: "    +b\n    \\ No newline at end of file"},
		{name: "no newline at the end, in the middle by now", content: "a\nb\nc\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n", want: "but the hunk is for the end of a file"},
		{name: "empty file", content: "", hunks: "@@ -0,0 +1,2 @@\n+a\n+b\n", want: "a\nb\n", placed: "1+0/0"},
		{name: "made empty", content: "a\n", hunks: "@@ -1 +0,0 @@\n-a\n", want: "", placed: "1+0/0"},
		{name: "no context", content: "a\nb\n", hunks: "@@ -1,0 +2 @@\n+x\n", want: "has no line that tells where it goes"},
		{name: "for the end, not where it is stated", content: "a\nb\n0\na\nb\n", hunks: "@@ -2,2 +2,2 @@\n a\n-b\n+x\n", want: "a\nb\n0\na\nx\n", placed: "4+2/0"},
		{name: "for the end, and fits where it is stated, too", content: "a\nb\n0\na\nb\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", want: "fits at several places, lines 1, 4;"},
		{name: "for the end, which is another now", content: "0\na\nb\n0\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", want: "is for the end of the file, as it has 0 lines of context behind its changes and 1 before, but fits at line 2 only"},
		{name: "for the end, which is another now, with fuzz", content: "0\na\nb\n0\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", fuzz: 1, want: "0\na\nx\n0\n", placed: "2+1/0"},
		{name: "for the end, behind which there is more", content: "a\nb\n0\n", hunks: "@@ -1,2 +1,2 @@\n a\n-b\n+x\n", want: "a\nx\n0\n", placed: "1+0/0"},
		{name: "for the start, which is another now", content: "0\na\nb\n", hunks: "@@ -1,2 +1,2 @@\n-a\n+x\n b\n", want: "is for the start of the file, as it has 0 lines of context before"},
		{name: "for the start, and the like elsewhere", content: "a\nb\na\nb\n", hunks: "@@ -1,2 +1,2 @@\n-a\n+x\n b\n", want: "x\nb\na\nb\n", placed: "1+0/0"},
		{name: "the function that the hunk names", content: "func a() {\n1\n2\n3\n}\n\nfunc b() {\n1\n2\n3\n}\n", hunks: "@@ -2,3 +2,3 @@ func b(x int) {\n 1\n-2\n+x\n 3\n",
			want: "func a() {\n1\n2\n3\n}\n\nfunc b() {\n1\nx\n3\n}\n", placed: "8+6/0"},
		{name: "a function with other parts", content: "func a() {\n1\n2\n3\n}\n\nfunc b() {\n}\n", hunks: "@@ -2,3 +2,3 @@ func b() {\n 1\n-2\n+x\n 3\n",
			want: "fits at line 2 only, but says that it is for \"func b() {\", which begins at line 7"},
		{name: "a function that is called differently now", content: "func a() {\n1\n2\n3\n}\n", hunks: "@@ -2,3 +2,3 @@ func old() {\n 1\n-2\n+x\n 3\n", want: "func a() {\n1\nx\n3\n}\n", placed: "2+0/0"},
		{name: "behind a function, after a new one", content: "func a() {\n}\n\nfunc b() {\n}\n\nvar (\n1\n2\n3\n)\n", hunks: "@@ -4,5 +4,5 @@ func a() {\n var (\n 1\n-2\n+x\n 3\n )\n",
			want: "func a() {\n}\n\nfunc b() {\n}\n\nvar (\n1\nx\n3\n)\n", placed: "7+3/0"},
		{name: "behind the function that the hunk names, and a new one", content: "func a() {\n}\n\nfunc n() {\n}\n\n1\n2\n3\n", hunks: "@@ -2,5 +2,5 @@ func a() {\n }\n \n 1\n-2\n+x\n 3\n",
			want: "func a() {\n}\n\nfunc n() {\n}\n\n1\nx\n3\n", placed: "5+3/0"},
		{name: "one place, and what it makes where it is stated, in another function", content: "func f() {\n1\n3\n}\n\nfunc a() {\n1\n2\n3\n}\n", hunks: "@@ -2,3 +2,2 @@ func a() {\n 1\n-2\n 3\n",
			want: "func f() {\n1\n3\n}\n\nfunc a() {\n1\n3\n}\n", placed: "7+5/0"},
		{name: "what it makes in another function only", content: "func f() {\n1\n3\n}\n\nfunc a() {\n1\n4\n}\n", hunks: "@@ -2,3 +2,2 @@ func a() {\n 1\n-2\n 3\n", want: "does not fit"},
		{name: "a blank line cut off the end of the diff", content: "a\nb\n\nc\n", hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n", want: "a\nx\n\nc\n", placed: "1+0/0"},
		{name: "a line cut off the end of the diff, which is not blank", content: abc, hunks: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n", want: "does not fit"},
		{name: "appended already where it is stated, and the like at the end", content: "a\nb\nx\nc\na\nb\n", hunks: "@@ -1,2 +1,3 @@\n a\n b\n+x\n", want: "already"},
		{name: "in C, behind a label", content: "int f(void)\n{\n1\n2\n3\n4\n5\n6\nout:\n1\n2\n3\n4\n5\n6\n7\n}\n", hunks: "@@ -10,6 +10,7 @@ int f(void)\n 1\n 2\n 3\n+x\n 4\n 5\n 6\n",
			want: "int f(void)\n{\n1\n2\n3\n4\n5\n6\nout:\n1\n2\n3\nx\n4\n5\n6\n7\n}\n", placed: "10+0/0"},
		{name: "line far beyond the end", content: abc, hunks: "@@ -1000000000,3 +1,3 @@\n a\n-b\n+x\n c\n", want: "a\nx\nc\n", placed: "1-999999999/0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := Parse("--- a/x\n+++ b/x\n" + test.hunks)
			if err != nil {
				t.Fatal(err)
			}
			got, placed, failures := files[0].Apply(test.content, test.fuzz)
			if len(failures) > 0 {
				var messages []string
				for _, failure := range failures {
					messages = append(messages, failure.Error())
				}
				message := strings.Join(messages, "\n")
				if test.placed != "" || !strings.Contains(message, test.want) {
					t.Errorf("got:\n%s\nwant: %s", message, test.want)
				}
				return
			}
			var places []string
			for _, p := range placed {
				places = append(places, fmt.Sprintf("%d%+d/%d", p.Line, p.Offset, p.Fuzz))
			}
			if got != test.want || strings.Join(places, " ") != test.placed {
				t.Errorf("got %q at %s, want %q at %s", got, places, test.want, test.placed)
			}
		})
	}
}
