// Command fake stands in for the programs of a rootfs, by the name it is called
// by. It is linked statically, since a fake rootfs has no libraries.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	switch name {
	case "openssl":
		if err := os.WriteFile(args[slices.Index(args, "-out")+1], nil, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "unshare":
		command := args[slices.Index(args, "--")+1:]
		fmt.Fprintln(os.Stderr, syscall.Exec(command[0], command, os.Environ()))
		os.Exit(1)
	default:
		os.Exit(bazel(args))
	}
}

// bazel prints what it was given; "exit N" and "wait" are commands of this fake.
func bazel(args []string) int {
	for len(args) > 0 && strings.HasPrefix(args[0], "--output_user_root=") || len(args) > 0 && strings.HasPrefix(args[0], "--max_idle_secs=") {
		args = args[1:]
	}
	if calls := os.Getenv("FAKE_CALLS"); calls != "" {
		f, err := os.OpenFile(calls, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer f.Close()
		fmt.Fprintln(f, "bazel", strings.Join(args, " "))
	}
	switch strings.Join(args, " ") {
	case "--version":
		if os.Getenv("FAKE_VERSION") == "" {
			fmt.Println("can't download Bazel")
			return 1
		}
		fmt.Println("bazel", os.Getenv("FAKE_VERSION"))
		return 0
	case "mod graph":
		if os.Getenv("FAKE_REGISTRY") != "up" {
			return 1
		}
		return 0
	case "wait":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
		fmt.Println("waiting")
		fmt.Println("got", <-signals)
		return 42
	}
	if len(args) == 2 && args[0] == "exit" {
		code, err := strconv.Atoi(args[1])
		if err != nil {
			return 1
		}
		return code
	}
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("%s\n%q\nin %s\n", os.Args[0], args, dir)
	return 0
}
