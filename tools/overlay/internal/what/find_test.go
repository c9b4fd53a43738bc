package what

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var sources = []Source{
	{Path: "a.go", Content: []byte(`package p

//line other.y:100
func New[T any]() *Cache[T] { return nil }

type (
	Cache[T any] struct {
		items map[string]T
		sync.Mutex
		*Base
	}
	Pair[K, V any] struct{ a, b int }
)

func (c *Cache[T]) Get(key string) T { panic(1) }
func (p Pair[_, _]) Swap()             {}
func init()                            {}

var One, two = 1, 2

const (
	Big = iota
	_
	Bigger
)

type Reader interface {
	Read(p []byte) (int, error)
	Closer
}
`)},
	{Path: "a_linux.go", Content: []byte("package p\n\nfunc open() {}\nfunc init() {}\n")},
	{Path: "a_windows.go", Content: []byte("//go:build windows\n\npackage p\n\nfunc open() {}\nfunc (*Base) Get() {}\n")},
	{Path: "a.s", Content: []byte("TEXT ·open(SB), 0, $0\n")},
}

func TestFindSymbol(t *testing.T) {
	tests := map[string][]Position{
		"New":             {{"a.go", 4}},
		"Cache":           {{"a.go", 7}},
		"Cache.Get":       {{"a.go", 15}},
		"(*Cache).Get":    {{"a.go", 15}},
		"(Cache).Get":     {{"a.go", 15}},
		"Cache[...].Get":  {{"a.go", 15}},
		"Cache.items":     {{"a.go", 8}},
		"Cache.Mutex":     {{"a.go", 9}},
		"Cache.Base":      {{"a.go", 10}},
		"Pair.Swap":       {{"a.go", 16}},
		"Pair.b":          {{"a.go", 12}},
		"init":            {{"a.go", 17}, {"a_linux.go", 4}},
		"two":             {{"a.go", 19}},
		"Bigger":          {{"a.go", 24}},
		"Reader.Read":     {{"a.go", 28}},
		"open":            {{"a_linux.go", 3}, {"a_windows.go", 5}},
		"(*Cache[go.x])":  {{"a.go", 7}},
		"Cache[a,b].Base": {{"a.go", 10}},
	}
	for symbol, want := range tests {
		if got, err := FindSymbol(sources, symbol); err != nil || !slices.Equal(got, want) {
			t.Errorf("FindSymbol(%q) = %v, %v, want %v", symbol, got, err, want)
		}
	}
}

func TestFindSymbolNotFound(t *testing.T) {
	tests := map[string]string{
		"Get":       "none of 3 Go files declares Get; is it Base.Get or Cache.Get?",
		"new":       "none of 3 Go files declares new; is it New?",
		"Cache.Gte": "none of 3 Go files declares Cache.Gte; is it Cache.Get?",
		"Cahce.Get": "none of 3 Go files declares Cahce.Get; is it Cache.Get or Base.Get?",
		"Unlikely":  "none of 3 Go files declares Unlikely",
		"_":         "none of 3 Go files declares _",
		"":          "none of 3 Go files declares ",
	}
	for symbol, want := range tests {
		_, err := FindSymbol(sources, symbol)
		var notFound *NotFoundError
		if !errors.As(err, &notFound) || err.Error() != want {
			t.Errorf("FindSymbol(%q): error %v, want %s", symbol, err, want)
		}
	}
	if _, err := FindSymbol(sources[3:], "open"); err == nil || err.Error() != "no Go file is there to declare open" {
		t.Errorf("without Go files: %v", err)
	}
}

func TestFindSymbolInFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "broken.go")
	if err := os.WriteFile(file, []byte("package p\n\nfunc F() {}\n\nfunc G( {\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := FindSymbol([]Source{{Path: file}}, "F"); err != nil || !slices.Equal(got, []Position{{file, 3}}) {
		t.Errorf("above a syntax error: %v, %v", got, err)
	}
	_, err := FindSymbol([]Source{{Path: file}}, "Unlikely")
	var notFound *NotFoundError
	if !errors.As(err, &notFound) || notFound.Parse == nil {
		t.Errorf("in a file with a syntax error: %v", err)
	}
	if _, err := FindSymbol([]Source{{Path: file + "x.go"}}, "F"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a file that is not there: %v", err)
	}
}
