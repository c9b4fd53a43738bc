package buildinfo

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/go-overlay/go_overlay/tools/helper/internal/goarchive"
	"github.com/go-overlay/go_overlay/tools/helper/internal/importcfg"
)

const modinfo = "modinfo "

// describe changes the build information that the linker finds. The file is one that the builder has written for
// this linker alone.
func (p plan) describe(args []string) error {
	args, err := fromResponseFile(args)
	if err != nil {
		return err
	}
	i := slices.Index(args, "-importcfg")
	if i < 0 || i+1 == len(args) {
		return fmt.Errorf("expected -importcfg among the arguments of the linker: %q", args)
	}
	if hasValue(args, "-buildmode", "plugin") {
		return nil // It has none; that of the program is not its own.
	}
	path := args[i+1]
	config, err := importcfg.Read(path)
	if err != nil {
		return err
	}
	linked, err := linkedPackages(args, config.Archives())
	if err != nil {
		return err
	}
	overlays := newOverlays(p.Packages, linked)
	if len(overlays) == 0 {
		return nil
	}
	at := slices.IndexFunc(config, func(line string) bool { return strings.HasPrefix(line, modinfo) })
	text := frameStart + frameEnd
	if at < 0 {
		config, at = slices.Insert(config, 0, ""), 0
	} else if text, err = strconv.Unquote(strings.TrimPrefix(config[at], modinfo)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if text, err = overlays.describe(text); err != nil {
		return err
	}
	config[at] = modinfo + strconv.Quote(text)
	return config.Write(path)
}

// fromResponseFile returns arguments that are in a file, where they would be too long. The builder writes one a
// line, in one of two forms of escapes, by Go's version.
func fromResponseFile(args []string) ([]string, error) {
	if len(args) != 1 || !strings.HasPrefix(args[0], "@") {
		return args, nil
	}
	data, err := os.ReadFile(args[0][1:])
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, line := range strings.Split(string(data), "\n") {
		if line == "" {
			continue
		}
		if quoted, ok := strings.CutPrefix(line, `"`); ok {
			line = strings.TrimSuffix(quoted, `"`)
		}
		// Other escapes are in none of the arguments that matter here.
		lines = append(lines, strings.ReplaceAll(line, `\\`, `\`))
	}
	return lines, nil
}

func hasValue(args []string, flag, value string) bool {
	for i, arg := range args {
		if arg == flag+"="+value || arg == flag && i+1 < len(args) && args[i+1] == value {
			return true
		}
	}
	return false
}

// linkedPackages returns the paths of the packages that the linker takes: a program may be linked with others at
// hand, such as all of the standard library. It is all that are at hand if archives have a form that is not known.
func linkedPackages(args []string, archives map[string]string) (map[string]bool, error) {
	const main = "main"
	archives[main] = args[len(args)-1]

	// The linker itself imports these.
	reached := []string{main, "runtime"}
	for _, mode := range []string{"race", "msan", "asan"} {
		if slices.Contains(args, "-"+mode) {
			reached = append(reached, "runtime/"+mode)
		}
	}
	if hasValue(args, "-linkmode", "external") {
		reached = append(reached, "runtime/cgo")
	}
	linked := map[string]bool{}
	for len(reached) > 0 {
		path := reached[0]
		reached = reached[1:]
		archive := archives[path]
		if linked[path] || archive == "" {
			continue
		}
		linked[path] = true
		imports, err := goarchive.Imports(archive)
		if errors.Is(err, goarchive.ErrUnknown) {
			return allOf(archives), nil
		}
		if err != nil {
			return nil, err
		}
		reached = append(reached, imports...)
	}
	return linked, nil
}

func allOf(archives map[string]string) map[string]bool {
	all := map[string]bool{}
	for path := range archives {
		all[path] = true
	}
	return all
}
