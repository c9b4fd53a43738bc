package buildinfo

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// What the go command frames build information with, for programs that look for it.
const (
	frameStart = "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
	frameEnd   = "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
)

// Setting is the key of the setting that names the overlays of a program.
const Setting = "go_overlay"

// describe returns build information that tells of overlays.
//
// The module of a package with overlays is not what its sum says, and its version says so: what follows
// the plus sign does not count where versions are compared. What is reported of the version is reported on.
func (o overlays) describe(text string) (string, error) {
	inner, ok := strings.CutPrefix(text, frameStart)
	if ok {
		inner, ok = strings.CutSuffix(inner, frameEnd)
	}
	if !ok {
		return "", fmt.Errorf("expected it in the frame of the go command, found %q", text)
	}
	info, err := debug.ParseBuildInfo(inner)
	if err != nil {
		return "", err
	}
	modules := append([]*debug.Module{&info.Main}, info.Deps...)
	byModule := map[string]overlays{}
	for _, overlay := range o {
		if path := moduleOf(overlay.Record.ImportPath, modules); path != "" {
			byModule[path] = append(byModule[path], overlay)
		}
	}
	for _, module := range modules {
		if changed := byModule[module.Path]; changed != nil {
			if module.Replace != nil {
				module = module.Replace
			}
			module.Sum = ""
			module.Version = changed.version(module.Version)
		}
	}
	info.Settings = append(info.Settings, debug.BuildSetting{Key: Setting, Value: o.value()})
	return frameStart + info.String() + frameEnd, nil
}

// moduleOf returns the path of the module that has a package, or an empty string.
func moduleOf(importPath string, modules []*debug.Module) string {
	found := ""
	for _, module := range modules {
		path := module.Path
		if len(path) > len(found) && (importPath == path || strings.HasPrefix(importPath, path+"/")) {
			found = path
		}
	}
	return found
}

// version returns the version of a module that has these overlays.
func (o overlays) version(base string) string {
	const digits = 12 // as many as the go command has of a commit
	if !strings.HasPrefix(base, "v") {
		return base // (devel) claims nothing.
	}
	separator := "+"
	if strings.Contains(base, "+") {
		separator = "."
	}
	return base + separator + "overlay." + hexOf(o.digest())[:digits]
}
