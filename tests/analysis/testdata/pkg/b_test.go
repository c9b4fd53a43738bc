package pkg

import "testing"

func TestB(t *testing.T) {
	if got, want := B(), "patched_b.go"; got != want {
		t.Errorf("B() = %q, want %q", got, want)
	}
}
