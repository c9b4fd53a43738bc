package main

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const trace = `{"traceEvents": [
{"name": "thread_name", "ph": "M", "args": {"name": "main"}},
{"cat": "build phase marker", "name": "Launch Blaze", "ph": "X", "ts": -500000, "dur": 500000},
{"cat": "build phase marker", "name": "Evaluate target patterns", "ph": "i", "ts": 1000000},
{"cat": "Fetching repository", "name": "@@a", "ph": "X", "ts": 1000000, "dur": 4000000},
{"cat": "Fetching repository", "name": "@@b", "ph": "X", "ts": 2000000, "dur": 1000000},
{"cat": "action processing", "name": "x", "ph": "X", "ts": 4000000, "dur": 3000000, "args": {"mnemonic": "GoLink"}},
{"cat": "action processing", "name": "y", "ph": "X", "ts": 6000000, "dur": 3000000, "args": {"mnemonic": "GoLink"}},
{"cat": "build phase marker", "name": "Complete build", "ph": "i", "ts": 10000000}
]}`

func TestTables(t *testing.T) {
	dir := t.TempDir()
	writeProfile(t, filepath.Join(dir, "1.gz"), trace)
	writeProfile(t, filepath.Join(dir, "TestNewest", "modes", "2.gz"), trace)
	profiles, err := readProfiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	tests, err := follow(strings.NewReader(`{"Action":"run","Package":"p","Test":"TestNewest"}
{"Action":"run","Package":"p","Test":"TestNewest/modes"}
{"Action":"output","Package":"p","Test":"TestNewest/modes","Output":"said by one that passes"}
{"Action":"pass","Package":"p","Test":"TestNewest/modes","Elapsed":12}
{"Action":"run","Package":"p","Test":"TestOther"}
{"Action":"output","Package":"p","Test":"TestOther","Output":"said by one that fails"}
{"Action":"fail","Package":"p","Test":"TestOther","Elapsed":1}
{"Action":"pass","Package":"p","Test":"TestNewest","Elapsed":12}
`), &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := printTables(&out, tests, profiles); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"    12.0s pass p.TestNewest/modes\n",
		"     1.0s fail p.TestOther\nsaid by one that fails",
		"The slowest:\n    12.0s p.TestNewest/modes\n     1.0s p.TestOther\n",
		"       1    1.5    3.0      1.0      5.0     1.5  TestNewest/modes\n",
		"       1    1.5    3.0      1.0      5.0          (no test of its own)\n",
		"       2    3.0    6.0      2.0     10.0          all of them\n",
		"      4     12.0  GoLink\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("expected %q in:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "passes") {
		t.Errorf("expected nothing of what a test prints that passes in:\n%s", &out)
	}
}

func TestProfileOfKilledCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "1.gz")
	writeProfile(t, path, trace[:len(trace)/2])
	if _, err := readProfile(path); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got the error %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := readProfile(path); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: got the error %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

func writeProfile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	_, err = io.WriteString(zipped, content)
	if err := errors.Join(err, zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}
