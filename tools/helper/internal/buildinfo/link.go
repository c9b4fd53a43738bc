// Package buildinfo has programs say which overlays are in them, where Go keeps its build information:
// go version -m shows it, runtime/debug.ReadBuildInfo gives it to the program, and scanners look for it.
//
// rules_go's builder makes the build information while it links, since its version 0.63. Therefore this
// program puts itself between the builder and the linker:
//
//	helper link            lays out an SDK that has only a linker (link.go)
//	└─ builder link        writes for the linker where packages are, and the build information
//	   └─ helper, by the name link
//	                       changes that (linker.go, describe.go) and becomes the linker
//
// What it says depends on what overlays make, and not on where, when or by whom they are applied.
package buildinfo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/helper/internal/standin"
	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/internal/record"
)

// Options say how to link, and what may be linked.
type Options struct {
	Builder   string    // of rules_go
	Arguments []string  // for the builder
	Root      string    // a file in the top folder of the SDK
	Packages  []Package // with overlays
}

// A Package is one that has overlays.
type Package struct {
	Path   string // by which the linker knows it; empty for one of Go's tools, which the program was built by
	Record string // file
}

const planVariable = "GO_OVERLAY_LINK"

// A plan is what the process that stands in for the linker knows.
type plan struct {
	Linker   string
	Packages []overlaid
}

// An overlaid is a package with overlays.
type overlaid struct {
	Path   string // as in Package
	Record record.Record
}

// Link has the builder link a program that says which overlays are in it. The end of the context interrupts
// it, but for tidying up.
func Link(ctx context.Context, o Options) (err error) {
	linker := gosdk.Host.Binary("link")
	p := plan{Linker: filepath.Join(filepath.Dir(o.Root), filepath.FromSlash(linker))}
	for _, pkg := range o.Packages {
		data, err := os.ReadFile(pkg.Record)
		if err != nil {
			return fmt.Errorf("reading a record: %w", err)
		}
		linked := overlaid{Path: pkg.Path}
		if err := record.Unmarshal(data, &linked.Record); err != nil {
			return fmt.Errorf("reading the record %s: %w", pkg.Record, err)
		}
		p.Packages = append(p.Packages, linked)
	}

	tmp, err := os.MkdirTemp("", "go_overlay_link")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	file := filepath.Join(tmp, "plan.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	sdk := filepath.Join(tmp, "sdk")
	if err := standin.At(filepath.Join(sdk, filepath.FromSlash(linker))); err != nil {
		return err
	}
	args, err := withSDK(o.Arguments, sdk)
	if err != nil {
		return err
	}
	// It finds itself by its name.
	show := func(output string) string { return output }
	if err := standin.RunBuilder(ctx, o.Builder, o.Builder, "", args, show, planVariable+"="+file); err != nil {
		return fmt.Errorf("rules_go's builder does not link it: %w", err)
	}
	return nil
}

// withSDK returns the builder's arguments with another SDK, of which it takes the linker. It takes the last value
// of a flag; those of the linker come after "--".
func withSDK(args []string, sdk string) ([]string, error) {
	i := slices.Index(args, "--")
	if i < 0 {
		return nil, fmt.Errorf("expected -- among the arguments of rules_go's builder, before those of the linker: %q; go_overlay does not know this version of rules_go", args)
	}
	return slices.Insert(slices.Clone(args), i, "-sdk", sdk), nil
}

// StandsIn tells whether this process was started in place of the linker.
func StandsIn() bool { return os.Getenv(planVariable) != "" }

// StandIn does what the linker would do, after changing the build information. It returns the exit code.
func StandIn(args []string) int { return standin.Exit(standIn(os.Getenv(planVariable), args[1:])) }

func standIn(file string, args []string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var p plan
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := p.describe(args); err != nil {
		return fmt.Errorf("build information: %w", err)
	}
	return standin.Become(p.Linker, append([]string{p.Linker}, args...))
}
