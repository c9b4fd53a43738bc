package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/output"
	"github.com/go-overlay/go_overlay/tools/internal/record"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/overlaysjson"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/shadow"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/workspace"
)

// A memory is of what was in force when the go command was run the last time, with what it depends on, so that Bazel need not be
// asked again while that is unchanged.
type memory struct {
	path string // of the file that has it
}

// remembered is what that file has.
type remembered struct {
	Inputs map[string]string // digests of files, and of the names in folders, by paths; empty for what is not there
	Until  string            // the last day, 2026-12-31, of the overlay that expires first; or empty
	Force  *inForce
}

// margin is what times of files may be wrong by.
const margin = 20 * time.Millisecond

var (
	folderReplacement = regexp.MustCompile(`=>\s*"?((?:\.{1,2})?/[^\s"]*|\.{1,2})`)
	included          = regexp.MustCompile(`(?m)^include\(\s*"([^"]+)"`)
	loaded            = regexp.MustCompile(`load\(\s*"([^"]+)"`)
)

// remember returns the memory of a set, for the settings that the go command has.
func (d *Desk) remember(cache string, g *shadow.Go, set string) memory {
	settings, _ := json.Marshal(g.Settings)
	program, _ := os.Executable()
	info, _ := os.Stat(program)
	id := fmt.Sprintf("%q %q %q %q %s %q", d.Workspace.Root, d.Dir, g.Dir, set, settings, program)
	if info != nil { // Another command may see other things.
		id += info.ModTime().String()
	}
	return memory{filepath.Join(cache, "in_force", shortDigest(id)+".json")}
}

// shortDigest returns what tells a text from others, for the name of a file.
func shortDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:12])
}

// recall returns what was in force, or nil if something that it depends on has changed.
func (m memory) recall() *inForce {
	content, err := os.ReadFile(m.path)
	if err != nil {
		return nil
	}
	var known remembered
	if json.Unmarshal(content, &known) != nil || known.Force == nil || known.Until != "" && known.Until < time.Now().Format(time.DateOnly) {
		return nil
	}
	for path, digest := range known.Inputs {
		if digestOfInput(path) != digest {
			return nil
		}
	}
	now := time.Now()
	os.Chtimes(m.path, now, now) // What nobody uses is removed some day.
	return known.Force
}

// keep writes down what is in force, which was found out from a time on. What can't be kept is found out again, as is what somebody may have
// changed meanwhile.
func (m memory) keep(d *Desk, g *shadow.Go, force *inForce, start time.Time) {
	known := remembered{Inputs: map[string]string{}, Force: force}
	isOld := true
	add := func(paths ...string) {
		for _, path := range paths {
			if path == "" {
				continue
			}
			known.Inputs[path] = digestOfInput(path)
			if info, err := os.Stat(path); err == nil && !info.ModTime().Before(start.Add(-margin)) {
				isOld = false
			}
		}
	}
	for _, name := range []string{"MODULE.bazel", "MODULE.bazel.lock", overlaysjson.Name, ".bazelrc", "WORKSPACE", "go.mod", "go.work", "vendor/modules.txt"} {
		add(filepath.Join(d.Workspace.Root, name))
	}
	if g.GOMOD != "" {
		add(g.GOMOD, filepath.Join(filepath.Dir(g.GOMOD), "go.sum"), filepath.Join(filepath.Dir(g.GOMOD), "vendor", "modules.txt"))
	}
	add(g.GOWORK)
	modules := []string{g.GOMOD, g.GOWORK}
	if g.GOWORK != "" && g.GOWORK != "off" {
		for _, folder := range workspace.Used(g.GOWORK) { // They say which modules are compiled.
			modules = append(modules, filepath.Join(folder, "go.mod"))
		}
	}
	for _, file := range modules {
		add(file)
		content, _ := os.ReadFile(file) // As do folders that replace modules.
		for _, match := range folderReplacement.FindAllSubmatch(content, -1) {
			folder := filepath.FromSlash(string(match[1]))
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(filepath.Dir(file), folder)
			}
			add(filepath.Join(folder, "go.mod"))
		}
	}
	module, _ := os.ReadFile(filepath.Join(d.Workspace.Root, "MODULE.bazel"))
	for _, match := range included.FindAllSubmatch(module, -1) {
		add(d.pathOf(string(match[1])))
	}
	add(filepath.Join(g.GOROOT, "VERSION"))
	buildFiles := []string{}
	for _, o := range force.overlays {
		if o.Macro != "" {
			return // What a macro does, only Bazel knows.
		}
		buildFiles = append(buildFiles, o.BuildFile)
		for _, label := range o.Sources {
			path := d.pathOf(label)
			add(path, filepath.Dir(path)) // A glob() sees what is beside it.
		}
		if known.Until == "" || o.Expires != "" && o.Expires < known.Until {
			known.Until = o.Expires
		}
	}
	for _, set := range force.sets {
		buildFiles = append(buildFiles, set.BuildFile)
	}
	for _, path := range buildFiles {
		content, err := os.ReadFile(path)
		if err != nil {
			return
		}
		if bytes.Contains(content, []byte("select(")) { // What else it depends on, only Bazel knows.
			return
		}
		for _, match := range loaded.FindAllSubmatch(content, -1) {
			if !bytes.HasSuffix(match[1], []byte("//go_overlay:defs.bzl")) && !bytes.HasSuffix(match[1], []byte("//go:def.bzl")) {
				return
			}
		}
		add(path)
	}
	for _, module := range force.Modules {
		for _, f := range module.Files {
			add(filepath.Join(module.Dir, filepath.FromSlash(f.Name)))
		}
	}
	content, err := record.Marshal(known)
	if !isOld || err != nil || os.MkdirAll(filepath.Dir(m.path), 0o777) != nil {
		return
	}
	output.Write(output.File{Path: m.path, Content: content})
}

// digestOfInput returns a digest of a file, or of the names in a folder; it is empty if there is none.
func digestOfInput(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	content := []byte(nil)
	if info.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return ""
		}
		names := []string{}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		slices.Sort(names)
		content = []byte(strings.Join(names, "\n"))
	} else if content, err = os.ReadFile(path); err != nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
