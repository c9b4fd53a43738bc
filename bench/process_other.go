//go:build !unix

package main

import "os/exec"

// interruptAlone does nothing: a process can only be killed here.
func interruptAlone(*exec.Cmd) {}
