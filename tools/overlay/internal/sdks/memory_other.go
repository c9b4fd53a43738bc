//go:build !linux

package sdks

func isMemory(string) bool { return false }
