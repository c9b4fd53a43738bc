package linediff

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/unified"
)

func TestUnified(t *testing.T) {
	tests := []struct {
		name, old, new string
		limit          int
		want           string
	}{
		{"equal", "a\n", "a\n", 40, ""},
		{"both empty", "", "", 40, ""},
		{"from nothing", "", "a\n", 40, "@@ -0,0 +1,1 @@\n+a\n"},
		{"to nothing", "a\nb", "", 40, "@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n"},
		{"context", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", 40, "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
		{"two hunks", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n9\n10\n", 40, "@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -7,3 +6,4 @@\n 7\n 8\n 9\n+10\n"},
		{"hunks that touch", "1\n2\n3\n4\n5\n6\n7\n", "2\n3\n4\n5\n6\n7\n8\n", 40, "@@ -1,7 +1,7 @@\n-1\n 2\n 3\n 4\n 5\n 6\n 7\n+8\n"},
		{"repeated lines", "func a() {\n}\n\nfunc c() {\n}\n", "func a() {\n}\n\nfunc b() {\n}\n\nfunc c() {\n}\n", 40, "@@ -1,5 +1,8 @@\n func a() {\n }\n \n+func b() {\n+}\n+\n func c() {\n }\n"},
		{"moved", "a\nb\nc\n", "c\na\nb\n", 40, "@@ -1,3 +1,3 @@\n+c\n a\n b\n-c\n"},
		{"ends of lines", "a\r\n", "a\n", 40, "@@ -1,1 +1,1 @@\n-a\\r\n+a\n"},
		{"cut off", "a\nb\nc\n", "d\n", 3, "@@ -1,3 +1,1 @@\n-a\n-b\n… 2 more lines\n"},
		{"binary", "a\x00", "a\n", 40, "(binary: 2 bytes before, 2 bytes now)\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Unified(test.old, test.new, test.limit); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestUnifiedApplies checks that the diff is right: it can be applied.
func TestUnifiedApplies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range random.IntN(40) {
			b.WriteByte(byte('a' + random.IntN(12)))
			b.WriteByte('\n')
		}
		return b.String()
	}
	for range 2000 {
		old, new := text(), text()
		if old == new {
			continue
		}
		diff := Unified(old, new, math.MaxInt)
		files, err := unified.Parse("--- x\n+++ x\n" + diff)
		if err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
		got, _, failures := files[0].Apply(old, 0)
		if got != new || len(failures) > 0 {
			t.Fatalf("got %q, %v, want %q, from\n%s", got, failures, new, diff)
		}
	}
}
