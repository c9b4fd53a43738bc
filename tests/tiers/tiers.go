// Package tiers leaves out tests that are not to be run every time.
package tiers

import (
	"os"
	"testing"
)

// Second tells whether what takes long and has seldom failed alone is to be run, too.
func Second() bool { return os.Getenv("GO_OVERLAY_ALL_TESTS") != "" }

// InSecond skips a test of the second tier, unless that is to be run.
func InSecond(t testing.TB) {
	t.Helper()
	if !Second() {
		t.Skip("is in the second tier: set GO_OVERLAY_ALL_TESTS=1")
	}
}

// TakesMinutes skips a test where only short ones are to be run.
func TakesMinutes(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes minutes: leave out -short")
	}
}
