package upstream

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Module finds a file of a module: its recorded version first, then those that the module
// caches have. If it is there, or none is recorded, and nothing else has the digest,
// versions are downloaded. A module that is replaced goes before the one that it replaces, which may have been used before. The module's path may be left empty: those that the import path
// allows are tried, the longest first.
func (o Options) Module(ctx context.Context, module string, text Text) (Found, error) {
	s, err := o.search(ctx, text)
	if err != nil {
		return Found{}, err
	}
	modules := candidates(text.ImportPath)
	if module != "" {
		if !slices.Contains(modules, module) {
			return Found{}, fmt.Errorf("%s is not in a package of the module %s", text.name(), module)
		}
		modules = []string{module}
	}
	modules, isReplaced := s.withReplaced(modules)
	found, known, ok := s.cached(modules)
	if ok {
		return found, nil
	}
	if len(known) > 0 && !isReplaced {
		modules = known // Nobody needs to be asked whether the others exist.
	}
	hasRecorded := s.has(modules, text.Version)
	switch {
	case text.Version != "" && hasRecorded && !isReplaced:
	case !s.mayDownload():
	case text.Version != "":
		for _, module := range modules {
			var got bool
			if found, got, ok = s.download(module, text.Version); ok {
				return found, nil
			}
			hasRecorded = hasRecorded || got
			if got && !isReplaced || ctx.Err() != nil {
				break
			}
		}
	default:
		if found, ok := s.downloadAny(modules); ok {
			return found, nil
		}
	}
	return Found{}, s.notFound(moduleAdvice(modules[0], text.Version, hasRecorded))
}

func moduleAdvice(module, version string, hasIt bool) string {
	switch {
	case version == "":
		return fmt.Sprintf("Record the version that the overlay was made for, as base_version = \"v…\" in its go_overlay, and run this again.\n"+
			"Where that can't be downloaded, run this first:\n  go mod download %s@VERSION", module)
	case hasIt:
		return fmt.Sprintf("base_version = %q has another text. Correct base_version in the overlay's go_overlay, or delete it for a search in all versions.\n"+
			"If patches change the module, as those of a module_override do, the overlay was made for what they make of it: no module has that text.", version)
	default:
		return fmt.Sprintf("Get the recorded version where it can be downloaded, and run this again:\n  go mod download %s@%s", module, version)
	}
}

// withReplaced puts before modules those that replace them. If there are any, only they and what they replace are left.
func (s *search) withReplaced(modules []string) ([]string, bool) {
	for _, module := range modules {
		if to := s.Replaced[module]; to != "" {
			return slices.Compact([]string{to, module}), true
		}
	}
	return modules, false
}

// folderIn returns the path of the package in a module.
func (s *search) folderIn(module string) string {
	for original, to := range s.Replaced {
		if to == module && (s.text.ImportPath == original || strings.HasPrefix(s.text.ImportPath, original+"/")) {
			return strings.TrimPrefix(s.text.ImportPath, original)
		}
	}
	return strings.TrimPrefix(s.text.ImportPath, module)
}

// candidates returns the paths of modules that a package may be in, the longest first.
func candidates(importPath string) []string {
	var modules []string
	for module := importPath; module != "." && module != "/"; module = path.Dir(module) {
		modules = append(modules, module)
	}
	return modules
}

// cached looks in the module caches, and returns which modules they know.
func (s *search) cached(modules []string) (found Found, known []string, ok bool) {
	// The recorded version of all modules goes before all others.
	for _, recorded := range []bool{true, false} {
		for _, module := range modules {
			for _, cache := range s.ModuleCaches {
				versions := cachedVersions(cache, module)
				if len(versions) > 0 && !slices.Contains(known, module) {
					known = append(known, module)
				}
				for _, version := range versions {
					if (version == s.text.Version) != recorded {
						continue
					}
					place := fmt.Sprintf("%s@%s in %s", module, version, cache)
					if found, ok := s.read(s.pathOf(folderOf(cache, module, version), module), place); ok {
						found.Module, found.Version = module, version
						return found, known, true
					}
				}
			}
		}
	}
	if len(known) == 0 {
		for _, cache := range s.ModuleCaches {
			s.note("%s: has no version of a module that the package may be in", cache)
		}
	}
	return Found{}, known, false
}

// has tells whether a cache has the version of a module with the package.
func (s *search) has(modules []string, version string) bool {
	for _, module := range modules {
		for _, cache := range s.ModuleCaches {
			folder := folderOf(cache, module, version)
			if version != "" && isFolder(inSlashes(folder, s.folderIn(module))) {
				return true
			}
		}
	}
	return false
}

// pathOf returns the path of the file in the folder of a module.
func (s *search) pathOf(folder, module string) string {
	return inSlashes(folder, s.folderIn(module), s.text.File)
}
