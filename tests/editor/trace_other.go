//go:build !linux

package editor

// MayTrace is only tried on Linux: elsewhere debuggers have to be signed.
func MayTrace() (bool, error) { return false, nil }
