package apply

import (
	"go/build"
	"slices"
	"strings"
)

// knownSystems are the operating systems that Go knows or has known. Constraints such
// as unix && !linux hold on some that they don't name.
var knownSystems = []string{
	"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl",
	"netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
}

// knownArchitectures are likewise the architectures.
var knownArchitectures = []string{
	"386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips", "mips64", "mips64le",
	"mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x",
	"sparc", "sparc64", "wasm",
}

// maxFreeTags bounds how many tags are tried in all combinations.
const maxFreeTags = 8

// isSatisfiable tells whether some build takes a file, by its name and its
// constraint. Where there is too much to try, it says so.
func isSatisfiable(name, content string) bool {
	tags := scan(name, content).tags
	systems := slices.Clone(knownSystems)
	architectures := []string{"other"} // Besides those that are named: nothing else tells them apart.
	releases, cgo := []int{0}, []bool{false}
	compilers := []string{"gc"} // Modules have files for the other one.
	var free []string
	for _, tag := range tags {
		switch {
		case isSystem(tag):
			if !slices.Contains(systems, tag) {
				systems = append(systems, tag)
			}
		case isArchitecture(tag):
			architectures = append(architectures, tag)
		case tag == "cgo":
			cgo = append(cgo, true)
		case tag == "gccgo":
			compilers = append(compilers, tag)
		case tag == "gc" || tag == "unix":
			// As the platform and the compiler have it.
		case strings.HasPrefix(tag, "go1."):
			if minor, ok := minorOf(strings.TrimPrefix(tag, "go")); ok {
				releases = append(releases, minor)
			}
		case tag == "boringcrypto":
			free = append(free, "goexperiment."+tag) // It is another name of that.
		default:
			free = append(free, tag)
		}
	}
	if len(free) > maxFreeTags {
		return true
	}
	contents := map[string]string{name: content}
	for set := range 1 << len(free) {
		var buildTags []string
		for i, tag := range free {
			if set&(1<<i) != 0 {
				buildTags = append(buildTags, tag)
			}
		}
		for _, goos := range systems {
			for _, goarch := range architectures {
				for _, release := range releases {
					for _, cgo := range cgo {
						for _, compiler := range compilers {
							ctx := onFiles(build.Context{
								BuildTags:   buildTags,
								CgoEnabled:  cgo,
								Compiler:    compiler,
								GOARCH:      goarch,
								GOOS:        goos,
								ReleaseTags: releaseTags(release),
							}, contents)
							if matches(ctx, name) {
								return true
							}
						}
					}
				}
			}
		}
	}
	return false
}

// isSystem tells whether a tag is an operating system, and isArchitecture whether it
// is an architecture. What is newer than the lists, go/build may know: it takes files
// by their names.
func isSystem(tag string) bool {
	// Before an architecture, go/build looks for systems only.
	return slices.Contains(knownSystems, tag) || isElement(tag) && !nameMatches("x_"+tag+"_amd64.go", "amd64")
}

func isArchitecture(tag string) bool {
	return slices.Contains(knownArchitectures, tag) || isElement(tag) && !isSystem(tag) && !nameMatches("x_"+tag+".go", "")
}

// isElement tells whether a tag can be a platform. Of others, such as use_linux and
// amd64.v3, go/build would see a part in the name of a file.
func isElement(tag string) bool { return !strings.ContainsAny(tag, "._") }

func nameMatches(name, goarch string) bool {
	ctx := onFiles(build.Context{Compiler: "gc", GOARCH: goarch}, map[string]string{name: emptyFile})
	return matches(ctx, name)
}
