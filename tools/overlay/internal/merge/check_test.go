package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/txtar"
)

func packageOf(archive string) map[string][]byte {
	files := map[string][]byte{}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		files[file.Name] = file.Data
	}
	return files
}

// with returns files with those of an archive.
func with(files map[string][]byte, archive string) map[string][]byte {
	all := map[string][]byte{}
	for name, content := range files {
		all[name] = content
	}
	for name, content := range packageOf(archive) {
		all[name] = content
	}
	return all
}

// everything is a package with all that could be hard without its imports.
const everything = `
-- a.go --
package p

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"sync"
	"unsafe"

	"cmp"
	_ "example.com/effects"
	"example.com/go-things"
	"example.com/v2ray/v5"
	"gopkg.in/yaml.v3"
	other "example.com/another"
	"example.com/third"
)

//go:embed data.txt
var data embed.FS

type T struct {
	sync.Mutex
	r io.Reader
	m map[string]yaml.Node
}

type Reader interface {
	io.Reader
	More() bool
}

type Defined yaml.Node

type Locker interface{ Lock() }

var _ Locker = (*T)(nil)

var size = unsafe.Sizeof(T{})

// add is written in assembly.
func add(a, b int) int

func Max[V cmp.Ordered](a, b V) V {
	if a > b {
		return a
	}
	return b
}

type List[E any] struct {
	next *List[E]
	e    E
}

func Unknown(a, b int) {}

func (l *List[E]) Push(e E) *List[E] { return &List[E]{l, e} }

func (t *T) Do(r Reader) (n int, err error) {
	t.Lock()
	defer t.Unlock()
	b, err := io.ReadAll(r)
	if errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("no data: %w", err)
	}
	for _, x := range b {
		n += int(x)
	}
	r.Read(nil)
	key, value := 1, 2
	switch t := yaml.Any(n).(type) {
	case *unsafe.Pointer:
		Unknown(yaml.Two())
		return n, yaml.List{{key, t.(third.Type)}, {value}}
	}
	if n > 3 {
		func() int {
			panic(yaml.Sprint(n))
		}()
	}
	var list *List[int]
	list = list.Push(Max(1, add(1, 2)))
	return things.Do(n) + v2ray.Start(other.Default).Code, nil
}
-- cgo.go --
package p

// #include <stdlib.h>
import "C"

func abs(n int) int { return int(C.abs(C.int(n))) }
-- nocgo.go --
//go:build !cgo

package p

func abs(n int) int { return max(n, -n) }
-- generate.go --
//go:build ignore

package main

func main() { undefined() }
-- x_windows.go --
package p

func add(windows int) {}
-- x_test.go --
package p

func add() { undefined() }
-- doc.txt --
package
-- add_amd64.s --
TEXT ·add(SB)
`

func TestCheckIsQuiet(t *testing.T) {
	before := packageOf(everything)
	if got := Check(nil, before, gosdk.Platform{GOOS: "linux", GOARCH: "amd64"}); len(got) > 0 {
		t.Errorf("compared with nothing: %v", got)
	}
	after := with(before, `
-- overlay.go --
package p

import (
	"example.com/go-tools/v4"
	"gopkg.in/yaml.v3"
	. "example.com/dot"
)

type U struct{ *T }

type Number interface{ yaml.Integer | yaml.Float }

func Sum[N Number](n ...N) (sum N) {
	for _, n := range n {
		sum += n
	}
	return sum
}

func (u U) More() bool {
	u.Lock()
	u.TryLock()
	var l Locker = u
	l.Lock()
	l = u.T
	FromDot()
	Defined{}.Decode(nil)
	var r Reader = u
	r.Read(nil)
	return yaml.Marshal(u) == tools.Nothing
}
`)
	if got := Check(before, after); len(got) > 0 {
		t.Errorf("an overlay: %v", got)
	}
}

func TestCheckFinds(t *testing.T) {
	const upstream = `
-- a.go --
package p

import "strings"

func parse(s string) (string, error) { return strings.TrimSpace(s), nil }

func Parse(s string) (string, error) { return parse(s) }
`
	tests := []struct {
		name, overlay string
		want          []string // a part of each error
	}{
		{"nothing", "-- b.go --\npackage p\n\nfunc b() { parse(\"\") }\n", nil},
		{"a function was renamed", "-- b.go --\npackage p\n\nfunc b() { parseString(\"\") }\n", []string{"b.go:3:12: undefined: parseString"}},
		{"a result was added", "-- b.go --\npackage p\n\nvar b string = parse(\"\")\n", []string{"b.go:3:16: "}},
		{"returned, too", "-- b.go --\npackage p\n\nfunc b() string { return parse(\"\") }\n", []string{"b.go:3:26: too many return values"}},
		{"a parameter was added", "-- b.go --\npackage p\n\nfunc b() { parse() }\n", []string{"b.go:3:18: not enough arguments in call to parse"}},
		{"declared twice", "-- b.go --\npackage p\n\nfunc parse() {}\n", []string{"parse redeclared in this block"}},
		{"unused variable", "-- b.go --\npackage p\n\nfunc b() {\n\tx := 1\n}\n", []string{"b.go:4:2: "}},
		{"unused import", "-- b.go --\npackage p\n\nimport \"gopkg.in/yaml.v3\"\n", []string{`b.go:3:8: "gopkg.in/yaml.v3" imported`}},
		{"missing import", "-- b.go --\npackage p\n\nfunc b() { fmt.Println() }\n", []string{"b.go:3:12: undefined: fmt"}},
		{"field of a known type", "-- b.go --\npackage p\n\ntype T struct{}\n\nvar b = T{}.c\n", []string{"T has no field or method c"}},
		{"another package", "-- b.go --\npackage q\n", []string{"b.go:1:1: package q; expected "}},
		{"another package, first", "-- A.go --\npackage q\n", []string{"A.go:1:1: package q; expected "}},
		{"no Go", "-- b.go --\npackage p\n\nfunc b() {\n", []string{"b.go:3:12: expected "}},
		{"nothing in it", "-- b.go --\n", []string{"b.go:1:1: expected "}},
		{"a conflict", "-- b.go --\npackage p\n\n<<<<<<< b\n||||||| c\n=======\n>>>>>>> d\n", []string{"b.go:3:1: expected declaration, found '<<'"}},
		{"a variable that is only assigned", "-- b.go --\npackage p\n\nimport \"os\"\n\nfunc b() {\n\tx := 1\n\tx = os.X\n}\n", []string{"b.go:6:2: "}},
		{"renamed, and used in what is unknown", "-- b.go --\npackage p\n\nimport \"os\"\n\nvar b = os.X{{parseString}}\n", []string{"b.go:5:15: undefined: parseString"}},
		{"no return", "-- b.go --\npackage p\n\nfunc b() int {\n}\n", []string{"b.go:4:1: missing return"}},
		{"of another platform", "-- b_plan9.go --\npackage p\n\nfunc b() { undefined() }\n", nil},
	}
	before := packageOf(upstream)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Check(before, with(before, test.overlay))
			matches := slices.EqualFunc(got, test.want, func(err error, want string) bool { return strings.Contains(err.Error(), want) })
			if !matches {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestCheckPlatforms(t *testing.T) {
	before := packageOf("-- a.go --\npackage p\n")
	after := with(before, "-- b_plan9.go --\npackage p\n\nvar b = c\n-- d.go --\n//go:build !cgo && windows\n\npackage p\n\nvar d = e\n")
	got := Check(before, after, gosdk.Platform{GOOS: "plan9", GOARCH: "386"}, gosdk.Platform{GOOS: "windows", GOARCH: "arm64"})
	if want := "[b_plan9.go:3:9: undefined: c d.go:5:9: undefined: e]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestCheckUsual checks that files of other platforms are looked at, where a package has such.
func TestCheckUsual(t *testing.T) {
	before := packageOf("-- a.go --\npackage p\n\nfunc f() int { return g() }\n")
	for _, goos := range []string{"linux", "darwin", "windows", "plan9"} {
		before = with(before, "-- g_"+goos+".go --\npackage p\n\nfunc g() int { return 1 }\n")
		platforms := usual(before)
		if platforms[0] != gosdk.Host {
			t.Errorf("got %v", platforms)
		}
		_, isUsual := map[string]bool{"linux": true, "darwin": true, "windows": true}[goos]
		after := with(before, "-- g_"+goos+".go --\npackage p\n\nfunc g() string { return \"1\" }\n")
		errs := Check(before, after)
		if got := fmt.Sprint(errs); (len(errs) > 0) != isUsual || isUsual && !strings.Contains(got, "a.go:3:") {
			t.Errorf("%s: got %s", goos, got)
		}
		if errs := Check(before, before); len(errs) > 0 {
			t.Errorf("%s: got %v", goos, errs)
		}
	}
	if got := usual(packageOf("-- a.go --\npackage p\n-- a_" + gosdk.Host.GOARCH + ".go --\npackage p\n-- notes_windows.txt --\n")); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}
