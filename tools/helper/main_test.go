package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what comes out to testdata")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"helper": func() { os.Exit(run(os.Args[1:], os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
	})
}

// program returns the path of the program, to be run as a process of its own: that of
// the test under the name by which TestMain knows it.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "helper")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	return program
}
