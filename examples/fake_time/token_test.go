package token

import (
	"testing"
	"time"
)

func TestTokenExpires(t *testing.T) {
	now := time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	defer time.SetClock(func() time.Time { return now })()
	token := New(24 * time.Hour)
	now = now.Add(23 * time.Hour)
	if !token.Valid() {
		t.Error("expired an hour early")
	}
	now = now.Add(time.Hour)
	if token.Valid() {
		t.Error("still valid after a day")
	}
}
