package unified

import (
	"fmt"
	"strings"
	"testing"
)

// summarize shows what was read, in short.
func summarize(files []*FileDiff) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%d %q %q", f.Line, f.Old, f.New)
		if f.Renamed {
			b.WriteString(" renamed")
		}
		if f.Copied {
			b.WriteString(" copied")
		}
		for _, h := range f.Hunks {
			fmt.Fprintf(&b, " -%d,%d+%d,%d", h.OldStart, h.OldCount, h.NewStart, h.NewCount)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestParse(t *testing.T) {
	const hunk = "@@ -1 +1 @@\n-a\n+b\n"
	tests := []struct {
		name, diff, want string
	}{
		{"diff -u with times", "--- old/a.go\t2024-05-01 10:00:00.123456789 +0200\n+++ new/a.go\t2024-05-02 10:00:00 +0200\n" + hunk,
			`1 "old/a.go" "new/a.go" -1,1+1,1`},
		{"diff -ru", "diff -ru old/a new/a\n--- old/a\n+++ new/a\n" + hunk + "Only in new: c\ndiff -ru old/b new/b\n--- old/b\n+++ new/b\n" + hunk,
			"2 \"old/a\" \"new/a\" -1,1+1,1\n" + `9 "old/b" "new/b" -1,1+1,1`},
		{"diff -N of a new file, in a time zone", "--- old/a\t1970-01-01 01:00:00.000000000 +0100\n+++ new/a\t2024-05-02 10:00:00 +0200\n@@ -0,0 +1 @@\n+b\n",
			`1 "" "new/a" -0,0+1,1`},
		{"git", "diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n" + hunk + "diff --git a/b b/b\nnew file mode 100644\nindex 0..2\n--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+b\n",
			"1 \"a/a\" \"b/a\" -1,1+1,1\n" + `8 "" "b/b" -0,0+1,1`},
		{"git, deleted", "diff --git a/a b/a\ndeleted file mode 100644\nindex 1..0\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n",
			`1 "a/a" "" -1,1+0,0`},
		{"git, empty files", "diff --git a/x y b/x y\nnew file mode 100644\nindex 0..0\ndiff --git \"a/\\303\\244\" \"b/\\303\\244\"\ndeleted file mode 100644\nindex 0..0\n",
			"1 \"\" \"b/x y\"\n" + `4 "a/ä" ""`},
		{"git, quoted and with blanks", "--- \"a/\\\"\\t\\\\\\303\\244\"\n+++ b/a b\t\n" + hunk,
			`1 "a/\"\t\\ä" "b/a b" -1,1+1,1`},
		{"git format-patch, two mails", "From 1234 Mon Sep 17 00:00:00 2001\nSubject: x\n\n- a list\n+ and more\n @@ a\n---\n a | 2 +-\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n" + hunk +
			"-- \n2.39.5\n\n\nFrom 5678 Mon Sep 17 00:00:00 2001\n- list\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n" + hunk + "--\n2.39.5\n",
			"10 \"a/a\" \"b/a\" -1,1+1,1\n" + `23 "a/a" "b/a" -1,1+1,1`},
		{"removed and added lines that look like headers", "--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- x\n+++ y\n @@ z\n",
			`1 "a" "b" -1,2+1,2`},
		{"CRLF throughout", strings.ReplaceAll("--- a\n+++ b\n@@ -1,2 +1,2 @@ f\n-a\n+b\n\n", "\n", "\r\n"),
			`1 "a" "b" -1,2+1,2`},
		{"git, renamed and copied", "diff --git a/old x.go b/new.go\nsimilarity index 90%\nrename from old x.go\nrename to new.go\nindex 1..2 100644\n--- a/old x.go\n+++ b/new.go\n" + hunk +
			"diff --git a/d/old x.go b/d/new y.go\nsimilarity index 100%\ncopy from d/old x.go\ncopy to d/new y.go\n",
			"1 \"a/old x.go\" \"b/new.go\" renamed -1,1+1,1\n" + `11 "a/d/old x.go" "b/d/new y.go" copied`},
		{"git, modes", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\ndiff --git a/a b/a\nold mode 100644\nnew mode 100755\nindex 1..2\n--- a/a\n+++ b/a\n" + hunk,
			`4 "a/a" "b/a" -1,1+1,1`},
		{"times after blanks", "--- old/a b.go      2022-04-09 21:14:18.000000000 +0300\n+++ new/a b.go  Sat Apr  9 21:14:20 2022\n" + hunk, `1 "old/a b.go" "new/a b.go" -1,1+1,1`},
		{"as old as Unix", "--- a/x\t1969-12-31 19:00:00.000000000 -0500\n+++ b/x\t1970-01-01 00:00:00 +0000\n" + hunk, `1 "a/x" "b/x" -1,1+1,1`},
		{"svn, a new file", "Index: x\n===\n--- x\t(nonexistent)\n+++ x\t(working copy)\n@@ -0,0 +1 @@\n+b\n", `3 "" "x" -0,0+1,1`},
		{"diff -N of a file that is gone", "--- a/x\t2022-04-09 21:14:18 +0300\n+++ b/x\t1970-01-01 00:00:00 +0000\n@@ -1 +0,0 @@\n-b\n", `1 "a/x" "" -1,1+0,0`},
		{"blanks before tabs eaten", "--- a\n+++ b\n@@ -1,3 +1,3 @@\n\ta\n-b\n+c\n\td\n", `1 "a" "b" -1,3+1,3`},
		{"Windows", "--- a\\d\\x.go\t2022-04-09 21:14:18 +0300\n+++ b\\d\\x.go\n" + hunk, `1 "a/d/x.go" "b/d/x.go" -1,1+1,1`},
		{"a byte order mark", "\ufeff--- a\n+++ b\n" + hunk, `1 "a" "b" -1,1+1,1`},
		{"git diff -W, with lines in common", "--- a\n+++ b\n@@ -1,4 +1,4 @@\n a\n-b\n+c\n d\n e\n@@ -3,4 +3,5 @@\n d\n e\n+f\n g\n h\n", `1 "a" "b" -1,6+1,7`},
		{"svn and its properties", "Index: a\n===================================================================\n--- a\t(revision 1)\n+++ a\t(working copy)\n" + hunk + "\nProperty changes on: a\n___________________\nAdded: svn:eol-style\n## -0,0 +1 ##\n+native\n",
			`3 "a" "a" -1,1+1,1`},
		{"an editor took blank lines off the end", "--- a\n+++ b\n@@ -1,4 +1,4 @@\n a\n\n-b\n+c\n",
			`1 "a" "b" -1,4+1,4`},
		{"an editor took blanks and the last end off", "--- a\n+++ b\n@@ -1,4 +1,4 @@\n a\n\n-b\n+c\n d",
			`1 "a" "b" -1,4+1,4`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := Parse(test.diff)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(summarize(files)); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const header = "--- a/x\n+++ b/x\n"
	tests := []struct {
		name, diff, want string
	}{
		{"empty", "", "line 1: expected a unified diff, found an empty file"},
		{"context diff", "*** a\n--- b\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", "line 1: this is a context diff"},
		{"count too great", header + "@@ -1,5 +1,5 @@\n-a\n+b\n", "line 6: the header of the hunk of line 3 does not count its lines right: expected 4 more old and 4 more new lines, found the end of the diff"},
		{"count too great on one side", header + "@@ -1,2 +1 @@\n-a\n+b\n", "expected 1 more old and 0 more new lines, found the end of the diff"},
		{"count too great, another file", header + "@@ -1,2 +1,2 @@\n-a\n+b\ndiff --git a/y b/y\n", "line 6: the header of the hunk of line 3 does not count its lines right"},
		{"count too small", header + "@@ -1 +1 @@\n-a\n+b\n c\n", `line 6: " c" looks like a line of the hunk of line 3, whose header says that it has ended`},
		{"count too small, blanks before tabs eaten", header + "@@ -1,2 +1,2 @@\n a\n-b\n+c\n\td\n+\te\n", `line 7: "\td" looks like a line of the hunk`},
		{"count too small, removed", header + "@@ -1 +1 @@\n-a\n+b\n\n-c\n", `line 7: "-c" looks like a line of the hunk`},
		{"strange line in a hunk", header + "@@ -1,3 +1,3 @@\n a\n~b\n", `line 5: the header of the hunk`},
		{"hunk without a file", "text\n@@ -1 +1 @@\n-a\n+b\n", "line 2: hunk @@ -1 +1 @@ belongs to no file"},
		{"hunk after other text", header + "@@ -1 +1 @@\n-a\n+b\ntext\n@@ -7 +7 @@\n-a\n+b\n", "line 7: hunk @@ -7 +7 @@ belongs to no file"},
		{"malformed hunk header", header + "@@ -1 @@\n", "line 3: expected the header of a hunk"},
		{"line 0", header + "@@ -0,1 +1 @@\n-a\n+b\n", "line 3: expected the header of a hunk"},
		{"huge number", header + "@@ -99999999999999999999 +1 @@\n-a\n+b\n", "line 3: expected the header of a hunk"},
		{"negative number", header + "@@ --1 +1 @@\n-a\n+b\n", "line 3: expected the header of a hunk"},
		{"no hunk", header + "text\n", "line 3: expected a hunk, such as"},
		{"overlap", header + "@@ -1,2 +1,2 @@\n-a\n+b\n c\n@@ -2 +2 @@\n-c\n+d\n", "line 7: hunk @@ -2 +2 @@ overlaps the hunk of line 3 or belongs before it"},
		{"no name", "--- \n+++ b\n@@ -1 +1 @@\n-a\n+b\n", "line 1: expected a file name"},
		{"malformed quotes", "--- \"a\\9\"\n+++ b\n", "line 1: malformed quoted file name"},
		{"quotes without end", "--- \"a\\\n+++ b\n", "line 1: malformed quoted file name"},
		{"no file", "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", "line 2: neither of the two files exists"},
		{"old lines in a new file", "--- /dev/null\n+++ b\n@@ -1 +1 @@\n-a\n+b\n", "line 3: hunk @@ -1 +1 @@: a file that does not exist yet has no old lines"},
		{"new lines in a deleted file", "--- a\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", "a file that is deleted has no new lines"},
		{"modes only", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", "line 1: changes nothing but modes"},
		{"UTF-16", "\xff\xfe-\x00-\x00-\x00", "line 1: the diff is in UTF-16"},
		{"UTF-16 without a mark", "-\x00-\x00-\x00 \x00", "line 1: the diff is in UTF-16"},
		{"normal diff", "diff x y\n1c1\n< a\n---\n> b\n", "line 1: this is a diff without context"},
		{"encoded mail", "From: x\nContent-Transfer-Encoding: base64\n\nZGlmZg==\n", "line 1: this is a mail whose text is encoded"},
		{"overlap that differs", header + "@@ -1,3 +1,3 @@\n-a\n+b\n c\n d\n@@ -3,3 +3,3 @@\n x\n-e\n+f\n g\n", "line 8: hunk @@ -3,3 +3,3 @@ overlaps"},
		{"a long line", header + "@@ " + strings.Repeat("x", 1e6), "x… (1000003 bytes)\""},
		{"diff -r, binary, names unclear", "Binary files a/x and y and b/x and y differ\n", "binary files can't be patched"},
		{"merge", "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n", "line 1: this is the diff of a merge"},
		{"git, nothing", "diff --git a/x b/x\nindex 1..2\n", "line 1: diff --git a/x b/x: changes nothing"},
		{"git, names unclear", "diff --git a/x b/y\nnew file mode 100644\n", "line 1: diff --git a/x b/y: can't tell the names of the files apart"},
		{"no newline after nothing", header + "@@ -1 +1 @@\n\\ No newline at end of file\n", "follows no line of the hunk"},
		{"lines after the end", header + "@@ -1,2 +1,2 @@\n-a\n\\ No newline at end of file\n-b\n+c\n+d\n", "goes on after the end of the file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := Parse(test.diff)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v and\n%s\nwant %s", err, summarize(files), test.want)
			}
		})
	}
}

// TestBehindBinary looks for parts behind a binary file that don't begin with Git's header.
func TestBehindBinary(t *testing.T) {
	const part = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
	for name, diff := range map[string]string{
		"git":                "diff --git a/y b/y\nindex 1..2\nGIT binary patch\nliteral 1\nIcmZPo000\n\nliteral 0\nHcmV?d00001\n\n" + part,
		"git, in short":      "diff --git a/y b/y\nindex 1..2\nBinary files a/y and b/y differ\n" + part,
		"with diff -r":       "diff --git a/y b/y\nindex 1..2\nBinary files a/y and b/y differ\ndiff -r a/x b/x\n" + part,
		"two of diff -r":     "Binary files a/z and b/z differ\nBinary files a/y and b/y differ\n" + part,
		"git and of diff -r": "diff --git a/z b/z\nindex 1..2\nBinary files a/z and b/z differ\nBinary files a/y and b/y differ\n" + part,
	} {
		files, err := Parse(diff)
		if err != nil || len(files) == 0 || len(files[len(files)-1].Hunks) != 1 || len(files) != strings.Count(diff, "y differ")+strings.Count(diff, "z differ")+strings.Count(diff, "GIT binary")+1 {
			t.Errorf("%s: got %v and\n%s", name, err, summarize(files))
		}
	}
}

// TestUnusable looks for parts that can't be applied among others that can.
func TestUnusable(t *testing.T) {
	tests := []struct {
		name, diff, want string
	}{
		{"a new link", "diff --git a/x b/x\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n\\ No newline at end of file\n", "line 4: diff --git a/x b/x: is a symbolic link"},
		{"a link", "diff --git a/x b/x\nindex 1..2 120000\n--- a/x\n+++ b/x\n" + "@@ -1 +1 @@\n-a\n+b\n", "line 4: diff --git a/x b/x: is a symbolic link"},
		{"a link by now", "diff --git a/x b/x\nold mode 100644\nnew mode 120000\n", "line 5: diff --git a/x b/x: is a symbolic link"},
		{"a submodule", "diff --git a/x b/x\nindex 1..2 160000\n--- a/x\n+++ b/x\n" + "@@ -1 +1 @@\n-a\n+b\n", "is a submodule"},
		{"git, binary", "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 1\nIcmZPo000\n\nliteral 0\nHcmV?d00001\n\n", "line 5: diff --git a/x b/x: binary files can't be patched"},
		{"diff -r, binary", "diff -r a/x b/x\nBinary files a/x and b/x differ\n", "line 4: Binary files a/x and b/x differ: binary files can't be patched"},
		{"diff -rN, a new binary", "diff -rN a/x b/x\nBinary files /dev/null and b/x differ\n", "binary files can't be patched"},
		{"git, binary, in short", "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n", "binary files can't be patched"},
	}
	const before, after = "diff --git a/w b/w\nnew file mode 100644\n", "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39\n"
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := Parse(before + test.diff + after)
			if err != nil || len(files) != 3 {
				t.Fatalf("got %v and\n%s", err, summarize(files))
			}
			if bad := files[1]; bad.Unusable == nil || !strings.Contains(bad.Unusable.Error(), test.want) || strings.Join(bad.Names(1), " ") != "x" {
				t.Errorf("got %v of %q and %q, want %s", bad.Unusable, bad.Old, bad.New, test.want)
			}
			if files[0].Unusable != nil || files[2].Unusable != nil || files[2].New != "b/y" {
				t.Errorf("got\n%s", summarize(files))
			}
		})
	}
}

func TestNames(t *testing.T) {
	file := &FileDiff{Old: "a/util/hash.go.orig", New: "b/util/hash.go"}
	for strip, want := range []string{
		"[b/util/hash.go a/util/hash.go.orig]", "[util/hash.go util/hash.go.orig]", "[hash.go hash.go.orig]", "[]",
	} {
		if got := fmt.Sprint(file.Names(strip)); got != want {
			t.Errorf("Names(%d) = %s, want %s", strip, got, want)
		}
	}
	if got := (&FileDiff{Old: "a/x"}).Names(1); len(got) != 1 || got[0] != "x" {
		t.Errorf("of a deleted file: %v", got)
	}
}

// FuzzParse finds diffs and files that make Parse or Apply panic, and diffs that
// come to another file when they are written and read once more.
func FuzzParse(f *testing.F) {
	f.Add("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n", "a\nb")
	f.Add("diff --git \"a/\\303\" b/x\nnew file mode 1\nindex 1..2\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "")
	f.Add("--- a\n+++ b\n@@ -3,3 +3,4 @@\n x\n+y\n z\n\n@@ -9 +10 @@\n-x\n+y\n", "x\nz\n\nx\nz\n\nx\n")
	f.Fuzz(func(t *testing.T, diff, content string) {
		files, err := Parse(diff)
		if err != nil {
			return
		}
		for _, file := range files {
			if file.Creates() {
				file.Create()
				continue
			}
			for fuzz := range 3 {
				once, _, failures := file.Apply(content, fuzz)
				for _, failure := range failures {
					_ = failure.Error()
				}
				again := "--- x\n+++ x\n"
				for _, hunk := range file.Hunks {
					again += hunk.String()
				}
				if len(file.Hunks) == 0 || file.Deletes() {
					continue
				}
				reread, err := Parse(again)
				if err != nil {
					t.Fatalf("%v\n%s", err, again)
				}
				if twice, _, _ := reread[0].Apply(content, fuzz); twice != once {
					t.Errorf("got %q and %q", once, twice)
				}
			}
		}
	})
}
