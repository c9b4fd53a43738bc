package scratch

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// processes returns those, but for this one, that have a folder in their arguments, or are in it.
func processes(dir string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		proc := filepath.Join("/proc", entry.Name())
		arguments, _ := os.ReadFile(filepath.Join(proc, "cmdline")) // It may have ended.
		cwd, _ := os.Readlink(filepath.Join(proc, "cwd"))
		cwd = strings.TrimSuffix(cwd, " (deleted)")
		if bytes.Contains(arguments, []byte(dir)) || cwd == dir || strings.HasPrefix(cwd, dir+"/") {
			pids = append(pids, pid)
		}
	}
	return pids
}

// unmount unmounts the file systems in a folder.
func unmount(dir string) error {
	mounts, err := os.Open("/proc/self/mounts")
	if err != nil {
		return err
	}
	defer mounts.Close() // It was only read.
	var errs []error
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) > 1 && strings.HasPrefix(fields[1], dir+"/") {
			errs = append(errs, syscall.Unmount(fields[1], syscall.MNT_DETACH))
		}
	}
	return errors.Join(append(errs, lines.Err())...)
}
