package apply

import (
	"errors"
	"go/build"
	"path"
	"slices"
	"strings"
)

// packageFolder is where go/build finds the files that it is shown, and ${SRCDIR} in
// #cgo lines: no flag has it otherwise.
const packageFolder = "/go_overlay.package"

// emptyFile is the content of a file of which only the name counts. To C and
// assembly, it is nothing to complain of before they are compiled.
const emptyFile = "package x\n"

// compiledExtensions are those of files that are compiled, and not included by others.
var compiledExtensions = []string{".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".s", ".S", ".syso"}

// isCompiled tells whether rules_go compiles files of a name, if no constraint keeps them out.
func isCompiled(name string) bool {
	return !strings.Contains(name, "/") && slices.Contains(compiledExtensions, path.Ext(name))
}

// isC tells whether files of a name are compiled by a C compiler.
func isC(name string) bool {
	return slices.Contains([]string{".c", ".cc", ".cpp", ".cxx", ".m", ".mm"}, path.Ext(name))
}

// A scanned is what go/build says of a single file, whatever its constraints say.
type scanned struct {
	err     error    // why go/build can't read it
	pkg     string   // of a Go file
	imports []string // paths
	embeds  []string // patterns
	tags    []string // of its name and its constraint
	cgo     bool     // whether it imports "C"
}

// scan reads a file of a package.
func scan(name, content string) scanned {
	ctx := onFiles(build.Context{
		Compiler:    "gc",
		CgoEnabled:  true,
		UseAllFiles: true, // Of whatever platform.
	}, map[string]string{name: content})
	p, err := ctx.ImportDir(packageFolder, 0)
	if noGo := (*build.NoGoError)(nil); errors.As(err, &noGo) {
		err = nil // It is of another language.
	}
	imports := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
	return scanned{
		cgo:     slices.Contains(imports, "C"),
		embeds:  slices.Concat(p.EmbedPatterns, p.TestEmbedPatterns, p.XTestEmbedPatterns),
		err:     err,
		imports: imports,
		pkg:     p.Name,
		tags:    p.AllTags,
	}
}

// matches tells whether a context takes a file by its name and its constraint. What
// go/build can't read is left to the compiler.
func matches(ctx build.Context, name string) bool {
	match, err := ctx.MatchFile(packageFolder, name)
	return match || err != nil
}
