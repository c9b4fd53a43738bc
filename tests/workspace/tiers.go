package workspace

import (
	"os"
	"testing"
)

// SecondTier tells whether what takes long and has seldom failed alone is to be run, too.
func SecondTier() bool { return os.Getenv("GO_OVERLAY_ALL_TESTS") != "" }

// InSecondTier skips a test of the second tier, unless that is to be run.
func InSecondTier(t testing.TB) {
	t.Helper()
	if !SecondTier() {
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
