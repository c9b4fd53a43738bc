package upstream

import (
	"cmp"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// folderOf returns the folder of a version of a module in a module cache.
func folderOf(cache, module, version string) string {
	return inSlashes(cache, Escape(module)+"@"+Escape(version))
}

// cachedVersions returns the versions of a module that a module cache has, the newest first.
func cachedVersions(cache, module string) []string {
	module = Escape(module)
	entries, err := os.ReadDir(inSlashes(cache, path.Dir(module)))
	if err != nil {
		return nil // There is none of its neighbours, either.
	}
	var versions []string
	for _, entry := range entries {
		if version, ok := strings.CutPrefix(entry.Name(), path.Base(module)+"@"); ok {
			versions = append(versions, unescape(version))
		}
	}
	newestFirst(versions)
	return versions
}

// Escape writes a path or version as module caches have it, which do without capitals.
func Escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func unescape(text string) string {
	parts := strings.Split(text, "!")
	for i, part := range parts[1:] {
		if part != "" {
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}

func newestFirst(versions []string) {
	slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
}

// compareVersions orders versions of modules, as semantic versioning does.
func compareVersions(a, b string) int {
	numbersA, preA := splitVersion(a)
	numbersB, preB := splitVersion(b)
	if c := slices.CompareFunc(numbersA, numbersB, compareIdentifiers); c != 0 {
		return c
	}
	if (preA == "") != (preB == "") {
		return strings.Compare(preB, preA) // A release goes after what was before it.
	}
	return cmp.Or(
		slices.CompareFunc(strings.Split(preA, "."), strings.Split(preB, "."), compareIdentifiers),
		strings.Compare(a, b),
	)
}

func splitVersion(version string) (numbers []string, pre string) {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "+")
	version, pre, _ = strings.Cut(version, "-")
	return strings.Split(version, "."), pre
}

func compareIdentifiers(a, b string) int {
	numberA, errA := strconv.ParseUint(a, 10, 64)
	numberB, errB := strconv.ParseUint(b, 10, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(numberA, numberB)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}
