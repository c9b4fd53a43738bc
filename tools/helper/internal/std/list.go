package std

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

// ListOptions say what to list.
type ListOptions struct {
	Builder   string         // of rules_go
	Arguments []string       // for the builder
	Root      string         // a file in the top folder of the SDK
	Out       string         // file that the builder writes
	Changes   []gosdk.Change // of the SDK
}

// List describes the packages of the standard library to editors, which are to
// show changed files.
//
// The builder runs where the SDK seems to have the changes: in a folder that is
// linked to the working directory but for the SDK, as the paths that it writes
// depend on where it finds that. Afterwards changed files get their own paths.
func List(ctx context.Context, o ListOptions) (err error) {
	tmp, err := os.MkdirTemp("", "go_overlay_std")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	if !filepath.IsLocal(filepath.Dir(o.Root)) || filepath.Dir(o.Root) == "." {
		return fmt.Errorf("%s: expected an SDK in a folder below the working directory; --experimental_sibling_repository_layout is not supported with overlays of the standard library", o.Root)
	}
	if err := linkAround(".", tmp, filepath.Dir(o.Root)); err != nil {
		return fmt.Errorf("laying out the SDK: %w", err)
	}
	sdk := filepath.Join(tmp, filepath.Dir(o.Root))
	if err := errors.Join(
		linkTree(filepath.Dir(o.Root), sdk, o.Changes),
		linkFiles(filepath.Join(filepath.Dir(o.Root), toolFolder), filepath.Join(sdk, toolFolder)),
	); err != nil {
		return fmt.Errorf("laying out the SDK: %w", err)
	}
	builder, err := filepath.Abs(o.Builder)
	if err != nil {
		return err
	}
	show := func(output string) string { return output }
	if err := standin.RunBuilder(ctx, builder, builder, tmp, o.Arguments, show); err != nil {
		return fmt.Errorf("the standard library with overlays can't be listed: %w", err)
	}
	return showPathsIn(o.Out, o.Root, o.Changes)
}

// linkTree lays a GOROOT out as folders with symbolic links to the files of an SDK
// and to changed ones, as far as the standard library needs them and without tools.
func linkTree(sdk, target string, changes []gosdk.Change) error {
	for _, folder := range sourceFolders {
		if err := linkFiles(filepath.Join(sdk, folder), filepath.Join(target, folder)); err != nil {
			return err
		}
	}
	return makeChanges(target, changes, link)
}

// linkFiles links all files below a folder into another one.
func linkFiles(from, to string) error {
	from, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if d.IsDir() {
			if filepath.Base(from) == "src" && isCommand(name) {
				return fs.SkipDir
			}
			return os.MkdirAll(target, 0o755)
		}
		return link(target, path)
	})
}

// isCommand tells whether a folder, by its name below src, has the source of commands,
// a third of all files. Some packages of cmd/internal belong to what is compiled.
func isCommand(name string) bool {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "cmd/")
	return ok && rest != "internal" && !strings.HasPrefix(rest, "internal/")
}

// linkAround links all that a folder has into another one, but for what lies at
// the path of an SDK: of that, only what changes never touch.
func linkAround(from, to, sdk string) error {
	first, rest, nested := strings.Cut(filepath.ToSlash(filepath.Clean(sdk)), "/")
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == first {
			continue
		}
		if err := link(filepath.Join(to, entry.Name()), filepath.Join(from, entry.Name())); err != nil {
			return err
		}
	}
	from, to = filepath.Join(from, first), filepath.Join(to, first)
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	if nested {
		return linkAround(from, to, rest)
	}
	return link(filepath.Join(to, "bin"), filepath.Join(from, "bin"))
}

// showPathsIn has a description name changed files as the package driver of
// rules_go finds them: by a path and what it is relative to.
func showPathsIn(file, root string, changes []gosdk.Change) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var paths []string
	for _, c := range changes {
		if c.File == "" {
			continue
		}
		// The builder writes paths with the separator of its system.
		inSDK, err := json.Marshal(filepath.Join("__BAZEL_OUTPUT_BASE__", filepath.Dir(root), filepath.FromSlash(c.Name)))
		if err != nil {
			return err
		}
		shown, err := json.Marshal(anchor(c.File) + filepath.ToSlash(c.File))
		if err != nil {
			return err
		}
		paths = append(paths, string(inSDK), string(shown))
	}
	return os.WriteFile(file, []byte(strings.NewReplacer(paths...).Replace(string(data))), 0o644)
}

func anchor(file string) string {
	switch first, _, _ := strings.Cut(filepath.ToSlash(file), "/"); first {
	case "bazel-out":
		return "__BAZEL_EXECROOT__/"
	case "external":
		return "__BAZEL_OUTPUT_BASE__/"
	default:
		return "__BAZEL_WORKSPACE__/"
	}
}
