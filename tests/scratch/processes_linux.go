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

// A process is one of the system.
type process struct {
	parent int
	there  bool // works in the folder: has it in its arguments, or is in it
	ours   bool // is of tests, or works there and is nobody's child
}

// processes returns those of tests, but for this one, that work in a folder. Others may, too, such as somebody's
// shell or editor.
func processes(dir string) []int {
	all := map[int]process{os.Getpid(): {ours: true}}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && pid != os.Getpid() {
			all[pid] = read(filepath.Join("/proc", entry.Name()), dir)
		}
	}
	ancestors := map[int]bool{}
	for pid := os.Getppid(); pid != 0; pid = all[pid].parent {
		ancestors[pid] = true
	}
	var pids []int
	for pid, process := range all {
		if !process.there || ancestors[pid] {
			continue
		}
		for ; !process.ours && process.parent != 0; process = all[process.parent] {
		}
		if process.ours {
			pids = append(pids, pid)
		}
	}
	return pids
}

// read reads a folder of /proc. It is empty if the process has ended.
func read(proc, dir string) process {
	arguments, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
	environment, _ := os.ReadFile(filepath.Join(proc, "environ"))
	cwd, _ := os.Readlink(filepath.Join(proc, "cwd"))
	stat, _ := os.ReadFile(filepath.Join(proc, "stat"))
	cwd = strings.TrimSuffix(cwd, " (deleted)")
	var p process
	// The name of the program, in parentheses, may contain anything.
	if fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])); len(fields) > 1 {
		p.parent, _ = strconv.Atoi(fields[1])
	}
	p.there = bytes.Contains(arguments, []byte(dir)) || cwd == dir || strings.HasPrefix(cwd, dir+"/")
	p.ours = p.there && p.parent == 1 || bytes.Contains(append([]byte{0}, environment...), []byte("\x00"+variable+"="+dir+"\x00"))
	return p
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
