// Command offline writes the file offline.bazelrc that lets a workspace build
// where Bazel's central registry can't be reached.
//
// Usage:
//
//	offline -workspace DIR -bazel NAME -bazel_tools FILE -debian DIR -cache DIR [INPUT...]
//
// It walks the module graph from the workspace's MODULE.bazel and from that of
// Bazel's built-in module bazel_tools, lays every module of the graph down as a
// folder (a Go module, a Debian package's folder, or a stand-in of our own from
// standins.txtar), and names these folders by --override_module.
//
// The file says in comments what it was made from: the workspace, the Bazel,
// and the SHA-256 of every MODULE.bazel in the graph and of the INPUT files, in
// the format of sha256sum. With these, bazelw can tell if it is up to date
// without starting this program. It appears under its name only when complete.
//
// The caller keeps two of these from running at once on one cache folder.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bazelw: offline module wiring:", err)
		os.Exit(2)
	}
}

func progress(message string) { fmt.Fprintln(os.Stderr, "bazelw:", message) }

func run(args []string) error {
	flags := flag.NewFlagSet("offline", flag.ContinueOnError)
	workspace := flags.String("workspace", "", "folder of the root module's MODULE.bazel")
	bazel := flags.String("bazel", "", "name of the Bazel that this is for, noted in the file")
	bazelTools := flags.String("bazel_tools", "", "MODULE.bazel of Bazel's built-in module bazel_tools")
	debian := flags.String("debian", "", "folder with the Bazel modules of Debian packages")
	cache := flags.String("cache", "", "folder to keep fetched modules in")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, name := range []string{"workspace", "bazel", "bazel_tools", "debian", "cache"} {
		if flags.Lookup(name).Value.String() == "" {
			return fmt.Errorf("-%s is missing", name)
		}
	}

	if err := os.MkdirAll(*cache, 0o755); err != nil {
		return err
	}
	root, err := readModuleFile(filepath.Join(*workspace, "MODULE.bazel"))
	if err != nil {
		return err
	}
	builtin, err := readModuleFile(*bazelTools)
	if err != nil {
		return err
	}
	own, registry, err := newStandins(*cache)
	if err != nil {
		return fmt.Errorf("stand-in modules: %w", err)
	}
	packaged, err := newDebianSource(*debian)
	if err != nil {
		return err
	}
	// Stand-ins before Debian's: some of Debian's modules are too old.
	sources := []source{&goSource{cache: *cache, progress: progress}, own, packaged}
	modules, err := resolve(root, builtin, sources, progress)
	if err != nil {
		return err
	}
	w := wiring{
		workspace: *workspace,
		bazel:     *bazel,
		registry:  registry,
		modules:   modules,
		inputs:    append(append(flags.Args(), root.files...), builtin.files...),
	}
	return w.write(filepath.Join(*workspace, "offline.bazelrc"))
}
