//go:build !linux

package sdks

func isMemory(string) bool { return false }

func isPrivate(string) bool { return false }
