package apply

import (
	"go/build"
	"strings"
)

// maxFreeTags bounds how many tags are tried in all combinations.
const maxFreeTags = 8

// isSatisfiable tells whether some build takes a file, by its name and its
// constraint. Where there is too much to try, it says so.
func isSatisfiable(name, content string) bool {
	tags := scan(name, content).tags
	// Of the platforms that are named, and one of others.
	systems, architectures := []string{"linux", "plan9"}, []string{"other"}
	releases := []int{0}
	var free []string
	for _, tag := range tags {
		switch {
		case isSystem(tag):
			systems = append(systems, tag)
		case isArchitecture(tag):
			architectures = append(architectures, tag)
		case tag == "cgo" || tag == "gc" || tag == "gccgo" || tag == "unix":
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
					for _, cgo := range []bool{false, true} {
						ctx := onFiles(build.Context{
							BuildTags:   buildTags,
							CgoEnabled:  cgo,
							Compiler:    "gc",
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
	return false
}

// isSystem tells whether a tag is an operating system, and isArchitecture whether it
// is an architecture: go/build does not list those that it knows, but takes files by
// their names.
func isSystem(tag string) bool {
	// Before an architecture, go/build looks for systems only.
	return !nameMatches("x_"+tag+"_amd64.go", "amd64")
}

func isArchitecture(tag string) bool {
	return !isSystem(tag) && !nameMatches("x_"+tag+".go", "")
}

func nameMatches(name, goarch string) bool {
	ctx := onFiles(build.Context{Compiler: "gc", GOARCH: goarch}, map[string]string{name: emptyFile})
	return matches(ctx, name)
}
