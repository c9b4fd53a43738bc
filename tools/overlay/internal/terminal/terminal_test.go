package terminal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestIs(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if Is(file) || Is(null) || Is(new(bytes.Buffer)) {
		t.Errorf("file %v, %s %v, buffer %v", Is(file), os.DevNull, Is(null), Is(new(bytes.Buffer)))
	}
}

func TestPlain(t *testing.T) {
	const diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
	var out bytes.Buffer
	if err := PageDiff(&out, []byte(diff)); err != nil || out.String() != diff {
		t.Errorf("%v, got %q", err, &out)
	}
	progress := StartProgress(&out)
	progress.Say("on the way")
	progress.Done()
	if out.String() != diff {
		t.Errorf("got %q", &out)
	}
}

func TestColourDiff(t *testing.T) {
	got := string(ColourDiff([]byte(strings.Join([]string{
		"Words before it.",
		"diff --git a/x.go b/x.go",
		"index 1234..5678 100644",
		"--- a/x.go",
		"+++ b/x.go",
		"@@ -1,4 +1,4 @@ func f() {",
		" same",
		"--- a line that begins with two dashes",
		"+++ b\r",
		"",
		"-last",
		"\\ No newline at end of file",
		"+last",
		"@@ -9 +9 @@",
		"-a",
		"+b",
		"--- a/y.go",
		"+++ b/y.go",
		"",
	}, "\n"))))
	want := strings.Join([]string{
		"Words before it.",
		"\x1b[1mdiff --git a/x.go b/x.go\x1b[m",
		"\x1b[1mindex 1234..5678 100644\x1b[m",
		"\x1b[1m--- a/x.go\x1b[m",
		"\x1b[1m+++ b/x.go\x1b[m",
		"\x1b[36m@@ -1,4 +1,4 @@ func f() {\x1b[m",
		" same",
		"\x1b[31m--- a line that begins with two dashes\x1b[m",
		"\x1b[32m+++ b\x1b[m\r",
		"",
		"\x1b[31m-last\x1b[m",
		"\\ No newline at end of file",
		"\x1b[32m+last\x1b[m",
		"\x1b[36m@@ -9 +9 @@\x1b[m",
		"\x1b[31m-a\x1b[m",
		"\x1b[32m+b\x1b[m",
		"\x1b[1m--- a/y.go\x1b[m",
		"\x1b[1m+++ b/y.go\x1b[m",
		"",
	}, "\n")
	if got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestPager(t *testing.T) {
	for _, test := range []struct {
		name    string
		env     map[string]string
		command string // or none
		less    bool   // whether $LESS is set
	}{
		{"git's", map[string]string{"GIT_PAGER": "delta -n", "PAGER": "more"}, "delta -n", true},
		{"any", map[string]string{"PAGER": "more"}, "more", true},
		{"none", map[string]string{"GIT_PAGER": "", "PAGER": "more"}, "", false},
		{"cat", map[string]string{"PAGER": "cat"}, "", false},
		{"options of less", map[string]string{"PAGER": "less", "LESS": "i"}, "less", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := pager(func(name string) (string, bool) {
				value, ok := test.env[name]
				return value, ok
			})
			if cmd == nil {
				if test.command != "" {
					t.Errorf("got none, want %s", test.command)
				}
				return
			}
			if !strings.HasSuffix(strings.Join(cmd.Args, " "), test.command) || test.command == "" {
				t.Errorf("got %q, want %q", cmd.Args, test.command)
			}
			if got := slices.Contains(cmd.Env, "LESS=FRX"); got != test.less {
				t.Errorf("LESS=FRX: got %v", got)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	quick := startProgress(&out, time.Hour)
	quick.Say("not seen")
	quick.Done()
	if out.Len() > 0 {
		t.Errorf("got %q", &out)
	}

	slow := startProgress(&out, 0)
	for shown := false; !shown; time.Sleep(time.Millisecond) {
		slow.mu.Lock()
		shown = slow.shown
		slow.mu.Unlock()
	}
	slow.Say("%d of %d: //overlays:uuid", 1, 12)
	slow.Say("two\nlines")
	slow.Done()
	slow.Done()
	if got, want := out.String(), "\r1 of 12: //overlays:uuid\rtwo lines"+strings.Repeat(" ", 15)+"\r"+strings.Repeat(" ", 9)+"\r"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	out.Reset()
	slow.Say("asking")
	fmt.Fprintln(slow, "waiting")
	slow.Done()
	fmt.Fprintln(slow, "later")
	if got, want := out.String(), "\rasking\r      \rwaiting\n\rasking\r      \rlater\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	out.Reset()
	slow.Say(strings.Repeat("ü", 100))
	if got, want := out.String(), "\r"+strings.Repeat("ü", 78)+"…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestColours(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0) // It makes a new one.
	if err != nil {
		t.Skip(err)
	}
	defer terminal.Close()
	for _, test := range []struct {
		term, noColour   string
		capable, colours bool
	}{
		{"xterm", "", true, true},
		{"xterm", "1", true, false},
		{"dumb", "", false, false},
	} {
		t.Setenv("TERM", test.term)
		t.Setenv("NO_COLOR", test.noColour)
		if !Is(terminal) || isCapable(terminal) != test.capable || Colours(terminal) != test.colours {
			t.Errorf("TERM=%s NO_COLOR=%s: a terminal %v, capable %v, colours %v", test.term, test.noColour,
				Is(terminal), isCapable(terminal), Colours(terminal))
		}
		if progress := StartProgress(terminal); (progress != nil) != test.capable {
			t.Errorf("TERM=%s: progress is %v", test.term, progress)
		} else {
			progress.Done()
		}
	}
}
