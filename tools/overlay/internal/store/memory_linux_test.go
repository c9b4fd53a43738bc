package store

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-overlay/go_overlay/tools/internal/gosdk"
)

const measured = "GO_OVERLAY_TEST_MEASURED"

// TestMemory measures what it takes to install, pack and restore real SDKs, each in a process of its own. Those are two that the module cache
// has: of one alone, nothing becomes a delta. It is in the second tier.
func TestMemory(t *testing.T) {
	if args := os.Getenv(measured); args != "" {
		measuredVerb(t, strings.Split(args, "\n"))
		return
	}
	if os.Getenv("GO_OVERLAY_ALL_TESTS") == "" {
		t.Skip("takes long")
	}
	zips := cachedSDKs(t)
	if len(zips) < 2 {
		t.Skip("the module cache has not two SDKs of this machine's platform and of one minor version")
	}
	dir := filepath.Join(t.TempDir(), "store")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemory$", "-test.v")
		cmd.Env = append(os.Environ(), measured+"="+strings.Join(append([]string{dir}, args...), "\n"))
		start := time.Now()
		out, err := cmd.CombinedOutput()
		_, rest, ok := strings.Cut(string(out), "VmHWM:")
		if err != nil || !ok {
			t.Fatalf("%v\n%s", err, out)
		}
		peak, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d MB, %v", args[0], peak>>10, time.Since(start).Round(time.Millisecond))
		if peak > 256<<10 {
			t.Errorf("%s takes %d kB, want at most 256 MB", args[0], peak)
		}
	}
	run("install", zips[0], "a")
	run("install", zips[1], "b")
	run("use", "b")
	run("pack")
	run("verify")
	run("export", "a", filepath.Join(t.TempDir(), "a.tar.zst"), "b")
	run("path", "a")
}

func measuredVerb(t *testing.T, args []string) {
	s := openStore(t, args[0])
	runtime.GOMAXPROCS(8) // as on a larger machine
	var err error
	switch args[1] {
	case "install":
		var source *Source
		if source, err = FromZip(args[2]); err == nil {
			_, err = s.Install(ctx, source, InstallOptions{Name: args[3]})
		}
	case "use":
		_, err = s.Use(ctx, args[2], "")
	case "pack":
		_, err = s.Pack(context.Background(), nil, quiet)
	case "verify":
		verified(t, s)
	case "export":
		err = s.Export(ctx, args[2], args[3], ExportOptions{Since: args[4]})
	case "path":
		_, err = s.Path(ctx, args[2])
	}
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(status))
}

// cachedSDKs returns zips of two SDKs that are next to each other.
func cachedSDKs(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	name := "v0.0.1-go1.26.[0-9]." + gosdk.Host.GOOS + "-" + gosdk.Host.GOARCH + ".zip"
	zips, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "cache/download/golang.org/toolchain/@v", name))
	if err != nil {
		t.Fatal(err)
	}
	return zips[max(0, len(zips)-2):]
}
