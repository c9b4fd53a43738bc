package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-overlay/go_overlay/tools/overlay/internal/smalldisk"
)

// state tells what a user sees of a store.
func state(t *testing.T, s *Store) string {
	t.Helper()
	sdks, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, sdk := range sdks {
		fmt.Fprintln(&b, sdk.Name, sdk.ID, sdk.Current, sdk.Pinned)
	}
	return b.String()
}

// TestFullDisk lets each verb run out of space, with more of it each time.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	archive := filepath.Join(t.TempDir(), "1.26.5.tar")
	from := newStore(t)
	install(t, from, "1.26.5")
	if err := from.Export(ctx, "1.26.5", archive, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	folder := folderOf(t, sdkFiles("1.26.5"))
	pack := func(s *Store) error { _, err := s.Pack(ctx, nil, quiet); return err }
	verbs := map[string]struct{ before, do func(s *Store) error }{
		"install": {nil, func(s *Store) error {
			source, err := FromFolder(folder)
			if err != nil {
				return err
			}
			_, err = s.Install(ctx, source, InstallOptions{})
			return err
		}},
		"archive": {nil, func(s *Store) error { _, err := s.InstallArchive(ctx, archive, InstallOptions{}); return err }},
		"pack":    {nil, pack},
		"use":     {pack, func(s *Store) error { _, err := s.Use(ctx, "1.26.7", ""); return err }},
		"use on":  {pack, func(s *Store) error { _, err := s.Use(ctx, "1.26.7", s.path("..", "on")); return err }},
		"export":  {pack, func(s *Store) error { return s.Export(ctx, "1.26.7", s.path("..", "x.tar"), ExportOptions{}) }},
		"repair": {func(s *Store) error {
			edit(t, filepath.Join(s.Current(), "bin/go"), strings.Repeat("an edit", 20<<10))
			return nil
		}, func(s *Store) error { _, _, _, err := s.Repair(ctx, nil, quiet); return err }},
		"repair by what is kept": {func(s *Store) error {
			putFile(t, s.path("kept/before/go"), sdkFiles("1.26.8")["bin/go"])
			edit(t, filepath.Join(s.Current(), "bin/go"), "an edit")
			return nil
		}, func(s *Store) error {
			_, _, left, err := s.Repair(ctx, nil, quiet)
			if err == nil && len(left) > 0 {
				err = fmt.Errorf("left are %v", left)
			}
			return err
		}},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			disk := t.TempDir()
			smalldisk.Mount(t, disk, "24m")
			s, err := Open(filepath.Join(disk, "store"), func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			install(t, s, "1.26.7")
			install(t, s, "1.26.8")
			if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
				t.Fatal(err)
			}
			if verb.before != nil {
				if err := verb.before(s); err != nil {
					t.Fatal(err)
				}
			}
			was := state(t, s)
			ballast := filepath.Join(disk, "ballast")
			failed := 0
			for free := int64(0); ; free += 100 << 10 {
				smalldisk.Fill(t, disk, ballast, free)
				err := verb.do(s)
				if err := os.Remove(ballast); err != nil {
					t.Fatal(err)
				}
				if err == nil {
					break
				}
				failed++
				if !errors.Is(err, syscall.ENOSPC) {
					t.Fatalf("%d bytes are free: %v", free, err)
				}
				if is := state(t, s); is != was {
					t.Fatalf("%d bytes are free: there was\n%sthere is\n%s", free, was, is)
				}
				if !strings.HasPrefix(name, "repair") {
					verified(t, s)
				}
				if entries, err := os.ReadDir(disk); err != nil || len(entries) > 2 || len(entries) == 2 && entries[0].Name() != "on" {
					t.Fatalf("left: %v, %v", entries, err)
				}
				if _, err := s.Clean(ctx, CleanOptions{Keep: -1}); err != nil {
					t.Fatal(err)
				}
				nothingLeaked(t, s)
			}
			t.Logf("failed %d times", failed)
			if failed == 0 {
				t.Error("never runs out of space")
			}
			if name == "repair" {
				isKept(t, s, strings.Repeat("an edit", 20<<10))
				install(t, s, "1.26.8")
			}
			verified(t, s)
		})
	}
}

// TestFullDiskIsCleaned makes room where there is none.
func TestFullDiskIsCleaned(t *testing.T) {
	disk := t.TempDir()
	smalldisk.Mount(t, disk, "24m")
	s := openStore(t, filepath.Join(disk, "store"))
	install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	smalldisk.Fill(t, disk, filepath.Join(disk, "ballast"), 0)
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Clean(ctx, CleanOptions{}); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, s)
}

// TestOtherDevice lays SDKs out where there can be no links.
func TestOtherDevice(t *testing.T) {
	on := t.TempDir()
	smalldisk.Mount(t, on, "24m")
	var warnings []string
	s, err := Open(filepath.Join(t.TempDir(), "store"), func(text string) { warnings = append(warnings, text) })
	if err != nil {
		t.Fatal(err)
	}
	install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	for _, version := range []string{"1.26.7", "1.26.8", "1.26.8"} {
		if _, err := s.Use(ctx, version, on); err != nil {
			t.Fatal(err)
		}
		checkTree(t, s.Current(), version)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "are copies") {
		t.Errorf("warnings: %q", warnings)
	}
	if _, err := s.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if name, err := s.CurrentName(); err != nil || name != "1.26.7" {
		t.Errorf("the current one is %s, %v", name, err)
	}
	checkTree(t, s.Current(), "1.26.7")
	verified(t, s)

	// The same from a store on a file system in memory.
	other := t.TempDir()
	smalldisk.Mount(t, other, "24m")
	in := openStore(t, filepath.Join(other, "store"))
	checkTree(t, install(t, in, "1.26.8").Tree, "1.26.8")
	verified(t, in)
}

// TestPlantedTree finds something else where a tree is to be that others can write to.
func TestPlantedTree(t *testing.T) {
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	on := t.TempDir()
	for name, text := range sdkFiles("1.26.8") {
		if name == "bin/go" {
			text = "#!/bin/sh\n"
		}
		putFile(t, filepath.Join(on, filepath.Base(sdk.Tree), name), text)
	}
	if _, err := s.Use(ctx, "1.26.8", on); err == nil || !strings.Contains(err.Error(), "is not what overlay has laid out") || !strings.Contains(err.Error(), "next: remove it") {
		t.Errorf("use: %v", err)
	}
	if _, err := s.CurrentName(); err == nil {
		t.Error("it is the current one")
	}
}

// TestManyLinks has a file with as many links as the file system allows.
func TestManyLinks(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	sdk := install(t, s, "1.26.8")
	dir := t.TempDir()
	file := filepath.Join(sdk.Tree, "go.env")
	for i := 0; ; i++ {
		err := os.Link(file, filepath.Join(dir, fmt.Sprint(i)))
		if errors.Is(err, syscall.EMLINK) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if i > 70_000 {
			t.Skip("there are more links here than the usual 65,000")
		}
	}
	other := install(t, s, "1.26.7")
	checkTree(t, other.Tree, "1.26.7")
	verified(t, s)
	if _, err := s.Remove(ctx, []string{"1.26.8"}); err != nil {
		t.Fatal(err)
	}
	checkTree(t, other.Tree, "1.26.7")
}

// TestReadOnlyStore uses a store that others maintain, as one in an image.
func TestReadOnlyStore(t *testing.T) {
	s := storeToRead(t)
	dir := filepath.Join(t.TempDir(), "mounted")
	smalldisk.MountReadOnly(t, s.Dir, dir)
	readOnly(t, dir)
	for _, name := range []string{"lock", "used"} { // An image need not have what only who writes needs.
		if err := os.RemoveAll(s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	readOnly(t, dir)
}

// storeToRead returns a store with 1.26.8, the current SDK, and 1.26.7, packed.
func storeToRead(t *testing.T) *Store {
	t.Helper()
	s := newStore(t)
	install(t, s, "1.26.7")
	install(t, s, "1.26.8")
	if _, err := s.Use(ctx, "1.26.8", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pack(ctx, []string{"1.26.7"}, quiet); err != nil {
		t.Fatal(err)
	}
	return s
}

// readOnly fails unless what needs no writing works in a store, and all else says what to do. The store is one of storeToRead.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(dir, func(text string) { t.Errorf("warning: %s", text) })
	if err != nil {
		t.Fatal(err)
	}
	if sdks, err := s.List(); err != nil || len(sdks) != 2 {
		t.Errorf("list: %v, %v", sdks, err)
	}
	if tree, err := s.Path(ctx, "1.26.8"); err != nil {
		t.Error(err)
	} else {
		checkTree(t, tree, "1.26.8")
	}
	if tree, held, err := s.Hold(ctx, "1.26.8"); err != nil {
		t.Error(err)
	} else {
		checkTree(t, tree, "1.26.8")
		held.Close()
	}
	if name, err := s.CurrentName(); err != nil || name != "1.26.8" {
		t.Errorf("the current one is %q, %v", name, err)
	}
	if _, err := s.Stats(); err != nil {
		t.Error(err)
	}
	verified(t, s)
	target, err := os.MkdirTemp("", "readonly")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(target)
	for _, version := range []string{"1.26.7", "1.26.8"} {
		if err := s.Export(ctx, version, filepath.Join(target, version+".tar"), ExportOptions{}); err != nil {
			t.Error(err)
		}
	}
	_, pathErr := s.Path(ctx, "1.26.7")
	_, useErr := s.Use(ctx, "1.26.7", "")
	_, removeErr := s.Remove(ctx, []string{"1.26.7"})
	_, archiveErr := s.InstallArchive(ctx, filepath.Join(target, "1.26.7.tar"), InstallOptions{Name: "again"})
	_, _, _, repairErr := s.Repair(ctx, nil, quiet)
	for verb, err := range map[string]error{"path": pathErr, "use": useErr, "remove": removeErr, "install": archiveErr, "pin": s.Pin(ctx, "1.26.7", true)} {
		if err == nil || !strings.Contains(err.Error(), "the store can't be written") {
			t.Errorf("%s: %v", verb, err)
		}
	}
	if repairErr != nil {
		t.Errorf("repair of what is in order: %v", repairErr)
	}
}

const sharedStore = "GO_OVERLAY_TEST_SHARED"

// TestOtherUser uses a store that belongs to another user.
func TestOtherUser(t *testing.T) {
	if dir := os.Getenv(sharedStore); dir != "" {
		readOnly(t, dir)
		return
	}
	s := storeToRead(t)
	cmd := asOther(t, s, "TestOtherUser")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	verified(t, s)
}

// TestHeldByOtherUser removes an SDK that another user runs, whose processes its owner need not see.
func TestHeldByOtherUser(t *testing.T) {
	if dir := os.Getenv(sharedStore); dir != "" {
		warned := false
		s, err := Open(dir, func(string) { warned = true })
		if err != nil {
			t.Fatal(err)
		}
		_, held, err := s.Hold(ctx, "1.26.7")
		if err != nil || held == nil || warned {
			t.Fatalf("held by %v, %v, and warned %v", held, err, warned)
		}
		if _, held, err := s.Hold(ctx, "1.26.8"); err != nil || held != nil || !warned {
			t.Fatalf("without its file: held by %v, %v, and warned %v", held, err, warned)
		}
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		held.Close()
		return
	}
	s := newStore(t)
	install(t, s, "1.26.7")
	if err := os.Remove(s.heldPath(install(t, s, "1.26.8").Tree)); err != nil {
		t.Fatal(err)
	}
	cmd := asOther(t, s, "TestHeldByOtherUser")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	if line, err := said.ReadString('\n'); err != nil || line != "held\n" {
		rest, _ := io.ReadAll(said)
		t.Errorf("it says %s%s, %v", line, rest, err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err == nil || !strings.Contains(err.Error(), "overlay sdk exec runs with it") {
		t.Errorf("removing what another user runs: %v", err)
	}
	in.Close()
	io.Copy(io.Discard, said)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := s.Remove(ctx, []string{"1.26.7"}); err != nil {
		t.Error(err)
	}
}

// asOther returns a test of this package as another user runs it, who may read a store.
func asOther(t *testing.T, s *Store, test string) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("takes root, to be another user")
	}
	for dir := filepath.Dir(s.Dir); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(filepath.Dir(s.Dir), "program") // Others can't read where the go command has put it.
	if out, err := exec.Command("cp", os.Args[0], program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), sharedStore+"="+s.Dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

const nobody = 65534

// TestUnreadable repairs a store of which some can't be read, which is no damage.
func TestUnreadable(t *testing.T) {
	if dir := os.Getenv(sharedStore); dir != "" {
		staysUnread(t, telling(openStore(t, dir)))
		return
	}
	s := telling(newStore(t))
	sdk := install(t, s, "1.26.8")
	install(t, s, "1.26.7")
	if _, err := s.Pack(ctx, []string{"1.26.7"}, quiet); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		staysUnread(t, s)
		return
	}
	err := filepath.WalkDir(s.Dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := asOther(t, s, t.Name()).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	checkTree(t, sdk.Tree, "1.26.8")
	verified(t, s)
}

func staysUnread(t *testing.T, s *Store) {
	sdk, err := s.Find("1.26.8")
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Manifest(sdk)
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]os.FileMode{s.path("manifests", sdk.ID.String()): 0o444, filepath.Join(sdk.Tree, "src/strings"): 0o755}
	for _, f := range m.Files {
		if f.Path == "bin/go" || f.Path == "go.env" {
			modes[s.objectPath(f.Object)] = f.perm()
		}
	}
	for name := range contentsOf(t, s.path("packed")) {
		modes[s.path("packed", name)] = 0o444
	}
	alone := filepath.Join(sdk.Tree, "src/strings/testdata/empty") // which is no link of an object
	modes[alone] = 0o444
	for path, mode := range modes {
		before := contentsOf(t, s.Dir)
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.findLost(ctx, map[Object]bool{{Size: 1}: true}, &shelf{s: s, dir: s.path("tmp")}); err != nil {
			t.Errorf("%s: what is lost is not looked for elsewhere: %v", path, err)
		}
		_, kept, left, err := s.Repair(ctx, nil, quiet)
		if err != nil || kept != "" || len(left) == 0 {
			t.Errorf("%s: repair keeps %q, left are %v, %v", path, kept, left, err)
		}
		for _, p := range left {
			if !p.Unreadable() || !strings.HasSuffix(p.String(), "permission denied") {
				t.Errorf("%s: left is %v", path, p)
			}
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if after := contentsOf(t, s.Dir); len(after) != len(before) {
			t.Errorf("%s: there were %d files, and are %d", path, len(before), len(after))
		}
	}
	verified(t, s)
}

// TestCopiedStore copies and moves a store by the tools that people have.
func TestCopiedStore(t *testing.T) {
	t.Parallel()
	for how, script := range map[string]string{
		"cp -r": `cp -r "$1" "$2"`,
		"cp -a": `cp -a "$1" "$2"`,
		"tar":   `mkdir "$2" && tar -C "$1" -cf - . | tar -C "$2" -xf -`,
		"mv":    `mv "$1" "$2"`,
	} {
		t.Run(how, func(t *testing.T) {
			from := newStore(t)
			install(t, from, "1.26.6")
			install(t, from, "1.26.7")
			install(t, from, "1.26.8")
			for _, version := range []string{"1.26.7", "1.26.8"} {
				if _, err := from.Use(ctx, version, ""); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := from.Pack(ctx, []string{"1.26.6"}, quiet); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "elsewhere")
			if out, err := exec.Command("sh", "-c", script, "sh", from.Dir, dir).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if err := os.RemoveAll(from.Dir); err != nil { // Nothing leads there any more.
				t.Fatal(err)
			}
			s := openStore(t, dir)
			verified(t, s)
			checkTree(t, s.Current(), "1.26.8")
			if real, err := filepath.EvalSymlinks(s.Current()); err != nil || !strings.HasPrefix(real, dir) {
				t.Errorf("current leads to %s, %v", real, err)
			}
			if _, err := s.Rollback(ctx); err != nil {
				t.Error(err)
			}
			checkTree(t, s.Current(), "1.26.7")
			if _, err := s.Use(ctx, "1.26.6", ""); err != nil {
				t.Error(err)
			}
			checkTree(t, s.Current(), "1.26.6")
			install(t, s, "1.26.5")
			if _, err := s.Pack(ctx, nil, quiet); err != nil {
				t.Error(err)
			}
			verified(t, s)
			nothingLeaked(t, s)
			if entries, err := os.ReadDir(s.path("kept")); err == nil {
				t.Errorf("kept are %v, but nobody has changed anything", entries)
			}
		})
	}
}
