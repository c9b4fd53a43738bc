package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

const (
	storeMinor   = "1.26" // a Go version, of which the store has the first releases
	storeSDKs    = 12
	storeUpdated = "1.26.7" // what a machine has that is to have sdkVersion
	storeRepeats = 20       // of what takes milliseconds
)

// benchStore measures what many Go SDKs take in the SDK store, and how long what is
// done with it lasts, beside other ways to have them.
func benchStore(ctx context.Context, s *session) error {
	b := storeBench{session: s, overlay: filepath.Join(s.dir, "overlay")}
	for i := range storeSDKs {
		b.versions = append(b.versions, fmt.Sprintf("%s.%d", storeMinor, i))
	}
	if _, err := output(command(ctx, filepath.Join(s.root, "tools"), "go", "build", "-o", b.overlay, "./overlay")); err != nil {
		return err
	}
	for _, measure := range []func(context.Context) error{b.space, b.patched, b.install, b.layDown, b.switching, b.update} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A storeBench has SDKs: in the module cache of the go command, and in a store.
type storeBench struct {
	*session
	overlay  string
	versions []string
}

func (b *storeBench) store() string   { return filepath.Join(b.dir, "store") }
func (b *storeBench) modules() string { return filepath.Join(b.dir, "modules") }

// zip is what the go command has fetched.
func (b *storeBench) zip(version string) string {
	_, moduleVersion, _ := strings.Cut(toolchainModule(version), "@")
	return filepath.Join(b.modules(), "cache/download/golang.org/toolchain/@v", moduleVersion+".zip")
}

// sdk returns a command overlay sdk with a store, in a folder that has a lock file.
func (b *storeBench) sdk(ctx context.Context, store string, args ...string) *exec.Cmd {
	cmd := command(ctx, b.dir, b.overlay, append([]string{"sdk"}, args...)...)
	cmd.Env = append(os.Environ(), "GO_OVERLAY_SDK_STORE="+store, "GOMODCACHE="+b.modules(), "GOTOOLCHAIN=local")
	return cmd
}

// space measures the store beside folders of the same SDKs. In the end all but one are packed.
func (b *storeBench) space(ctx context.Context) error {
	var subjects []contender
	add := func(name string, dir string) error {
		used, err := settledUsage(ctx, dir)
		subjects = append(subjects, contender{name, fixed(used.sample())})
		return err
	}
	if err := b.fetch(ctx); err != nil {
		return err
	}
	unpacked := filepath.Join(b.modules(), "golang.org")
	if err := errors.Join(add("unpacked", unpacked), add("GOTOOLCHAIN", b.modules())); err != nil {
		return err
	}
	if isInstalled("hardlink", "store/space") {
		progress("linking files by hardlink")
		if _, err := output(command(ctx, "", "hardlink", "--quiet", "--ignore-time", unpacked)); err != nil {
			return err
		}
		if err := add("hardlink", unpacked); err != nil {
			return err
		}
	}
	for _, version := range b.versions {
		progress("installing %s into the store", version)
		if _, err := output(b.sdk(ctx, b.store(), "install", b.zip(version))); err != nil {
			return err
		}
	}
	if err := add("store", b.store()); err != nil {
		return err
	}
	progress("packing")
	if _, err := output(b.sdk(ctx, b.store(), "use", sdkVersion)); err != nil {
		return err
	}
	if _, err := output(b.sdk(ctx, b.store(), "pack")); err != nil {
		return err
	}
	if err := add("store, packed", b.store()); err != nil {
		return err
	}
	return b.compare(ctx, &Comparison{
		Name:      "store/space",
		Title:     fmt.Sprintf("%d Go SDKs, of %s", storeSDKs, storeMinor),
		Reference: "unpacked",
		Metrics:   []Metric{metricFiles, metricAll},
	}, subjects)
}

// fetch has the go command unpack all SDKs, in a module cache of their own, and writes
// a lock file for the one that is installed most often.
func (b *storeBench) fetch(ctx context.Context) error {
	for _, version := range b.versions {
		progress("fetching Go SDK %s", version)
		cmd := command(ctx, b.dir, "go", "version")
		cmd.Env = append(os.Environ(), "GOMODCACHE="+b.modules(), "GOTOOLCHAIN=go"+version, "GOFLAGS=-modcacherw")
		got, err := output(cmd)
		if err != nil {
			return err
		}
		if want := "go version go" + version + " "; !strings.HasPrefix(got, want) {
			return fmt.Errorf("GOTOOLCHAIN=go%s go version: got %q, want %q", version, got, want)
		}
	}
	lock, err := lockEntry(ctx, toolchainModule(sdkVersion), b.modules())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "go_sdk.lock.json"), []byte(lockFile(runtime.GOOS+"_"+runtime.GOARCH, lock)), 0o644)
}

// patched measures what an SDK with a changed net/http takes beside the stock one.
func (b *storeBench) patched(ctx context.Context) error {
	store := filepath.Join(b.dir, "patched")
	if _, err := output(b.sdk(ctx, store, "install", b.zip(sdkVersion))); err != nil {
		return err
	}
	before, err := settledUsage(ctx, store)
	if err != nil {
		return err
	}
	const patch = "user_agent.patch"
	content, err := os.ReadFile(filepath.Join(b.root, "examples/patch_std/_overlays", patch))
	if err != nil {
		return err
	}
	overlays, err := json.Marshal(map[string]any{"overlays": []any{map[string]any{
		"name": "agent", "importpath": "net/http", "patches": map[string][]string{patch: {"request.go"}},
	}}})
	if err != nil {
		return err
	}
	project := filepath.Join(b.dir, "project")
	if err := errors.Join(
		appendTo(filepath.Join(project, "go.mod"), "module example.com/m\n\ngo "+storeMinor+"\n"),
		appendTo(filepath.Join(project, "overlays.json"), string(overlays)),
		appendTo(filepath.Join(project, patch), string(content)),
	); err != nil {
		return err
	}
	install := b.sdk(ctx, store, "install", "-overlays", "agent", sdkVersion)
	install.Dir = project
	if _, err := output(install); err != nil {
		return err
	}
	after, err := settledUsage(ctx, store)
	if err != nil {
		return err
	}
	return b.compare(ctx, &Comparison{
		Name:      "store/patched",
		Title:     "Go SDK " + sdkVersion + " with a patch of net/http, in a store that has the stock one",
		Reference: "stock",
		Metrics:   []Metric{metricFiles, metricAll},
	}, []contender{
		{"stock", fixed(before.sample())},
		{"patched, too", fixed(usage{after.files - before.files, after.all - before.all}.sample())},
	})
}

// install measures how long it takes from a zip, or from what is packed, to a GOROOT.
func (b *storeBench) install(ctx context.Context) error {
	if !isInstalled("unzip", "store/install") {
		return nil
	}
	zip := b.zip(sdkVersion)
	var packed []string
	for _, version := range b.versions {
		if version != sdkVersion {
			packed = append(packed, version)
		}
	}
	return b.compare(ctx, &Comparison{
		Name:      "store/install",
		Title:     "Unpacking Go SDK " + sdkVersion,
		Reference: "unzip",
		Metrics:   []Metric{metricTime},
	}, []contender{
		{"unzip", written(b.dir, func(ctx context.Context, dir string) *exec.Cmd {
			return command(ctx, "", "unzip", "-q", "-d", dir, zip)
		}, func(dir string) error {
			return isFile(filepath.Join(dir, toolchainModule(sdkVersion), "bin/go"))
		})},
		{"overlay sdk install", written(b.dir, func(ctx context.Context, dir string) *exec.Cmd {
			return b.sdk(ctx, dir, "install", zip)
		}, func(dir string) error {
			return isFile(filepath.Join(dir, "sdks", sdkVersion))
		})},
		{"overlay sdk path, packed", func(ctx context.Context, round int) (sample, error) {
			version := packed[round%len(packed)]
			if round >= len(packed) {
				if _, err := output(b.sdk(ctx, b.store(), "pack", version)); err != nil {
					return nil, err
				}
			}
			return written(b.dir, func(ctx context.Context, _ string) *exec.Cmd {
				return b.sdk(ctx, b.store(), "path", version)
			}, func(string) error { return nil })(ctx, round)
		}},
	})
}

// layDown measures how long a GOROOT of hard links takes.
func (b *storeBench) layDown(ctx context.Context) error {
	tree, err := output(b.sdk(ctx, b.store(), "path", sdkVersion))
	if err != nil {
		return err
	}
	name := filepath.Base(tree)
	linked := func(dir string) error { return checkLinked(tree, filepath.Join(dir, name), true) }
	return b.compare(ctx, &Comparison{
		Name:      "store/lay_down",
		Title:     "A GOROOT of hard links",
		Reference: "cp -al",
		Metrics:   []Metric{metricTime},
	}, []contender{
		{"cp -al", written(b.dir, func(ctx context.Context, dir string) *exec.Cmd {
			return command(ctx, "", "cp", "-al", tree, dir)
		}, linked)},
		{"overlay sdk use -on", written(b.dir, func(ctx context.Context, dir string) *exec.Cmd {
			return b.sdk(ctx, b.store(), "use", "-on", dir, sdkVersion)
		}, linked)},
	})
}

// switching measures what each command takes longer, or each switch, than the go command alone.
func (b *storeBench) switching(ctx context.Context) error {
	tree, err := output(b.sdk(ctx, b.store(), "path", sdkVersion))
	if err != nil {
		return err
	}
	other := b.versions[0]
	if _, err := output(b.sdk(ctx, b.store(), "path", other)); err != nil {
		return err
	}
	direct := func(ctx context.Context) *exec.Cmd {
		cmd := command(ctx, b.dir, filepath.Join(tree, "bin/go"), "version")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local")
		return cmd
	}
	exec := func(ctx context.Context) *exec.Cmd {
		return b.sdk(ctx, b.store(), "exec", sdkVersion, "--", "go", "version")
	}
	return b.compare(ctx, &Comparison{
		Name:      "store/use",
		Title:     "Using a Go SDK of the store",
		Reference: "go version",
		Metrics:   []Metric{metricTime},
	}, []contender{
		{"go version", func(ctx context.Context, _ int) (sample, error) {
			return medianOf(func(int) (float64, error) { return timedCommand(direct(ctx)) })
		}},
		{"exec, on top", func(ctx context.Context, _ int) (sample, error) {
			return medianOf(func(int) (float64, error) {
				without, err := timedCommand(direct(ctx))
				if err != nil {
					return 0, err
				}
				with, err := timedCommand(exec(ctx))
				return with - without, err
			})
		}},
		{"use", func(ctx context.Context, _ int) (sample, error) {
			return medianOf(func(i int) (float64, error) {
				return timedCommand(b.sdk(ctx, b.store(), "use", []string{sdkVersion, other}[i%2]))
			})
		}},
	})
}

// medianOf measures often what takes little.
func medianOf(seconds func(i int) (float64, error)) (sample, error) {
	var all []float64
	for i := range storeRepeats {
		one, err := seconds(i)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return sample{metricTime.Name: summarize(all).Center}, nil
}

// update measures how many bytes a machine needs that has an SDK, and is to have the next one.
func (b *storeBench) update(ctx context.Context) error {
	var subjects []contender
	add := func(name string, bytes int64) {
		subjects = append(subjects, contender{name, fixed(sample{metricBytes.Name: float64(bytes) / 1e6})})
	}
	whole, since := filepath.Join(b.dir, "whole.tar.zst"), filepath.Join(b.dir, "since.tar.zst")
	for _, args := range [][]string{{"-o", whole}, {"-o", since, "-since", storeUpdated}} {
		progress("exporting %s", filepath.Base(args[1]))
		if _, err := output(b.sdk(ctx, b.store(), append(append([]string{"export"}, args...), sdkVersion)...)); err != nil {
			return err
		}
	}
	for _, file := range []struct{ name, path string }{{"zip", b.zip(sdkVersion)}, {"export", whole}, {"export -since", since}} {
		info, err := os.Stat(file.path)
		if err != nil {
			return err
		}
		add(file.name, info.Size())
	}
	if isInstalled("rsync", "store/update") {
		for _, flags := range []string{"-a", "-az"} {
			bytes, err := b.rsync(ctx, flags)
			if err != nil {
				return err
			}
			add("rsync "+flags, bytes)
		}
	}
	return b.compare(ctx, &Comparison{
		Name:      "store/update",
		Title:     "Go SDK " + sdkVersion + ", for a machine that has " + storeUpdated,
		Reference: "zip",
		Metrics:   []Metric{metricBytes},
	}, subjects)
}

// rsync makes one tree of another, as between two machines, and returns how many bytes go to and fro.
func (b *storeBench) rsync(ctx context.Context, flags string) (int64, error) {
	old, err := output(b.sdk(ctx, b.store(), "path", storeUpdated))
	if err != nil {
		return 0, err
	}
	tree, err := output(b.sdk(ctx, b.store(), "path", sdkVersion))
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(b.dir, "rsync")
	if err != nil {
		return 0, err
	}
	target := filepath.Join(dir, "tree")
	if _, err := output(command(ctx, "", "cp", "-a", old, target)); err != nil {
		return 0, err
	}
	// Between folders of one machine, it would copy files whole.
	cmd := command(ctx, "", "rsync", flags, "--no-whole-file", "--delete", "--stats", tree+"/", target)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	stats, err := output(cmd)
	if err != nil {
		return 0, err
	}
	if _, err := output(command(ctx, "", "diff", "-r", tree, target)); err != nil {
		return 0, err
	}
	return rsyncBytes(stats)
}

var rsyncTotal = regexp.MustCompile(`(?m)^Total bytes (sent|received): ([0-9,]+)$`)

// rsyncBytes reads from what rsync --stats prints how many bytes it has sent and received.
func rsyncBytes(stats string) (sum int64, err error) {
	totals := rsyncTotal.FindAllStringSubmatch(stats, -1)
	if len(totals) != 2 {
		return 0, fmt.Errorf("rsync --stats: expected how many bytes were sent and received, found:\n%s", stats)
	}
	for _, total := range totals {
		bytes, err := strconv.ParseInt(strings.ReplaceAll(total[2], ",", ""), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("rsync --stats: %w", err)
		}
		sum += bytes
	}
	return sum, nil
}

// isInstalled tells whether there is a program that something of a benchmark takes.
func isInstalled(program, of string) bool {
	_, err := exec.LookPath(program)
	if err != nil {
		progress("%s is left out of %s: %v", program, of, err)
	}
	return err == nil
}

func isFile(path string) error {
	_, err := os.Stat(path)
	return err
}
