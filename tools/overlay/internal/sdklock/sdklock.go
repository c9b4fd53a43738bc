// Package sdklock makes, updates and checks the lock file of the Go SDKs that
// are fetched through GOPROXY, as versions of the module golang.org/toolchain. It is
// the verb sdk lock of command overlay.
//
// It downloads each VERSION (1.26.8, 1.26rc1) for each of the platforms, and
// writes into the lock file what they are:
//
//	{
//	  "lock_version": 1,
//	  "sdks": {
//	    "1.26.8": {
//	      "linux_amd64": {
//	        "h1": "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
//	        "sha256": "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7"
//	      }
//	    }
//	  }
//	}
//
// h1 is the sum of the files, as the checksum database has it; sha256 is that of
// the module zip. A proxy that packs zips itself serves the right files in a zip
// with another sha256. All other entries stay. It prints for each entry whether
// it was added, has changed, or is unchanged. All are written, or none is.
//
// Flags may stand before and after versions.
//
//	-file        the lock file, relative to the folder of the user. By default
//	             go_sdk.lock.json, in the root of the workspace under bazel run
//	-platforms   by default those that the lock file has, for any version; else
//	             the platform that this runs on
//	-check       writes nothing, but compares the entries (of the versions, of
//	             the platforms, if there are any) with what is served now. It
//	             prints "ok" or a line for each difference, and fails if there is one
//	-unverified  takes what can't be verified, with a warning
//
// # Verification
//
// The go command downloads and verifies: $GO_OVERLAY_GO, or else go on PATH. What
// it knows of GOPROXY, GOSUMDB, GOAUTH and .netrc therefore holds here, too. It
// starts with an empty module cache, so that all is downloaded and verified now.
//
// The go command asks the checksum database for toolchains even if GONOSUMDB or
// GOPRIVATE match them, and fails if GOSUMDB is off. It makes exceptions, for
// GOPROXY=file://... above all, and before Go 1.21 it had no such rule. So nothing
// is concluded from settings. An SDK is verified if the go command has left the
// signed answer of the database, with the sum of the SDK, in the new module cache.
// Others are refused, or taken with -unverified; if GOSUMDB is off, that takes a
// go.sum that is filled with what the go command says it has downloaded.
package sdklock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/lock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/userfiles"
)

// Options say what to lock or check.
type Options struct {
	File       string           // the lock file
	Versions   []string         // as ParseVersion returns them
	Platforms  []gosdk.Platform // none: see the package comment
	Unverified bool             // take what can't be verified
	Command    string           // that messages recommend: all before the versions
	Out        io.Writer        // for what has become of each entry
	Warnings   io.Writer
}

// Lock makes the entries of all versions for all platforms anew.
func Lock(ctx context.Context, o Options) error {
	file, err := Read(o.File)
	if err != nil {
		return err
	}
	platforms := o.Platforms
	if len(platforms) == 0 {
		platforms = file.defaultPlatforms()
	}
	var sdks []sdkmodule.SDK
	for _, version := range o.Versions {
		for _, platform := range platforms {
			sdks = append(sdks, sdkmodule.SDK{Version: version, Platform: platform})
		}
	}
	found := map[sdkmodule.SDK]Entry{}
	err = o.download(ctx, sdks, func(s sdkmodule.SDK, e Entry) error {
		found[s] = e
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w\n%s is left as it was", err, o.File)
	}
	lines, err := o.update(ctx, found)
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(o.Out, line)
	}
	return nil
}

// update sets entries of the file, which others may have written during the
// download, and may be about to write now. It returns lines that tell the user.
func (o Options) update(ctx context.Context, entries map[sdkmodule.SDK]Entry) ([]string, error) {
	failed := func(err error) ([]string, error) { return nil, fmt.Errorf("writing %s: %w", o.File, err) }
	path, err := userfiles.FollowLinks(o.File)
	if err != nil {
		return failed(err)
	}
	unlock, err := lock.Folder(ctx, filepath.Dir(path))
	switch {
	case errors.Is(err, interrupt.Err):
		return nil, fmt.Errorf("%w\n%s is left as it was", err, o.File)
	case errors.Is(err, errors.ErrUnsupported):
		fmt.Fprintf(o.Warnings, "warning: this file system can't lock the folder of %s (%v): two of these commands at the same time may lose entries\n", o.File, err)
	case err != nil:
		return failed(err)
	default:
		defer unlock()
	}
	file, err := Read(path)
	if err != nil {
		return nil, err
	}
	var lines []string
	var changed []sdkmodule.SDK
	for s := range entries {
		changed = append(changed, s)
	}
	for _, s := range sortSDKs(changed) {
		lines = append(lines, file.set(s, entries[s])...)
	}
	if err := file.write(path); err != nil {
		return failed(err)
	}
	return lines, nil
}

// Check compares entries with what is served now. The error has a line for each
// difference.
func Check(ctx context.Context, o Options) error {
	file, err := Read(o.File)
	if err != nil {
		return err
	}
	if !file.exists {
		return fmt.Errorf("%s does not exist; to make it: %s VERSION", o.File, o.Command)
	}
	var sdks []sdkmodule.SDK
	var missing []error
	all := o.toCheck(file)
	if len(all) == 0 && len(o.Platforms) > 0 {
		return fmt.Errorf("%s has no entries for %v", o.File, o.Platforms)
	}
	for _, s := range all {
		if _, ok := file.sdks[s.Version][s.Platform]; ok {
			sdks = append(sdks, s)
			continue
		}
		missing = append(missing, fmt.Errorf("%s: %v has no entry; to make one: %s", o.File, s, o.again(s)))
	}
	err = o.download(ctx, sdks, func(s sdkmodule.SDK, found Entry) error {
		locked := file.sdks[s.Version][s.Platform]
		var differences []error
		for _, f := range locked.differences(found) {
			differences = append(differences, fmt.Errorf("%s: %v: %s is %q in the file, but %q was found; to update it: %s",
				o.File, s, f.name, f.before, f.after, o.again(s)))
		}
		if len(differences) == 0 {
			fmt.Fprintln(o.Out, "ok", s)
		}
		return errors.Join(differences...)
	})
	return errors.Join(append(missing, err)...)
}

// toCheck returns the entries that are to be compared. Those that were asked for
// by version are so even if the file does not have them.
func (o Options) toCheck(file *File) []sdkmodule.SDK {
	versions := o.Versions
	if len(versions) == 0 {
		versions = file.versions()
	}
	var sdks []sdkmodule.SDK
	for _, version := range versions {
		platforms := o.Platforms
		if len(platforms) == 0 {
			platforms = file.platformsOf(version)
		}
		if len(platforms) == 0 {
			platforms = file.defaultPlatforms()
		}
		for _, platform := range platforms {
			_, ok := file.sdks[version][platform]
			if ok || len(o.Versions) > 0 {
				sdks = append(sdks, sdkmodule.SDK{Version: version, Platform: platform})
			}
		}
	}
	return sortSDKs(sdks)
}

// again is the command that makes an entry anew.
func (o Options) again(s sdkmodule.SDK) string {
	return fmt.Sprintf("%s -platforms %s %s", o.Command, s.Platform, s.Version)
}

// download calls done with each SDK, and goes on after an error. It returns all
// errors, those of done included.
func (o Options) download(ctx context.Context, sdks []sdkmodule.SDK, done func(sdkmodule.SDK, Entry) error) (err error) {
	if len(sdks) == 0 {
		return nil
	}
	g, err := sdkmodule.NewGoCommand("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	if err := g.ReadEnv(ctx); ctx.Err() != nil {
		return interrupt.Err
	} else if err != nil {
		return err
	}
	if g.DatabaseIsOff() && !o.Unverified {
		return errors.New(sdkmodule.DatabaseIsOff)
	}
	var errs []error
	for _, s := range sortSDKs(sdks) {
		zip, err := g.Download(ctx, s)
		var e Entry
		if err == nil {
			e.H1 = zip.H1
			e.SHA256, err = sdkmodule.SHA256(zip.Path)
		}
		switch {
		case ctx.Err() != nil:
			return interrupt.Err
		case err != nil:
			err = fmt.Errorf("%v: %w", s, err)
		case zip.Unverified != "" && !o.Unverified:
			err = fmt.Errorf("%v: %s", s, zip.Unverified)
		default:
			if zip.Unverified != "" {
				fmt.Fprintf(o.Warnings, "warning: %v is not verified\n", s)
			}
			err = done(s, e)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// sortSDKs returns each SDK once, in the order of the lock file.
func sortSDKs(sdks []sdkmodule.SDK) []sdkmodule.SDK {
	sdks = slices.Clone(sdks)
	slices.SortFunc(sdks, sdkmodule.SDK.Compare)
	return slices.Compact(sdks)
}
