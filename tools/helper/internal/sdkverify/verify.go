// Package sdkverify tells whether the binaries of a Go SDK are what the source in
// the SDK makes.
//
// Package sdkbuild builds the commands of an SDK once more, and Verify compares what came
// out with what is in the SDK. Binaries for macOS are compared without their
// signatures, which they get after they were built, by a key that nobody else has.
//
// What equal binaries prove: source and binaries belong together, so that who reads,
// scans or patches the source deals with what runs. What they do not prove: that the
// source is that of the Go project (for that there are the digests of a lock file or
// the checksum database), and that no compiler inserts into each compiler that it
// compiles what is in no source.
package sdkverify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/go-overlay/go_overlay/tools/internal/files"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// Options are what to compare.
type Options struct {
	SDK      string         // what messages call the SDK
	Platform gosdk.Platform // that the SDK runs on
	Root     string         // a file in the top folder of the SDK
	Files    []string       // binaries of the SDK
	Rebuilt  string         // folder that sdkbuild.Rebuild wrote
}

const meaning = `
What it means: the binaries of a Go release can be rebuilt bit for bit from the source beside them. Those of this SDK
can't. Either a binary or a source file was changed after the release (patched, damaged, or worse), or this is another
build of Go than the release, such as the package of a Linux distribution.
What to do: fetch the release again, by go_toolchains.sdk or rules_go's go_sdk.download, and look whether it passes. An
SDK that is patched or built in another way on purpose is not for this test. How Go 1.22 to 1.27 are built is known; of
a newer one, it may have changed.`

// Verify returns an error that names all binaries in which an SDK differs from
// what was rebuilt.
func Verify(o Options) error {
	distributed := map[string]string{}
	for _, file := range o.Files {
		name, err := gosdk.Name(o.Root, file)
		if err != nil {
			return err
		}
		distributed[name] = file
	}
	rebuilt, err := filesBelow(o.Rebuilt)
	if err != nil {
		return err
	}
	if len(rebuilt) == 0 {
		return fmt.Errorf("%s: nothing was rebuilt, so that there is nothing to compare with", o.Rebuilt)
	}

	p := o.Platform
	var problems []string
	same, different := 0, 0
	for _, name := range sortedNames(distributed, rebuilt) {
		var problem string
		switch {
		case distributed[name] == "":
			problem = fmt.Sprintf("%s is missing: src/cmd/%s makes it, and a distribution has it.", name, p.Command(name))
		case rebuilt[name] == "":
			problem = withoutSource(name, p)
		default:
			difference, err := compare(distributed[name], rebuilt[name])
			if err != nil {
				return err
			}
			if difference == "" {
				same++
				continue
			}
			different++
			problem = fmt.Sprintf("%s is not what src/cmd/%s makes:\n%s", name, p.Command(name), difference)
		}
		problems = append(problems, problem)
	}
	if len(problems) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s is not what its source makes. Of its %d binaries, %d are.\n\n%s\n",
		o.SDK, len(distributed), same, strings.Join(problems, "\n\n"))
	if same == 0 && different > 1 {
		text += "\nAs none is the same, one cause may do: another build of Go, or a change to what all contain, such as package runtime.\n"
	}
	return errors.New(text + meaning)
}

func withoutSource(name string, p gosdk.Platform) string {
	if command := p.Command(name); command != "" {
		return fmt.Sprintf("%s has no source: there is no src/cmd/%s in the SDK.", name, command)
	}
	return fmt.Sprintf("%s has no source: an SDK for %s has commands in bin and in pkg/tool/%s only.", name, p, p)
}

// filesBelow returns the files below a folder by their names relative to it, with slashes.
func filesBelow(dir string) (map[string]string, error) {
	found := map[string]string{}
	err := files.Walk(dir, func(name, path string, _ fs.FileInfo) error {
		found[name] = path
		return nil
	})
	return found, err
}

func sortedNames(maps ...map[string]string) []string {
	var names []string
	for _, m := range maps {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// compare tells how two programs differ, other than by a signature. It returns an
// empty string if they don't.
func compare(distributed, rebuilt string) (string, error) {
	a, err := os.ReadFile(distributed)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(rebuilt)
	if err != nil {
		return "", err
	}
	summaries := []any{sha256.Sum256(a), len(a), sha256.Sum256(b), len(b)}
	a, b = withoutSignature(a), withoutSignature(b)
	if bytes.Equal(a, b) {
		return "", nil
	}
	where := ""
	offset := firstDifference(a, b)
	switch offset {
	case len(a):
		where = ", where that of the SDK ends"
	case len(b):
		where = ", where the rebuilt one ends"
	}
	return fmt.Sprintf("  in the SDK        sha256:%x, %d bytes\n  rebuilt           sha256:%x, %d bytes\n", summaries...) +
		fmt.Sprintf("  first difference  at offset %d%s", offset, where), nil
}

// firstDifference returns the offset of the first byte that differs, or that only
// one has.
func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
