package sdksource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
	"github.com/go-overlay/go_overlay/tools/interrupt"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdklock"
	"github.com/go-overlay/go_overlay/tools/overlay/internal/sdkmodule"
)

// Options say how to get an SDK.
type Options struct {
	// Folder is where the zip is put, and what is needed on the way: a temporary one, on the file
	// system that the zip is to be on.
	Folder string
	// Lock is the path of the lock file, as [FindLock] finds it, or empty. It need not have the version.
	Lock string
	// Unverified lets what can't be verified be taken, with a warning.
	Unverified bool
	// Progress, if it is not nil, is called now and then, by another goroutine perhaps, with how
	// many bytes are there, of how many, or of 0 if that is not known. It is for a terminal.
	Progress func(done, total int64)
	Warnings io.Writer
}

// A Zip is the module zip of an SDK. Its folder is the caller's.
type Zip struct {
	Path string // perhaps a hard link of what the module cache has: read it, or remove it
	SDK  sdkmodule.SDK
	H1   string // the sum of its files, which it does have
	From string // where it came from, for messages: a file, a URL, or GOPROXY
	// VerifiedBy is the lock file, or [Database]; or empty, if nobody has verified it.
	VerifiedBy string
}

// Database is what messages call the one of checksums.
const Database = "the checksum database"

// Download gets a version, as [Resolve] returns it, for a platform. It takes what the module cache has
// of it, without network if the lock file has the version. Nothing is written there, and nothing is unpacked.
// What is left in the folder of the caller after an error is nothing.
func Download(ctx context.Context, version string, platform gosdk.Platform, o Options) (zip *Zip, err error) {
	release, err := sdkmodule.ParseVersion(version)
	if err != nil {
		return nil, err
	}
	s := sdkmodule.SDK{Version: release, Platform: platform}
	d := download{Options: o, sdk: s, target: filepath.Join(o.Folder, s.ModuleVersion()+".zip")}
	if o.Lock != "" {
		file, err := sdklock.Read(o.Lock)
		if err != nil {
			return nil, err
		}
		d.entry, d.locked = file.Entry(s)
	}
	// It may be a link of an earlier time, to what must not be written to.
	if err := os.Remove(d.target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if d.goOrProxy, err = openGo(ctx, o.Folder); err != nil {
		return nil, err
	}
	defer func() {
		if err = errors.Join(err, d.close()); err != nil {
			zip = nil
			os.Remove(d.target)
		}
	}()
	if d.locked {
		zip, err = d.getLocked(ctx)
	} else {
		zip, err = d.get(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return nil, interrupt.Err
	case err != nil:
		return nil, d.explain(ctx, err)
	}
	return zip, nil
}

// A download is one in progress.
type download struct {
	Options
	*goOrProxy
	sdk    sdkmodule.SDK
	target string // the zip

	entry  sdklock.Entry
	locked bool // whether there is an entry
}

// explain adds to an error what may be wrong with the version.
func (d *download) explain(ctx context.Context, err error) error {
	err = fmt.Errorf("Go %v: %w", d.sdk, err)
	if mismatch := (*sdkmodule.MismatchError)(nil); errors.As(err, &mismatch) || errors.Is(err, errUnverified) {
		return err
	}
	// Where the network is what is wrong, that must not take long again.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	listed, listErr := remote(ctx, d.goOrProxy, d.sdk.Platform, func() error { return nil })
	if listErr != nil || len(listed) == 0 || slices.Contains(listed, d.sdk.Version) {
		return err
	}
	return fmt.Errorf("%w\n%w", err, unknown(d.sdk.Version, d.sdk.Platform, listed, "GOPROXY lists"))
}

// getLocked gets what the lock file has.
func (d *download) getLocked(ctx context.Context) (*Zip, error) {
	cached := sdkmodule.CachedZip(d.modCache, d.sdk)
	if err := sdkmodule.Share(d.target, cached); err == nil {
		found, err := d.check()
		if err == nil && found == d.entry.H1 {
			return d.zip(cached, d.entry.H1, d.Lock), nil
		}
		// What else is in there is none of ours.
		fmt.Fprintf(d.Warnings, "warning: %s is not what %s has; it is downloaded instead\n", cached, d.Lock)
		if err := os.Remove(d.target); err != nil {
			return nil, err
		}
	}
	// By itself, as nobody else has to verify it: the go command would take longer, and not tell of how
	// much, but it may reach what this does not.
	d.proxy.Progress = d.Progress
	from, err := d.proxy.Fetch(ctx, d.sdk, d.target)
	if err != nil && (d.command == nil || ctx.Err() != nil) {
		return nil, err
	} else if err != nil {
		return d.getLockedByGo(ctx)
	}
	found, err := d.check()
	if err != nil {
		return nil, fmt.Errorf("what came from %s: %w", from, err)
	}
	if found != d.entry.H1 {
		return nil, d.mismatch(from, &sdkmodule.MismatchError{Want: d.entry.H1, Found: found})
	}
	return d.zip(from, found, d.Lock), nil
}

func (d *download) getLockedByGo(ctx context.Context) (*Zip, error) {
	d.command.Progress = d.sizeOnly()
	zip, err := d.command.DownloadKnown(ctx, d.sdk, d.entry.H1)
	if mismatch := (*sdkmodule.MismatchError)(nil); errors.As(err, &mismatch) {
		return nil, d.mismatch("GOPROXY", mismatch)
	} else if err != nil {
		return nil, err
	}
	if err := os.Rename(zip.Path, d.target); err != nil {
		return nil, err
	}
	return d.zip("GOPROXY", zip.H1, d.Lock), nil
}

// check returns the sum of the zip, by the digest that the lock file has, or by what is in it.
func (d *download) check() (h1 string, err error) {
	if digest, err := sdkmodule.SHA256(d.target); err != nil || digest == d.entry.SHA256 {
		return d.entry.H1, err
	}
	return sdkmodule.H1(d.target)
}

func (d *download) mismatch(from string, mismatch *sdkmodule.MismatchError) error {
	return fmt.Errorf("what came from %s is not what %s has: %w; nothing is taken of it; to compare all entries with what is served: overlay sdk lock -check -file %s",
		from, d.Lock, mismatch, d.Lock)
}

func (d *download) zip(from, h1, verifiedBy string) *Zip {
	return &Zip{Path: d.target, SDK: d.sdk, H1: h1, From: from, VerifiedBy: verifiedBy}
}

// errUnverified is in errors that say why something can't be verified.
var errUnverified = errors.New("it can't be verified")

// get gets what no lock file has.
func (d *download) get(ctx context.Context) (*Zip, error) {
	if d.command == nil {
		hint := "go_sdk.lock.json"
		if d.Lock != "" {
			hint = d.Lock
		}
		noUse := ""
		if d.Unverified {
			noUse = ", which -unverified needs, too"
		}
		return nil, fmt.Errorf("%w: %s has no entry for it, and there is no go command to ask the checksum database%s; "+
			"%w, or lock the version where there is one: overlay sdk lock -platforms %s %s", errUnverified, hint, noUse, sdkmodule.ErrNoGo, d.sdk.Platform, d.sdk.Version)
	}
	if d.command.DatabaseIsOff() && !d.Unverified {
		return nil, fmt.Errorf("%w: %s", errUnverified, sdkmodule.DatabaseIsOff)
	}
	from := sdkmodule.CachedZip(d.modCache, d.sdk)
	var zip sdkmodule.Zip
	var err, cacheErr error
	cached := exists(from) && !d.command.DatabaseIsOff()
	if cached {
		zip, cacheErr = d.command.VerifyCached(ctx, d.sdk)
	}
	if !cached || cacheErr != nil && ctx.Err() == nil {
		from, d.command.Progress = "GOPROXY", d.sizeOnly()
		if zip, err = d.command.Download(ctx, d.sdk); err != nil && cacheErr != nil {
			err = fmt.Errorf("%w\nnor can what the module cache has be taken: %w", err, cacheErr)
		}
	}
	verifiedBy := Database
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case zip.Unverified != "" && !d.Unverified:
		return nil, fmt.Errorf("%w: %s", errUnverified, zip.Unverified)
	case zip.Unverified != "":
		fmt.Fprintf(d.Warnings, "warning: %v is not verified\n", d.sdk)
		verifiedBy = ""
	}
	if err := os.Rename(zip.Path, d.target); err != nil {
		return nil, err
	}
	return d.zip(from, zip.H1, verifiedBy), nil
}

// sizeOnly reports progress where the whole is not known.
func (d *download) sizeOnly() func(done int64) {
	if d.Progress == nil {
		return nil
	}
	return func(done int64) { d.Progress(done, 0) }
}

// A goOrProxy is what modules come by: the go command, and GOPROXY itself.
type goOrProxy struct {
	command  *sdkmodule.GoCommand // or nil
	proxy    *sdkmodule.Proxy
	modCache string // the user's
}

// openGo has to be closed. Folder is for temporary files, by default that of the system.
func openGo(ctx context.Context, folder string) (*goOrProxy, error) {
	command, err := sdkmodule.NewGoCommand(folder)
	if errors.Is(err, sdkmodule.ErrNoGo) {
		proxy := sdkmodule.ProxyOfEnvironment()
		return &goOrProxy{proxy: &proxy, modCache: sdkmodule.ModCache()}, nil
	} else if err != nil {
		return nil, err
	}
	g := &goOrProxy{command: command}
	if err := command.ReadEnv(ctx); err != nil {
		err = errors.Join(err, g.close())
		if ctx.Err() != nil {
			err = interrupt.Err
		}
		return nil, err
	}
	g.proxy, g.modCache = &command.Proxy, command.ModCache
	return g, nil
}

func (g *goOrProxy) close() error {
	if g.command == nil {
		return nil
	}
	return g.command.Close()
}

func (g *goOrProxy) list(ctx context.Context) ([]sdkmodule.SDK, error) {
	if g.command == nil {
		return g.proxy.List(ctx)
	}
	return g.command.List(ctx)
}
